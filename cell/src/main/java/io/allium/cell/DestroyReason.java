package io.allium.cell;

/**
 * Why a circuit, or a part of one, ends: the byte in DESTROY and TRUNCATED.
 *
 * @spec tor-spec 5.4
 */
public enum DestroyReason {
    /** No reason given; what clients always send. */
    NONE,
    PROTOCOL,
    INTERNAL,
    /** The client sent TRUNCATE. */
    REQUESTED,
    HIBERNATING,
    RESOURCELIMIT,
    CONNECTFAILED,
    /** The next relay was not who it should have been. */
    OR_IDENTITY,
    CHANNEL_CLOSED,
    FINISHED,
    TIMEOUT,
    DESTROYED,
    NOSUCHSERVICE;

    private static final DestroyReason[] BY_CODE = values();

    /** The byte on the wire. */
    public int code() {
        return ordinal();
    }

    /** The reason for a byte of a peer; one that we do not know is {@link #NONE}. */
    public static DestroyReason of(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : NONE;
    }
}
