package io.allium.directory;

/**
 * What both directions of the compression {@code x-zstd} share: the constants of its format, and the state that a block
 * leaves for the next one.
 *
 * @spec RFC 8878
 */
final class Zstd {
    static final int MAGIC = 0xFD2FB528;

    /** No block holds more, before or after compression. */
    static final int BLOCK_MAX = 128 * 1024;

    static final int RAW = 0;
    static final int RLE = 1;
    static final int COMPRESSED = 2;
    static final int TREELESS = 3;

    /** The longest code of a literal. */
    static final int HUFFMAN_LOG_MAX = 11;

    /** One of the three numbers that make a sequence: how it is split into a code and further bits. */
    @SuppressWarnings("ImmutableEnumChecker") // nobody writes to these arrays
    enum Field {
        LITERALS(6, 9, literalBases(), literalBits(), standardLiterals()),
        OFFSET(5, 8, new int[32], new int[32], standardOffsets()),
        MATCH(6, 9, matchBases(), matchBits(), standardMatches());

        final int log;
        final int logMax;
        final int[] bases;
        final int[] bits;
        private final int[] standard;

        Field(int log, int logMax, int[] bases, int[] bits, int[] standard) {
            this.log = log;
            this.logMax = logMax;
            this.bases = bases;
            this.bits = bits;
            this.standard = standard;
        }

        /** How many codes there are. */
        int codes() {
            return bases.length;
        }

        /** How likely each code is where a block does not say: -1 is less than one of {@code 1 << log}. */
        int[] standard() {
            return standard.clone();
        }

        /** The code of a number; offsets have one for each power of two. */
        int code(int value) {
            if (this == OFFSET) {
                return 31 - Integer.numberOfLeadingZeros(value);
            }
            int code = Math.min(value - bases[0], bases.length - 1);
            while (bases[code] > value) {
                code--;
            }
            return code;
        }
    }

    private Zstd() {}

    /** Moves an offset to the front of the last three. */
    static void remember(int[] recent, int offset, int was) {
        if (was > 1) {
            recent[2] = recent[1];
        }
        if (was > 0) {
            recent[1] = recent[0];
            recent[0] = offset;
        }
    }

    private static int[] literalBases() {
        return withSmall(
                16, 0, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768,
                65536);
    }

    private static int[] literalBits() {
        return new int[] {
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14,
            15, 16
        };
    }

    private static int[] matchBases() {
        return withSmall(
                32, 3, 35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387, 32771,
                65539);
    }

    private static int[] matchBits() {
        int[] bits = new int[53];
        int[] large = {1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
        System.arraycopy(large, 0, bits, 32, large.length);
        return bits;
    }

    private static int[] withSmall(int small, int first, int... large) {
        int[] bases = new int[small + large.length];
        for (int i = 0; i < small; i++) {
            bases[i] = first + i;
        }
        System.arraycopy(large, 0, bases, small, large.length);
        return bases;
    }

    private static int[] standardLiterals() {
        return new int[] {
            4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1,
            -1
        };
    }

    private static int[] standardMatches() {
        return new int[] {
            1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
            1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1
        };
    }

    private static int[] standardOffsets() {
        return new int[] {1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1};
    }
}
