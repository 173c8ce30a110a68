package io.allium.web;

import io.allium.base.Time;
import io.allium.base.Wire;
import java.time.Duration;

/**
 * Ends a connection whose visitor is too slow. Through Tor a minute of silence is nothing special; but who holds a
 * connection has to use it. Its deadline is moved by the connection's task; the timer reads it.
 */
final class Patience implements AutoCloseable {
    /** Until the next request begins. */
    static final Duration REQUEST = Duration.ofMinutes(2);

    /** From a head's first byte to its last, however they trickle. */
    static final Duration HEAD = Duration.ofMinutes(1);

    /** For the next {@link #STEP} bytes of a body, either way. */
    static final Duration BODY = Duration.ofMinutes(3);

    /** Slower than this in {@link #BODY}, which is 90 bytes a second, nobody waits for anything. */
    static final int STEP = 16_384;

    private final Time time;
    private final Wire wire;
    private volatile long deadline;
    private volatile Time.Timer timer;
    private boolean head;
    private int moved;

    Patience(Time time, Wire wire) {
        this.time = time;
        this.wire = wire;
        this.deadline = time.nanos() + REQUEST.toNanos();
        this.timer = time.after(REQUEST, this::look);
    }

    void awaitRequest() {
        head = false;
        extend(REQUEST);
    }

    /** A second call does not give more time. */
    void awaitHead() {
        if (!head) {
            head = true;
            extend(HEAD);
        }
    }

    void awaitBody() {
        moved = 0;
        extend(BODY);
    }

    /** So many bytes came or went. */
    void moved(int bytes) {
        moved += bytes;
        if (moved >= STEP) {
            awaitBody();
        }
    }

    @Override
    public void close() {
        timer.cancel();
    }

    private void extend(Duration limit) {
        deadline = time.nanos() + limit.toNanos();
    }

    /** Deadlines only move away while a timer runs, except from a body's to a head's, which is seen a little late. */
    private void look() {
        long left = deadline - time.nanos();
        if (left > 0) {
            timer = time.after(Duration.ofNanos(left), this::look);
        } else {
            wire.close();
        }
    }
}
