package io.allium.circuit;

import io.allium.base.Time;
import io.allium.base.Wire;
import io.allium.cell.EndReason;
import io.allium.channel.Edge;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * Carries bytes between an application, or a server, and its stream until that is over, on the loop that carries the cells:
 * a page comes in many small pieces, and for each a thread would have to be woken. Confined to that loop but for {@link #bothWays}.
 */
public final class Splice implements Edge.End {
    /**
     * How long an application may take to read what came last and to close. Closing at once, with bytes of the
     * application unread, would make its kernel throw away what it has not read yet.
     */
    private static final Duration LINGER = Duration.ofSeconds(10);

    /** Hears how much is carried; called on the loop. */
    public interface Meter {
        /** So many bytes came from the application, or server. */
        void read(int bytes);

        /** So many went to it. */
        void written(int bytes);

        /** Nobody counts. */
        Meter NONE = new Meter() {
            @Override
            public void read(int bytes) {}

            @Override
            public void written(int bytes) {}
        };
    }

    private final OnionStream tunnel;
    private final Meter meter;
    private final Runnable onDelivered;
    private final Time time;
    private final Duration linger;
    private final boolean toServer;
    private final Edge application;
    private final CountDownLatch over = new CountDownLatch(1);

    private Splice(
            Wire application,
            OnionStream tunnel,
            Meter meter,
            Runnable onDelivered,
            Time time,
            Duration linger,
            boolean toServer) {
        this.tunnel = tunnel;
        this.meter = meter;
        this.onDelivered = onDelivered;
        this.time = time;
        this.linger = linger;
        this.toServer = toServer;
        this.application = tunnel.carry(application, this);
    }

    /**
     * Returns when it is over, both ends closed. Tor's streams have no half-closed state that the other end would know
     * of, so the end of one direction is the end of both, as in C tor.
     *
     * @param onDelivered runs on the loop once the other end has ended the stream and the application has everything, which
     *     it may not have noticed yet
     */
    public static void bothWays(Wire application, OnionStream tunnel, Runnable onDelivered, Time time)
            throws InterruptedException {
        run(new Splice(application, tunnel, Meter.NONE, onDelivered, time, LINGER, false));
    }

    /**
     * The same for a server, whose client is gone once the stream has ended: what the server still sends reaches nobody, and it
     * is to hear so at once, as behind an exit, rather than to believe that it was delivered.
     */
    public static void toServer(Wire server, OnionStream tunnel, Meter meter, Time time) throws InterruptedException {
        run(new Splice(server, tunnel, meter, () -> {}, time, Duration.ZERO, true));
    }

    private static void run(Splice splice) throws InterruptedException {
        splice.application.start();
        try {
            splice.over.await();
        } finally {
            splice.close();
        }
    }

    /** What the application sends after the stream is over is read and dropped. */
    @Override
    public int room() {
        return tunnel.room();
    }

    @Override
    public int take(byte[] bytes, int offset, int length) {
        int taken = tunnel.offer(bytes, offset, length);
        meter.read(taken);
        return taken;
    }

    @Override
    public int give(byte[] into, int most) {
        return tunnel.peek(into, most);
    }

    /** An application of ours may read when it likes; for a server others' memory and streams are kept. */
    @Override
    public boolean isLast() {
        return toServer && tunnel.ended().isPresent();
    }

    @Override
    public void written(int count) {
        tunnel.took(count);
        meter.written(count);
    }

    @Override
    public void emptied() {
        if (tunnel.endedInOrder() && !linger.isZero()) {
            onDelivered.run();
            application.finish();
            time.after(linger, over::countDown);
        } else {
            over.countDown();
        }
    }

    @Override
    public void finished() {
        over.countDown();
    }

    /** The client of a server must not take what came so far for all. */
    @Override
    public void broken() {
        if (toServer) {
            tunnel.refuse(EndReason.CONNRESET);
        }
        over.countDown();
    }

    private void close() {
        application.close();
        tunnel.close();
    }
}
