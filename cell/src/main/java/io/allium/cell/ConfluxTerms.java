package io.allium.cell;

import io.allium.base.ByteReader;
import io.allium.base.ByteWriter;
import io.allium.base.ProtocolViolation;

/**
 * What LINK offers and LINKED answers.
 *
 * @param nonce the set that the circuit becomes a leg of
 * @param lastSent the sequence number of the last cell that the sender sent in this set; 0 in a new one
 * @param lastReceived that of the last cell that it took out of the set in order; 0 in a new one
 * @param desired how the sender would like to be sent data
 * @spec prop329 2.2
 */
public record ConfluxTerms(ConfluxNonce nonce, long lastSent, long lastReceived, ConfluxUx desired) {
    private static final int VERSION = 1;

    public ConfluxTerms {
        if (lastSent < 0 || lastReceived < 0) {
            throw new IllegalArgumentException("negative sequence number");
        }
    }

    /** The terms of a set that nothing was sent in yet. */
    public static ConfluxTerms ofNewSet(ConfluxNonce nonce, ConfluxUx desired) {
        return new ConfluxTerms(nonce, 0, 0, desired);
    }

    byte[] encode() {
        return new ByteWriter()
                .u8(VERSION)
                .put(nonce.bytes())
                .u64(lastSent)
                .u64(lastReceived)
                .u8(desired.code())
                .toBytes();
    }

    static ConfluxTerms decode(ByteReader in) throws ProtocolViolation {
        int version = in.u8("VERSION");
        if (version != VERSION) {
            throw new ProtocolViolation("version " + version);
        }
        ConfluxNonce nonce = ConfluxNonce.of(in.take(ConfluxNonce.BYTES, "NONCE"));
        long lastSent = sequence(in, "LAST_SEQNO_SENT");
        long lastReceived = sequence(in, "LAST_SEQNO_RECV");
        return new ConfluxTerms(nonce, lastSent, lastReceived, ConfluxUx.of(in.u8("DESIRED_UX")));
    }

    /** No circuit lives to send 2^63 cells; who says so wants to overflow us. */
    private static long sequence(ByteReader in, String field) throws ProtocolViolation {
        long number = in.u64(field);
        if (number < 0) {
            throw new ProtocolViolation(field + " of 2^63 or more");
        }
        return number;
    }
}
