package io.allium.directory;

import io.allium.base.Untrusted;
import io.allium.directory.Zstd.Field;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the compression {@code x-zstd}: frames one after the other, each of blocks, each of literals and of sequences
 * that say how many of them to take and what to repeat of what came before. All that is read is checked before it is
 * used, and how much may come out is up to the caller, block by block. Confined to one decoding.
 *
 * @spec RFC 8878 3
 */
final class ZstdDecoder {
    private static final int SKIPPABLE = 0x184D2A50;
    private static final int WEIGHTS_LOG_MAX = 6;
    private static final int LOG_MIN = 5;

    /** Hears how much has come out after each block, before there is more. */
    interface Expansion {
        void check(int size) throws Untrusted;
    }

    private final byte[] in;
    private final Expansion expansion;
    private int at;
    private byte[] out;
    private int size;

    // What a block leaves for the next ones of its frame.
    private int frameStart;
    private final int[] recent = new int[3];
    private final @Nullable ZstdTable[] tables = new ZstdTable[Field.values().length];
    private @Nullable ZstdHuffman huffman;

    private final byte[] literals = new byte[Zstd.BLOCK_MAX];
    private int literalCount;

    ZstdDecoder(byte[] in, Expansion expansion) {
        this.in = in;
        this.expansion = expansion;
        this.out = new byte[Math.max(64, Math.min(4 * in.length, 4 * Zstd.BLOCK_MAX))];
    }

    byte[] decode() throws Untrusted {
        do {
            int magic = number(4);
            if ((magic & 0xfffffff0) == SKIPPABLE) {
                skip(number(4));
            } else if (magic == Zstd.MAGIC) {
                frame();
            } else {
                throw new Untrusted("no frame");
            }
        } while (at < in.length);
        return Arrays.copyOf(out, size);
    }

    private void skip(int count) throws Untrusted {
        if (count < 0 || count > in.length - at) {
            throw new Untrusted("cut short");
        }
        at += count;
    }

