package io.allium.circuit;

import io.allium.base.ProtocolViolation;
import io.allium.cell.RelayCell;

/**
 * The gate of a stream without a window: closed between XOFF and XON, and otherwise as narrow as the rate in the latest XON
 * says. A relay could mark a circuit by such messages, which say nothing; so an origin takes no more of them than the bytes
 * that it sent can have caused.
 *
 * @spec proposal 324, 4.1.1, 4.1.2, 4.1.4
 */
final class XonXoffGate implements StreamGate {
    private static final long NANOS_OF_SECOND = 1_000_000_000L;

    /** A sender that has saved up rate sends so much at once at most: what it may send within this time. */
    private static final long BURST_NANOS = NANOS_OF_SECOND / 10;

    private final long bytesOfXoff;
    private final long bytesOfXon;
    private final boolean watches;
    private boolean closed;
    private long rate; // bytes a second; 0 is any
    private long opens = Long.MIN_VALUE;
    private long sent;
    private long xoffs;
    private long xons;

    XonXoffGate(StreamFlowParameters parameters, StreamEnd end) {
        int cells = end.other().xoffCells(parameters);
        this.bytesOfXoff = StreamFlowParameters.bytes(cells);
        this.bytesOfXon = StreamFlowParameters.bytes(Math.min(cells, parameters.xonRate()));
        this.watches = end != StreamEnd.EXIT;
    }

    @Override
    public long opensAt(long now) {
        if (closed) {
            return NEVER;
        }
        return rate == 0 ? now : Math.max(now, opens);
    }

    @Override
    public int room(long now) {
        if (opensAt(now) > now) {
            return 0;
        }
        if (rate == 0) {
            return Integer.MAX_VALUE;
        }
        double saved = (double) (now - Math.max(opens, now - BURST_NANOS)) * rate / NANOS_OF_SECOND;
        return (int) Math.min(Integer.MAX_VALUE, saved + RelayCell.DATA_MAX); // the last cell may go beyond it
    }

    @Override
    public void sent(int bytes, long now) {
        sent += bytes;
        if (rate > 0) {
            long earliest = now - BURST_NANOS;
            opens = Math.max(opens, earliest) + bytes * NANOS_OF_SECOND / rate;
        }
    }

    @Override
    public void sendme() throws ProtocolViolation {
        throw new ProtocolViolation("SENDME: came for a stream where congestion control was agreed on");
    }

    @Override
    public void xoff() throws ProtocolViolation {
        if (closed) {
            throw new ProtocolViolation("XOFF: came a second time without XON");
        }
        xoffs++;
        refuseUndue("XOFF", xoffs, bytesOfXoff);
        closed = true;
    }

    @Override
    public void xon(long kilobytesEachSecond, long now) throws ProtocolViolation {
        xons++;
        refuseUndue("XON", xons, bytesOfXon);
        closed = false;
        rate = kilobytesEachSecond * 1000;
        opens = now;
    }

    private void refuseUndue(String message, long count, long bytes) throws ProtocolViolation {
        if (watches && sent < count * bytes) {
            throw new ProtocolViolation(message + ": number " + count + " came where we had sent " + sent + " bytes");
        }
    }
}
