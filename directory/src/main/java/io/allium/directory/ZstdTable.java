package io.allium.directory;

import io.allium.base.Untrusted;

/**
 * A finite state machine that codes symbols by how likely they are: in each state, the symbol that it means, and how
 * many bits choose among the states that may follow. Immutable.
 *
 * @param log of the number of states
 * @param next the first of the states that may follow
 * @spec RFC 8878 4.1
 */
record ZstdTable(int log, byte[] symbols, byte[] bits, short[] next) {

    /** @param shares of {@code 1 << log} that each symbol has; -1 for less than one */
    static ZstdTable of(int[] shares, int log) throws Untrusted {
        byte[] symbols = spread(shares, log);
        int size = 1 << log;
        byte[] bits = new byte[size];
        short[] next = new short[size];
        int[] seen = new int[shares.length];
        for (int i = 0; i < shares.length; i++) {
            seen[i] = Math.abs(shares[i]);
        }
        for (int state = 0; state < size; state++) {
            int count = seen[symbols[state] & 0xff]++;
            bits[state] = (byte) (log - 31 + Integer.numberOfLeadingZeros(count));
            next[state] = (short) ((count << bits[state]) - size);
        }
        return new ZstdTable(log, symbols, bits, next);
    }

    /** Which symbol each state means: those of a symbol lie far from each other, the rarest at the end. */
    static byte[] spread(int[] shares, int log) throws Untrusted {
        int size = 1 << log;
        byte[] symbols = new byte[size];
        int rare = size;
        int common = 0;
        for (int symbol = 0; symbol < shares.length; symbol++) {
            if (shares[symbol] < 0) {
                symbols[--rare] = (byte) symbol;
            } else {
                common += shares[symbol];
            }
        }
        if (common != rare) {
            throw new Untrusted("shares do not add up");
        }
        int step = (size >> 1) + (size >> 3) + 3;
        int at = 0;
        for (int symbol = 0; symbol < shares.length; symbol++) {
            for (int i = 0; i < shares[symbol]; i++) {
                symbols[at] = (byte) symbol;
                do {
                    at = at + step & size - 1;
                } while (at >= rare && rare > 0);
            }
        }
        return symbols;
    }

    /** A machine that knows one symbol only. */
    static ZstdTable always(int symbol) {
        return new ZstdTable(0, new byte[] {(byte) symbol}, new byte[1], new short[1]);
    }
}
