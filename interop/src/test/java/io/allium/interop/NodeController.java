package io.allium.interop;

import io.allium.base.Endpoint;
import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNetwork;
import io.allium.base.ThreadTasks;
import io.allium.base.TorException;
import io.allium.base.Wire;
import io.allium.control.Controller;
import io.allium.control.ControllerLogin;
import java.time.Duration;

/** Our controller, let in by a node's control port, with tasks of its own. Confined to the test. */
final class NodeController implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final ThreadTasks tasks;
    private final Controller controller;

    private NodeController(ThreadTasks tasks, Controller controller) {
        this.tasks = tasks;
        this.controller = controller;
    }

    static NodeController of(MixedNetwork.Node node) throws TorException, InterruptedException {
        Endpoint port = Endpoint.parse("127.0.0.1:" + node.controlPort());
        Wire wire = new SystemNetwork().dial(port, PATIENCE);
        ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
        NodeController made = new NodeController(tasks, Controller.over(wire, tasks));
        try {
            made.controller.authenticate(new ControllerLogin(new SystemDisk(), new SystemEntropy()));
            return made;
        } catch (TorException | InterruptedException failed) {
            made.close();
            throw failed;
        }
    }

    Controller tor() {
        return controller;
    }

    @Override
    public void close() {
        controller.close();
        tasks.close();
    }
}
