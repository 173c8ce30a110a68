package io.allium.controltesting;

import io.allium.base.Endpoint;
import io.allium.base.Log;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.control.ControlAuthentication;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlEvents;
import io.allium.control.ControlPart;
import io.allium.control.ControlPort;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/** A control port on loopback with some parts behind it, and one who asks it. Confined to one test. */
public final class AskedPort implements AutoCloseable {
    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
    private final SystemTime time = new SystemTime();
    private final ControlPort port;
    private final Asker asker;

    /** One that is open, and has let its asker in. */
    public AskedPort(ControlEvents events, ControlPart... parts) throws Exception {
        port = new ControlPort(
                new SystemNetwork().listen(Endpoint.parse("127.0.0.1:0")),
                "0.4.9.11",
                ControlAuthentication.withPasswords(List.of(), new SystemEntropy()),
                ControlCatalogue.of(List.of(parts)),
                events,
                () -> {},
                time,
                tasks,
                Log.NONE);
        port.start();
        asker = dial();
    }

    /** Another, who has been let in too. */
    public Asker dial() throws IOException {
        Asker dialled = new Asker(Objects.requireNonNull(port.socket().endpoint()));
        dialled.ask("AUTHENTICATE");
        return dialled;
    }

    /** Who was let in first. */
    public Asker asker() {
        return asker;
    }

    @Override
    public void close() throws IOException {
        asker.close();
        port.close();
        tasks.close();
        time.close();
    }
}
