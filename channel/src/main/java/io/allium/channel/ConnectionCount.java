package io.allium.channel;

import io.allium.base.ByteStream;

/** What one connection carries that is no link, where somebody may ask. Safe from any thread. */
public interface ConnectionCount extends AutoCloseable {
    /** What it is for. */
    enum Kind {
        /** Directory documents, be it through a stream of Tor. */
        DIR,
        /** A stream that leaves Tor here, be it to our own directory. */
        EXIT
    }

    /** Of one that nobody asks about. */
    ConnectionCount NONE = new ConnectionCount() {};

    /** So many bytes came. */
    default void read(int bytes) {}

    /** So many bytes went. */
    default void written(int bytes) {}

    /** The connection with its bytes counted; whoever closes it closes the count. */
    default ByteStream of(ByteStream connection) {
        return connection;
    }

    /** The same for one within our process, whose bytes C tor counts where they are read. */
    default ByteStream ofReading(ByteStream connection) {
        return connection;
    }

    /** The connection is over. */
    @Override
    default void close() {}
}
