package io.allium.circuit;

import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.base.Time;
import io.allium.base.Unreachable;
import io.allium.cell.RelayMessage;
import java.util.concurrent.CompletableFuture;

/**
 * A name that an exit looks up for us. Immutable but for its answer, which is set once.
 *
 * @spec tor-spec 6.4
 */
final class Lookup implements StreamEntry {
    private final Hop hop;
    private final int id;
    private final CompletableFuture<RelayMessage.Resolved> answer = new CompletableFuture<>();

    Lookup(Hop hop, int id) {
        this.hop = hop;
        this.id = id;
    }

    int id() {
        return id;
    }

    /** Fails with {@link Refused} or {@link Unreachable}. */
    CompletableFuture<RelayMessage.Resolved> answer() {
        return answer;
    }

    /** What stays of it if nobody waits any longer: the answer, in whichever form, may still come. */
    HalfClosedStream remains(Time time) {
        return HalfClosedStream.of(
                hop,
                StreamIntake.of(hop.packaging(), hop.streamEnd()),
                StreamGate.of(hop.packaging(), hop.streamEnd()),
                HalfClosedStream.Due.RESOLVED,
                time);
    }

    @Override
    public Hop hop() {
        return hop;
    }

    @Override
    public void data(byte[] body, int offset, int length) throws ProtocolViolation {
        throw unexpected("DATA");
    }

    @Override
    public void acknowledged() throws ProtocolViolation {
        throw unexpected("SENDME");
    }

    @Override
    public void xoff() throws ProtocolViolation {
        throw unexpected("XOFF");
    }

    @Override
    public void xon(long rate) throws ProtocolViolation {
        throw unexpected("XON");
    }

    @Override
    public void connected(RelayMessage.Connected message) throws ProtocolViolation {
        throw unexpected("CONNECTED");
    }

    @Override
    public void resolved(RelayMessage.Resolved message) {
        answer.complete(message);
    }

    @Override
    public void ended(RelayMessage.End message) {
        answer.completeExceptionally(EndReasons.refused(message.reason(), "lookup"));
    }

    @Override
    public void circuitEnded() {
        answer.completeExceptionally(new Unreachable("the circuit ended during a lookup"));
    }

    private static ProtocolViolation unexpected(String message) {
        return new ProtocolViolation(message + ": came where RESOLVED was due");
    }
}
