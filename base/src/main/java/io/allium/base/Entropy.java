package io.allium.base;

import java.security.SecureRandom;
import java.util.Collections;
import java.util.List;

/** Chance. In production the system's secure source and nothing else; in the simulator a stream from the seed. */
public interface Entropy {
    /** Fills all of {@code bytes}. */
    void fill(byte[] bytes);

    /** The same source as the JDK's libraries want it. */
    SecureRandom secureRandom();

    default byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        fill(bytes);
        return bytes;
    }

    /**
     * Fills that part of an array with what nobody can foresee, but from which no secret is made: the padding of what is sent,
     * of which there is too much to take from where keys come from.
     */
    default void pad(byte[] into, int from, int to) {
        System.arraycopy(bytes(to - from), 0, into, from, to - from);
    }

    /** Uniform in [0, bound); {@code bound} is positive. */
    default long below(long bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound " + bound);
        }
        long limit = Long.MAX_VALUE - Long.MAX_VALUE % bound;
        while (true) { // each turn succeeds with probability over one half
            byte[] raw = bytes(8);
            long value = 0;
            for (byte b : raw) {
                value = value << 8 | (b & 0xff);
            }
            value &= Long.MAX_VALUE;
            if (value < limit) {
                return value % bound;
            }
        }
    }

    default int below(int bound) {
        return (int) below((long) bound);
    }

    /** Uniform in [0, 1), 53 bits. */
    default double unit() {
        return below(1L << 53) * 0x1p-53;
    }

    default <T> T pick(List<T> from) {
        return from.get(below(from.size()));
    }

    /** Shuffles in place, every order as likely as any other. */
    default void shuffle(List<?> list) {
        for (int i = list.size() - 1; i > 0; i--) {
            Collections.swap(list, i, below(i + 1));
        }
    }
}
