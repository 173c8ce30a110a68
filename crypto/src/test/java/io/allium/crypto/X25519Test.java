package io.allium.crypto;

import static io.allium.crypto.Vectors.hex;
import static io.allium.crypto.Vectors.random;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

class X25519Test {
    private static final byte[] NINE = littleEndian(BigInteger.valueOf(9));
    private static final BigInteger PRIME = BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));

    private final Random random = new Random(7748);

    /** RFC 7748 5.2. */
    @Test
    void multipliesAsTheRfcDoes() {
        assertThat(hex(multiply(
                        hex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"),
                        hex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"))))
                .isEqualTo("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
        assertThat(hex(multiply(
                        hex("4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d"),
                        hex("e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493"))))
                .isEqualTo("95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957");
    }

    /** RFC 7748 5.2: each product is the next number, and the number before it the next point. */
    @Test
    void aThousandProductsOfProductsAreTheRfcs() {
        assertThat(iterated(1)).isEqualTo("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
        assertThat(iterated(1000)).isEqualTo("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
    }

    /** Takes most of a minute: {@code -Dallium.slow=true}. */
    @Test
    @EnabledIfSystemProperty(named = "allium.slow", matches = "true")
    void aMillionProductsOfProductsAreTheRfcs() {
        assertThat(iterated(1_000_000)).isEqualTo("7c3911e0ab2586fd864497297e575e6f3bc601c0883c30df5f4dd2d24f665424");
    }

    @Test
    void agreesWithBouncyCastleOnTenThousandRandomPoints() {
        for (int i = 0; i < 10_000; i++) {
            byte[] scalar = random(random, 32);
            byte[] point = random(random, 32);
            assertThat(multiply(scalar, point)).as("round %d", i).isEqualTo(bouncyCastle(scalar, point));
        }
    }

    @Test
    void agreesWithBouncyCastleAtTheEdges() {
        byte[][] scalars = {
            new byte[32], littleEndian(BigInteger.ONE.shiftLeft(255).subtract(BigInteger.ONE)), NINE
        };
        for (BigInteger base :
                new BigInteger[] {BigInteger.ZERO, PRIME, BigInteger.ONE.shiftLeft(254), BigInteger.ONE.shiftLeft(255)
                }) {
            for (int i = -25; i <= 25; i++) {
                byte[] point = littleEndian(base.add(BigInteger.valueOf(i)).mod(BigInteger.ONE.shiftLeft(256)));
                for (byte[] scalar : scalars) {
                    byte[] expected = bouncyCastle(scalar, point);
                    assertThat(multiply(scalar, point)).as(hex(point)).isEqualTo(expected);
                    byte[][] products = X25519.multiplyBaseAndBoth(point, clamped(scalar), clamped(scalar));
                    assertThat(products[1]).as(hex(point)).isEqualTo(expected);
                    assertThat(products[2]).as(hex(point)).isEqualTo(expected);
                }
            }
        }
    }

    /** The points whose order divides 8, on the curve or its twist, and what else encodes them. */
    @Test
    void pointsOfSmallOrderGiveZeros() {
        String[] points = {
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
            "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "0100000000000000000000000000000000000000000000000000000000000080",
        };
        for (String point : points) {
            byte[] scalar = random(random, 32);
            assertThat(multiply(scalar, hex(point))).as(point).isEqualTo(new byte[32]);
            byte[][] both = X25519.multiplyBoth(clamped(scalar), hex(point), clamped(scalar), NINE);
            assertThat(both).as(point).isEqualTo(new byte[2][32]);
            byte[][] products = X25519.multiplyBaseAndBoth(hex(point), clamped(scalar), clamped(NINE));
            assertThat(products[1]).as(point).isEqualTo(new byte[32]);
            assertThat(products[2]).as(point).isEqualTo(new byte[32]);
        }
    }

    @Test
    void bothAtOnceAreTheSameAsOneByOne() {
        for (int i = 0; i < 500; i++) {
            byte[] scalar1 = clamped(random(random, 32));
            byte[] scalar2 = clamped(random(random, 32));
            byte[] point1 = random(random, 32);
            byte[] point2 = random(random, 32);
            byte[][] both = X25519.multiplyBoth(scalar1, point1, scalar2, point2);
            assertThat(both[0]).as("round %d", i).isEqualTo(X25519.multiply(scalar1, point1));
            assertThat(both[1]).as("round %d", i).isEqualTo(X25519.multiply(scalar2, point2));
        }
    }

    /** Half of the random points are on the twist, which the comb leaves to the ladder. */
    @Test
    void onePointByBothNumbersAgreesWithBouncyCastle() {
        int onCurve = 0;
        for (int i = 0; i < 5_000; i++) {
            byte[] scalar1 = clamped(random(random, 32));
            byte[] scalar2 = clamped(random(random, 32));
            byte[] point = random(random, 32);
            byte[][] products = X25519.multiplyBaseAndBoth(point, scalar1, scalar2);
            assertThat(products[0]).as("round %d", i).isEqualTo(bouncyCastle(scalar1, NINE));
            assertThat(products[1]).as("round %d", i).isEqualTo(bouncyCastle(scalar1, point));
            assertThat(products[2]).as("round %d", i).isEqualTo(bouncyCastle(scalar2, point));
            onCurve += PointComb.of(point) == null ? 0 : 1;
        }
        assertThat(onCurve).isBetween(2_200, 2_800);
    }

    /** Numbers whose eighth, or what it lacks of the order, is as small or as large as can be, or all ones or zeros in parts. */
    @Test
    void onePointByNumbersAtTheEdgesIsRight() {
        BigInteger least = BigInteger.ONE.shiftLeft(254);
        for (int i = 0; i < 600; i++) {
            BigInteger number = switch (i % 4) {
                case 0 -> least.add(BigInteger.valueOf(8L * (i / 4)));
                case 1 -> least.shiftLeft(1).subtract(BigInteger.valueOf(8L * (i / 4 + 1)));
                case 2 -> least.setBit(i % 251 + 3);
                default -> least.shiftLeft(1).subtract(BigInteger.valueOf(8)).clearBit(i % 251 + 3);
            };
            byte[] scalar = littleEndian(number);
            assertThat(clamped(scalar)).isEqualTo(scalar);
            byte[] point = i % 2 == 0 ? NINE : onCurve();
            byte[][] products = X25519.multiplyBaseAndBoth(point, scalar, scalar);
            byte[] expected = bouncyCastle(scalar, point);
            assertThat(products).as("%x", number).isEqualTo(new byte[][] {bouncyCastle(scalar, NINE), expected, expected
            });
        }
    }

    @Test
    void theBasePointsTableAgreesWithBouncyCastle() {
        for (int i = 0; i < 10_000; i++) {
            byte[] scalar = clamped(random(random, 32));
            byte[] expected = new byte[32];
            org.bouncycastle.math.ec.rfc7748.X25519.scalarMultBase(scalar, 0, expected, 0);
            assertThat(EdwardsPoint.multiplyBaseToMontgomery(scalar))
                    .as("round %d", i)
                    .isEqualTo(expected);
        }
    }

    private static String iterated(int times) {
        byte[] scalar = NINE;
        byte[] point = NINE;
        for (int i = 0; i < times; i++) {
            byte[] product = multiply(scalar, point);
            point = scalar;
            scalar = product;
        }
        return hex(scalar);
    }

    /** A public key. */
    private byte[] onCurve() {
        return EdwardsPoint.multiplyBaseToMontgomery(clamped(random(random, 32)));
    }

    private static byte[] multiply(byte[] scalar, byte[] point) {
        return X25519.multiply(clamped(scalar), point);
    }

    private static byte[] clamped(byte[] scalar) {
        byte[] clamped = scalar.clone();
        Ed25519KeyPair.clamp(clamped);
        return clamped;
    }

    private static byte[] bouncyCastle(byte[] scalar, byte[] point) {
        byte[] product = new byte[32];
        org.bouncycastle.math.ec.rfc7748.X25519.scalarMult(scalar, 0, point, 0, product, 0);
        return product;
    }

    private static byte[] littleEndian(BigInteger number) {
        byte[] little = new byte[32];
        for (int i = 0; i < little.length; i++) {
            little[i] = number.shiftRight(8 * i).byteValue();
        }
        return little;
    }
}
