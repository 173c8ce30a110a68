package io.allium.circuit;

import java.util.OptionalLong;

/** Whether a circuit is there and in use, and its end. Safe from any thread. */
public interface CircuitLife extends AutoCloseable {
    /** Whether it has not ended. */
    boolean isOpen();

    /** Since when ({@link io.allium.base.Time#nanos}) there has been no stream; nothing while there are some. */
    OptionalLong idleSince();

    /** Ends it. */
    @Override
    void close();
}
