package io.allium.base;

import java.security.MessageDigest;
import java.util.Arrays;

/** Secret bytes: never printed, compared in constant time, wiped on close. Confined to its owner. */
public final class Sensitive implements AutoCloseable {
    private final byte[] bytes;

    private Sensitive(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Takes the array over; the caller keeps no reference. */
    public static Sensitive taking(byte[] bytes) {
        return new Sensitive(bytes);
    }

    /** The bytes themselves, not a copy. */
    public byte[] expose() {
        return bytes;
    }

    @Override
    public void close() {
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sensitive that && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return bytes.length;
    }

    @Override
    public String toString() {
        return "Sensitive[" + bytes.length + " bytes]";
    }
}
