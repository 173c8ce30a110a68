package io.allium.directory;

import io.allium.base.Untrusted;

/**
 * The code of a block's literals: by the next bits of the stream, the literal and how many bits it took. Immutable.
 *
 * @param log the most bits that one takes
 * @spec RFC 8878 4.2
 */
record ZstdHuffman(int log, byte[] symbols, byte[] bits) {

    /** @param weights of the literals from 0 on, but for the last one: that has what is left */
    static ZstdHuffman of(byte[] weights, int count) throws Untrusted {
        int sum = 0;
        for (int i = 0; i < count; i++) {
            if (weights[i] > Zstd.HUFFMAN_LOG_MAX) {
                throw new Untrusted("a code of too many bits");
            }
            sum += weights[i] == 0 ? 0 : 1 << weights[i] - 1;
        }
        if (sum == 0) {
            throw new Untrusted("no code");
        }
        int log = 32 - Integer.numberOfLeadingZeros(sum);
        int left = (1 << log) - sum;
        if (log > Zstd.HUFFMAN_LOG_MAX || Integer.bitCount(left) != 1) {
            throw new Untrusted("an incomplete code");
        }
        byte[] lengths = new byte[count + 1];
        for (int i = 0; i < count; i++) {
            lengths[i] = (byte) (weights[i] == 0 ? 0 : log + 1 - weights[i]);
        }
        lengths[count] = (byte) (log - Integer.numberOfTrailingZeros(left));
        return ofLengths(lengths, log);
    }

    private static ZstdHuffman ofLengths(byte[] lengths, int log) {
        byte[] symbols = new byte[1 << log];
        byte[] bits = new byte[1 << log];
        int[] first = firstOfLength(lengths, log);
        for (int symbol = 0; symbol < lengths.length; symbol++) {
            if (lengths[symbol] > 0) {
                int width = 1 << log - lengths[symbol];
                for (int i = 0; i < width; i++) {
                    int code = first[lengths[symbol]]++;
                    symbols[code] = (byte) symbol;
                    bits[code] = lengths[symbol];
                }
            }
        }
        return new ZstdHuffman(log, symbols, bits);
    }

    /** Where the codes of each length begin in a table by all bits: the longest come first. */
    static int[] firstOfLength(byte[] lengths, int log) {
        int[] first = new int[log + 2];
        int[] counts = new int[log + 1];
        for (byte length : lengths) {
            counts[length]++;
        }
        for (int length = log; length > 1; length--) {
            first[length - 1] = first[length] + (counts[length] << log - length);
        }
        return first;
    }

    /** Decodes {@code count} literals from all of the bits. */
    void decode(ZstdBits in, byte[] to, int at, int count) throws Untrusted {
        int mask = (1 << log) - 1;
        int state = in.read(log);
        for (int i = at; i < at + count; i++) {
            to[i] = symbols[state];
            int taken = bits[state];
            state = (state << taken) + in.read(taken) & mask;
        }
        if (in.left() != -log) {
            throw new Untrusted("literals of another length");
        }
    }
}
