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
 * -2^13 and 2^51 + 2^13. Sums and differences are not carried. Factors may have limbs of up to {@link #FACTOR_MAX} either
 * way, which three reduced ones together do not exceed. So between multiplications there is room for two additions.
 *
 * <p><b>How products are added.</b> A product of limbs has up to 107 bits, and Java has no 128-bit sums. But each sum is
 * needed only as its part above bit 51, which the next limb gets, and the rest, and how much exactly goes up does not matter,
 * as long as the rest is a long. So the parts above are taken from sums of doubles, which factors are exactly, and which round
 * what they add up to. What remains for the limb is the sum of the plain products, modulo 2^64, less what went up.
 *
 * <p><b>By how much they round.</b> A sum has at most the magnitude of 77 products of factors (one plain, four times 19), less
 * than 2^112. Multiplying by 19, the product and four additions round by a 2^53rd each, so that less than 2^61.1 is wrong. The
 * rest and what comes from the limb below, with its 19, are less than 2^62, and carrying that once leaves reduced limbs. No
 * double on the way is infinite, not a number or subnormal, for which processors might take longer: integers over 2^51 are not
 * that small.
 *
 * @spec RFC 7748 4.1
 */
final class FieldElement {
    /** The length of an encoded number, in bytes. */
    static final int ENCODED_LENGTH = 32;

    /** How large a limb of a factor may be: a double holds it exactly. */
    static final long FACTOR_MAX = 3 * ((1L << 51) + (1L << 13));

    /** How many limbs there are. */
    static final int LIMBS = 5;

    private static final int LIMB_BITS = 51;
    private static final long LIMB = (1L << LIMB_BITS) - 1;

    /** What makes of a limb the double whose products with others are the parts above. */
    private static final double SCALE = 0x1p-51;

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final FieldElement ROOT_OF_MINUS_ONE = rootOfMinusOne();

    private long limb0;
    private long limb1;
    private long limb2;
    private long limb3;
    private long limb4;

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
        double x0 = a0;
        double x1 = a1;
        double x2 = a2;
        double x3 = a3;
        double x4 = a4;
        double y0 = b0 * SCALE;
        double y1 = b1 * SCALE;
        double y2 = b2 * SCALE;
        double y3 = b3 * SCALE;
        double y4 = b4 * SCALE;
        double z1 = 19 * y1;
        double z2 = 19 * y2;
        double z3 = 19 * y3;
        double z4 = 19 * y4;
        long up0 = (long) (x0 * y0 + x1 * z4 + x2 * z3 + x3 * z2 + x4 * z1);
        long up1 = (long) (x0 * y1 + x1 * y0 + x2 * z4 + x3 * z3 + x4 * z2);
        long up2 = (long) (x0 * y2 + x1 * y1 + x2 * y0 + x3 * z4 + x4 * z3);
        long up3 = (long) (x0 * y3 + x1 * y2 + x2 * y1 + x3 * y0 + x4 * z4);
        long up4 = (long) (x0 * y4 + x1 * y3 + x2 * y2 + x3 * y1 + x4 * y0);
        long c1 = nineteen(b1);
        long c2 = nineteen(b2);
        long c3 = nineteen(b3);
        long c4 = nineteen(b4);
        long sum0 = a0 * b0 + a1 * c4 + a2 * c3 + a3 * c2 + a4 * c1;
        long sum1 = a0 * b1 + a1 * b0 + a2 * c4 + a3 * c3 + a4 * c2;
        long sum2 = a0 * b2 + a1 * b1 + a2 * b0 + a3 * c4 + a4 * c3;
        long sum3 = a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + a4 * c4;
        long sum4 = a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0;
        setCarried(
                sum0 - (up0 << LIMB_BITS) + nineteen(up4),
                sum1 - (up1 << LIMB_BITS) + up0,
                sum2 - (up2 << LIMB_BITS) + up1,
                sum3 - (up3 << LIMB_BITS) + up2,
                sum4 - (up4 << LIMB_BITS) + up3);
    }

    /** a squared, reduced: {@link #multiply}'s equal products are made once. */
    void square(FieldElement a) {
        long a0 = a.limb0;
        long a1 = a.limb1;
        long a2 = a.limb2;
        long a3 = a.limb3;
        long a4 = a.limb4;
        double x1 = a1;
        double x2 = a2;
        double x3 = a3;
        double x4 = a4;
        double twice0 = 2.0 * a0;
        double twice1 = 2 * x1;
        double y0 = a0 * SCALE;
        double y1 = x1 * SCALE;
        double y2 = x2 * SCALE;
        double y3 = x3 * SCALE;
        double y4 = x4 * SCALE;
        double z3 = 19 * y3;
        double z4 = 19 * y4;
        double twiceZ4 = 2 * z4;
        long up0 = (long) (a0 * y0 + x1 * twiceZ4 + 2 * x2 * z3);
        long up1 = (long) (twice0 * y1 + x2 * twiceZ4 + x3 * z3);
        long up2 = (long) (twice0 * y2 + x1 * y1 + x3 * twiceZ4);
        long up3 = (long) (twice0 * y3 + twice1 * y2 + x4 * z4);
        long up4 = (long) (twice0 * y4 + twice1 * y3 + x2 * y2);
        long d0 = 2 * a0;
        long d1 = 2 * a1;
        long c3 = nineteen(a3);
        long c4 = nineteen(a4);
        long d4 = 2 * c4;
        setCarried(
                a0 * a0 + a1 * d4 + 2 * a2 * c3 - (up0 << LIMB_BITS) + nineteen(up4),
                d0 * a1 + a2 * d4 + a3 * c3 - (up1 << LIMB_BITS) + up0,
                d0 * a2 + a1 * a1 + a3 * d4 - (up2 << LIMB_BITS) + up1,
                d0 * a3 + d1 * a2 + a4 * c4 - (up3 << LIMB_BITS) + up2,
                d0 * a4 + d1 * a3 + a2 * a2 - (up4 << LIMB_BITS) + up3);
    }

    private void setCarried(long rest0, long rest1, long rest2, long rest3, long rest4) {
        limb0 = (rest0 & LIMB) + nineteen(rest4 >> LIMB_BITS);
        limb1 = (rest1 & LIMB) + (rest0 >> LIMB_BITS);
        limb2 = (rest2 & LIMB) + (rest1 >> LIMB_BITS);
        limb3 = (rest3 & LIMB) + (rest2 >> LIMB_BITS);
        limb4 = (rest4 & LIMB) + (rest3 >> LIMB_BITS);
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

    /**
     * One of a's two square roots, by RFC 8032 5.1.3. Its time tells whether there is one, which must be no secret.
     *
     * @return whether a has one; else this stays as it is
     */
    boolean root(FieldElement a) {
        FieldElement candidate = new FieldElement();
        candidate.raiseToHalfway(a);
        candidate.multiply(candidate, a);
        FieldElement square = new FieldElement();
        square.square(candidate);
        FieldElement wrong = new FieldElement();
        wrong.subtract(square, a);
        if (wrong.isZero()) {
            set(candidate);
            return true;
        }
        wrong.add(square, a);
        if (wrong.isZero()) {
            multiply(candidate, ROOT_OF_MINUS_ONE);
            return true;
        }
        return false;
    }

    /** 2 to the power of (p - 1) / 4. */
    private static FieldElement rootOfMinusOne() {
        FieldElement two = FieldElement.of(2);
        FieldElement root = new FieldElement();
        root.raiseToHalfway(two);
        root.square(root);
        root.multiply(root, two);
        return root;
    }

    /** a to the power of (p - 5) / 8, which is 2^252 - 3. */
    private void raiseToHalfway(FieldElement a) {
        FieldElement run = new FieldElement();
        run.raiseToRun(a, new FieldElement());
        run.square(run, 2);
        multiply(run, a);
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

    /** Becomes that number where {@code mask} is -1. */
    void becomeSmall(long small, long mask) {
        setLimbs(limb0 & ~mask | small & mask, limb1 & ~mask, limb2 & ~mask, limb3 & ~mask, limb4 & ~mask);
    }

    /** Takes the {@value #LIMBS} limbs from that place of a table. */
    void takeLimbs(long[] table, int at) {
        setLimbs(table[at], table[at + 1], table[at + 2], table[at + 3], table[at + 4]);
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
