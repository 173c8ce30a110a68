package io.allium.cell;

/**
 * The HTYPE of CREATE2 and EXTEND2: which handshake their data is for.
 *
 * @spec tor-spec 5.1
 */
public final class HandshakeType {
    /** The first handshake of Tor; relays refuse it since C tor 0.4.9. */
    public static final int TAP = 0;

    public static final int NTOR = 2;

    /** The ntor handshake with extensions, of proposal 332. */
    public static final int NTOR_V3 = 3;

    private HandshakeType() {}

    /** The specification's name, or the number of an unknown type. */
    public static String name(int type) {
        return switch (type) {
            case TAP -> "TAP";
            case NTOR -> "ntor";
            case NTOR_V3 -> "ntor-v3";
            default -> "handshake type " + type;
        };
    }
}
