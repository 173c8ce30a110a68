package io.allium.circuit;

import io.allium.base.ProtocolViolation;
import io.allium.cell.RelayCell;
import io.allium.cell.RelayMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * The intake of a stream with a fixed window: each increment that has been delivered is acknowledged.
 *
 * @spec tor-spec 7.4
 */
final class WindowIntake implements StreamIntake {
    /** SENDMEs wait until less than this is left to deliver: an increment, so that the other end never runs dry. */
    private static final int ACKNOWLEDGED_BELOW = SendWindow.STREAM_INCREMENT * RelayCell.DATA_MAX;

    /** Less than that, and then a whole window more. */
    static final int WAITING_MAX = ACKNOWLEDGED_BELOW + SendWindow.STREAM_START * RelayCell.DATA_MAX;

    private final ReceiveWindow window = ReceiveWindow.ofStream();

    @Override
    public void received() throws ProtocolViolation {
        window.received();
    }

    @Override
    public List<RelayMessage> arrived(int waiting, long now) {
        if (waiting >= ACKNOWLEDGED_BELOW || !window.owesAcknowledgement()) {
            return List.of();
        }
        List<RelayMessage> owed = new ArrayList<>();
        while (window.owesAcknowledgement()) {
            window.acknowledge();
            owed.add(RelayMessage.SendMe.PLAIN);
        }
        return owed;
    }

    @Override
    public List<RelayMessage> delivered(int bytes, int waiting, long now) {
        return arrived(waiting, now);
    }

    @Override
    public int waitingMax() {
        return WAITING_MAX;
    }
}
