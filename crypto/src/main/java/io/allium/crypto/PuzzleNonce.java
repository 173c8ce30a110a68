package io.allium.crypto;

import io.allium.base.Entropy;
import java.util.HexFormat;

/** What makes one try at a puzzle another than the next: a little-endian number. Immutable. */
public final class PuzzleNonce extends FixedBytes<PuzzleNonce> implements Comparable<PuzzleNonce> {
    /** In bytes. */
    public static final int LENGTH = 16;

    private PuzzleNonce(byte[] bytes) {
        super(bytes, LENGTH);
    }

    /** Takes exactly {@value #LENGTH} bytes. */
    public static PuzzleNonce of(byte[] bytes) {
        return new PuzzleNonce(bytes);
    }

    /** Where a search begins. */
    public static PuzzleNonce random(Entropy entropy) {
        return new PuzzleNonce(entropy.bytes(LENGTH));
    }

    /** One more; zero after the last. */
    public PuzzleNonce next() {
        byte[] bytes = bytes();
        int at = 0;
        while (at < LENGTH && ++bytes[at] == 0) { // carries on
            at++;
        }
        return new PuzzleNonce(bytes);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(raw());
    }
}
