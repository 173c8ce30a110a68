package io.allium.sim;

import io.allium.base.Endpoint;
import io.allium.base.Unreachable;
import io.allium.base.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;

/** A program on the host of a simulated Tor that speaks with its control port, as any controller does. */
final class Controller {
    /** The line of a torrc that lets it in. */
    static final String TORRC = "ControlPort 127.0.0.1:9051\n";

    private static final Endpoint PORT = Endpoint.parse("127.0.0.1:9051");
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** A Tor that starts opens its port before it builds circuits, which takes more than this. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(1);

    private static final int BUFFER = 16 * 1024;

    private Controller() {}

    /** Tells {@code heard} the lines of these events, from before the first circuit of a Tor that starts now until it ends. */
    static void follow(SimulatedTor tor, String events, Consumer<String> heard) {
        SimHost host = tor.host();
        host.fork("controller", () -> {
            try (Wire wire = dial(host)) {
                wire.write(ascii("AUTHENTICATE\r\nSETEVENTS " + events + "\r\n"));
                read(wire, heard);
            } catch (IOException ended) {
                host.trace("the controller's connection ended");
            }
        });
    }

    /** Sends one command to a Tor that runs, and does not look at the answer. */
    static void command(SimulatedTor tor, String command) {
        SimHost host = tor.host();
        host.fork("command", () -> {
            try (Wire wire = dial(host)) {
                wire.write(ascii("AUTHENTICATE\r\n" + command + "\r\nQUIT\r\n"));
                read(wire, line -> {});
            } catch (IOException ended) {
                host.trace("the controller's connection ended");
            }
        });
    }

    private static Wire dial(SimHost host) throws InterruptedException {
        while (true) {
            try {
                return host.network().dial(PORT, PATIENCE);
            } catch (Unreachable notYet) {
                host.time().sleep(LOOK_AGAIN);
            }
        }
    }

    private static void read(Wire wire, Consumer<String> heard) throws IOException {
        byte[] buffer = new byte[BUFFER];
        StringBuilder line = new StringBuilder();
        for (int count = wire.read(buffer, 0, BUFFER); count >= 0; count = wire.read(buffer, 0, BUFFER)) {
            for (int i = 0; i < count; i++) {
                if (buffer[i] != '\n') {
                    line.append((char) buffer[i]);
                    continue;
                }
                String whole = line.toString().strip();
                line.setLength(0);
                if (whole.startsWith("650 ")) {
                    heard.accept(whole.substring("650 ".length()));
                }
            }
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
