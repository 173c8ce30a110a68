package io.allium.cell;

import io.allium.base.ProtocolViolation;

/**
 * What the end that receives data over several legs would like best of the end that sends them.
 *
 * @spec prop329 2.2
 */
public enum ConfluxUx {
    NO_OPINION,
    MIN_LATENCY,
    LOW_MEM_LATENCY,
    HIGH_THROUGHPUT,
    LOW_MEM_THROUGHPUT;

    private static final ConfluxUx[] BY_CODE = values();

    /** The byte on the wire. */
    public int code() {
        return ordinal();
    }

    /** The wish for a byte of a peer; others than these five are not in version 1. */
    static ConfluxUx of(int code) throws ProtocolViolation {
        if (code >= BY_CODE.length) {
            throw new ProtocolViolation("desired UX " + code);
        }
        return BY_CODE[code];
    }
}
