package io.allium.channel;

import io.allium.cell.CircuitId;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The queues through which the cells of a whole circuit go, by which controllers of a testing network know it.
 *
 * @param ours what controllers call it, where it is ours; nothing where it is somebody else's
 * @param queues that towards its origin, unless we are it; and that away from it, unless it ends here
 */
public record CircuitQueues(OptionalInt ours, List<Queue> queues) {
    /** Where its cells go. */
    public enum Direction {
        INBOUND("Inbound"),
        OUTBOUND("Outbound");

        private final String text;

        Direction(String text) {
            this.text = text;
        }

        /** The beginning of its words in CELL_STATS. */
        String text() {
            return text;
        }
    }

    /**
     * The cells of one circuit that wait for one neighbour.
     *
     * @param circuit what the circuit is called there
     */
    public record Queue(Direction direction, Channel channel, CircuitId circuit) {
        /** Towards the circuit's origin. */
        public static Queue inbound(Channel channel, CircuitId circuit) {
            return new Queue(Direction.INBOUND, channel, circuit);
        }

        /** Away from it. */
        public static Queue outbound(Channel channel, CircuitId circuit) {
            return new Queue(Direction.OUTBOUND, channel, circuit);
        }
    }

    /** Those of a circuit of ours. */
    public static CircuitQueues ofOrigin(int id, Queue outbound) {
        return new CircuitQueues(OptionalInt.of(id), List.of(outbound));
    }

    /** Those of somebody's circuit, which may end here. */
    public static CircuitQueues ofTransit(Queue inbound, @Nullable Queue outbound) {
        return new CircuitQueues(
                OptionalInt.empty(),
                Stream.concat(Stream.of(inbound), Stream.ofNullable(outbound)).toList());
    }
}
