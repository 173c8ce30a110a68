package io.allium.bench;

import io.allium.base.Endpoint;
import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNetwork;
import io.allium.base.ThreadTasks;
import io.allium.base.TorException;
import io.allium.base.Wire;
import io.allium.control.CircuitLine;
import io.allium.control.Controller;
import io.allium.control.ControllerLogin;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** What is asked of a node's control port, on a connection of its own each time. */
final class NodeControl {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private NodeControl() {}

    private interface Question<T> {
        T ask(Controller tor) throws TorException, InterruptedException;
    }

    static List<CircuitLine> circuits(Node node) throws IOException, InterruptedException {
        return of(node, Controller::circuits);
    }

    static void signal(Node node, String name) throws IOException, InterruptedException {
        of(node, tor -> {
            tor.signal(name);
            return name;
        });
    }

    private static <T> T of(Node node, Question<T> question) throws IOException, InterruptedException {
        try (ThreadTasks tasks = new ThreadTasks(Log.NONE, 1)) {
            Wire wire = new SystemNetwork().dial(Endpoint.parse("127.0.0.1:" + node.controlPort()), PATIENCE);
            try (Controller controller = Controller.over(wire, tasks)) {
                controller.authenticate(new ControllerLogin(new SystemDisk(), new SystemEntropy()));
                return question.ask(controller);
            }
        } catch (TorException failed) {
            throw new IOException(node.name() + ": " + failed.getMessage(), failed);
        }
    }
}
