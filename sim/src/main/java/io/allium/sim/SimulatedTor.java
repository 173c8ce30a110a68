package io.allium.sim;

import io.allium.app.Options;
import io.allium.app.Tor;
import io.allium.app.TorLog;
import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One Tor of a simulated network, on a host of its own, made from a torrc as any Tor is; its log goes into the trace.
 * Confined to the carrier.
 */
public final class SimulatedTor {
    /** Where every simulated client listens for applications on its host. */
    static final Endpoint SOCKS_PORT = Endpoint.parse("127.0.0.1:9050");

    /** Where every simulated Tor keeps its files, on the disk of its host. */
    static final Path DATA = Path.of("/var/lib/tor");

    private static final Path HOME = Path.of("/home/tor");

    private final Simulation simulation;
    private final String name;
    private final String torrc;
    private SimHost host;
    private @Nullable Tor tor;

    SimulatedTor(Simulation simulation, String name, SimHost host, String torrc) {
        this.simulation = simulation;
        this.name = name;
        this.host = host;
        this.torrc = torrc;
    }

    public String name() {
        return name;
    }

    /** Its machine; another one after each {@link #crash}. */
    public SimHost host() {
        return host;
    }

    /** The Tor that runs there. */
    public Tor tor() {
        return Objects.requireNonNull(tor, () -> name + " was not started");
    }

    public boolean isRunning() {
        return tor != null;
    }

    /** Whether it runs and has built a circuit. */
    public boolean isBootstrapped() {
        return tor != null && tor.bootstrapped().isDone();
    }

    /** Starts it, on a task of its host; what is in the way of that ends the run. */
    public void start() {
        PrintStream lines = new PrintStream(new Lines(), true, StandardCharsets.UTF_8);
        TorLog log = new TorLog(host.time(), ZoneOffset.UTC, host.disk(), lines, lines, Log.Severity.NOTICE);
        try {
            Options options = Options.parse(torrc);
            Tor made = new Tor(
                    options,
                    () -> Options.parse(torrc),
                    HOME,
                    host.time(),
                    host.entropy(),
                    host.network(),
                    host.disk(),
                    host.tasks(),
                    host.names(),
                    log);
            tor = made;
            host.fork("start", () -> {
                try {
                    made.start();
                } catch (LocalFailure inTheWay) {
                    simulation.fail(name + " does not start: " + inTheWay.getMessage(), inTheWay);
                }
            });
        } catch (LocalFailure wrong) {
            simulation.fail(name + ": " + wrong.getMessage(), wrong);
        }
    }

    /** Ends it in good order. */
    public void stop() {
        Tor ending = tor();
        tor = null;
        host.fork("stop", ending::close);
    }

    /** Kills it; its files stay, and {@link #start} brings it back. */
    public void crash() {
        tor = null;
        host = host.crash();
    }

    @Override
    public String toString() {
        return name;
    }

    /** Puts what the log prints into the trace, line by line. Confined to the carrier. */
    private final class Lines extends OutputStream {
        private final StringBuilder line = new StringBuilder();

        @Override
        public void write(int octet) {
            if (octet != '\n') {
                line.append((char) octet);
                return;
            }
            String text = line.toString();
            line.setLength(0);
            host.trace(name + " " + text);
            if (text.contains("{BUG}")) {
                simulation.fail(name + " logged a bug: " + text, null);
            }
        }
    }
}
