package io.allium.crypto;

import io.allium.base.ByteWriter;
import java.nio.charset.StandardCharsets;

/** Bytes one after the other, as the specifications' {@code |} has it. */
final class Bytes {
    private Bytes() {}

    static byte[] concat(byte[]... parts) {
        ByteWriter all = new ByteWriter(256);
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.toBytes();
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
