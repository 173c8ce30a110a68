package io.allium.crypto;

/** What an onion service draws so that nobody works on its puzzles ahead of time. Immutable. */
public final class PuzzleSeed extends FixedBytes<PuzzleSeed> implements Comparable<PuzzleSeed> {
    /** In bytes. */
    public static final int LENGTH = 32;

    private PuzzleSeed(byte[] bytes) {
        super(bytes, LENGTH);
    }

    /** Takes exactly {@value #LENGTH} bytes. */
    public static PuzzleSeed of(byte[] bytes) {
        return new PuzzleSeed(bytes);
    }

    /** 43 characters, without padding. */
    public String base64() {
        return Base64Text.unpadded(raw());
    }

    /** The first four bytes, by which an introduction says which seed it means; big-endian. */
    public int head() {
        byte[] bytes = raw();
        return (bytes[0] & 0xff) << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
    }

    @Override
    public String toString() {
        return base64();
    }
}
