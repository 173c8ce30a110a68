package io.allium.crypto;

/**
 * Multiples of a point of Curve25519 by a secret number, by Montgomery's ladder: 255 equal steps, whatever the number is.
 * Multiples of the base point come faster from {@link BasePoint}. Confined to the call.
 *
 * @spec RFC 7748 5
 */
final class X25519 {
    /** (486662 - 2) / 4: RFC 7748 5. */
    private static final int A24 = 121_665;

    private static final int BITS = 255;

    private final FieldElement u;

    // The number's leading bits times the point, and that plus the point, each as the fraction x / z.
    private final FieldElement x2 = FieldElement.of(1);
    private final FieldElement z2 = FieldElement.of(0);
    private final FieldElement x3 = FieldElement.of(0);
    private final FieldElement z3 = FieldElement.of(1);

    // The names of RFC 7748's formulas.
    private final FieldElement a = new FieldElement();
    private final FieldElement b = new FieldElement();
    private final FieldElement c = new FieldElement();
    private final FieldElement d = new FieldElement();
    private final FieldElement e = new FieldElement();

    private X25519(byte[] point) {
        u = FieldElement.decode(point, 0);
        x3.set(u);
    }

    /**
     * The product, or zeros for a point of small order.
     *
     * @param scalar 32 bytes, whose fixed bits are set
     * @param point any 32 bytes
     */
    static byte[] multiply(byte[] scalar, byte[] point) {
        X25519 product = new X25519(point);
        product.climb(scalar);
        product.z2.invert(product.z2);
        return product.quotient();
    }

    /**
     * Two products for little more than the steps of each, since they share the one inversion. If one of the points is of
     * small order, both come out as zeros.
     */
    static byte[][] multiplyBoth(byte[] scalar1, byte[] point1, byte[] scalar2, byte[] point2) {
        X25519 first = new X25519(point1);
        X25519 second = new X25519(point2);
        first.climb(scalar1);
        second.climb(scalar2);
        FieldElement.invertAll(first.z2, second.z2);
        return new byte[][] {first.quotient(), second.quotient()};
    }

    /**
     * Products of one point by two numbers, and that of the base point by the first, for little more than half the steps of
     * one by one: {@link PointComb}. If the point is of small order, all may come out as zeros.
     *
     * @return that of the base point, then those of the point
     */
    static byte[][] multiplyBaseAndBoth(byte[] point, byte[] scalar1, byte[] scalar2) {
        PointComb comb = PointComb.of(point);
        if (comb == null) { // nobody sends such a point who keeps to the rules
            byte[][] both = multiplyBoth(scalar1, point, scalar2, point);
            return new byte[][] {EdwardsPoint.multiplyBaseToMontgomery(scalar1), both[0], both[1]};
        }
        return EdwardsPoint.toMontgomery(BasePoint.multiply(scalar1), comb.multiply(scalar1), comb.multiply(scalar2));
    }

    /** After z2 was inverted. */
    private byte[] quotient() {
        x2.multiply(x2, z2);
        return x2.encode();
    }

    private void climb(byte[] scalar) {
        int exchanged = 0;
        for (int at = BITS - 1; at >= 0; at--) {
            int bit = scalar[at >>> 3] >>> (at & 7) & 1;
            exchangeIf(exchanged ^ bit);
            step();
            exchanged = bit;
        }
        exchangeIf(exchanged);
    }

    private void exchangeIf(int yes) {
        x2.exchange(x3, -yes);
        z2.exchange(z3, -yes);
    }

    /** Doubles the one and adds it to the other. */
    private void step() {
        a.add(x2, z2);
        b.subtract(x2, z2);
        c.add(x3, z3);
        d.subtract(x3, z3);
        d.multiply(d, a);
        c.multiply(c, b);
        a.square(a);
        b.square(b);
        x3.add(d, c);
        x3.square(x3);
        z3.subtract(d, c);
        z3.square(z3);
        z3.multiply(z3, u);
        x2.multiply(a, b);
        e.subtract(a, b);
        b.multiplySmall(e, A24);
        b.add(b, a);
        z2.multiply(e, b);
    }
}
