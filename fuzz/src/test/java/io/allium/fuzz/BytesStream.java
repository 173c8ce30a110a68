package io.allium.fuzz;

import io.allium.base.ByteStream;

/** A connection whose other side said these bytes and finished. Confined to its test. */
public final class BytesStream implements ByteStream {
    private final byte[] bytes;
    private int at;

    public BytesStream(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        if (at == bytes.length) {
            return -1;
        }
        int count = Math.min(length, bytes.length - at);
        System.arraycopy(bytes, at, into, offset, count);
        at += count;
        return count;
    }

    @Override
    public void write(byte[] from, int offset, int length) {}

    @Override
    public void finish() {}

    @Override
    public void close() {}
}
