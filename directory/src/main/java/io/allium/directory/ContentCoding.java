package io.allium.directory;

import io.allium.base.Untrusted;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * How the body of a directory message is compressed. {@code deflate} is a zlib stream (RFC 1950) and {@code gzip} is
 * RFC 1952; several streams one after the other decode to the concatenation of what they hold.
 *
 * @spec dir-spec 6.1
 */
public enum ContentCoding {
    IDENTITY("identity"),
    DEFLATE("deflate"),
    GZIP("gzip");

    /** How much more than {@link #BOMB_FREE} a body may expand: as in C tor's compress.c. */
    static final int BOMB_RATIO = 25;

    /** A body that is smaller once decoded is no bomb whatever its ratio: as in C tor's compress.c. */
    static final int BOMB_FREE = 64 * 1024;

    private static final int CHUNK = 16 * 1024;
    private static final int GZIP_MAGIC_0 = 0x1f;
    private static final int GZIP_MAGIC_1 = 0x8b;
    private static final int GZIP_TRAILER = 8;

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
            default -> Optional.empty();
        };
    }

    /** What to answer somebody who accepts these, the smallest result first; {@code IDENTITY} if nothing fits. */
    public static ContentCoding best(String acceptEncoding) {
        List<ContentCoding> accepted = Arrays.stream(acceptEncoding.split(",", -1))
                .map(name -> name.replaceFirst(";.*", ""))
                .flatMap(name -> named(name).stream())
                .toList();
        return accepted.contains(DEFLATE) ? DEFLATE : accepted.contains(GZIP) ? GZIP : IDENTITY;
    }

    /** The coding that the first bytes betray: caches are known to name the wrong one. */
    static ContentCoding betrayedBy(byte[] body) {
        if (body.length > 2 && (body[0] & 0xff) == GZIP_MAGIC_0 && (body[1] & 0xff) == GZIP_MAGIC_1) {
            return GZIP;
        }
        boolean zlib = body.length > 2 && (body[0] & 0x0f) == 8 && ((body[0] & 0xff) << 8 | (body[1] & 0xff)) % 31 == 0;
        return zlib ? DEFLATE : IDENTITY;
    }

    /** Compresses. */
    public byte[] encode(byte[] plain) {
        return switch (this) {
            case IDENTITY -> plain.clone();
            case DEFLATE -> deflated(plain, false);
            case GZIP -> gzipped(plain);
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
        };
    }

    private static byte[] deflated(byte[] plain, boolean raw) {
        try (Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, raw)) {
            deflater.setInput(plain);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length / 3 + 64);
            byte[] chunk = new byte[CHUNK];
            while (!deflater.finished()) {
                out.write(chunk, 0, deflater.deflate(chunk));
            }
            return out.toByteArray();
        }
    }

    private static byte[] gzipped(byte[] plain) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length / 3 + 64);
        out.writeBytes(new byte[] {GZIP_MAGIC_0, (byte) GZIP_MAGIC_1, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff});
        out.writeBytes(deflated(plain, true));
        CRC32 crc = new CRC32();
        crc.update(plain);
        littleEndian(out, crc.getValue());
        littleEndian(out, plain.length);
        return out.toByteArray();
    }

    private static void littleEndian(ByteArrayOutputStream out, long value) {
        for (int shift = 0; shift < 32; shift += 8) {
            out.write((int) (value >>> shift));
        }
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
