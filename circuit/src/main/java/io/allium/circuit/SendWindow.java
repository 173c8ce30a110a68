package io.allium.circuit;

import io.allium.base.ProtocolViolation;
import io.allium.cell.RelayCell;

/**
 * How many DATA cells may still be sent before the other end says, with a SENDME, that it took some. Tor calls the one of
 * a circuit its package window. Confined to its owner, which guards it as it guards what else it sends with.
 *
 * @spec tor-spec 7.3, 7.4
 */
public final class SendWindow implements PackagingWindow, StreamGate {
    /** Cells that a circuit begins with, unless the consensus parameter {@code circwindow} says less: tor-spec 7.3. */
    public static final int CIRCUIT_START = 1000;

    /** Cells that a circuit-level SENDME acknowledges: tor-spec 7.3. */
    public static final int CIRCUIT_INCREMENT = 100;

    /** Cells that a stream begins with: tor-spec 7.4. */
    public static final int STREAM_START = 500;

    /** Cells that a stream-level SENDME acknowledges: tor-spec 7.4. */
    public static final int STREAM_INCREMENT = 50;

    private final int start;
    private final int increment;
    private int left;
    private int sinceMark;

    /** A window of {@code start} cells that every SENDME widens by {@code increment}. */
    public SendWindow(int start, int increment) {
        if (increment < 1 || start < increment) {
            throw new IllegalArgumentException("window of " + start + " by " + increment);
        }
        this.start = start;
        this.increment = increment;
        this.left = start;
    }

    /** That of a circuit; {@code start} is the consensus parameter {@code circwindow}, 100 to 1000. */
    public static SendWindow ofCircuit(int start) {
        return new SendWindow(start, CIRCUIT_INCREMENT);
    }

    /** That of a stream. */
    public static SendWindow ofStream() {
        return new SendWindow(STREAM_START, STREAM_INCREMENT);
    }

    @Override
    public int left() {
        return left;
    }

    @Override
    public int increment() {
        return increment;
    }

    /** SENDMEs that may still arrive for what was sent. */
    public int acknowledgementsDue() {
        return (start - left) / increment;
    }

    @Override
    public boolean sent() {
        if (left == 0) {
            throw new IllegalStateException("a DATA cell was to be sent on an empty window");
        }
        left--;
        sinceMark = (sinceMark + 1) % increment;
        return sinceMark == 0;
    }

    @Override
    public void acknowledged(boolean blocked) throws ProtocolViolation {
        sendme();
    }

    /** Takes a SENDME; one that acknowledges more than was sent is the other end's violation. */
    @Override
    public void sendme() throws ProtocolViolation {
        if (acknowledgementsDue() == 0) {
            throw new ProtocolViolation("SENDME: acknowledges " + increment + " cells where " + (start - left)
                    + " were sent since the last one");
        }
        left += increment;
    }

    @Override
    public long opensAt(long now) {
        return left > 0 ? now : NEVER;
    }

    @Override
    public int room(long now) {
        return left * RelayCell.DATA_MAX;
    }

    @Override
    public void sent(int bytes, long now) {
        sent();
    }

    @Override
    public void xoff() throws ProtocolViolation {
        throw notAgreedOn("XOFF");
    }

    @Override
    public void xon(long rate, long now) throws ProtocolViolation {
        throw notAgreedOn("XON");
    }

    private static ProtocolViolation notAgreedOn(String message) {
        return new ProtocolViolation(message + ": came where congestion control was not agreed on");
    }
}
