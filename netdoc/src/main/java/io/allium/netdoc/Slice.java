package io.allium.netdoc;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;

/**
 * Some consecutive bytes of a larger array: the exact text of a document as it came, kept because digests are taken of
 * it. Immutable as long as nobody writes to the array. Equal if the bytes are.
 */
public final class Slice {
    private final byte[] array;
    private final int offset;
    private final int length;

    /** {@code length} bytes of {@code array} from {@code offset}; the array is not copied. */
    public Slice(byte[] array, int offset, int length) {
        if (offset < 0 || length < 0 || offset > array.length - length) {
            throw new IndexOutOfBoundsException("slice " + offset + "+" + length + " of " + array.length);
        }
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    /** All of an array, which is not copied. */
    public static Slice of(byte[] array) {
        return new Slice(array, 0, array.length);
    }

    public static Slice empty() {
        return new Slice(new byte[0], 0, 0);
    }

    /** A copy of all their bytes, one after the other. */
    public static byte[] join(Collection<Slice> slices) {
        byte[] all = new byte[slices.stream().mapToInt(Slice::length).reduce(0, Math::addExact)];
        int end = 0;
        for (Slice each : slices) {
            System.arraycopy(each.array, each.offset, all, end, each.length);
            end += each.length;
        }
        return all;
    }

    /** The array that the bytes lie in; not to be written to. */
    public byte[] array() {
        return array;
    }

    public int offset() {
        return offset;
    }

    public int length() {
        return length;
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    /** The bytes as text (UTF-8). */
    public String text() {
        return new String(array, offset, length, StandardCharsets.UTF_8);
    }

    /** The same bytes in an array of their own, so that the larger one can be forgotten. */
    public Slice detached() {
        return length == array.length ? this : of(bytes());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Slice that
                && Arrays.equals(array, offset, offset + length, that.array, that.offset, that.offset + that.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + array[i];
        }
        return hash;
    }

    @Override
    public String toString() {
        return length + " bytes";
    }
}
