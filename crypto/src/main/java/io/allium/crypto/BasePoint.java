package io.allium.crypto;

/**
 * Multiples of the base point that Ed25519 and Curve25519 have in common, from a table: the number is written with 64 signed
 * digits to the base of 16, and 1 to 8 times each of 16^0, 16^2, 16^4 … times the base point is there to be added. The odd
 * places are added first and their sum multiplied by 16. This is section 4 of Bernstein, Duif, Lange, Schwabe and Yang,
 * "High-speed high-security signatures" (2012).
 *
 * <p>Nothing depends on a secret number but what is added: of the eight entries for a digit all are read, and masks choose.
 * Holds no state but the table, which never changes.
 */
final class BasePoint {
    private static final int DIGITS = 64;
    private static final int ENTRIES = SecretChoice.ENTRIES;
    private static final int ENTRY_LIMBS = SecretChoice.ENTRY_LENGTH;
    private static final long[] TABLE = table();

    private BasePoint() {}

    /** The product of the base point and a little-endian number of 32 bytes, which is less than 2^255. */
    static EdwardsPoint multiply(byte[] scalar) {
        byte[] digits = signedDigits(scalar);
        EdwardsPoint product = EdwardsPoint.neutral();
        EdwardsPoint.Addend entry = new EdwardsPoint.Addend();
        long[] limbs = new long[SecretChoice.ROOM];
        for (int i = 1; i < DIGITS; i += 2) {
            select(entry, limbs, i / 2, digits[i]);
            product.add(entry);
        }
        for (int i = 0; i < 4; i++) {
            product.twice();
        }
        for (int i = 0; i < DIGITS; i += 2) {
            select(entry, limbs, i / 2, digits[i]);
            product.add(entry);
        }
        return product;
    }

    /** The digits from -8 to 7, the last up to 8. */
    private static byte[] signedDigits(byte[] scalar) {
        byte[] digits = new byte[DIGITS];
        int carry = 0;
        for (int i = 0; i < DIGITS - 1; i++) {
            int digit = (scalar[i / 2] >>> 4 * (i & 1) & 15) + carry;
            carry = digit + 8 >> 4;
            digits[i] = (byte) (digit - (carry << 4));
        }
        digits[DIGITS - 1] = (byte) ((scalar[DIGITS / 2 - 1] >>> 4 & 15) + carry);
        return digits;
    }

    /** Digit times the row's point. */
    private static void select(EdwardsPoint.Addend entry, long[] limbs, int row, int digit) {
        int negative = digit >> 31;
        int size = (digit ^ negative) - negative;
        SecretChoice.take(TABLE, row * ENTRIES * ENTRY_LIMBS, size - 1, limbs);
        entry.takeLimbs(limbs);
        entry.becomeNeutral(size - 1 >> 31);
        entry.negate(negative);
    }

    private static long[] table() {
        long[] table = new long[DIGITS / 2 * ENTRIES * ENTRY_LIMBS];
        EdwardsPoint next = EdwardsPoint.base();
        for (int row = 0; row < DIGITS / 2; row++) {
            EdwardsPoint[] multiples = multiples(next);
            for (int i = 0; i < ENTRIES; i++) {
                multiples[i].toAddend().putLimbs(table, (row * ENTRIES + i) * ENTRY_LIMBS);
            }
            next.set(multiples[ENTRIES - 1]);
            for (int doubled = ENTRIES; doubled < 256; doubled *= 2) {
                next.twice();
            }
        }
        return table;
    }

    /** 1 to 8 times a point whose Z is 1, or made so. */
    private static EdwardsPoint[] multiples(EdwardsPoint point) {
        EdwardsPoint.makeAffine(point);
        EdwardsPoint.Addend once = point.toAddend();
        EdwardsPoint[] multiples = new EdwardsPoint[ENTRIES];
        EdwardsPoint multiple = EdwardsPoint.neutral();
        for (int i = 0; i < ENTRIES; i++) {
            multiple.add(once);
            multiples[i] = EdwardsPoint.neutral();
            multiples[i].set(multiple);
        }
        EdwardsPoint.makeAffine(multiples);
        return multiples;
    }
}
