package io.allium.cell;

/**
 * Why a circuit, or a part of one, ends: the byte in DESTROY and TRUNCATED.
 *
 * @spec tor-spec 5.4
 */
public enum DestroyReason {
    /** No reason given; what clients always send. */
    NONE(0),
    PROTOCOL(1),
    INTERNAL(2),
    /** The client sent TRUNCATE. */
    REQUESTED(3),
    HIBERNATING(4),
    RESOURCELIMIT(5),
    CONNECTFAILED(6),
    /** The next relay was not who it should have been. */
    OR_IDENTITY(7),
    CHANNEL_CLOSED(8),
    FINISHED(9),
    TIMEOUT(10),
    DESTROYED(11),
    NOSUCHSERVICE(12);

    private static final DestroyReason[] BY_CODE = values();

    private final int code;

    DestroyReason(int code) {
        this.code = code;
    }

    /** The byte on the wire. */
    public int code() {
        return code;
    }

    /** The reason for a byte of a peer; one that we do not know is {@link #NONE}. */
    public static DestroyReason of(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : NONE;
    }
}
