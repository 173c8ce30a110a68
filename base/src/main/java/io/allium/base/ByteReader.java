package io.allium.base;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads network-order fields from a slice of bytes. Reading past the end is a {@link ProtocolViolation} that names the
 * field. Confined to whoever made it.
 */
public final class ByteReader {
    private final byte[] bytes;
    private final int end;
    private int at;

    public ByteReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    /** Reads {@code length} bytes from {@code offset}; the array is not copied. */
    public ByteReader(byte[] bytes, int offset, int length) {
        if (offset < 0 || length < 0 || offset > bytes.length - length) {
            throw new IndexOutOfBoundsException("slice " + offset + "+" + length + " of " + bytes.length);
        }
        this.bytes = bytes;
        this.at = offset;
        this.end = offset + length;
    }

    public int remaining() {
        return end - at;
    }

    public boolean isEmpty() {
        return at == end;
    }

    /** An unsigned byte; {@code field} names it in the error. */
    public int u8(String field) throws ProtocolViolation {
        need(1, field);
        return bytes[at++] & 0xff;
    }

    public int u16(String field) throws ProtocolViolation {
        need(2, field);
        int value = (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
        at += 2;
        return value;
    }

    /** A 32-bit field as a non-negative long. */
    public long u32(String field) throws ProtocolViolation {
        return (long) u16(field) << 16 | u16(field);
    }

    /** A 64-bit field; values above {@link Long#MAX_VALUE} come out negative. */
    public long u64(String field) throws ProtocolViolation {
        return u32(field) << 32 | u32(field);
    }

    /** A copy of the next {@code count} bytes. */
    public byte[] take(int count, String field) throws ProtocolViolation {
        need(count, field);
        byte[] taken = Arrays.copyOfRange(bytes, at, at + count);
        at += count;
        return taken;
    }

    /** A reader over the next {@code count} bytes, which this one passes over. */
    public ByteReader slice(int count, String field) throws ProtocolViolation {
        need(count, field);
        ByteReader slice = new ByteReader(bytes, at, count);
        at += count;
        return slice;
    }

    /** A copy of all that is left. */
    public byte[] rest() {
        byte[] taken = Arrays.copyOfRange(bytes, at, end);
        at = end;
        return taken;
    }

    /** Text up to a NUL, which is passed over; each byte a Latin-1 character. */
    public String textToNul(String field) throws ProtocolViolation {
        for (int i = at; i < end; i++) {
            if (bytes[i] == 0) {
                String text = new String(bytes, at, i - at, StandardCharsets.ISO_8859_1);
                at = i + 1;
                return text;
            }
        }
        throw new ProtocolViolation(field + ": no NUL at its end");
    }

    /** Fails unless everything was read. */
    public void expectEnd(String what) throws ProtocolViolation {
        if (at != end) {
            throw new ProtocolViolation(what + ": " + remaining() + " bytes too many");
        }
    }

    private void need(int count, String field) throws ProtocolViolation {
        if (count < 0 || count > remaining()) {
            throw new ProtocolViolation(
                    field + ": truncated, needs " + count + " bytes where " + remaining() + " are left");
        }
    }
}
