package io.allium.directory;

import io.allium.base.Untrusted;
import io.allium.directory.Zstd.Field;
import io.allium.directory.ZstdOutputStream.ZstdMatches;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.PriorityQueue;

/**
 * Compresses a block: parts it into literals and repetitions, gives the literals a code by how often each occurs, and
 * writes the repetitions with the tables that every reader has. Confined to one block.
 *
 * @spec RFC 8878 3.1.1.3
 */
final class ZstdBlock {
    /** Fewer literals are written as they are: their code would be longer. */
    private static final int CODED_MIN = 64;

    /** More literals are coded in four streams. */
    private static final int SINGLE_STREAM_MAX = 1023;

    /** With a weight for each of these and half a byte a weight, the code needs no compression itself. */
    private static final int DIRECT_SYMBOLS = 129;

    private final byte[] text;
    private final int start;
    private final int end;
    private final ZstdMatches matches;
    private final byte[] literals;
    private int literalCount;
    private final int[][] sequences; // by field
    private int sequenceCount;

    ZstdBlock(byte[] text, int start, int end, ZstdMatches matches) {
        this.text = text;
        this.start = start;
        this.end = end;
        this.matches = matches;
        this.literals = new byte[end - start];
        this.sequences = new int[Field.values().length][(end - start) / ZstdMatches.MIN + 1];
    }

    byte[] compressed() {
        part();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        writeLiterals(out);
        writeSequences(out);
        return out.toByteArray();
    }

    private void part() {
        matches.blockBegins();
        int[] recent = matches.recent();
        int run = start; // where the literals began that are not taken yet
        int at = start;
        while (at + ZstdMatches.MIN <= end) {
            int found = matches.find(at, end);
            matches.add(at);
            if (found < 0) {
                at++;
                continue;
            }
            int length = matches.length(found, at, end);
            if (at + 1 + ZstdMatches.MIN <= end) { // perhaps the next place has a longer one
                int next = matches.find(at + 1, end);
                if (next >= 0 && matches.length(next, at + 1, end) > length + 1) {
                    at++;
                    continue;
                }
            }
            add(run, at, at - found, length, recent);
            int after = at + length;
            for (at++; at < after; at++) {
                if (at + ZstdMatches.MIN <= end) {
                    matches.add(at);
                }
            }
            run = after;
        }
        take(run, end);
        matches.remember(recent);
    }

    private void add(int run, int at, int offset, int length, int[] recent) {
        take(run, at);
        sequences[Field.LITERALS.ordinal()][sequenceCount] = at - run;
        sequences[Field.MATCH.ordinal()][sequenceCount] = length;
        sequences[Field.OFFSET.ordinal()][sequenceCount++] = offsetValue(offset, at - run, recent);
    }

    private void take(int from, int to) {
        System.arraycopy(text, from, literals, literalCount, to - from);
        literalCount += to - from;
    }

    private static int offsetValue(int offset, int run, int[] recent) {
        int first = run == 0 ? 1 : 0;
        for (int which = first; which < 3; which++) {
            if (recent[which] == offset) {
                Zstd.remember(recent, offset, which);
                return which + 1 - first;
            }
        }
        Zstd.remember(recent, offset, 3);
        return offset + 3;
    }

    private void writeLiterals(ByteArrayOutputStream out) {
        byte[] coded = literalCount < CODED_MIN ? new byte[0] : codedLiterals();
        if (coded.length > 0 && coded.length < literalCount) {
            int bits = literalCount <= SINGLE_STREAM_MAX ? 10 : 18;
            int format = literalCount <= SINGLE_STREAM_MAX ? 0 : 3;
            long header = Zstd.COMPRESSED | format << 2 | (long) literalCount << 4 | (long) coded.length << 4 + bits;
            little(out, header, format == 0 ? 3 : 5);
            out.writeBytes(coded);
        } else {
            little(out, Zstd.RAW | 3 << 2 | literalCount << 4, 3);
            out.write(literals, 0, literalCount);
        }
    }