    /** So many bytes, the lowest first. */
    private int number(int bytes) throws Untrusted {
        int from = at;
        skip(bytes);
        int value = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            value = value << 8 | in[from + i] & 0xff;
        }
        return value;
    }

    private void frame() throws Untrusted {
        int descriptor = number(1);
        boolean single = (descriptor & 0x20) != 0;
        if ((descriptor & 8) != 0) {
            throw new Untrusted("a frame of a newer kind");
        }
        if (!single) {
            number(1); // the window: we keep all that came out
        }
        int dictionary = number(new int[] {0, 1, 2, 4}[descriptor & 3]);
        if (dictionary != 0) {
            throw new Untrusted("a dictionary that we don't have");
        }
        skip(new int[] {single ? 1 : 0, 2, 4, 8}[descriptor >>> 6]); // a length is only a claim
        frameStart = size;
        recent[0] = 1;
        recent[1] = 4;
        recent[2] = 8;
        Arrays.fill(tables, null);
        huffman = null;
        boolean last;
        do {
            int header = number(3);
            last = (header & 1) != 0;
            block(header >>> 1 & 3, header >>> 3);
        } while (!last);
        if ((descriptor & 4) != 0) {
            skip(4); // a checksum against accidents; who signs our documents takes a better one
        }
    }

    private void block(int type, int length) throws Untrusted {
        if (length > Zstd.BLOCK_MAX) {
            throw new Untrusted("a block that is too long");
        }
        switch (type) {
            case Zstd.RAW -> {
                int from = at;
                skip(length);
                append(in, from, length);
            }
            case Zstd.RLE -> {
                byte repeated = (byte) number(1);
                room(length);
                Arrays.fill(out, size, size + length, repeated);
                size += length;
            }
            case Zstd.COMPRESSED -> {
                int from = at;
                skip(length);
                int before = size;
                int end = at;
                at = from;
                sequences(literals(end), end);
                if (size - before > Zstd.BLOCK_MAX) {
                    throw new Untrusted("a block that is too long");
                }
                at = end;
            }
            default -> throw new Untrusted("a block of unknown kind");
        }
        expansion.check(size);
    }

    private void room(int count) {
        if (out.length - size < count) {
            out = Arrays.copyOf(out, Math.max(size + count, (int) Math.min(Integer.MAX_VALUE - 8, out.length * 2L)));
        }
    }

    private void append(byte[] from, int offset, int count) {
        room(count);
        System.arraycopy(from, offset, out, size, count);
        size += count;
    }

    /** Reads the literals of a block; where its sequences begin. */
    private int literals(int end) throws Untrusted {
        need(end, 1);
        int type = in[at] & 3;
        int format = in[at] >>> 2 & 3;
        if (type == Zstd.RAW || type == Zstd.RLE) {
            int bytes = new int[] {1, 2, 1, 3}[format];
            need(end, bytes);
            literalCount = number(bytes) >>> ((format & 1) == 0 ? 3 : 4);
            checkCount();
            int taken = type == Zstd.RAW ? literalCount : 1;
            need(end, taken);
            if (type == Zstd.RAW) {
                System.arraycopy(in, at, literals, 0, literalCount);
            } else {
                Arrays.fill(literals, 0, literalCount, in[at]);
            }
            return at + taken;
        }
        int bits = new int[] {10, 10, 14, 18}[format];
        int bytes = new int[] {3, 3, 4, 5}[format];
        need(end, bytes);
        long header = number(Math.min(4, bytes)) & 0xffffffffL;
        if (bytes == 5) {
            header |= (long) number(1) << 32;
        }
        literalCount = (int) (header >>> 4) & (1 << bits) - 1;
        int length = (int) (header >>> 4 + bits) & (1 << bits) - 1;
        checkCount();
        need(end, length);
        int literalsEnd = at + length;
        if (type == Zstd.COMPRESSED) {
            huffman = huffman(literalsEnd);
        }
        ZstdHuffman code = huffman;
        if (code == null) {
            throw new Untrusted("literals without a code");
        }
        if (format == 0) {
            code.decode(new ZstdBits(in, at, literalsEnd), literals, 0, literalCount);
        } else {
            fourStreams(code, literalsEnd);
        }
        return literalsEnd;
    }

    private void need(int end, int bytes) throws Untrusted {
        if (bytes > end - at) {
            throw new Untrusted("a block cut short");
        }
    }

    private void checkCount() throws Untrusted {
        if (literalCount > Zstd.BLOCK_MAX) {
            throw new Untrusted("too many literals");
        }
    }

    private void fourStreams(ZstdHuffman code, int end) throws Untrusted {
        need(end, 6);
        int[] lengths = {number(2), number(2), number(2)};
        int share = (literalCount + 3) / 4;
        if (literalCount < 3 * share) {
            throw new Untrusted("too few literals");
        }
        for (int i = 0; i < 3; i++) {
            need(end, lengths[i]);
            code.decode(new ZstdBits(in, at, at + lengths[i]), literals, i * share, share);
            at += lengths[i];
        }
        code.decode(new ZstdBits(in, at, end), literals, 3 * share, literalCount - 3 * share);
    }

    private ZstdHuffman huffman(int end) throws Untrusted {
        need(end, 1);
        int header = number(1);
        byte[] weights = new byte[256];
        int count;
        if (header < 128) {
            need(end, header);
            int weightsEnd = at + header;
            count = compressedWeights(weights, weightsEnd);
            at = weightsEnd;
        } else {
            count = header - 127;
            need(end, (count + 1) / 2);
            for (int i = 0; i < count; i++) {
                weights[i] = (byte) (in[at + i / 2] >>> (i % 2 == 0 ? 4 : 0) & 15);
            }
            at += (count + 1) / 2;
        }
        return ZstdHuffman.of(weights, count);
    }

    /** Two machines take turns until the bits are used up. */
    private int compressedWeights(byte[] weights, int end) throws Untrusted {
        ZstdTable table = table(end, WEIGHTS_LOG_MAX, Zstd.HUFFMAN_LOG_MAX + 2);
        ZstdBits bits = new ZstdBits(in, at, end);
        int[] states = {bits.read(table.log()), bits.read(table.log())};
        int count = 0;
        for (int turn = 0; count < weights.length - 2; turn ^= 1) {
            int state = states[turn];
            weights[count++] = table.symbols()[state];
            states[turn] = table.next()[state] + bits.read(table.bits()[state]);
            if (bits.left() < 0) {
                weights[count++] = table.symbols()[states[turn ^ 1]];
                return count;
            }
        }
        throw new Untrusted("too many weights");
    }

    /** Reads how likely each symbol is. */
    private ZstdTable table(int end, int logMax, int symbols) throws Untrusted {
        long bit = at * 8L;
        int log = forward(bit, 4, end) + LOG_MIN;
        bit += 4;
        if (log > logMax) {
            throw new Untrusted("a table that is too large");
        }
        int[] shares = new int[symbols];
        int count = 0;
        int left = 1 << log;
        while (left > 0) {
            int width = 32 - Integer.numberOfLeadingZeros(left + 1);
            int value = forward(bit, width, end);
            int low = value & (1 << width - 1) - 1;
            int threshold = (1 << width) - 1 - (left + 1);
            if (low < threshold) {
                value = low;
                bit += width - 1;
            } else {
                value -= value >= 1 << width - 1 ? threshold : 0;
                bit += width;
            }
            if (count == symbols) {
                throw new Untrusted("too many symbols");
            }
            int share = value - 1;
            shares[count++] = share;
            left -= Math.abs(share);
            while (share == 0) {
                int zeros = forward(bit, 2, end);
                bit += 2;
                count += zeros;
                if (count > symbols) {
                    throw new Untrusted("too many symbols");
                }
                if (zeros < 3) {
                    break;
                }
            }
        }
        if (left < 0 || bit > end * 8L) {
            throw new Untrusted("shares do not add up");
        }
        at = (int) (bit + 7 >>> 3);
        return ZstdTable.of(shares, log);
    }

    /** Bits from the lowest on; beyond the end there are zeros. */
    private int forward(long bit, int count, int end) {
        int value = 0;
        for (int i = count - 1; i >= 0; i--) {
            int index = (int) (bit + i >>> 3);
            value = value << 1 | (index < end ? in[index] >>> (bit + i & 7) & 1 : 0);
        }
        return value;
    }

    private void sequences(int start, int end) throws Untrusted {
        at = start;
        int count = sequenceCount(end);
        int taken = 0;
        if (count > 0) {
            need(end, 1);
            int modes = number(1);
            if ((modes & 3) != 0) {
                throw new Untrusted("sequences of a newer kind");
            }
            ZstdTable literalTable = table(Field.LITERALS, modes >>> 6, end);
            ZstdTable offsetTable = table(Field.OFFSET, modes >>> 4 & 3, end);
            ZstdTable matchTable = table(Field.MATCH, modes >>> 2 & 3, end);
            taken = execute(count, new ZstdBits(in, at, end), literalTable, offsetTable, matchTable);
        } else if (at != end) {
            throw new Untrusted("a block with something after it");
        }
        append(literals, taken, literalCount - taken);
    }

    private int sequenceCount(int end) throws Untrusted {
        need(end, 1);
        int first = number(1);
        if (first < 128) {
            return first;
        }
        need(end, first < 255 ? 1 : 2);
        return first < 255 ? (first - 128 << 8) + number(1) : number(2) + 0x7f00;
    }

    private ZstdTable table(Field field, int mode, int end) throws Untrusted {
        ZstdTable table = switch (mode) {
            case 0 -> ZstdTable.of(field.standard(), field.log);
            case 1 -> {
                need(end, 1);
                int symbol = number(1);
                if (symbol >= field.codes()) {
                    throw new Untrusted("an unknown code");
                }
                yield ZstdTable.always(symbol);
            }
            case 2 -> table(end, field.logMax, field.codes());
            default -> tables[field.ordinal()];
        };
        if (table == null) {
            throw new Untrusted("a table of a block that there is not");
        }
        tables[field.ordinal()] = table;
        return table;
    }

    /** Puts out literals and repetitions; how many literals were taken. */
    private int execute(int count, ZstdBits bits, ZstdTable literalTable, ZstdTable offsetTable, ZstdTable matchTable)
            throws Untrusted {
        int literalState = bits.read(literalTable.log());
        int offsetState = bits.read(offsetTable.log());
        int matchState = bits.read(matchTable.log());
        int blockEnd = size + Zstd.BLOCK_MAX;
        int taken = 0;
        for (int i = 0; i < count; i++) {
            int offsetCode = offsetTable.symbols()[offsetState];
            int matchCode = matchTable.symbols()[matchState];
            int literalCode = literalTable.symbols()[literalState];
            if (offsetCode > 30) {
                throw new Untrusted("an offset beyond all");
            }
            int offsetValue = (1 << offsetCode) + bits.read(offsetCode);
            int match = Field.MATCH.bases[matchCode] + bits.read(Field.MATCH.bits[matchCode]);
            int run = Field.LITERALS.bases[literalCode] + bits.read(Field.LITERALS.bits[literalCode]);
            if (i < count - 1) {
                literalState = literalTable.next()[literalState]
                        + bits.read(literalTable.bits()[literalState]);
                matchState =
                        matchTable.next()[matchState] + bits.read(matchTable.bits()[matchState]);
                offsetState =
                        offsetTable.next()[offsetState] + bits.read(offsetTable.bits()[offsetState]);
            }
            if (bits.left() < 0 || run > literalCount - taken || run + match > blockEnd - size) {
                throw new Untrusted("a sequence of more than there is");
            }
            append(literals, taken, run);
            taken += run;
            repeat(offset(offsetValue, run), match);
        }
        if (bits.left() != 0) {
            throw new Untrusted("sequences with something after them");
        }
        return taken;
    }

    /** Small values mean one of the last three offsets. */
    private int offset(int value, int run) throws Untrusted {
        int which = value > 3 ? 3 : value - 1 + (run == 0 ? 1 : 0);
        int offset = value > 3 ? value - 3 : which < 3 ? recent[which] : recent[0] - 1;
        if (offset < 1 || offset > size - frameStart) {
            throw new Untrusted("an offset beyond the beginning");
        }
        Zstd.remember(recent, offset, which);
        return offset;
    }

    /** What is repeated may overlap with what comes of it. */
    private void repeat(int offset, int count) {
        room(count);
        int from = size - offset;
        if (offset >= count) {
            System.arraycopy(out, from, out, size, count);
        } else {
            for (int i = 0; i < count; i++) {
                out[size + i] = out[from + i];
            }
        }
        size += count;
    }
}
