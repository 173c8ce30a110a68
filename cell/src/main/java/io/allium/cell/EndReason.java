package io.allium.cell;

/**
 * Why a stream ends: the first byte of END.
 *
 * @spec tor-spec 6.3
 */
public enum EndReason {
    /** The catch-all, and the only one that a client sends for streams of its own. */
    MISC(1),
    RESOLVEFAILED(2),
    CONNECTREFUSED(3),
    EXITPOLICY(4),
    DESTROY(5),
    /** The connection was closed, as it should be. */
    DONE(6),
    TIMEOUT(7),
    NOROUTE(8),
    HIBERNATING(9),
    INTERNAL(10),
    RESOURCELIMIT(11),
    CONNRESET(12),
    TORPROTOCOL(13),
    NOTDIRECTORY(14);

    private static final EndReason[] BY_CODE = values();

    private final int code;

    EndReason(int code) {
        this.code = code;
    }

    /** The byte on the wire, 1 to 14. */
    public int code() {
        return code;
    }

    /** The reason for a byte of a peer; one that we do not know is {@link #MISC}, and so is 15, as in C tor 0.4.9. */
    public static EndReason of(int code) {
        return code >= 1 && code <= BY_CODE.length ? BY_CODE[code - 1] : MISC;
    }
}
