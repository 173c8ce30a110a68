package io.allium.crypto;

/**
 * Takes one of eight entries of a table so that neither a branch nor an address tells which: of the table the half that has it
 * is copied, of that half the half, and of that the half. The loops are such that the compiler makes vectors of them.
 */
final class SecretChoice {
    /** How many entries there are, one after another. */
    static final int ENTRIES = 8;

    /** How many numbers an entry has: as many as it may need, and always the same, so that the loops are compiled for that. */
    static final int ENTRY_LENGTH = 4 * FieldElement.LIMBS;

    /** How long the array must be that an entry is copied to. */
    static final int ROOM = ENTRIES / 2 * ENTRY_LENGTH;

    private static final int HALF = ROOM;
    private static final int QUARTER = HALF / 2;

    private SecretChoice() {}

    /**
     * Copies an entry to the beginning of {@code into}, and leaves of others what it leaves behind it.
     *
     * @param at where the first entry begins
     * @param number the entry's, from 0 on; only its lowest three bits count
     * @param into {@value #ROOM} long
     */
    static void take(long[] table, int at, int number, long[] into) {
        long upper = -(number >>> 2 & 1L);
        for (int i = 0; i < HALF; i++) {
            into[i] = table[at + i] ^ upper & (table[at + i] ^ table[at + HALF + i]);
        }
        upper = -(number >>> 1 & 1L);
        for (int i = 0; i < QUARTER; i++) {
            into[i] ^= upper & (into[i] ^ into[QUARTER + i]);
        }
        upper = -(number & 1L);
        for (int i = 0; i < ENTRY_LENGTH; i++) {
            into[i] ^= upper & (into[i] ^ into[ENTRY_LENGTH + i]);
        }
    }
}
