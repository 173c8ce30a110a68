package io.allium.circuit;

import io.allium.base.ProtocolViolation;
import io.allium.base.Time;
import io.allium.cell.RelayMessage;
import java.time.Duration;

/**
 * What is left of a stream after we sent END: how much may still arrive that was sent before the other end heard of it.
 * Anything beyond is its violation. Confined to the channel's loop once its stream has handed it over.
 *
 * @spec tor-spec 6.3; proposal 324, 4.1.4
 */
final class HalfClosedStream implements StreamEntry {
    /** The first answer, if it was still due when we closed. */
    enum Due {
        NOTHING,
        CONNECTED,
        RESOLVED
    }

    /** How long what was under way may take to come, if no round trip was longer: a circuit's build timeout. */
    private static final Duration UNDER_WAY = Duration.ofSeconds(60);

    private final Hop hop;
    private final StreamIntake receiving;
    private final StreamGate sending;
    private final Time time;
    private final long deadline;
    private Due due;

    private HalfClosedStream(Hop hop, StreamIntake receiving, StreamGate sending, Due due, Time time, long deadline) {
        this.hop = hop;
        this.receiving = receiving;
        this.sending = sending;
        this.due = due;
        this.time = time;
        this.deadline = deadline;
    }

    /** What remains of a stream closed now. Windows bound what may come, or, where there are none, time does. */
    static HalfClosedStream of(Hop hop, StreamIntake receiving, StreamGate sending, Due due, Time time) {
        long underWay = hop.packaging().isControlled()
                ? Math.max(UNDER_WAY.toNanos(), hop.packaging().longestRoundTrip())
                : Long.MAX_VALUE / 2;
        return new HalfClosedStream(hop, receiving, sending, due, time, time.nanos() + underWay);
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
        sending.sendme();
    }

    @Override
    public void xoff() throws ProtocolViolation {
        expect(Due.NOTHING, "XOFF");
        sending.xoff();
    }

    @Override
    public void xon(long rate) throws ProtocolViolation {
        expect(Due.NOTHING, "XON");
        sending.xon(rate, time.nanos());
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
        if (time.nanos() - deadline > 0) {
            throw new ProtocolViolation(name + ": came long after its stream was closed");
        }
    }
}
