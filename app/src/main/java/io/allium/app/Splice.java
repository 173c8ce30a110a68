package io.allium.app;

import io.allium.base.ByteStream;
import io.allium.base.CopyBuffer;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Time;
import java.io.IOException;
import java.time.Duration;

/** Carries bytes between an application and its stream until that is over. */
final class Splice {
    /**
     * How long an application may take to read what came last and to close. Closing at once, with bytes of the
     * application unread, would make its kernel throw away what it has not read yet.
     */
    private static final Duration LINGER = Duration.ofSeconds(10);

    private Splice() {}

    /**
     * Returns when it is over, both ends closed. Tor's streams have no half-closed state that the other end would know
     * of, so the end of one direction is the end of both, as in C tor.
     */
    static void bothWays(ByteStream application, ByteStream tunnel, Tasks tasks, Time time)
            throws InterruptedException {
        try (application;
                tunnel;
                TaskGroup group = new TaskGroup(tasks, "splice")) {
            Tasks.Task inbound = group.fork("inbound", () -> inbound(tunnel, application, time));
            outbound(application, tunnel);
            tunnel.close();
            inbound.join();
        }
    }

    private static void inbound(ByteStream tunnel, ByteStream application, Time time) {
        CopyBuffer buffer = new CopyBuffer();
        try {
            for (int count = read(tunnel, buffer); count >= 0; count = read(tunnel, buffer)) {
                application.write(buffer.bytes(), 0, count);
                buffer.took(count);
            }
            application.finish();
            time.after(LINGER, application::close);
        } catch (IOException broken) {
            tunnel.close();
            application.close();
        }
    }

    /** Until the application has finished; what it sends after the stream is over is read and dropped. */
    private static void outbound(ByteStream application, ByteStream tunnel) {
        CopyBuffer buffer = new CopyBuffer();
        boolean open = true;
        try {
            for (int count = read(application, buffer); count >= 0; count = read(application, buffer)) {
                open = open && write(tunnel, buffer.bytes(), count);
                buffer.took(count);
            }
        } catch (IOException applicationGone) {
            application.close();
        }
    }

    private static int read(ByteStream from, CopyBuffer into) throws IOException {
        return from.read(into.bytes(), 0, into.bytes().length);
    }

    private static boolean write(ByteStream tunnel, byte[] buffer, int count) {
        try {
            tunnel.write(buffer, 0, count);
            return true;
        } catch (IOException over) {
            return false;
        }
    }
}
