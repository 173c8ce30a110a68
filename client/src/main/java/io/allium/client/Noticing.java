package io.allium.client;

import io.allium.base.ByteStream;
import java.io.IOException;

/** A stream that says when its first bytes have come. Confined to its reader. */
final class Noticing implements ByteStream {
    private final ByteStream stream;
    private final Runnable notice;
    private boolean noticed;

    Noticing(ByteStream stream, Runnable notice) {
        this.stream = stream;
        this.notice = notice;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int count = stream.read(into, offset, length);
        if (!noticed && count > 0) {
            noticed = true;
            notice.run();
        }
        return count;
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        stream.write(from, offset, length);
    }

    @Override
    public void finish() throws IOException {
        stream.finish();
    }

    @Override
    public void close() {
        stream.close();
    }
}
