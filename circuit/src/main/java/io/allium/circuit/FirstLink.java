package io.allium.circuit;

import io.allium.base.Unreachable;
import io.allium.base.Wire;
import io.allium.channel.Backlog;
import io.allium.channel.CellBody;
import io.allium.channel.Edge;

/** A circuit's place on the channel to its first relay, or a test's stand-in. Safe from any thread; never waits. */
interface FirstLink {
    /** Takes a circuit ID, whose cells go to {@code circuit} from now on. The first call, and the only one of its kind. */
    void open(OriginCircuit circuit) throws Unreachable;

    /** What waits in memory, ours included. */
    Backlog backlog();

    /** Whether DATA may be added now; if not, {@link OutboundHalf#drained} is called once it may again. */
    boolean hasRoom();

    /**
     * Adds a cell; calls {@code body} before it returns. Beyond the room for DATA there is some for other cells.
     *
     * @return false if the cell is lost, and with it the circuit
     */
    boolean append(int command, CellBody body);

    /** Sees to it that what was added leaves soon; called without a lock of the circuit. */
    void flush();

    /** Has the channel's loop carry a connection that belongs to a stream. */
    Edge carry(Wire connection, Edge.End end);

    /** Runs something short at the end of the turn of the loop that calls; at once if no loop does. */
    void afterTurn(Runnable task);

    /** Sends DESTROY after what was added, and gives the circuit ID back. */
    void destroy();

    /** Gives the circuit ID back. No further call comes to the circuit but for those under way. */
    void release();
}
