package io.allium.crypto;

/**
 * What HashX does to a register and SipHash to its words, done for {@code count} lanes. Each is a loop of its own, with nothing in it that
 * the JVM's compiler could not turn into vector instructions (products of 128 bits it cannot).
 */
final class LaneLoops {
    private LaneLoops() {}

    static void multiplyHighUnsigned(long[] to, long[] from, int[] halves, int count) {
        for (int i = 0; i < count; i++) {
            long upper = Math.unsignedMultiplyHigh(to[i], from[i]);
            to[i] = upper;
            halves[i] = (int) upper;
        }
    }

    static void multiplyHighSigned(long[] to, long[] from, int[] halves, int count) {
        for (int i = 0; i < count; i++) {
            long upper = Math.multiplyHigh(to[i], from[i]);
            to[i] = upper;
            halves[i] = (int) upper;
        }
    }

    static void multiply(long[] to, long[] from, int count) {
        for (int i = 0; i < count; i++) {
            to[i] *= from[i];
        }
    }

    static void addShifted(long[] to, long[] from, int shift, int count) {
        for (int i = 0; i < count; i++) {
            to[i] += from[i] << shift;
        }
    }

    static void subtract(long[] to, long[] from, int count) {
        for (int i = 0; i < count; i++) {
            to[i] -= from[i];
        }
    }

    static void xor(long[] to, long[] from, int count) {
        for (int i = 0; i < count; i++) {
            to[i] ^= from[i];
        }
    }

    static void addConstant(long[] to, long constant, int count) {
        for (int i = 0; i < count; i++) {
            to[i] += constant;
        }
    }

    static void xorConstant(long[] to, long constant, int count) {
        for (int i = 0; i < count; i++) {
            to[i] ^= constant;
        }
    }

    static void rotateRight(long[] to, int distance, int count) {
        for (int i = 0; i < count; i++) {
            to[i] = to[i] >>> distance | to[i] << Long.SIZE - distance;
        }
    }

    /** Takes the exclusive or with {@code first}, {@code first} + 1 and so on. */
    static void xorCounter(long[] to, long first, int count) {
        for (int i = 0; i < count; i++) {
            to[i] ^= first + i;
        }
    }

    /** So many SipRounds on four rows. */
    static void stir(int rounds, long[] v0, long[] v1, long[] v2, long[] v3, int count) {
        for (int round = 0; round < rounds; round++) {
            halfRound(v0, v1, v2, v3, 13, 16, count);
            halfRound(v2, v1, v0, v3, 17, 21, count);
        }
    }

    /** Half of a SipRound: its second half is the first with two words exchanged. */
    private static void halfRound(long[] a, long[] b, long[] c, long[] d, int left, int right, int count) {
        for (int i = 0; i < count; i++) {
            long sum = a[i] + b[i];
            long other = c[i] + d[i];
            b[i] = (b[i] << left | b[i] >>> Long.SIZE - left) ^ sum;
            d[i] = (d[i] << right | d[i] >>> Long.SIZE - right) ^ other;
            a[i] = sum << 32 | sum >>> 32;
            c[i] = other;
        }
    }
}
