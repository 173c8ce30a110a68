package io.allium.base;

/**
 * What bytes are copied through from one stream to another: small while little comes at once, since most streams idle, and
 * larger while reads fill it, since system calls and wake-ups then cost more than memory. Confined to who copies.
 */
public final class CopyBuffer {
    /** Whole DATA cells' worth, eight of 498 bytes: an idle stream has no more. */
    static final int LEAST = 8 * 498;

    /** 64 cells' worth: two full TLS records. Larger gains nothing. */
    static final int MOST = 8 * LEAST;

    private byte[] bytes = new byte[LEAST];

    /** Where to read into, all of it. */
    public byte[] bytes() {
        return bytes;
    }

    /** After a read's bytes were passed on: makes the buffer fit what comes. */
    public void took(int count) {
        if (count == bytes.length && bytes.length < MOST) {
            bytes = new byte[2 * bytes.length];
        } else if (count < bytes.length / 8 && bytes.length > LEAST) {
            bytes = new byte[bytes.length / 2];
        }
    }
}
