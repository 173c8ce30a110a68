package io.allium.sim;

import io.allium.base.Endpoint;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.base.Wire;
import io.allium.control.ControlEvent;
import io.allium.control.Controller;
import io.allium.control.ControllerLogin;
import io.allium.control.Heard;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** A program on the host of a simulated Tor that controls it, as such programs do anywhere. */
final class ControlProgram {
    /** The line of a torrc that lets it in. */
    static final String TORRC = "ControlPort 127.0.0.1:9051\n";

    private static final Endpoint PORT = Endpoint.parse("127.0.0.1:9051");
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** A Tor that starts opens its port before it builds circuits, which takes more than this. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(1);

    private ControlProgram() {}

    /** Tells {@code heard} the lines of these events, from before the first circuit of a Tor that starts now until it ends. */
    static void follow(SimulatedTor tor, List<ControlEvent> events, Consumer<String> heard) {
        SimHost host = tor.host();
        host.fork("controller", () -> {
            try {
                Controller controller = connect(host);
                for (ControlEvent event : events) {
                    controller.listen(Heard.whole(event), told -> heard.accept(told.text()));
                }
            } catch (TorException ended) {
                host.trace("the controller's connection ended");
            }
        });
    }

    /** Sends one command to a Tor that runs, and does not look at the answer. */
    static void command(SimulatedTor tor, String line) {
        SimHost host = tor.host();
        host.fork("command", () -> {
            try (Controller controller = connect(host)) {
                controller.ask(line);
            } catch (TorException ended) {
                host.trace("the controller's connection ended");
            }
        });
    }

    private static Controller connect(SimHost host) throws TorException, InterruptedException {
        Controller controller = Controller.over(dial(host), host.tasks());
        controller.authenticate(new ControllerLogin(host.disk(), host.entropy()));
        return controller;
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
}
