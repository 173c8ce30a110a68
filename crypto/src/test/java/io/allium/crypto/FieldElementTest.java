package io.allium.crypto;

import static io.allium.crypto.Vectors.random;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Our arithmetic against the JDK's, above all where limbs are as large as they may be. */
class FieldElementTest {
    private static final BigInteger PRIME = BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));
    private static final long REDUCED_MIN = -(1L << 13);
    private static final long REDUCED_MAX = (1L << 51) + (1L << 13);

    private final Random random = new Random(25519);

    @Test
    void productsAreRightForFactorsAtTheirBounds() {
        for (int i = 0; i < 30_000; i++) {
            long[] a = factor();
            long[] b = factor();
            FieldElement product = new FieldElement();
            product.multiply(element(a), element(b));
            assertEquals(product, value(a).multiply(value(b)), i);
            assertReduced(product, i);
        }
    }

    @Test
    void squaresAreRightForNumbersAtTheirBounds() {
        for (int i = 0; i < 30_000; i++) {
            long[] a = factor();
            FieldElement square = new FieldElement();
            square.square(element(a));
            assertEquals(square, value(a).pow(2), i);
            assertReduced(square, i);
        }
    }

    @Test
    void smallProductsAreRightForFactorsAtTheirBounds() {
        for (int i = 0; i < 20_000; i++) {
            long[] a = factor();
            int small = random.nextInt(1 << 17);
            FieldElement product = new FieldElement();
            product.multiplySmall(element(a), small);
            assertEquals(product, value(a).multiply(BigInteger.valueOf(small)), i);
            for (long limb : limbs(product)) {
                assertThat(limb).isBetween(-(1L << 24), (1L << 51) + (1L << 24));
            }
        }
    }

    @Test
    void aResultMayTakeAFactorsPlace() {
        for (int i = 0; i < 1000; i++) {
            long[] a = factor();
            long[] b = factor();
            FieldElement left = element(a);
            left.multiply(left, element(b));
            FieldElement right = element(b);
            right.multiply(element(a), right);
            FieldElement both = element(a);
            both.multiply(both, both);
            FieldElement square = element(a);
            square.square(square);
            assertEquals(left, value(a).multiply(value(b)), i);
            assertEquals(right, value(a).multiply(value(b)), i);
            assertEquals(both, value(a).pow(2), i);
            assertEquals(square, value(a).pow(2), i);
        }
    }

    @Test
    void sumsAndDifferencesOfThreeReducedNumbersAreFactors() {
        for (int i = 0; i < 10_000; i++) {
            long[] a = reduced();
            long[] b = reduced();
            long[] c = reduced();
            FieldElement sum = new FieldElement();
            sum.add(element(a), element(b));
            sum.add(sum, element(c));
            FieldElement difference = new FieldElement();
            difference.subtract(element(a), element(b));
            difference.subtract(difference, element(c));
            FieldElement product = new FieldElement();
            product.multiply(sum, difference);
            assertEquals(
                    product,
                    value(a).add(value(b))
                            .add(value(c))
                            .multiply(value(a).subtract(value(b)).subtract(value(c))),
                    i);
        }
    }

    @Test
    void everyNumberHasOneEncoding() {
        BigInteger[] around = {BigInteger.ZERO, PRIME, PRIME.shiftLeft(1), BigInteger.ONE.shiftLeft(255)};
        for (BigInteger base : around) {
            for (int i = -40; i <= 40; i++) {
                BigInteger number = base.add(BigInteger.valueOf(i));
                assertThat(bigInteger(element(limbsOf(number)).encode()))
                        .as("%s", number)
                        .isEqualTo(number.mod(PRIME));
            }
        }
        for (int i = 0; i < 10_000; i++) {
            long[] a = factor();
            assertEquals(element(a), value(a), i);
        }
    }

    @Test
    void decodesWhatIsNotTheLeastAndIgnoresTheUppermostBit() {
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = random(random, 40);
            if (i % 3 == 0) {
                Arrays.fill(bytes, 1, 40, (byte) 0xff);
            }
            byte[] number = Arrays.copyOfRange(bytes, 5, 37);
            number[31] &= 0x7f;
            assertEquals(FieldElement.decode(bytes, 5), bigInteger(number), i);
        }
    }

    /** Half of all numbers but 0 are squares, and of each square both kinds of candidate occur. */
    @Test
    void findsRootsOfSquaresAndOfNothingElse() {
        for (int i = 0; i < 300; i++) {
            BigInteger number =
                    i < 20 ? BigInteger.valueOf(i) : value(reduced()).mod(PRIME);
            boolean isSquare = number.signum() == 0
                    || number.modPow(PRIME.subtract(BigInteger.ONE).shiftRight(1), PRIME)
                            .equals(BigInteger.ONE);
            FieldElement root = FieldElement.of(77);
            assertThat(root.root(element(limbsOf(number)))).as("%s", number).isEqualTo(isSquare);
            BigInteger found = bigInteger(root.encode());
            if (isSquare) {
                assertThat(found.pow(2).mod(PRIME)).as("%s", number).isEqualTo(number);
            } else {
                assertThat(found).as("%s", number).isEqualTo(77);
            }
        }
    }

    @Test
    void invertsAllButZero() {
        for (int i = 0; i < 300; i++) {
            long[] a = factor();
            FieldElement inverse = new FieldElement();
            inverse.invert(element(a));
            assertEquals(inverse, value(a).mod(PRIME).modInverse(PRIME), i);
        }
        FieldElement zero = new FieldElement();
        zero.invert(element(limbsOf(PRIME)));
        assertThat(zero.isZero()).isTrue();
    }

    @Test
    void invertsManyAsOne() {
        long[][] numbers = {reduced(), reduced(), reduced()};
        FieldElement[] all = {element(numbers[0]), element(numbers[1]), element(numbers[2])};
        FieldElement.invertAll(all);
        for (int i = 0; i < all.length; i++) {
            assertEquals(all[i], value(numbers[i]).modInverse(PRIME), i);
        }
        FieldElement.invertAll();
        FieldElement[] withZero = {element(numbers[0]), FieldElement.of(0)};
        FieldElement.invertAll(withZero);
        assertThat(withZero[0].isZero() && withZero[1].isZero()).isTrue();
    }

    @Test
    void exchangesAndNegatesOnlyWhereItShould() {
        long[] a = factor();
        long[] b = factor();
        FieldElement first = element(a);
        FieldElement second = element(b);
        first.exchange(second, 0);
        first.negate(0);
        assertThat(limbs(first)).isEqualTo(a);
        first.exchange(second, -1);
        assertThat(limbs(first)).isEqualTo(b);
        assertThat(limbs(second)).isEqualTo(a);
        first.negate(-1);
        assertEquals(first, value(b).negate(), 0);
    }

    /** Limbs anywhere a factor's may be, every other one at or next to its bound. */
    private long[] factor() {
        return limbs(-FieldElement.FACTOR_MAX, FieldElement.FACTOR_MAX);
    }

    private long[] reduced() {
        return limbs(REDUCED_MIN, REDUCED_MAX);
    }

    private long[] limbs(long min, long max) {
        long[] limbs = new long[FieldElement.LIMBS];
        for (int i = 0; i < limbs.length; i++) {
            limbs[i] = switch (random.nextInt(8)) {
                case 0 -> min;
                case 1 -> max;
                case 2 -> min + random.nextInt(3);
                case 3 -> max - random.nextInt(3);
                case 4 -> random.nextInt(5) - 2;
                default -> random.nextLong(min, max + 1);
            };
        }
        return limbs;
    }

    private static FieldElement element(long[] limbs) {
        return FieldElement.ofLimbs(limbs[0], limbs[1], limbs[2], limbs[3], limbs[4]);
    }

    private static long[] limbs(FieldElement element) {
        long[] limbs = new long[FieldElement.LIMBS];
        element.putLimbs(limbs, 0);
        return limbs;
    }

    /** All of a number's bits from 204 on are its last limb's. */
    private static long[] limbsOf(BigInteger number) {
        long[] limbs = new long[FieldElement.LIMBS];
        for (int i = 0; i < limbs.length - 1; i++) {
            limbs[i] = number.shiftRight(51 * i).longValue() & (1L << 51) - 1;
        }
        limbs[4] = number.shiftRight(204).longValueExact();
        return limbs;
    }

    private static BigInteger value(long[] limbs) {
        BigInteger value = BigInteger.ZERO;
        for (int i = 0; i < limbs.length; i++) {
            value = value.add(BigInteger.valueOf(limbs[i]).shiftLeft(51 * i));
        }
        return value;
    }

    private static void assertReduced(FieldElement element, int round) {
        for (long limb : limbs(element)) {
            assertThat(limb).as("round %d", round).isBetween(REDUCED_MIN, REDUCED_MAX);
        }
    }

    private static void assertEquals(FieldElement element, BigInteger expected, int round) {
        assertThat(bigInteger(element.encode())).as("round %d", round).isEqualTo(expected.mod(PRIME));
    }

    private static BigInteger bigInteger(byte[] littleEndian) {
        byte[] big = new byte[littleEndian.length];
        for (int i = 0; i < big.length; i++) {
            big[i] = littleEndian[big.length - 1 - i];
        }
        return new BigInteger(1, big);
    }
}
