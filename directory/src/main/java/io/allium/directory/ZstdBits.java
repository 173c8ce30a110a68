package io.allium.directory;

import io.allium.base.Untrusted;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Bits read from the end of some bytes to their beginning, as they were written from the beginning to the end; the
 * highest bit that is set in the last byte only marks the end. Confined to its reader.
 *
 * @spec RFC 8878 4.1
 */
final class ZstdBits {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;
    private final int start;
    private final int end;
    private long left;

    ZstdBits(byte[] bytes, int start, int end) throws Untrusted {
        if (end <= start || bytes[end - 1] == 0) {
            throw new Untrusted("bits without an end");
        }
        this.bytes = bytes;
        this.start = start;
        this.end = end;
        this.left = (end - start) * 8L - 7 + (31 - Integer.numberOfLeadingZeros(bytes[end - 1] & 0xff)) - 1;
    }

    /** How many bits are left; negative when more were read than there are, which count as zeros. */
    long left() {
        return left;
    }

    /** At most 32 bits. */
    int read(int count) {
        left -= count;
        if (count == 0 || left <= -count) {
            return 0;
        }
        if (left >= 0) {
            return at(left, count);
        }
        return at(0, (int) (count + left)) << -left;
    }

    private int at(long bit, int count) {
        int first = start + (int) (bit >>> 3);
        long word;
        if (first + Long.BYTES <= bytes.length) {
            word = (long) LONG.get(bytes, first);
        } else {
            word = 0;
            for (int i = Math.min(end, first + Long.BYTES) - 1; i >= first; i--) {
                word = word << 8 | bytes[i] & 0xff;
            }
        }
        return (int) (word >>> (bit & 7) & (1L << count) - 1);
    }
}
