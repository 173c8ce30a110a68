package io.allium.control;

import io.allium.base.ByteStream;
import java.nio.charset.StandardCharsets;

/** Bytes to read, one at a time, as they may come. */
final class Scripted implements ByteStream {
    private final byte[] bytes;
    private int at;

    Scripted(String text) {
        bytes = text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        if (at == bytes.length) {
            return -1;
        }
        into[offset] = bytes[at++];
        return 1;
    }

    @Override
    public void write(byte[] from, int offset, int length) {
        throw new IllegalStateException("nothing is written to what is only read");
    }

    @Override
    public void finish() {}

    @Override
    public void close() {}
}
