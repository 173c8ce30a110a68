package io.allium.circuit;

import io.allium.base.ProtocolViolation;
import io.allium.cell.RelayMessage;

/**
 * What is left of a stream after we sent END: how much may still arrive that was sent before the other end heard of it.
 * Anything beyond is its violation. Confined to the channel's loop once its stream has handed it over.
 *
 * @spec tor-spec 6.3
 */
final class HalfClosedStream implements StreamEntry {
    /** The first answer, if it was still due when we closed. */
    enum Due {
        NOTHING,
        CONNECTED,
        RESOLVED
    }

    private final Hop hop;
    private final ReceiveWindow receiving;
    private final SendWindow sending;
    private Due due;

    HalfClosedStream(Hop hop, ReceiveWindow receiving, SendWindow sending, Due due) {
        this.hop = hop;
        this.receiving = receiving;
        this.sending = sending;
        this.due = due;
    }

    @Override
    public Hop hop() {
        return hop;
    }

    @Override
    public void data(byte[] body, int offset, int length) throws ProtocolViolation {
        expect(Due.NOTHING, "DATA");
        receiving.received();
    }

    @Override
    public void acknowledged() throws ProtocolViolation {
        expect(Due.NOTHING, "SENDME");
        sending.acknowledged();
    }

    @Override
    public void connected(RelayMessage.Connected message) throws ProtocolViolation {
        expect(Due.CONNECTED, "CONNECTED");
        due = Due.NOTHING;
    }

    @Override
    public void resolved(RelayMessage.Resolved message) throws ProtocolViolation {
        expect(Due.RESOLVED, "RESOLVED");
    }

    @Override
    public void ended(RelayMessage.End message) {}

    @Override
    public void circuitEnded() {}

    private void expect(Due message, String name) throws ProtocolViolation {
        if (due != message) {
            throw new ProtocolViolation(name + ": came on a closed stream where " + due + " was due");
        }
    }
}
