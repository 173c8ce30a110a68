package io.allium.channel;

import io.allium.control.ControlEvent;
import io.allium.control.ControlEvents;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Tells controllers of a testing network which cells went through the queues of each circuit, second by second. What it
 * tells is counted in each {@link Outbox} while somebody listens, and forgotten with the circuit. Immutable.
 *
 * @spec control-spec 4.1.23
 */
public final class CellStatsControl {
    private final Supplier<Optional<Channels>> channels;
    private final BooleanSupplier ofEachCircuit;
    private final ControlEvents events;

    /**
     * @param channels nothing while the network is disabled
     * @param ofEachCircuit whether CELL_STATS is told: it shows too much of others for a public network
     */
    public CellStatsControl(
            Supplier<Optional<Channels>> channels, BooleanSupplier ofEachCircuit, ControlEvents events) {
        this.channels = channels;
        this.ofEachCircuit = ofEachCircuit;
        this.events = events;
    }

    /** Whether cells are to be counted. */
    public boolean isWanted() {
        return ofEachCircuit.getAsBoolean() && events.wanted(ControlEvent.CELL_STATS);
    }

    /** Another second has passed: tells of each circuit that had cells in it. */
    public void second() {
        boolean wanted = isWanted();
        for (Channel channel : channels.get().map(Channels::all).orElse(List.of())) {
            if (wanted) {
                channel.ends().forEach(end -> end.queues().ifPresent(this::tell));
            }
            channel.outbox()
                    .countCells(wanted); // circuits from before somebody listened, or that nobody listens to now
        }
    }

    private void tell(CircuitQueues circuit) {
        StringBuilder line = new StringBuilder();
        circuit.ours().ifPresent(id -> line.append(" ID=").append(id));
        boolean hadCells = false;
        for (CircuitQueues.Queue queue : circuit.queues()) {
            String direction = queue.direction().text();
            CellStats stats = queue.channel().outbox().takeStats(queue.circuit());
            line.append(" " + direction + "Queue="
                            + Integer.toUnsignedString(queue.circuit().value()))
                    .append(" " + direction + "Conn=" + queue.channel().id());
            if (stats != null) {
                line.append(stats.text(direction));
                hadCells = true;
            }
        }
        if (hadCells) {
            events.tell(ControlEvent.CELL_STATS, line.substring(1));
        }
    }
}
