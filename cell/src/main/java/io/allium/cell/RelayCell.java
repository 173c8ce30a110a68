package io.allium.cell;

import io.allium.base.ByteReader;
import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;

/**
 * A relay cell that was recognised: which stream it is for, and what it says. The static methods read single fields of
 * a plaintext body in place, for the path that carries data.
 *
 * @spec tor-spec 6.1
 */
public record RelayCell(StreamId stream, RelayMessage message) {
    /** Command, recognised, stream ID, digest, length. */
    public static final int HEADER_BYTES = 11;

    /** The most data that one cell carries. */
    public static final int DATA_MAX = CellCodec.BODY_BYTES - HEADER_BYTES;

    /** Zero bytes between data and random padding. */
    private static final int ZEROS_AFTER_DATA = 4;

    private static final int STREAM_AT = 3;
    private static final int LENGTH_AT = 9;

    /** The relay command of a plaintext body. */
    public static int command(byte[] body, int offset) {
        return body[offset] & 0xff;
    }

    /** The stream ID of a plaintext body, as in {@link StreamId#value}. */
    public static int streamId(byte[] body, int offset) {
        return u16(body, offset + STREAM_AT);
    }

    /** How many bytes of data the body carries; more than {@link #DATA_MAX} is a violation. */
    public static int dataLength(byte[] body, int offset) throws ProtocolViolation {
        int length = u16(body, offset + LENGTH_AT);
        if (length > DATA_MAX) {
            throw new ProtocolViolation(
                    "relay cell: says that it carries " + length + " bytes, of at most " + DATA_MAX);
        }
        return length;
    }

    /** Reads a plaintext body of 509 bytes from {@code offset}. */
    public static RelayCell decode(byte[] body, int offset) throws ProtocolViolation {
        int command = command(body, offset);
        ByteReader data = new ByteReader(body, offset + HEADER_BYTES, dataLength(body, offset));
        try {
            return new RelayCell(new StreamId(streamId(body, offset)), RelayMessage.decode(command, data));
        } catch (ProtocolViolation wrong) {
            throw wrong.in(RelayCommand.name(command));
        }
    }

    /** Writes a plaintext body, its recognised and digest fields zero, its padding random after four zeros. */
    public void encode(byte[] into, int offset, Entropy entropy) {
        byte[] data = message.data();
        encode(message.command(), stream.value(), data, 0, data.length, into, offset, entropy);
    }

    /** Writes a plaintext body with these bytes of data; at most {@link #DATA_MAX}. */
    public static void encode(
            int command,
            int streamId,
            byte[] data,
            int dataOffset,
            int dataLength,
            byte[] into,
            int offset,
            Entropy entropy) {
        if (dataLength > DATA_MAX) {
            throw new IllegalArgumentException(
                    RelayCommand.name(command) + " with " + dataLength + " bytes of data, of at most " + DATA_MAX);
        }
        into[offset] = (byte) command;
        put16(0, into, offset + 1);
        put16(streamId, into, offset + STREAM_AT);
        put16(0, into, offset + 5);
        put16(0, into, offset + 7);
        put16(dataLength, into, offset + LENGTH_AT);
        System.arraycopy(data, dataOffset, into, offset + HEADER_BYTES, dataLength);
        pad(into, offset + HEADER_BYTES + dataLength, offset + CellCodec.BODY_BYTES, entropy);
    }

    private static void pad(byte[] into, int from, int to, Entropy entropy) {
        int random = Math.min(to, from + ZEROS_AFTER_DATA);
        for (int i = from; i < random; i++) {
            into[i] = 0;
        }
        if (random < to) {
            entropy.pad(into, random, to);
        }
    }

    private static int u16(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
    }

    private static void put16(int value, byte[] into, int at) {
        into[at] = (byte) (value >>> 8);
        into[at + 1] = (byte) value;
    }
}
