package io.allium.circuit;

import io.allium.cell.RelayCell;
import io.allium.cell.RelayMessage;
import java.util.List;

/**
 * The intake of a stream without a window: asks for a pause when too much waits to be delivered, and for more once all is
 * delivered, at the rate at which that went. Later it tells a rate that has changed.
 *
 * @spec proposal 324, 4.1.1, 4.1.2
 */
final class XonXoffIntake implements StreamIntake {
    /**
     * What may come before the other end has heard of our XOFF: what the widest windows have in flight. Beyond it, the
     * other end does not heed us.
     */
    static final int WAITING_MAX = 16 << 20;

    /** A moment of congestion on our side is over in less, and not worth a pause of a whole round trip: as in C tor. */
    private static final long GRACE_NANOS = 5_000_000;

    /** More than one burst of cells waits, and so the stream is not as fast as its circuit: 4.1.2. */
    private static final int BACKLOG_BYTES = 32 * RelayCell.DATA_MAX;

    private static final long FASTEST = Integer.MAX_VALUE;

    private final StreamFlowParameters parameters;
    private final int xoffBytes;
    private final int rateBytes;
    private boolean xoffSent;
    private boolean overflowing;
    private long overflowingSince;
    private boolean draining;
    private long drainingSince;
    private long drained; // of what waits, since it began to
    private long passed; // in all, since the rate was measured or told
    private long rate; // averaged, in 1000 bytes a second; 0 while unknown
    private long rateTold;

    XonXoffIntake(StreamFlowParameters parameters, StreamEnd end) {
        this.parameters = parameters;
        this.xoffBytes = StreamFlowParameters.bytes(end.xoffCells(parameters));
        this.rateBytes = StreamFlowParameters.bytes(parameters.xonRate());
    }

    @Override
    public void received() {}

    @Override
    public List<RelayMessage> arrived(int waiting, long now) {
        if (waiting <= xoffBytes) {
            overflowing = false;
        } else if (!overflowing) {
            overflowing = true;
            overflowingSince = now;
        } else if (!xoffSent && now - overflowingSince > GRACE_NANOS) {
            xoffSent = true;
            rate = 0;
            passed = 0;
            overflowing = false;
            return List.of(new RelayMessage.Xoff());
        }
        return waiting > BACKLOG_BYTES ? delivered(0, waiting, now) : List.of();
    }

    @Override
    public List<RelayMessage> delivered(int bytes, int waiting, long now) {
        drained += bytes;
        passed += bytes;
        if (!draining && waiting > 0) {
            draining = true;
            drainingSince = now;
            drained = 0;
        }
        if (draining && drained > rateBytes && now > drainingSince) {
            measured(Math.clamp(drained * 1_000_000 / (now - drainingSince), 1, FASTEST));
            drained = 0;
            draining = false;
        }
        boolean due = xoffSent ? waiting == 0 : hasChanged();
        if (waiting == 0) {
            rest();
        }
        return due ? List.of(xon()) : List.of();
    }

    @Override
    public int waitingMax() {
        return WAITING_MAX;
    }

    private void measured(long latest) {
        passed = 0;
        rate = CongestionWindow.averaged(latest, rate, parameters.xonSmoothing());
    }

    /**
     * Nothing waits: whatever we told the other end was too slow, so each time that a share has passed it may be twice that.
     * What waits for a moment, as all does that comes with one turn of the loop, must not keep the rate down for good.
     */
    private void rest() {
        draining = false;
        if (passed >= rateBytes && rateTold > 0) {
            rate = Math.min(FASTEST, 2 * rate);
            passed = 0;
        }
    }

    private boolean hasChanged() {
        return rateTold > 0
                && (rate * 100 > rateTold * (100 + parameters.xonChangePercent())
                        || rate * 100 < rateTold * (100 - parameters.xonChangePercent()));
    }

    private RelayMessage xon() {
        xoffSent = false;
        passed = 0;
        rateTold = rate;
        return new RelayMessage.Xon(rate);
    }
}
