package io.allium.cell;

import java.util.Arrays;

/**
 * How cells stand one after another on a link of one protocol version. Immutable.
 *
 * @spec tor-spec 3
 */
public final class CellCodec {
    /** The body of a fixed cell: PAYLOAD_LEN. */
    public static final int BODY_BYTES = 509;

    /** The longest body of a variable cell; its length field has two bytes. */
    public static final int VARIABLE_BODY_MAX = 0xffff;

    /** The form of everything before the versions are known: 2-byte circuit IDs. */
    public static final CellCodec BEFORE_VERSIONS = new CellCodec(2);

    private static final CellCodec NARROW = new CellCodec(2);
    private static final CellCodec WIDE = new CellCodec(4);
    private static final int FIRST_WIDE_VERSION = 4;

    private final int circuitIdBytes;

    private CellCodec(int circuitIdBytes) {
        this.circuitIdBytes = circuitIdBytes;
    }

    /** The form on a link of protocol version 3 or later. */
    public static CellCodec of(int linkVersion) {
        return linkVersion >= FIRST_WIDE_VERSION ? WIDE : NARROW;
    }

    /** 2 or 4. */
    public int circuitIdBytes() {
        return circuitIdBytes;
    }

    /** The bytes before the body of a fixed cell. */
    public int headerBytes() {
        return circuitIdBytes + 1;
    }

    /** The whole of a fixed cell: 512 or 514. */
    public int fixedBytes() {
        return headerBytes() + BODY_BYTES;
    }

    /** The longest cell that there can be. */
    public int longestBytes() {
        return headerBytes() + 2 + VARIABLE_BODY_MAX;
    }

    /** The length of the cell that begins at {@code offset}, or 0 if {@code available} bytes don't tell it yet. */
    public int cellBytes(byte[] buffer, int offset, int available) {
        if (available < headerBytes()) {
            return 0;
        }
        if (!CellCommand.isVariable(command(buffer, offset))) {
            return fixedBytes();
        }
        if (available < headerBytes() + 2) {
            return 0;
        }
        int at = offset + headerBytes();
        return headerBytes() + 2 + ((buffer[at] & 0xff) << 8 | (buffer[at + 1] & 0xff));
    }

    /** The circuit ID of the cell that begins at {@code offset}, as in {@link CircuitId#value}. */
    public int circuitId(byte[] buffer, int offset) {
        int id = 0;
        for (int i = 0; i < circuitIdBytes; i++) {
            id = id << 8 | (buffer[offset + i] & 0xff);
        }
        return id;
    }

    /** The command of the cell that begins at {@code offset}. */
    public int command(byte[] buffer, int offset) {
        return buffer[offset + circuitIdBytes] & 0xff;
    }

    /** Where the body of a cell with this command begins, counted from the cell's first byte. */
    public int bodyOffset(int command) {
        return CellCommand.isVariable(command) ? headerBytes() + 2 : headerBytes();
    }

    /** Writes the header of a fixed cell; returns where the body goes. */
    public int writeHeader(int circuitId, int command, byte[] into, int offset) {
        int at = offset;
        if (circuitIdBytes == 4) {
            into[at++] = (byte) (circuitId >>> 24);
            into[at++] = (byte) (circuitId >>> 16);
        }
        into[at++] = (byte) (circuitId >>> 8);
        into[at++] = (byte) circuitId;
        into[at++] = (byte) command;
        return at;
    }

    /** The whole cell, a fixed one padded with zeros. The body must fit: that is the sender's own concern. */
    public byte[] encode(CircuitId circuit, ChannelCell cell) {
        byte[] body = cell.body();
        boolean variable = CellCommand.isVariable(cell.command());
        if (body.length > (variable ? VARIABLE_BODY_MAX : BODY_BYTES)) {
            throw new IllegalArgumentException(
                    CellCommand.name(cell.command()) + " with a body of " + body.length + " bytes");
        }
        byte[] whole = new byte[variable ? headerBytes() + 2 + body.length : fixedBytes()];
        int at = writeHeader(circuit.value(), cell.command(), whole, 0);
        if (variable) {
            whole[at++] = (byte) (body.length >>> 8);
            whole[at++] = (byte) body.length;
        }
        System.arraycopy(body, 0, whole, at, body.length);
        return whole;
    }

    /** The 509-byte body of a fixed cell, padded with zeros. */
    public static byte[] fixedBody(ChannelCell cell) {
        byte[] body = cell.body();
        if (body.length > BODY_BYTES) {
            throw new IllegalArgumentException(
                    CellCommand.name(cell.command()) + " with a body of " + body.length + " bytes");
        }
        return Arrays.copyOf(body, BODY_BYTES);
    }
}
