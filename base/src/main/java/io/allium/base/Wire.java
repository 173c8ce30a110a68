package io.allium.base;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the machine's network. It is read and written either by a virtual thread that waits (the methods of
 * {@link ByteStream}) or, once {@link Poller#register} took it, by one loop that never does (the {@code try} methods):
 * never by both.
 */
public interface Wire extends ByteStream {
    /** The other end; absent for a Unix socket. */
    @Nullable
    Endpoint remote();

    /** Our end; absent for a Unix socket. */
    @Nullable
    Endpoint local();

    /** Reads what is there: 0 when nothing is, -1 at the end. */
    int tryRead(ByteBuffer into) throws IOException;

    /** Asks that at most about so many written bytes wait in the machine to be sent; a wire may not know how. */
    default void limitUnsent(int bytes) throws IOException {}

    /**
     * Whether the other side has sent all that it will, as far as that shows without waiting: what it sent before is kept for who
     * reads next, up to a bound beyond which the end is not seen. For a virtual thread, while no other reads or writes.
     */
    default boolean isFinished() throws IOException {
        return false;
    }

    /** Whether something was kept so, and not read yet: a poller does not tell of it. */
    default boolean hasReadAhead() {
        return false;
    }

    /** Writes what fits now, and returns how much that was. */
    int tryWrite(ByteBuffer from) throws IOException;
}