    /** The code and the coded literals; nothing where that does not pay. */
    private byte[] codedLiterals() {
        int[] counts = new int[256];
        int last = 0;
        for (int i = 0; i < literalCount; i++) {
            counts[literals[i] & 0xff]++;
            last = Math.max(last, literals[i] & 0xff);
        }
        if (last >= DIRECT_SYMBOLS || counts[last] == literalCount) {
            return new byte[0];
        }
        byte[] lengths = lengths(counts);
        int log = 0;
        for (byte length : lengths) {
            log = Math.max(log, length);
        }
        int[] codes = codes(lengths, log);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(127 + last);
        for (int i = 0; i < last; i += 2) {
            out.write(weight(lengths[i], log) << 4 | (i + 1 < last ? weight(lengths[i + 1], log) : 0));
        }
        if (literalCount <= SINGLE_STREAM_MAX) {
            out.writeBytes(stream(0, literalCount, codes, lengths));
        } else {
            fourStreams(out, codes, lengths);
        }
        return out.toByteArray();
    }

    private void fourStreams(ByteArrayOutputStream out, int[] codes, byte[] lengths) {
        int share = (literalCount + 3) / 4;
        byte[][] streams = new byte[4][];
        for (int i = 0; i < 4; i++) {
            streams[i] = stream(i * share, Math.min(literalCount, (i + 1) * share), codes, lengths);
        }
        for (int i = 0; i < 3; i++) {
            little(out, streams[i].length, 2);
        }
        for (byte[] stream : streams) {
            out.writeBytes(stream);
        }
    }

    /** Written from the last to the first, as it is read from the end. */
    private byte[] stream(int from, int to, int[] codes, byte[] lengths) {
        BitWriter bits = new BitWriter();
        for (int i = to - 1; i >= from; i--) {
            bits.write(codes[literals[i] & 0xff], lengths[literals[i] & 0xff]);
        }
        return bits.finish();
    }

    private static int weight(int length, int log) {
        return length == 0 ? 0 : log + 1 - length;
    }

    private static int[] codes(byte[] lengths, int log) {
        int[] first = ZstdHuffman.firstOfLength(lengths, log);
        int[] codes = new int[lengths.length];
        for (int symbol = 0; symbol < lengths.length; symbol++) {
            int length = lengths[symbol];
            if (length > 0) {
                codes[symbol] = first[length] >> log - length;
                first[length] += 1 << log - length;
            }
        }
        return codes;
    }

    private record Node(int count, int left, int right) {}

    /** How many bits each symbol takes: Huffman's tree, made flatter until no branch is too long. */
    private static byte[] lengths(int[] counts) {
        int[] flatter = counts.clone();
        while (true) {
            byte[] lengths = tree(flatter);
            int longest = 0;
            for (byte length : lengths) {
                longest = Math.max(longest, length);
            }
            if (longest <= Zstd.HUFFMAN_LOG_MAX) {
                return lengths;
            }
            for (int i = 0; i < flatter.length; i++) {
                flatter[i] = flatter[i] == 0 ? 0 : flatter[i] / 2 + 1;
            }
        }
    }

    private static byte[] tree(int[] counts) {
        Node[] nodes = new Node[2 * counts.length];
        PriorityQueue<Integer> smallest = new PriorityQueue<>((one, other) -> nodes[one].count != nodes[other].count
                ? Integer.compare(nodes[one].count, nodes[other].count)
                : Integer.compare(one, other));
        for (int symbol = 0; symbol < counts.length; symbol++) {
            if (counts[symbol] > 0) {
                nodes[symbol] = new Node(counts[symbol], -1, -1);
                smallest.add(symbol);
            }
        }
        int made = counts.length;
        while (smallest.size() > 1) {
            int left = smallest.remove();
            int right = smallest.remove();
            nodes[made] = new Node(nodes[left].count + nodes[right].count, left, right);
            smallest.add(made++);
        }
        int[] depths = new int[made];
        byte[] lengths = new byte[counts.length];
        for (int node = made - 1; node >= 0; node--) {
            if (node >= counts.length) {
                depths[nodes[node].left] = depths[node] + 1;
                depths[nodes[node].right] = depths[node] + 1;
            } else {
                lengths[node] = (byte) depths[node];
            }
        }
        return lengths;
    }

