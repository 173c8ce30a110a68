package io.allium.crypto;

import io.allium.base.Untrusted;
import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.math.ec.rfc7748.X25519Field;

/**
 * The group that Ed25519 signs in, as far as Bouncy Castle keeps it to itself: multiples of the base point by a given
 * number, and the way from Curve25519. Points are in extended coordinates, and addition is the complete formula of Hisil,
 * Wong, Carter and Dawson (2008, section 3.1), which serves for doubling as well. The multiplication takes the same steps
 * for every secret. Confined to the call.
 */
final class EdwardsPoint {
    /** The prime order of the base point: RFC 8032 5.1. */
    static final BigInteger ORDER =
            BigInteger.ONE.shiftLeft(252).add(new BigInteger("27742317777372353535851937790883648493"));

    private static final int ENCODED_LENGTH = 32;

    private static final BigInteger PRIME = BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));
    private static final BigInteger D = BigInteger.valueOf(-121665)
            .multiply(BigInteger.valueOf(121666).modInverse(PRIME))
            .mod(PRIME);
    private static final BigInteger BASE_X =
            new BigInteger("15112221349535400772501151409588531511454012693041857206046113283949847762202");
    private static final BigInteger BASE_Y =
            BigInteger.valueOf(4).multiply(BigInteger.valueOf(5).modInverse(PRIME));

    private final int[] x = X25519Field.create();
    private final int[] y = X25519Field.create();
    private final int[] z = X25519Field.create();
    private final int[] t = X25519Field.create();

    private EdwardsPoint() {}

    /** The encoded product of the base point and a 256-bit little-endian number. */
    static byte[] multiplyBase(byte[] scalar) {
        int[] twiceD = field(D.shiftLeft(1));
        EdwardsPoint base = base();
        EdwardsPoint product = neutral();
        EdwardsPoint sum = new EdwardsPoint();
        for (int bit = 8 * ENCODED_LENGTH - 1; bit >= 0; bit--) {
            product.setSum(product, product, twiceD);
            sum.setSum(product, base, twiceD);
            product.takeIf(scalar[bit >>> 3] >>> (bit & 7) & 1, sum);
        }
        return product.encode();
    }

    /**
     * The encoded point whose Curve25519 coordinate is {@code u}.
     *
     * @param sign the sign of its x coordinate, 0 or 1
     */
    static byte[] fromMontgomery(byte[] u, int sign) throws Untrusted {
        int[] above = X25519Field.create();
        int[] below = X25519Field.create();
        X25519Field.decode255(u, 0, above, 0);
        X25519Field.copy(above, 0, below, 0);
        X25519Field.subOne(above);
        X25519Field.addOne(below);
        X25519Field.carry(above);
        X25519Field.carry(below);
        X25519Field.normalize(below);
        if (X25519Field.isZeroVar(below)) {
            throw new Untrusted("a Curve25519 key that has no Ed25519 key");
        }
        X25519Field.invVar(below, below);
        X25519Field.mul(above, below, above);
        X25519Field.normalize(above);
        byte[] encoded = new byte[ENCODED_LENGTH];
        X25519Field.encode(above, encoded, 0);
        encoded[ENCODED_LENGTH - 1] |= (byte) (sign << 7);
        return encoded;
    }

    /** A little-endian number of any length, modulo the group's order. */
    static BigInteger modOrder(byte[] littleEndian) {
        return new BigInteger(1, reversed(littleEndian)).mod(ORDER);
    }

    /** The number modulo the group's order, as 32 little-endian bytes. */
    static byte[] scalarBytes(BigInteger number) {
        return littleEndian(number.mod(ORDER));
    }

    private static EdwardsPoint base() {
        EdwardsPoint base = new EdwardsPoint();
        X25519Field.copy(field(BASE_X), 0, base.x, 0);
        X25519Field.copy(field(BASE_Y), 0, base.y, 0);
        X25519Field.one(base.z);
        X25519Field.mul(base.x, base.y, base.t);
        return base;
    }

    private static EdwardsPoint neutral() {
        EdwardsPoint neutral = new EdwardsPoint();
        X25519Field.one(neutral.y);
        X25519Field.one(neutral.z);
        return neutral;
    }

    private void setSum(EdwardsPoint p, EdwardsPoint q, int[] twiceD) {
        int[] a = product(difference(p.y, p.x), difference(q.y, q.x));
        int[] b = product(sum(p.y, p.x), sum(q.y, q.x));
        int[] c = product(product(p.t, q.t), twiceD);
        int[] d = product(p.z, q.z);
        d = sum(d, d);
        int[] e = difference(b, a);
        int[] f = difference(d, c);
        int[] g = sum(d, c);
        int[] h = sum(b, a);
        X25519Field.mul(e, f, x);
        X25519Field.mul(g, h, y);
        X25519Field.mul(f, g, z);
        X25519Field.mul(e, h, t);
    }

    /** Becomes {@code other} if {@code bit} is 1, in the same time either way. */
    private void takeIf(int bit, EdwardsPoint other) {
        X25519Field.cmov(-bit, other.x, 0, x, 0);
        X25519Field.cmov(-bit, other.y, 0, y, 0);
        X25519Field.cmov(-bit, other.z, 0, z, 0);
        X25519Field.cmov(-bit, other.t, 0, t, 0);
    }

    private byte[] encode() {
        int[] inverse = X25519Field.create();
        X25519Field.inv(z, inverse);
        int[] affineX = product(x, inverse);
        int[] affineY = product(y, inverse);
        X25519Field.normalize(affineX);
        X25519Field.normalize(affineY);
        byte[] encoded = new byte[ENCODED_LENGTH];
        X25519Field.encode(affineY, encoded, 0);
        encoded[ENCODED_LENGTH - 1] |= (byte) ((affineX[0] & 1) << 7);
        return encoded;
    }

    private static int[] product(int[] a, int[] b) {
        int[] product = X25519Field.create();
        X25519Field.mul(a, b, product);
        return product;
    }

    private static int[] sum(int[] a, int[] b) {
        int[] sum = X25519Field.create();
        X25519Field.add(a, b, sum);
        X25519Field.carry(sum);
        return sum;
    }

    private static int[] difference(int[] a, int[] b) {
        int[] difference = X25519Field.create();
        X25519Field.sub(a, b, difference);
        X25519Field.carry(difference);
        return difference;
    }

    private static int[] field(BigInteger number) {
        int[] element = X25519Field.create();
        X25519Field.decode255(littleEndian(number.mod(PRIME)), 0, element, 0);
        return element;
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
}
