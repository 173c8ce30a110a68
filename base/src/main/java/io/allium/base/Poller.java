package io.allium.base;

import java.io.Closeable;
import java.io.IOException;

/** What one loop waits on: readiness of its wires, a wake-up, a deadline. Confined to its loop but for {@link #wake}. */
public interface Poller extends Closeable {
    /** What a wire's owner does when the wire is ready; called by {@link #await} on the loop. */
    interface Ready {
        void readable();

        void writable();
    }

    /** A wire that a loop has taken. Confined to the loop. */
    interface Registration {
        /** Whether {@link Ready#readable} is to be called. */
        void wantRead(boolean want);

        /** Whether {@link Ready#writable} is to be called. */
        void wantWrite(boolean want);

        /** Forgets the wire and does not close it. */
        void cancel();
    }

    /** Takes the wire over for non-blocking use, wanting to read. */
    Registration register(Wire wire, Ready ready) throws IOException;

    /** Waits until a wire is ready, somebody wakes it, or {@code nanos} have passed (negative: for ever); calls the ready ones. */
    void await(long nanos) throws IOException;

    /** Makes a present or the next {@link #await} return; from any thread. */
    void wake();

    @Override
    void close();
}
