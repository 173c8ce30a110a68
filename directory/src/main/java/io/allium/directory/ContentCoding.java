package io.allium.directory;

import io.allium.base.Untrusted;
import io.allium.netdoc.Slice;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.Inflater;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.LZMAOutputStream;
import org.tukaani.xz.MemoryLimitException;

/**
 * How the body of a directory message is compressed. {@code deflate} is a zlib stream (RFC 1950), {@code gzip} is RFC
 * 1952, {@code x-zstd} is RFC 8878 and {@code x-tor-lzma} an LZMA stream in the format of old ("LZMA alone"); several
 * streams one after the other decode to the concatenation of what they hold.
 *
 * @spec dir-spec 6.1
 */
public enum ContentCoding {
    IDENTITY("identity"),
    DEFLATE("deflate"),
    GZIP("gzip"),
    ZSTD("x-zstd"),
    LZMA("x-tor-lzma");

    /** What we can read, the smallest first: in C tor's order, so that our requests look like its own. */
    public static final String ACCEPTED = "x-tor-lzma, x-zstd, deflate, gzip, identity";

    /** How much more than {@link #BOMB_FREE} a body may expand: as in C tor's compress.c. */
    static final int BOMB_RATIO = 25;

    /** A body that is smaller once decoded is no bomb whatever its ratio: as in C tor's compress.c. */
    static final int BOMB_FREE = 64 * 1024;

    /** What reading LZMA may take, in KiB: C tor's MEMORY_LIMIT, which nobody may demand more than. */
    static final int LZMA_MEMORY = 16 * 1024;

    /** A larger dictionary takes ten times its size in memory while writing, and gains nothing: no document is larger. */
    private static final int LZMA_DICTIONARY_MAX = 4 << 20;

    /** With a smaller one C tor would not know its first bytes for LZMA's. */
    private static final int LZMA_DICTIONARY_MIN = 64 * 1024;

    private static final int CHUNK = 16 * 1024;
    private static final int GZIP_MAGIC_0 = 0x1f;
    private static final int GZIP_MAGIC_1 = 0x8b;
    private static final int GZIP_TRAILER = 8;
    private static final int LZMA_PROPERTIES = 0x5d;

    private final String token;

    ContentCoding(String token) {
        this.token = token;
    }

    /** The name in {@code Accept-Encoding} and {@code Content-Encoding}. */
    public String token() {
        return token;
    }

    /** The coding of that name, {@code x-gzip} and such included; empty when we don't have it. */
    public static Optional<ContentCoding> named(String token) {
        return switch (token.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" -> Optional.of(IDENTITY);
            case "deflate", "x-deflate" -> Optional.of(DEFLATE);
            case "gzip", "x-gzip" -> Optional.of(GZIP);
            case "x-zstd" -> Optional.of(ZSTD);
            case "x-tor-lzma" -> Optional.of(LZMA);
            default -> Optional.empty();
        };
    }

    /** What somebody accepts who names these; names must be just as they are written, as with C tor. */
    public static Set<ContentCoding> accepted(String acceptEncoding) {
        Set<ContentCoding> accepted = EnumSet.of(IDENTITY);
        for (String name : acceptEncoding.split(",", -1)) {
            switch (name.strip()) {
                case "deflate" -> accepted.add(DEFLATE);
                case "gzip", "x-gzip" -> accepted.add(GZIP);
                case "x-zstd" -> accepted.add(ZSTD);
                case "x-tor-lzma" -> accepted.add(LZMA);
                default -> {}
            }
        }
        return accepted;
    }

    /** The coding that the first bytes betray: caches are known to name the wrong one. */
    static ContentCoding betrayedBy(byte[] body) {
        if (body.length <= 3) {
            return IDENTITY;
        }
        int start = (body[0] & 0xff) << 24 | (body[1] & 0xff) << 16 | (body[2] & 0xff) << 8 | body[3] & 0xff;
        if (start >>> 16 == (GZIP_MAGIC_0 << 8 | GZIP_MAGIC_1)) {
            return GZIP;
        }
        if (start == Integer.reverseBytes(Zstd.MAGIC)) {
            return ZSTD;
        }
        if (start >>> 8 == LZMA_PROPERTIES << 16) {
            return LZMA;
        }
        boolean zlib = (body[0] & 0x0f) == 8 && (start >>> 16) % 31 == 0;
        return zlib ? DEFLATE : IDENTITY;
    }

    /** Compresses. */
    public byte[] encode(byte[] plain) {
        return encode(Slice.of(plain));
    }

