package io.allium.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A number modulo 2^255 - 19, in five signed limbs of 51 bits. Mutable, so that nothing is allocated on the way: every
 * operation sets its object to the result, and the operands may be that object too. Confined to the call.
 *
 * <p>No step depends on the numbers: there is no branch on them, no lookup by them, and a multiplication takes the same
 * time for all.
 *
 * <p><b>How large limbs get.</b> <i>Reduced</i> limbs, as multiplications, squarings and decoding give them, lie between
 * -2^12 and 2^51 + 2^12. Sums and differences are not carried. Factors may have limbs of up to {@link #FACTOR_MAX} either
 * way, which three reduced ones together do not exceed. So between multiplications there is room for two additions.
 *
 * <p><b>How products are added.</b> A product of limbs has up to 107 bits, and Java has no 128-bit sums. But
 * {@link Math#multiplyHigh} of factors shifted left by 13 bits between them is the product's part above bit 51, rounded
 * down, and such parts are small enough to be summed by themselves. The parts below bit 51 need no masks either: their sum
 * is what remains of the plain products' sum, modulo 2^64, once the upper sum is subtracted, since it is far less than
 * 2^64. Each upper sum belongs to the next limb, which makes all carries but one last, parallel round superfluous.
 *
 * @spec RFC 7748 4.1
 */
final class FieldElement {
    /** The length of an encoded number, in bytes. */
    static final int ENCODED_LENGTH = 32;

    /** How large a limb of a factor may be: 19 times this, shifted left by 6 bits, still is a long. */
    static final long FACTOR_MAX = 3 * ((1L << 51) + (1L << 12));

    /** How many limbs there are. */
    static final int LIMBS = 5;

    private static final int LIMB_BITS = 51;
    private static final long LIMB = (1L << LIMB_BITS) - 1;
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private long limb0;
    private long limb1;
    private long limb2;
    private long limb3;
    private long limb4;

    // The upper sums of the multiplication at hand.
    private long high0;
    private long high1;
    private long high2;
    private long high3;
    private long high4;

    static FieldElement of(long small) {
        return ofLimbs(small, 0, 0, 0, 0);
    }

    /** The little-endian number at {@code offset}; its bit 255 is ignored, and it need not be less than the prime. */
    static FieldElement decode(byte[] bytes, int offset) {
        long word0 = (long) WORD.get(bytes, offset);
        long word1 = (long) WORD.get(bytes, offset + 8);
        long word2 = (long) WORD.get(bytes, offset + 16);
        long word3 = (long) WORD.get(bytes, offset + 24);
        return ofLimbs(
                word0 & LIMB,
                (word0 >>> 51 | word1 << 13) & LIMB,
                (word1 >>> 38 | word2 << 26) & LIMB,
                (word2 >>> 25 | word3 << 39) & LIMB,
                word3 >>> 12 & LIMB);
    }

    static FieldElement ofLimbs(long limb0, long limb1, long limb2, long limb3, long limb4) {
        FieldElement element = new FieldElement();
        element.setLimbs(limb0, limb1, limb2, limb3, limb4);
        return element;
    }

    /** The number's one encoding, little-endian and less than the prime. */
    byte[] encode() {
        FieldElement least = new FieldElement();
        least.set(this);
        least.carry();
        least.carry();
        long tooLarge = least.limb0 + 19 >> LIMB_BITS; // becomes 1 where the number is the prime or more
        tooLarge = least.limb1 + tooLarge >> LIMB_BITS;
        tooLarge = least.limb2 + tooLarge >> LIMB_BITS;
        tooLarge = least.limb3 + tooLarge >> LIMB_BITS;
        tooLarge = least.limb4 + tooLarge >> LIMB_BITS;
        least.limb0 += 19 * tooLarge;
        least.carryUp();
        least.limb4 &= LIMB;
        return least.joined();
    }

    private byte[] joined() {
        byte[] bytes = new byte[ENCODED_LENGTH];
        WORD.set(bytes, 0, limb0 | limb1 << 51);
        WORD.set(bytes, 8, limb1 >>> 13 | limb2 << 38);
        WORD.set(bytes, 16, limb2 >>> 26 | limb3 << 25);
        WORD.set(bytes, 24, limb3 >>> 39 | limb4 << 12);
        return bytes;
    }

    /** Makes limbs of up to 2^53 either way reduced; twice makes them the digits of a number from 0 to 2^255 - 1. */
    private void carry() {
        carryUp();
        limb0 += 19 * (limb4 >> LIMB_BITS);
        limb4 &= LIMB;
    }

    private void carryUp() {
        limb1 += limb0 >> LIMB_BITS;
        limb0 &= LIMB;
        limb2 += limb1 >> LIMB_BITS;
        limb1 &= LIMB;
        limb3 += limb2 >> LIMB_BITS;
        limb2 &= LIMB;
        limb4 += limb3 >> LIMB_BITS;
        limb3 &= LIMB;
    }

    void set(FieldElement a) {
        setLimbs(a.limb0, a.limb1, a.limb2, a.limb3, a.limb4);
    }

    private void setLimbs(long to0, long to1, long to2, long to3, long to4) {
        limb0 = to0;
        limb1 = to1;
        limb2 = to2;
        limb3 = to3;
        limb4 = to4;
    }

    /** a + b, not carried. */
    void add(FieldElement a, FieldElement b) {
        limb0 = a.limb0 + b.limb0;
        limb1 = a.limb1 + b.limb1;
        limb2 = a.limb2 + b.limb2;
        limb3 = a.limb3 + b.limb3;
        limb4 = a.limb4 + b.limb4;
    }

    /** a - b, not carried. */
    void subtract(FieldElement a, FieldElement b) {
        limb0 = a.limb0 - b.limb0;
        limb1 = a.limb1 - b.limb1;
        limb2 = a.limb2 - b.limb2;
        limb3 = a.limb3 - b.limb3;
        limb4 = a.limb4 - b.limb4;
    }

    /** ab, reduced. */
    void multiply(FieldElement a, FieldElement b) {
        sumHigh(a, b);
        sumLow(a, b);
    }

    // Each half in a method of its own keeps its numbers in registers: compiled as one, half the instructions move
    // them.

    private void sumHigh(FieldElement a, FieldElement b) {
        long a0 = a.limb0 << 7;
        long a1 = a.limb1 << 7;
        long a2 = a.limb2 << 7;
        long a3 = a.limb3 << 7;
        long a4 = a.limb4 << 7;
        long b0 = b.limb0 << 6;
        long b1 = b.limb1 << 6;
        long b2 = b.limb2 << 6;
        long b3 = b.limb3 << 6;
        long b4 = b.limb4 << 6;
        long c1 = nineteen(b1);
        long c2 = nineteen(b2);
        long c3 = nineteen(b3);
        long c4 = nineteen(b4);
        high0 = high(a0, b0) + high(a1, c4) + high(a2, c3) + high(a3, c2) + high(a4, c1);
        high1 = high(a0, b1) + high(a1, b0) + high(a2, c4) + high(a3, c3) + high(a4, c2);
        high2 = high(a0, b2) + high(a1, b1) + high(a2, b0) + high(a3, c4) + high(a4, c3);
        high3 = high(a0, b3) + high(a1, b2) + high(a2, b1) + high(a3, b0) + high(a4, c4);
        high4 = high(a0, b4) + high(a1, b3) + high(a2, b2) + high(a3, b1) + high(a4, b0);
    }

    private void sumLow(FieldElement a, FieldElement b) {
        long a0 = a.limb0;
        long a1 = a.limb1;
        long a2 = a.limb2;
        long a3 = a.limb3;
        long a4 = a.limb4;
        long b0 = b.limb0;
        long b1 = b.limb1;
        long b2 = b.limb2;
        long b3 = b.limb3;
        long b4 = b.limb4;
        long c1 = nineteen(b1);
        long c2 = nineteen(b2);
        long c3 = nineteen(b3);
        long c4 = nineteen(b4);
        fold(
                a0 * b0 + a1 * c4 + a2 * c3 + a3 * c2 + a4 * c1,
                a0 * b1 + a1 * b0 + a2 * c4 + a3 * c3 + a4 * c2,
                a0 * b2 + a1 * b1 + a2 * b0 + a3 * c4 + a4 * c3,
                a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + a4 * c4,
                a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0);
    }

    /** a squared, reduced: {@link #multiply}'s equal products are made once. */
    void square(FieldElement a) {
        sumHighOfSquare(a);
        sumLowOfSquare(a);
    }

    private void sumHighOfSquare(FieldElement a) {
        long a0 = a.limb0 << 7;
        long a1 = a.limb1 << 7;
        long a2 = a.limb2 << 7;
        long a3 = a.limb3 << 7;
        long a4 = a.limb4 << 7;
        long c3 = nineteen(a3 >> 1);
        long c4 = nineteen(a4 >> 1);
        high0 = high(a0 >> 1, a0) + high(a1 << 1, c4) + high(a2 << 1, c3);
        high1 = high(a0, a1) + high(a2 << 1, c4) + high(a3, c3);
        high2 = high(a0, a2) + high(a1 >> 1, a1) + high(a3 << 1, c4);
        high3 = high(a0, a3) + high(a1, a2) + high(a4, c4);
        high4 = high(a0, a4) + high(a1, a3) + high(a2 >> 1, a2);
    }

    private void sumLowOfSquare(FieldElement a) {
        long a0 = a.limb0;
        long a1 = a.limb1;
        long a2 = a.limb2;
        long a3 = a.limb3;
        long a4 = a.limb4;
        long d0 = 2 * a0;
        long d1 = 2 * a1;
        long c3 = nineteen(a3);
        long c4 = nineteen(a4);
        long d4 = 2 * c4;
        fold(
                a0 * a0 + a1 * d4 + 2 * a2 * c3,
                d0 * a1 + a2 * d4 + a3 * c3,
                d0 * a2 + a1 * a1 + a3 * d4,
                d0 * a3 + d1 * a2 + a4 * c4,
                d0 * a4 + d1 * a3 + a2 * a2);
    }

    /** Joins the sums of the plain products, modulo 2^64, with the upper sums, and carries once. */
    private void fold(long sum0, long sum1, long sum2, long sum3, long sum4) {
        long r0 = sum0 - (high0 << LIMB_BITS) + nineteen(high4);
        long r1 = sum1 - (high1 << LIMB_BITS) + high0;
        long r2 = sum2 - (high2 << LIMB_BITS) + high1;
        long r3 = sum3 - (high3 << LIMB_BITS) + high2;
        long r4 = sum4 - (high4 << LIMB_BITS) + high3;
        limb0 = (r0 & LIMB) + nineteen(r4 >> LIMB_BITS);
        limb1 = (r1 & LIMB) + (r0 >> LIMB_BITS);
        limb2 = (r2 & LIMB) + (r1 >> LIMB_BITS);
        limb3 = (r3 & LIMB) + (r2 >> LIMB_BITS);
        limb4 = (r4 & LIMB) + (r3 >> LIMB_BITS);
    }

    private static long high(long a, long b) {
        return Math.multiplyHigh(a, b);
    }

    /** 19 a, by additions: the multipliers are busy. */
    private static long nineteen(long a) {
        long nine = a + (a << 3);
        return a + (nine << 1);
    }

    /** a times a number of up to 17 bits; limbs are at most 2^18 above reduced ones. */
    void multiplySmall(FieldElement a, int factor) {
        long shifted = (long) factor << 13;
        long carry0 = high(a.limb0, shifted);
        long carry1 = high(a.limb1, shifted);
        long carry2 = high(a.limb2, shifted);
        long carry3 = high(a.limb3, shifted);
        long carry4 = high(a.limb4, shifted);
        limb0 = (a.limb0 * factor & LIMB) + nineteen(carry4);
        limb1 = (a.limb1 * factor & LIMB) + carry0;
        limb2 = (a.limb2 * factor & LIMB) + carry1;
        limb3 = (a.limb3 * factor & LIMB) + carry2;
        limb4 = (a.limb4 * factor & LIMB) + carry3;
    }

    /** a to the power of 2^times, for at least one time. */
    void square(FieldElement a, int times) {
        square(a);
        for (int i = 1; i < times; i++) {
            square(this);
        }
    }

    /** 1 / a, and 0 for 0: a to the power of 2^255 - 21. */
    void invert(FieldElement a) {
        FieldElement eleven = new FieldElement();
        FieldElement run = new FieldElement();
        run.raiseToRun(a, eleven);
        run.square(run, 5);
        multiply(run, eleven);
    }

    /** Inverts them all for little more than the steps of one. If one of them is 0, all become 0. */
    static void invertAll(FieldElement... all) {
        FieldElement[] before = new FieldElement[all.length]; // the product of those before it
        FieldElement product = FieldElement.of(1);
        for (int i = 0; i < all.length; i++) {
            before[i] = new FieldElement();
            before[i].set(product);
            product.multiply(product, all[i]);
        }
        product.invert(product);
        for (int i = all.length - 1; i >= 0; i--) {
            before[i].multiply(before[i], product);
            product.multiply(product, all[i]);
            all[i].set(before[i]);
        }
    }

    /**
     * a to the power of 2^250 - 1; {@code ones} counts the ones that the exponent has had so far.
     *
     * @param eleven becomes a to the power of 11
     */
    private void raiseToRun(FieldElement a, FieldElement eleven) {
        FieldElement two = new FieldElement();
        FieldElement nine = new FieldElement();
        two.square(a);
        nine.square(two, 2);
        nine.multiply(nine, a);
        eleven.multiply(nine, two);
        FieldElement ones5 = new FieldElement();
        ones5.square(eleven);
        ones5.multiply(ones5, nine);
        FieldElement ones10 = doubled(ones5, 5);
        FieldElement ones20 = doubled(ones10, 10);
        FieldElement ones40 = doubled(ones20, 20);
        FieldElement ones50 = new FieldElement();
        ones50.square(ones40, 10);
        ones50.multiply(ones50, ones10);
        FieldElement ones200 = doubled(doubled(ones50, 50), 100);
        square(ones200, 50);
        multiply(this, ones50);
    }

    /** From a number to the power of 2^n - 1, the same to the power of 2^2n - 1. */
    private static FieldElement doubled(FieldElement ones, int n) {
        FieldElement twice = new FieldElement();
        twice.square(ones, n);
        twice.multiply(twice, ones);
        return twice;
    }

    /** Exchanges the numbers where {@code mask} is -1, and leaves them where it is 0. */
    void exchange(FieldElement other, long mask) {
        long change0 = mask & (limb0 ^ other.limb0);
        long change1 = mask & (limb1 ^ other.limb1);
        long change2 = mask & (limb2 ^ other.limb2);
        long change3 = mask & (limb3 ^ other.limb3);
        long change4 = mask & (limb4 ^ other.limb4);
        setLimbs(limb0 ^ change0, limb1 ^ change1, limb2 ^ change2, limb3 ^ change3, limb4 ^ change4);
        other.setLimbs(
                other.limb0 ^ change0,
                other.limb1 ^ change1,
                other.limb2 ^ change2,
                other.limb3 ^ change3,
                other.limb4 ^ change4);
    }

    /** Becomes its negative where {@code mask} is -1. */
    void negate(long mask) {
        setLimbs(
                (limb0 ^ mask) - mask,
                (limb1 ^ mask) - mask,
                (limb2 ^ mask) - mask,
                (limb3 ^ mask) - mask,
                (limb4 ^ mask) - mask);
    }

    /** Takes in the five limbs at that place of a table where {@code mask} is -1; of all that are offered, one must be. */
    void takeMasked(long[] table, int at, long mask) {
        limb0 |= mask & table[at];
        limb1 |= mask & table[at + 1];
        limb2 |= mask & table[at + 2];
        limb3 |= mask & table[at + 3];
        limb4 |= mask & table[at + 4];
    }

    /** Writes the {@value #LIMBS} limbs to that place of a table. */
    void putLimbs(long[] table, int at) {
        table[at] = limb0;
        table[at + 1] = limb1;
        table[at + 2] = limb2;
        table[at + 3] = limb3;
        table[at + 4] = limb4;
    }

    void setSmall(long small) {
        setLimbs(small, 0, 0, 0, 0);
    }

    /** Whether it is 0, for numbers that are no secret. */
    boolean isZero() {
        int any = 0;
        for (byte b : encode()) {
            any |= b;
        }
        return any == 0;
    }
}
