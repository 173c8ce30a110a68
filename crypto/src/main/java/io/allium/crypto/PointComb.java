package io.allium.crypto;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Multiples of one point by several secret numbers: what all of them take from the point is computed once. That is a relay's
 * work for an onion skin, which multiplies the client's point by the onion key and by the ephemeral key.
 *
 * <p>Secret numbers of Curve25519 are multiples of 8, so that 8 times the point, which lies in the group of prime order L,
 * is multiplied by an eighth of the number. The u coordinate of a point is that of its negative, so that of two numbers which
 * add up to L either will do, and one of them is odd. An odd number of 252 bits is a sum of 252 powers of two, all added or
 * subtracted and none left out: the uppermost is added, and the others are added where the number has a one in the place
 * above, else subtracted. Four powers 63 places apart make a tooth of the comb, and the eight sums that such powers of the
 * point can have, up to their sign, are in a table: Hedabou, Pinel and Bénéteau (2005) for the comb and its odd numbers.
 *
 * <p>Nothing depends on a secret number but what is added: all of the table is read, and masks choose. The point is no
 * secret. Confined to the call.
 */
final class PointComb {
    private static final int TEETH = 4;
    private static final int SPACING = 63;
    private static final int ENTRIES = SecretChoice.ENTRIES;
    private static final int ENTRY_LIMBS = SecretChoice.ENTRY_LENGTH;
    private static final long[] ORDER = order();

    /** Entry i is the uppermost power's point, plus those of the lower whose bit in i is 1, minus the others'. */
    private final long[] table = new long[ENTRIES * ENTRY_LIMBS];

    private final long[] limbs = new long[SecretChoice.ROOM];
    private final EdwardsPoint.ProjectiveAddend entry = new EdwardsPoint.ProjectiveAddend();

    /** Takes the point over, which has changed then. */
    private PointComb(EdwardsPoint point) {
        doubleTimes(point, 3);
        EdwardsPoint.ProjectiveAddend[] lower = new EdwardsPoint.ProjectiveAddend[TEETH - 1];
        for (int i = 0; i < lower.length; i++) {
            lower[i] = point.toProjectiveAddend();
            doubleTimes(point, SPACING);
        }
        fill(point, lower);
    }

    /** Null for a point that Edwards's curve does not have: {@link EdwardsPoint#ofMontgomery} tells which. */
    static @Nullable PointComb of(byte[] u) {
        EdwardsPoint point = EdwardsPoint.ofMontgomery(u);
        return point == null ? null : new PointComb(point);
    }

    private static void doubleTimes(EdwardsPoint point, int times) {
        for (int i = 1; i < times; i++) {
            point.twiceBeforeTwice();
        }
        point.twice();
    }

    private void fill(EdwardsPoint uppermost, EdwardsPoint.ProjectiveAddend[] lower) {
        EdwardsPoint[] sums = new EdwardsPoint[ENTRIES];
        sums[0] = uppermost;
        for (int i = 0; i < lower.length; i++) {
            int have = 1 << i;
            for (int k = 0; k < have; k++) {
                sums[have + k] = EdwardsPoint.neutral();
                sums[have + k].set(sums[k]);
                sums[have + k].add(lower[i]);
            }
            lower[i].negate(-1);
            for (int k = 0; k < have; k++) {
                sums[k].add(lower[i]);
            }
        }
        for (int i = 0; i < ENTRIES; i++) {
            sums[i].toProjectiveAddend().putLimbs(table, i * ENTRY_LIMBS);
        }
    }

    /**
     * The point, or its negative, times the number.
     *
     * @param scalar 32 bytes, whose fixed bits are set
     */
    EdwardsPoint multiply(byte[] scalar) {
        long[] number = oddEighth(scalar);
        EdwardsPoint product = EdwardsPoint.neutral();
        select(number, SPACING - 1);
        product.addBeforeTwice(entry);
        for (int place = SPACING - 2; place >= 0; place--) {
            product.twice();
            select(number, place);
            product.addBeforeTwice(entry);
        }
        return product;
    }

    /** Sets {@link #entry} to what the number adds at that place. */
    private void select(long[] number, int place) {
        int lower = 0;
        for (int i = 0; i < TEETH - 1; i++) {
            lower |= sign(number, place + i * SPACING) << i;
        }
        int negative = sign(number, place + (TEETH - 1) * SPACING) - 1;
        SecretChoice.take(table, 0, (lower ^ negative) & ENTRIES - 1, limbs);
        entry.takeLimbs(limbs);
        entry.negate(negative);
    }

    /** 1 where the power is added: the bit above, and always for the uppermost power, above which there is none. */
    private static int sign(long[] number, int power) {
        int above = power + 1;
        return above == TEETH * SPACING ? 1 : (int) (number[above >>> 6] >>> above) & 1;
    }

    /** An eighth of the number, or what it lacks of the order, whichever is odd: as longs, the lowest first. */
    private static long[] oddEighth(byte[] scalar) {
        long[] number = words(scalar);
        long odd = -(number[0] >>> 3 & 1);
        long borrow = 0;
        for (int i = 0; i < number.length; i++) {
            long above = i + 1 < number.length ? number[i + 1] : 0;
            long eighth = number[i] >>> 3 | above << 61;
            long rest = ORDER[i] - eighth - borrow;
            borrow = (~ORDER[i] & eighth | (~ORDER[i] | eighth) & rest) >>> 63;
            number[i] = eighth & odd | rest & ~odd;
        }
        return number;
    }

    private static long[] words(byte[] littleEndian) {
        long[] words = new long[littleEndian.length / Long.BYTES];
        ByteBuffer.wrap(littleEndian)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer()
                .get(words);
        return words;
    }

    private static long[] order() {
        long[] order = words(EdwardsPoint.scalarBytes(EdwardsPoint.ORDER.subtract(BigInteger.ONE)));
        order[0]++; // the order is odd, so that nothing carries
        return order;
    }
}