    /** Compresses. */
    public byte[] encode(Slice plain) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length() / 3 + 64);
        try (OutputStream coded = encoding(out, plain.length())) {
            coded.write(plain.array(), plain.offset(), plain.length());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toByteArray();
    }

    /**
     * Compresses what is written into the stream that is returned; closing it finishes, and closes {@code to}.
     *
     * @param length about how much there will be, in bytes
     */
    public OutputStream encoding(OutputStream to, int length) throws IOException {
        return switch (this) {
            case IDENTITY -> to;
            case DEFLATE -> new DeflaterOutputStream(to);
            case GZIP -> new GZIPOutputStream(to);
            case ZSTD -> new ZstdOutputStream(to);
            case LZMA -> {
                LZMA2Options options = new LZMA2Options(LZMA2Options.PRESET_DEFAULT);
                int dictionary = Math.max(LZMA_DICTIONARY_MIN, Math.min(length, LZMA_DICTIONARY_MAX));
                options.setDictSize(Integer.highestOneBit(2 * dictionary - 1));
                yield new LZMAOutputStream(to, options, -1L);
            }
        };
    }

    /**
     * Decompresses.
     *
     * @param limit how many bytes may come out
     * @throws Untrusted when it is garbled, cut short, longer than {@code limit} or a compression bomb
     */
    public byte[] decode(byte[] coded, int limit) throws Untrusted {
        return switch (this) {
            case IDENTITY -> {
                if (coded.length > limit) {
                    throw new Untrusted("body: " + coded.length + " bytes where " + limit + " are allowed");
                }
                yield coded;
            }
            case DEFLATE, GZIP -> inflated(coded, limit);
            case ZSTD -> {
                try {
                    yield new ZstdDecoder(coded, size -> checkExpansion(coded.length, size, limit)).decode();
                } catch (Untrusted garbled) {
                    throw garbled.getMessage().startsWith(token) ? garbled : garbled.in(token);
                }
            }
            case LZMA -> unpacked(coded, limit);
        };
    }

    private byte[] unpacked(byte[] coded, int limit) throws Untrusted {
        ByteArrayInputStream in = new ByteArrayInputStream(coded);
        ByteArrayOutputStream out = new ByteArrayOutputStream(Math.min(limit, Math.max(64, coded.length * 4)));
        byte[] chunk = new byte[CHUNK];
        do {
            try (LZMAInputStream one = new LZMAInputStream(in, LZMA_MEMORY)) {
                for (int count = one.read(chunk); count >= 0; count = one.read(chunk)) {
                    out.write(chunk, 0, count);
                    checkExpansion(coded.length, out.size(), limit);
                }
            } catch (MemoryLimitException greedy) {
                throw new Untrusted(token + ": reading it would take more than " + LZMA_MEMORY + " KiB", greedy);
            } catch (IOException garbled) {
                throw new Untrusted(token + ": garbled or cut short", garbled);
            }
        } while (in.available() > 0);
        return out.toByteArray();
    }

    private byte[] inflated(byte[] coded, int limit) throws Untrusted {
        ByteArrayOutputStream out = new ByteArrayOutputStream(Math.min(limit, Math.max(64, coded.length * 4)));
        int at = 0;
        do {
            at = inflateOne(coded, at, limit, out);
        } while (at < coded.length);
        return out.toByteArray();
    }

    /** Inflates the stream that begins at {@code at}; where the next one begins. */
    private int inflateOne(byte[] coded, int at, int limit, ByteArrayOutputStream out) throws Untrusted {
        int from = this == GZIP ? gzipData(coded, at) : at;
        CRC32 crc = new CRC32();
        try (Inflater inflater = new Inflater(this == GZIP)) {
            inflater.setInput(coded, from, coded.length - from);
            byte[] chunk = new byte[CHUNK];
            while (!inflater.finished()) {
                int count = inflater.inflate(chunk);
                if (count == 0 && !inflater.finished()) {
                    throw new Untrusted(token + ": cut short");
                }
                crc.update(chunk, 0, count);
                out.write(chunk, 0, count);
                checkExpansion(coded.length, out.size(), limit);
            }
            int end = from + (int) inflater.getBytesRead();
            return this == GZIP ? afterTrailer(coded, end, crc.getValue()) : end;
        } catch (DataFormatException garbled) {
            throw new Untrusted(token + ": garbled", garbled);
        }
    }

    private void checkExpansion(int in, int out, int limit) throws Untrusted {
        if (out > limit) {
            throw new Untrusted(token + ": more than " + limit + " bytes come out of it");
        }
        if (out > BOMB_FREE && out / BOMB_RATIO > in) {
            throw new Untrusted(token + ": a compression bomb");
        }
    }

    /** Where the deflate data of the gzip member begins, past its header and optional fields. */
    private static int gzipData(byte[] coded, int at) throws Untrusted {
        if (coded.length - at < 18
                || (coded[at] & 0xff) != GZIP_MAGIC_0
                || (coded[at + 1] & 0xff) != GZIP_MAGIC_1
                || coded[at + 2] != 8) {
            throw new Untrusted("gzip: no header");
        }
        int flags = coded[at + 3];
        int next = at + 10;
        if ((flags & 4) != 0) { // FEXTRA
            next += 2
                    + (coded[next] & 0xff)
                    + ((coded[next + 1] & 0xff) << 8); // the trailer follows, so both are there
        }
        for (int text = 8; text <= 16; text *= 2) { // FNAME, FCOMMENT
            if ((flags & text) != 0) {
                while (next < coded.length && coded[next] != 0) {
                    next++;
                }
                next++;
            }
        }
        next += (flags & 2) != 0 ? 2 : 0; // FHCRC
        if (next > coded.length) {
            throw new Untrusted("gzip: header cut short");
        }
        return next;
    }

    private static int afterTrailer(byte[] coded, int at, long crc) throws Untrusted {
        if (coded.length - at < GZIP_TRAILER) {
            throw new Untrusted("gzip: cut short");
        }
        long said = 0;
        for (int i = 3; i >= 0; i--) {
            said = said << 8 | (coded[at + i] & 0xff);
        }
        if (said != crc) {
            throw new Untrusted("gzip: wrong checksum");
        }
        return at + GZIP_TRAILER;
    }
}
