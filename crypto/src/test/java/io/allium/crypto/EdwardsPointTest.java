package io.allium.crypto;

import static io.allium.crypto.Vectors.hex;
import static io.allium.crypto.Vectors.random;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EdwardsPointTest {
    private static final byte[] NEUTRAL = number(BigInteger.ONE);
    private static final byte[] BASE = hex("5866666666666666666666666666666666666666666666666666666666666666");

    private final Random random = new Random(8032);

    @Test
    void smallMultiplesOfTheBasePointAreWhatTheyAre() {
        assertThat(EdwardsPoint.multiplyBase(number(BigInteger.ZERO))).isEqualTo(NEUTRAL);
        assertThat(EdwardsPoint.multiplyBase(number(BigInteger.ONE))).isEqualTo(BASE);
        assertThat(EdwardsPoint.multiplyBase(number(EdwardsPoint.ORDER))).isEqualTo(NEUTRAL);
        assertThat(EdwardsPoint.multiplyBase(number(EdwardsPoint.ORDER.add(BigInteger.ONE))))
                .isEqualTo(BASE);
        byte[] minus = BASE.clone();
        minus[31] |= (byte) 0x80;
        assertThat(EdwardsPoint.multiplyBase(number(EdwardsPoint.ORDER.subtract(BigInteger.ONE))))
                .isEqualTo(minus);
    }

    /** Every digit from -8 to 8, alone and everywhere. */
    @Test
    void numbersOfEqualDigitsAreMultipliedAsTheyAreModuloTheOrder() {
        for (int digit = 0; digit < 16; digit++) {
            byte[] same = new byte[32];
            Arrays.fill(same, (byte) (digit << 4 | digit));
            assertSameModuloTheOrder(same);
            for (int place = 0; place < 64; place++) {
                byte[] alone = new byte[32];
                alone[place / 2] = (byte) (digit << 4 * (place & 1));
                assertSameModuloTheOrder(alone);
            }
        }
    }

    @Test
    void numbersWithTheUppermostBitAreMultipliedToo() {
        for (int i = 0; i < 100; i++) {
            byte[] scalar = random(random, 32);
            scalar[31] |= (byte) 0x80;
            assertSameModuloTheOrder(scalar);
        }
    }

    @Test
    void aPointIsReadAsItWasWritten() {
        for (int i = 0; i < 50; i++) {
            byte[] written = EdwardsPoint.multiplyBase(random(random, 32));
            assertThat(decoded(written).encode()).isEqualTo(written);
        }
        assertThat(decoded(NEUTRAL).encode()).isEqualTo(NEUTRAL);
        assertThat(decoded(BASE).encode()).isEqualTo(BASE);
    }

    @Test
    void whatIsNoPointIsNotRead() {
        assertThat(EdwardsPoint.decode(hex("e19c65de75c68cf3b7643ea732ba9eb1a3d20d6d57ba223c2ece1df66feb5af0")))
                .isNull();
        byte[] negativeZero = NEUTRAL.clone();
        negativeZero[31] |= (byte) 0x80;
        assertThat(EdwardsPoint.decode(negativeZero)).isNull();
    }

    @Test
    void anyPointIsMultipliedAsTheBasePointIs() {
        for (int i = 0; i < 20; i++) {
            byte[] first = random(random, 32);
            byte[] second = random(random, 32);
            BigInteger product = EdwardsPoint.modOrder(first).multiply(EdwardsPoint.modOrder(second));
            EdwardsPoint point = decoded(EdwardsPoint.multiplyBase(first));
            assertThat(point.multipliedBy(second).encode())
                    .isEqualTo(EdwardsPoint.multiplyBase(EdwardsPoint.scalarBytes(product)));
        }
        assertThat(decoded(BASE).multipliedBy(number(EdwardsPoint.ORDER)).encode())
                .isEqualTo(NEUTRAL);
        assertThat(decoded(BASE).multipliedBy(new byte[32]).encode()).isEqualTo(NEUTRAL);
    }

    private static EdwardsPoint decoded(byte[] encoded) {
        return Objects.requireNonNull(EdwardsPoint.decode(encoded));
    }

    @Test
    void doublingIsAddingToItself() {
        EdwardsPoint doubled = EdwardsPoint.base();
        EdwardsPoint added = EdwardsPoint.base();
        for (int i = 0; i < 300; i++) {
            doubled.twice();
            added.add(added.toAddend());
            EdwardsPoint.makeAffine(doubled, added);
            assertThat(limbs(doubled.toAddend())).as("round %d", i).isEqualTo(limbs(added.toAddend()));
        }
    }

    /** Without T where it is not needed, and with a sum whose Z is not 1. */
    @Test
    void theShorterFormulasGiveTheSamePoints() {
        EdwardsPoint point = EdwardsPoint.base();
        EdwardsPoint same = EdwardsPoint.base();
        for (int i = 0; i < 100; i++) {
            EdwardsPoint.ProjectiveAddend addend = point.toProjectiveAddend();
            point.twiceBeforeTwice();
            point.twice();
            point.add(addend);
            point.addBeforeTwice(addend);
            point.twice();
            addend = same.toProjectiveAddend();
            for (int k = 1; k < 12; k++) {
                same.add(addend);
            }
            EdwardsPoint.makeAffine(point, same);
            assertThat(limbs(point.toAddend())).as("round %d", i).isEqualTo(limbs(same.toAddend()));
        }
    }

    /** The limbs of equal numbers may differ: by their encoding. */
    private static String limbs(EdwardsPoint.Addend addend) {
        long[] limbs = new long[3 * FieldElement.LIMBS];
        addend.putLimbs(limbs, 0);
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < limbs.length; i += FieldElement.LIMBS) {
            all.append(hex(FieldElement.ofLimbs(limbs[i], limbs[i + 1], limbs[i + 2], limbs[i + 3], limbs[i + 4])
                    .encode()));
        }
        return all.toString();
    }

    private static void assertSameModuloTheOrder(byte[] scalar) {
        byte[] reduced = EdwardsPoint.scalarBytes(EdwardsPoint.modOrder(scalar));
        assertThat(EdwardsPoint.multiplyBase(scalar)).as(hex(scalar)).isEqualTo(EdwardsPoint.multiplyBase(reduced));
    }

    private static byte[] number(BigInteger number) {
        byte[] little = new byte[32];
        for (int i = 0; i < little.length; i++) {
            little[i] = number.shiftRight(8 * i).byteValue();
        }
        return little;
    }
}
