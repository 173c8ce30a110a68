package io.allium.base;

import java.io.Closeable;
import java.io.IOException;

/**
 * Bytes both ways, for straight-line code on a virtual thread: a socket, or a stream through a circuit. One thread may
 * read while another writes.
 */
public interface ByteStream extends Closeable {
    /** Waits for at least one byte; returns how many came, or -1 once the other side has finished. */
    int read(byte[] into, int offset, int length) throws IOException;

    /** Waits until all were taken. */
    void write(byte[] from, int offset, int length) throws IOException;

    default void write(byte[] from) throws IOException {
        write(from, 0, from.length);
    }

    /** Says that nothing more will be written; reading goes on. */
    void finish() throws IOException;

    /** Ends both directions and wakes whoever reads or writes; a second call does nothing. */
    @Override
    void close();
}
