package io.allium.channel;

import io.allium.cell.CircuitId;

/** What a relay does about circuits that its neighbours ask for. Called on the channel's loop, so it must never wait. */
@FunctionalInterface
public interface CircuitOpener {
    /**
     * A CREATE, CREATE_FAST or CREATE2 came with an ID of the neighbour's half that no circuit has. The opener attaches
     * an end at once, or refuses with DESTROY.
     *
     * @param buffer holds the 509-byte body at {@code bodyOffset}, valid only during the call
     */
    void create(Channel from, CircuitId id, int command, byte[] buffer, int bodyOffset);
}
