package io.allium.cell;

/**
 * Why a stream ends: the first byte of END.
 *
 * @spec tor-spec 6.3
 */
public enum EndReason {
    /** The catch-all, and the only one that a client sends for streams of its own. */
    MISC,
    RESOLVEFAILED,
    CONNECTREFUSED,
    EXITPOLICY,
    DESTROY,
    /** The connection was closed, as it should be. */
    DONE,
    TIMEOUT,
    NOROUTE,
    HIBERNATING,
    INTERNAL,
    RESOURCELIMIT,
    CONNRESET,
    TORPROTOCOL,
    NOTDIRECTORY;

    private static final EndReason[] BY_CODE = values();

    /** The byte on the wire, 1 to 14. */
    public int code() {
        return ordinal() + 1;
    }

    /** The reason for a byte of a peer; one that we do not know is {@link #MISC}, and so is 15, as in C tor 0.4.9. */
    public static EndReason of(int code) {
        return code >= 1 && code <= BY_CODE.length ? BY_CODE[code - 1] : MISC;
    }
}
