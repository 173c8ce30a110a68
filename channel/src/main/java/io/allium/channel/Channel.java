package io.allium.channel;

import io.allium.base.Unreachable;
import io.allium.cell.ChannelCell;
import io.allium.cell.CircuitId;
import io.allium.cell.DestroyReason;
import java.util.concurrent.CompletableFuture;

/**
 * An authenticated neighbour, and the circuits that we share with it. Safe from any thread; what it calls, it calls on
 * its loop.
 */
public final class Channel {
    private final long id;
    private final AuthenticatedPeer peer;
    private final CircuitTable circuits;
    private final Link link;
    private final CompletableFuture<String> closed = new CompletableFuture<>();

    Channel(long id, AuthenticatedPeer peer, CircuitTable circuits, Link link) {
        this.id = id;
        this.peer = peer;
        this.circuits = circuits;
        this.link = link;
    }

    /** A number that no other link of this process has. */
    public long id() {
        return id;
    }

    public AuthenticatedPeer peer() {
        return peer;
    }

    /** Takes an unused circuit ID of our half for {@code end}, who then sends CREATE*. */
    public CircuitId open(CircuitEnd end) throws Unreachable {
        CircuitId circuit = circuits.open(end, outbox()::isEnding);
        if (!isOpen()) {
            circuits.detach(circuit.value());
            throw new Unreachable("the channel to " + peer + " is closed");
        }
        return circuit;
    }

    /** Makes {@code end} the one who hears of a circuit: one that the peer opened, or in place of an earlier end. */
    public void attach(CircuitId circuit, CircuitEnd end) {
        circuits.attach(circuit, end);
    }

    /** Forgets a circuit: its end hears nothing more. Cells that wait are still sent. */
    public void detach(CircuitId circuit) {
        circuits.detach(circuit.value());
        outbox().end(circuit.value());
    }

    /** Tells the peer that a circuit is over, after the cells of it that wait, and forgets it. */
    public void destroy(CircuitId circuit, DestroyReason reason) {
        outbox().add(circuit, new ChannelCell.Destroy(reason));
        detach(circuit);
    }

    public Outbox outbox() {
        return link.outbox();
    }

    /** How many circuits it carries. */
    public int circuits() {
        return circuits.size();
    }

    /** Closes the link once what waits was handed to the network; every circuit's end hears {@code why}. */
    public void close(String why) {
        link.close(ChannelEvents.Reason.DONE, why);
    }

    public boolean isOpen() {
        return !closed.isDone();
    }

    /** Completes with the reason once the channel is closed. */
    public CompletableFuture<String> closed() {
        return closed;
    }

    /** The peer in words. */
    @Override
    public String toString() {
        return "channel " + id + " with " + peer;
    }
}