    private void writeSequences(ByteArrayOutputStream out) {
        if (sequenceCount < 128) {
            out.write(sequenceCount);
        } else if (sequenceCount < 0x7f00) {
            out.write((sequenceCount >> 8) + 128);
            out.write(sequenceCount);
        } else {
            out.write(255);
            little(out, sequenceCount - 0x7f00, 2);
        }
        if (sequenceCount == 0) {
            return;
        }
        out.write(0); // the standard table for each
        Machine literalRuns = new Machine(Field.LITERALS);
        Machine offsets = new Machine(Field.OFFSET);
        Machine lengths = new Machine(Field.MATCH);
        BitWriter bits = new BitWriter();
        for (int i = sequenceCount - 1; i >= 0; i--) {
            offsets.encode(bits, sequences[Field.OFFSET.ordinal()][i]);
            lengths.encode(bits, sequences[Field.MATCH.ordinal()][i]);
            literalRuns.encode(bits, sequences[Field.LITERALS.ordinal()][i]);
            literalRuns.rest(bits, sequences[Field.LITERALS.ordinal()][i]);
            lengths.rest(bits, sequences[Field.MATCH.ordinal()][i]);
            offsets.rest(bits, sequences[Field.OFFSET.ordinal()][i]);
        }
        lengths.finish(bits);
        offsets.finish(bits);
        literalRuns.finish(bits);
        out.writeBytes(bits.finish());
    }

    private static void little(ByteArrayOutputStream out, long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out.write((int) (value >>> 8 * i));
        }
    }

    /** Codes one field's numbers, the last one first. Confined to its block. */
    private static final class Machine {
        private final Field field;
        private final int[] states; // by the rank of a state among those of its symbol
        private final int[] firsts; // of each symbol in it
        private final int[] counts;
        private int state = -1;

        Machine(Field field) {
            this.field = field;
            int[] shares = field.standard();
            byte[] symbols;
            try {
                symbols = ZstdTable.spread(shares, field.log);
            } catch (Untrusted impossible) {
                throw new IllegalStateException(impossible);
            }
            counts = Arrays.stream(shares).map(Math::abs).toArray();
            firsts = new int[shares.length];
            for (int i = 1; i < shares.length; i++) {
                firsts[i] = firsts[i - 1] + counts[i - 1];
            }
            states = new int[symbols.length];
            int[] next = firsts.clone();
            for (int i = 0; i < symbols.length; i++) {
                states[next[symbols[i]]++] = symbols.length + i;
            }
        }

        /** From a state that means this number to the one that we have, by its low bits. */
        void encode(BitWriter bits, int value) {
            int code = field.code(value);
            if (state < 0) {
                state = states[firsts[code]];
                return;
            }
            int width = 0;
            while (state >> width >= 2 * counts[code]) {
                width++;
            }
            bits.write(state & (1 << width) - 1, width);
            state = states[firsts[code] + (state >> width) - counts[code]];
        }

        void rest(BitWriter bits, int value) {
            int code = field.code(value);
            if (field == Field.OFFSET) {
                bits.write(value - (1 << code), code);
            } else {
                bits.write(value - field.bases[code], field.bits[code]);
            }
        }

        void finish(BitWriter bits) {
            bits.write(state & states.length - 1, field.log);
        }
    }

    /** Bits from the lowest of the first byte on, with a mark after the last one. Confined to its writer. */
    private static final class BitWriter {
        private byte[] bytes = new byte[256];
        private int count;
        private long waiting;
        private int waitingBits;

        void write(int value, int bits) {
            waiting |= (value & 0xffffffffL) << waitingBits;
            waitingBits += bits;
            while (waitingBits >= 8) {
                put();
            }
        }

        private void put() {
            if (count == bytes.length) {
                bytes = Arrays.copyOf(bytes, 2 * count);
            }
            bytes[count++] = (byte) waiting;
            waiting >>>= 8;
            waitingBits -= 8;
        }

        byte[] finish() {
            write(1, 1);
            if (waitingBits > 0) {
                put();
            }
            return Arrays.copyOf(bytes, count);
        }
    }
}
