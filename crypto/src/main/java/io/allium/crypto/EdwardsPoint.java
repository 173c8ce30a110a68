package io.allium.crypto;

import io.allium.base.Untrusted;
import java.math.BigInteger;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A point of the group that Ed25519 signs in, in extended coordinates: x = X / Z, y = Y / Z, xy = T / Z. Addition is the
 * complete formula of Hisil, Wong, Carter and Dawson (2008, section 3.1), so that no pair of points is special, and doubling
 * that of their section 3.3. Every step takes the same time for all points. Mutable; confined to the call.
 */
final class EdwardsPoint {
    /** The prime order of the base point: RFC 8032 5.1. */
    static final BigInteger ORDER =
            BigInteger.ONE.shiftLeft(252).add(new BigInteger("27742317777372353535851937790883648493"));

    private static final int ENCODED_LENGTH = FieldElement.ENCODED_LENGTH;

    private static final BigInteger PRIME = BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));
    private static final BigInteger D = BigInteger.valueOf(-121665)
            .multiply(BigInteger.valueOf(121666).modInverse(PRIME))
            .mod(PRIME);
    private static final FieldElement FACTOR_D = field(D);
    private static final FieldElement TWICE_D = field(D.shiftLeft(1));
    private static final FieldElement ONE = FieldElement.of(1);

    /** Curve25519's A: RFC 7748 4.1. */
    private static final FieldElement MONTGOMERY_A = FieldElement.of(486_662);

    /** The root of -486664 that RFC 7748 4.1 scales x with, or its negative. */
    private static final FieldElement MONTGOMERY_SCALE = montgomeryScale();

    private static final BigInteger BASE_X =
            new BigInteger("15112221349535400772501151409588531511454012693041857206046113283949847762202");
    private static final BigInteger BASE_Y =
            BigInteger.valueOf(4).multiply(BigInteger.valueOf(5).modInverse(PRIME));

    private final FieldElement x = new FieldElement();
    private final FieldElement y = new FieldElement();
    private final FieldElement z = new FieldElement();
    private final FieldElement t = new FieldElement();

    // The names of the papers' formulas.
    private final FieldElement a = new FieldElement();
    private final FieldElement b = new FieldElement();
    private final FieldElement c = new FieldElement();
    private final FieldElement e = new FieldElement();
    private final FieldElement f = new FieldElement();
    private final FieldElement g = new FieldElement();
    private final FieldElement h = new FieldElement();

    private EdwardsPoint() {}

    /** The point that adding does not change. */
    static EdwardsPoint neutral() {
        EdwardsPoint neutral = new EdwardsPoint();
        neutral.y.set(FieldElement.of(1));
        neutral.z.set(FieldElement.of(1));
        return neutral;
    }

    static EdwardsPoint base() {
        EdwardsPoint base = new EdwardsPoint();
        base.x.set(field(BASE_X));
        base.y.set(field(BASE_Y));
        base.z.set(FieldElement.of(1));
        base.t.multiply(base.x, base.y);
        return base;
    }

    /** The encoded product of the base point and a 256-bit little-endian number. */
    static byte[] multiplyBase(byte[] scalar) {
        return BasePoint.multiply(small(scalar)).encode();
    }

    /** The same product as {@link #multiplyBase}, as a point of Curve25519: its u coordinate. */
    static byte[] multiplyBaseToMontgomery(byte[] scalar) {
        return toMontgomery(BasePoint.multiply(small(scalar)))[0];
    }

    /** No secret number that was made by the rules has the uppermost bit. */
    private static byte[] small(byte[] scalar) {
        return scalar[ENCODED_LENGTH - 1] < 0 ? scalarBytes(modOrder(scalar)) : scalar;
    }

    /**
     * The encoded point whose Curve25519 coordinate is {@code u}.
     *
     * @param sign the sign of its x coordinate, 0 or 1
     */
    static byte[] fromMontgomery(byte[] u, int sign) throws Untrusted {
        FieldElement above = FieldElement.decode(u, 0);
        FieldElement below = new FieldElement();
        below.add(above, FieldElement.of(1));
        above.subtract(above, FieldElement.of(1));
        if (below.isZero()) {
            throw new Untrusted("a Curve25519 key that has no Ed25519 key");
        }
        below.invert(below);
        above.multiply(above, below);
        byte[] encoded = above.encode();
        encoded[ENCODED_LENGTH - 1] |= (byte) (sign << 7);
        return encoded;
    }

    /**
     * One of the two points whose Curve25519 coordinate is {@code u}, or null if there are none: half of all numbers belong to
     * the curve's twist. Null as well for 0 and -1, whose points have no place in RFC 7748 4.1's fractions.
     */
    static @Nullable EdwardsPoint ofMontgomery(byte[] u) {
        FieldElement above = FieldElement.decode(u, 0);
        FieldElement below = new FieldElement();
        below.add(above, ONE);
        FieldElement v = new FieldElement();
        v.add(above, MONTGOMERY_A);
        v.multiply(v, above);
        v.add(v, ONE);
        v.multiply(v, above);
        if (!v.root(v)) {
            return null;
        }
        EdwardsPoint point = new EdwardsPoint();
        point.t.multiply(above, MONTGOMERY_SCALE);
        above.subtract(above, ONE);
        point.x.multiply(point.t, below);
        point.y.multiply(above, v);
        point.z.multiply(below, v);
        point.t.multiply(point.t, above);
        return point.z.isZero() ? null : point;
    }

    /**
     * The point that 32 bytes stand for, or null if they stand for none. That y may be the prime or more, and a point may have
     * any order, is for others to look at.
     *
     * @spec RFC 8032 5.1.3
     */
    static @Nullable EdwardsPoint decode(byte[] encoded) {
        EdwardsPoint point = neutral();
        point.y.set(FieldElement.decode(encoded, 0));
        FieldElement above = new FieldElement();
        above.square(point.y);
        FieldElement below = new FieldElement();
        below.multiply(above, FACTOR_D);
        below.add(below, ONE);
        above.subtract(above, ONE);
        below.invert(below);
        above.multiply(above, below);
        if (!point.x.root(above)) {
            return null;
        }
        int sign = (encoded[ENCODED_LENGTH - 1] & 0x80) >>> 7;
        if (point.x.isZero() && sign == 1) {
            return null;
        }
        point.x.negate(-(point.x.encode()[0] & 1 ^ sign));
        point.t.multiply(point.x, point.y);
        return point;
    }

    /** The product with a little-endian number. Its time tells the number, which must be no secret. */
    EdwardsPoint multipliedBy(byte[] scalar) {
        EdwardsPoint product = neutral();
        ProjectiveAddend once = toProjectiveAddend();
        for (int bit = 8 * scalar.length - 1; bit >= 0; bit--) {
            product.twice();
            if ((scalar[bit >>> 3] >>> (bit & 7) & 1) == 1) {
                product.add(once);
            }
        }
        return product;
    }

    private static FieldElement montgomeryScale() {
        FieldElement scale = new FieldElement();
        scale.root(FieldElement.of(-486_664));
        return scale;
    }

    /** A little-endian number of any length, modulo the group's order. */
    static BigInteger modOrder(byte[] littleEndian) {
        return new BigInteger(1, reversed(littleEndian)).mod(ORDER);
    }

    /** The number modulo the group's order, as 32 little-endian bytes. */
    static byte[] scalarBytes(BigInteger number) {
        return littleEndian(number.mod(ORDER));
    }

    /** Becomes its sum with that point, which may be the same. */
    void add(Addend q) {
        z.add(z, z);
        addTo(z, q);
        finish();
    }

    private void addTo(FieldElement d, Addend q) {
        a.subtract(y, x);
        a.multiply(a, q.difference);
        b.add(y, x);
        b.multiply(b, q.sum);
        c.multiply(t, q.product);
        e.subtract(b, a);
        f.subtract(d, c);
        g.add(d, c);
        h.add(b, a);
    }

    /** The same, for a point of any Z. */
    void add(ProjectiveAddend q) {
        z.multiply(z, q.twiceZ);
        addTo(z, q.affine);
        finish();
    }

    /** The same, where a doubling comes next. */
    void addBeforeTwice(ProjectiveAddend q) {
        z.multiply(z, q.twiceZ);
        addTo(z, q.affine);
        finishWithoutT();
    }

    /** Becomes twice what it is. */
    void twice() {
        prepareTwice();
        finish();
    }

    /** The same, where another doubling comes next. */
    void twiceBeforeTwice() {
        prepareTwice();
        finishWithoutT();
    }

    private void prepareTwice() {
        a.square(x);
        b.square(y);
        c.square(z);
        h.add(a, b);
        e.add(x, y);
        e.square(e);
        e.subtract(h, e);
        g.subtract(a, b);
        f.add(c, c);
        f.add(f, g);
    }

    private void finish() {
        finishWithoutT();
        t.multiply(e, h);
    }

    private void finishWithoutT() {
        x.multiply(e, f);
        y.multiply(g, h);
        z.multiply(f, g);
    }

    /** The point as RFC 8032 5.1.2 writes it. */
    byte[] encode() {
        FieldElement inverse = new FieldElement();
        inverse.invert(z);
        FieldElement affine = new FieldElement();
        affine.multiply(y, inverse);
        byte[] encoded = affine.encode();
        affine.multiply(x, inverse);
        encoded[ENCODED_LENGTH - 1] |= (byte) ((affine.encode()[0] & 1) << 7);
        return encoded;
    }

    /** Their Curve25519 coordinates, (1 + y) / (1 - y), with one inversion; zeros for all if one is the neutral point. */
    static byte[][] toMontgomery(EdwardsPoint... points) {
        FieldElement[] below = new FieldElement[points.length];
        for (int i = 0; i < points.length; i++) {
            below[i] = new FieldElement();
            below[i].subtract(points[i].z, points[i].y);
        }
        FieldElement.invertAll(below);
        byte[][] u = new byte[points.length][];
        for (int i = 0; i < points.length; i++) {
            FieldElement above = new FieldElement();
            above.add(points[i].z, points[i].y);
            above.multiply(above, below[i]);
            u[i] = above.encode();
        }
        return u;
    }

    /** Makes Z 1 in all of them, with one inversion. */
    static void makeAffine(EdwardsPoint... points) {
        FieldElement[] inverses = new FieldElement[points.length];
        for (int i = 0; i < points.length; i++) {
            inverses[i] = points[i].z;
        }
        FieldElement.invertAll(inverses);
        for (EdwardsPoint point : points) {
            point.x.multiply(point.x, point.z);
            point.y.multiply(point.y, point.z);
            point.t.multiply(point.x, point.y);
            point.z.setSmall(1);
        }
    }

    void set(EdwardsPoint p) {
        x.set(p.x);
        y.set(p.y);
        z.set(p.z);
        t.set(p.t);
    }

    /** Itself, whose Z is 1, in the form in which it is added to others. */
    Addend toAddend() {
        Addend addend = new Addend();
        addend.set(this);
        return addend;
    }

    private static FieldElement field(BigInteger number) {
        return FieldElement.decode(littleEndian(number.mod(PRIME)), 0);
    }

    private static byte[] littleEndian(BigInteger number) {
        byte[] little = reversed(number.toByteArray());
        return Arrays.copyOf(little, ENCODED_LENGTH);
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }

    /** Itself, of any Z, in the form in which it is added to others. */
    ProjectiveAddend toProjectiveAddend() {
        ProjectiveAddend addend = new ProjectiveAddend();
        addend.affine.set(this);
        addend.twiceZ.add(z, z);
        return addend;
    }

    /** A point of any Z, as what adding it takes: twice Z, and the rest not divided by Z. Mutable; confined to the call. */
    static final class ProjectiveAddend {
        /** How many limbs {@link #putLimbs} writes. */
        static final int LIMBS = Addend.LIMBS + FieldElement.LIMBS;

        private final Addend affine = new Addend();
        private final FieldElement twiceZ = new FieldElement();

        /** Takes the limbs that {@link #putLimbs} wrote. */
        void takeLimbs(long[] limbs) {
            affine.takeLimbs(limbs);
            twiceZ.takeLimbs(limbs, Addend.LIMBS);
        }

        /** Becomes its negative where {@code mask} is -1. */
        void negate(long mask) {
            affine.negate(mask);
        }

        void putLimbs(long[] table, int at) {
            affine.putLimbs(table, at);
            twiceZ.putLimbs(table, at + Addend.LIMBS);
        }
    }

    /** A point with Z = 1, as what adding it takes: y + x, y - x, 2dxy. Mutable; confined to the call. */
    static final class Addend {
        /** How many limbs {@link #putLimbs} writes. */
        static final int LIMBS = 3 * FieldElement.LIMBS;

        private final FieldElement sum = new FieldElement();
        private final FieldElement difference = new FieldElement();
        private final FieldElement product = new FieldElement();

        private void set(EdwardsPoint point) {
            sum.add(point.y, point.x);
            difference.subtract(point.y, point.x);
            product.multiply(point.t, TWICE_D);
        }

        /** Takes the limbs that {@link #putLimbs} wrote. */
        void takeLimbs(long[] limbs) {
            sum.takeLimbs(limbs, 0);
            difference.takeLimbs(limbs, FieldElement.LIMBS);
            product.takeLimbs(limbs, 2 * FieldElement.LIMBS);
        }

        /** Becomes the neutral point where {@code mask} is -1. */
        void becomeNeutral(long mask) {
            sum.becomeSmall(1, mask);
            difference.becomeSmall(1, mask);
            product.becomeSmall(0, mask);
        }

        /** Becomes its negative where {@code mask} is -1. */
        void negate(long mask) {
            sum.exchange(difference, mask);
            product.negate(mask);
        }

        void putLimbs(long[] table, int at) {
            sum.putLimbs(table, at);
            difference.putLimbs(table, at + FieldElement.LIMBS);
            product.putLimbs(table, at + 2 * FieldElement.LIMBS);
        }
    }
}
