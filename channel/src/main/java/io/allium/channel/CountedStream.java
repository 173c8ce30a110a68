package io.allium.channel;

import io.allium.base.ByteStream;
import java.io.IOException;

/** A connection whose bytes are counted. As safe as the connection. */
final class CountedStream implements ByteStream {
    private final ByteStream connection;
    private final ConnectionCount count;
    private final boolean writing;

    /** @param writing whether those that are written count, too */
    CountedStream(ByteStream connection, ConnectionCount count, boolean writing) {
        this.connection = connection;
        this.count = count;
        this.writing = writing;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int read = connection.read(into, offset, length);
        if (read > 0) {
            count.read(read);
        }
        return read;
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        connection.write(from, offset, length);
        if (writing) {
            count.written(length);
        }
    }

    @Override
    public void finish() throws IOException {
        connection.finish();
    }

    @Override
    public void close() {
        connection.close();
        count.close();
    }
}
