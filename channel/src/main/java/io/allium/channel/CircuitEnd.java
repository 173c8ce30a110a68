package io.allium.channel;

import io.allium.cell.CellCommand;
import java.util.Optional;

/** Our side of a circuit on a channel. Called on the channel's loop, so it must never wait. */
public interface CircuitEnd {
    /**
     * A cell of this circuit came: a fixed one, with a command of {@link CellCommand#isOfCircuit} other than CREATE*.
     * After DESTROY the end detaches the circuit.
     *
     * @param buffer holds the 509-byte body at {@code bodyOffset}; it may be changed in place and is valid only during
     *     the call
     */
    void cell(Channel from, int command, byte[] buffer, int bodyOffset);

    /** The channel is closed and forgot the circuit. Called once, the last call of all from this channel. */
    void channelClosed(Channel which, String why);

    /**
     * Our memory is full, and among all that waits the cells of this circuit have waited longest: they were thrown away,
     * the neighbour was told, and the channel forgot the circuit. The last call of all from this channel.
     */
    default void exhausted(Channel which, String why) {
        channelClosed(which, why);
    }

    /** {@link Outbox#hasRoom} would say yes again, after it has said no for this circuit. */
    void outboxDrained(Channel which);

    /**
     * The queues of the whole circuit, for whoever tells controllers what goes through them. From any thread; nothing where
     * another end of the circuit names them.
     */
    default Optional<CircuitQueues> queues() {
        return Optional.empty();
    }
}
