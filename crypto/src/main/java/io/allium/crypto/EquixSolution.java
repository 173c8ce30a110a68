package io.allium.crypto;

import java.util.HexFormat;

/**
 * Eight indices of 16 bits, little-endian one after the other, whose hashes add up to zero in the way that {@link EquixVerifier} checks.
 * Immutable; not known to solve anything.
 */
public final class EquixSolution extends FixedBytes<EquixSolution> implements Comparable<EquixSolution> {
    /** In bytes. */
    public static final int LENGTH = 16;

    static final int INDICES = LENGTH / Character.BYTES;

    private EquixSolution(byte[] bytes) {
        super(bytes, LENGTH);
    }

    /** Takes exactly {@value #LENGTH} bytes. */
    public static EquixSolution of(byte[] bytes) {
        return new EquixSolution(bytes);
    }

    static EquixSolution ofIndices(char... indices) {
        byte[] bytes = new byte[LENGTH];
        for (int i = 0; i < INDICES; i++) {
            bytes[2 * i] = (byte) indices[i];
            bytes[2 * i + 1] = (byte) (indices[i] >> Byte.SIZE);
        }
        return new EquixSolution(bytes);
    }

    /** One of the eight. */
    char index(int at) {
        byte[] bytes = raw();
        return (char) ((bytes[2 * at] & 0xff) | (bytes[2 * at + 1] & 0xff) << Byte.SIZE);
    }

    char[] indices() {
        char[] indices = new char[INDICES];
        for (int i = 0; i < INDICES; i++) {
            indices[i] = index(i);
        }
        return indices;
    }

    @Override
    public String toString() {
        return "Equi-X solution " + HexFormat.of().formatHex(raw());
    }
}
