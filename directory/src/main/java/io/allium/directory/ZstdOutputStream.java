package io.allium.directory;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Writes the compression {@code x-zstd}: one frame, block by block. What is repeated is looked for within the last
 * {@link #WINDOW} bytes. Confined to its writer.
 *
 * @spec RFC 8878 3
 */
final class ZstdOutputStream extends OutputStream {
    /** How far back we look, and who reads it must remember; relays' entries repeat what stands near them. */
    static final int WINDOW = 1 << 18;

    private static final int WINDOW_DESCRIPTOR = 18 - 10 << 3;

    private final OutputStream to;
    private final byte[] text = new byte[WINDOW + 2 * Zstd.BLOCK_MAX];
    private final ZstdMatches matches = new ZstdMatches(text);
    private int start; // of what is not compressed yet
    private int end;
    private boolean closed;

    ZstdOutputStream(OutputStream to) throws IOException {
        this.to = to;
        little(Zstd.MAGIC, 4);
        to.write(0); // neither length nor checksum
        to.write(WINDOW_DESCRIPTOR);
    }

    @Override
    public void write(int single) throws IOException {
        write(new byte[] {(byte) single}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        int at = offset;
        while (at < offset + length) {
            if (end - start == Zstd.BLOCK_MAX) {
                block(false);
            }
            int count = Math.min(offset + length - at, Zstd.BLOCK_MAX - (end - start));
            System.arraycopy(from, at, text, end, count);
            end += count;
            at += count;
        }
    }

    /** Writes the last block. */
    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            block(true);
            to.close();
        }
    }

    private void block(boolean last) throws IOException {
        int length = end - start;
        byte[] compressed = length == 0 ? new byte[0] : new ZstdBlock(text, start, end, matches).compressed();
        boolean smaller = length > 0 && compressed.length < length;
        int size = smaller ? compressed.length : length;
        little((last ? 1 : 0) | (smaller ? Zstd.COMPRESSED : Zstd.RAW) << 1 | size << 3, 3);
        to.write(smaller ? compressed : text, smaller ? 0 : start, size);
        if (!smaller) {
            matches.forgetOffsets();
        }
        start = end;
        if (text.length - end < Zstd.BLOCK_MAX) {
            int kept = WINDOW;
            System.arraycopy(text, end - kept, text, 0, kept);
            matches.move(end - kept);
            start = kept;
            end = kept;
        }
    }

    private void little(int value, int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            to.write(value >>> 8 * i);
        }
    }

    /** What was seen where: by the next four bytes, the places where they stood before. Confined to its stream. */
    static final class ZstdMatches {
        /** Shorter ones cost more than they save. */
        static final int MIN = 4;

        private static final int HASH_BITS = 16;
        private static final int DEPTH = 12;

        private final byte[] text;
        private final int[] heads = new int[1 << HASH_BITS]; // each the place plus one
        private final int[] previous;
        private int[] recent = {1, 4, 8};
        private int[] beforeBlock = {1, 4, 8};

        ZstdMatches(byte[] text) {
            this.text = text;
            this.previous = new int[text.length];
        }

        /** The last three offsets, which the block being made changes. */
        int[] recent() {
            return recent.clone();
        }

        void remember(int[] offsets) {
            recent = offsets;
        }

        /** A block that was not written as compressed leaves the offsets as they were before it. */
        void forgetOffsets() {
            recent = beforeBlock.clone();
        }

        void blockBegins() {
            beforeBlock = recent.clone();
        }

        void add(int at) {
            int hash = hash(at);
            previous[at] = heads[hash];
            heads[hash] = at + 1;
        }

        /** Where the longest of the latest places is that begins like this one, or -1. */
        int find(int at, int end) {
            int best = -1;
            int longest = MIN - 1;
            int candidate = heads[hash(at)] - 1;
            for (int i = 0; i < DEPTH && candidate >= 0 && candidate >= at - WINDOW; i++) {
                if (at + longest < end && text[candidate + longest] == text[at + longest]) {
                    int length = length(candidate, at, end);
                    if (length > longest) {
                        longest = length;
                        best = candidate;
                    }
                }
                candidate = previous[candidate] - 1;
            }
            return best;
        }

        int length(int earlier, int at, int end) {
            int mismatch = Arrays.mismatch(text, earlier, earlier + end - at, text, at, end);
            return mismatch < 0 ? end - at : mismatch;
        }

        private int hash(int at) {
            int four = text[at] & 0xff | (text[at + 1] & 0xff) << 8 | (text[at + 2] & 0xff) << 16 | text[at + 3] << 24;
            return four * -1640531535 >>> 32 - HASH_BITS;
        }

        /** The text has moved that far to the front. */
        void move(int by) {
            for (int i = 0; i < heads.length; i++) {
                heads[i] = Math.max(0, heads[i] - by);
            }
            for (int i = 0; i + by < previous.length; i++) {
                previous[i] = Math.max(0, previous[i + by] - by);
            }
        }
    }
}
