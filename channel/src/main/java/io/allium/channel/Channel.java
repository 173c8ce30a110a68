package io.allium.channel;

import io.allium.base.Log;
import io.allium.base.Time;
import io.allium.base.Unreachable;
import io.allium.base.Wire;
import io.allium.cell.CellCodec;
import io.allium.cell.CellCommand;
import io.allium.cell.ChannelCell;
import io.allium.cell.CircuitId;
import io.allium.cell.DestroyReason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An authenticated neighbour, and the circuits that we share with it. Safe from any thread; what it calls, it calls on
 * its loop.
 */
public final class Channel {
    /** Who hears of what concerns a whole channel. Called on the loop. */
    interface Owner extends CircuitOpener {
        /** A DESTROY came, for whatever circuit. */
        void destroyed();

        /** Whether somebody wants to hear what goes through the circuits' queues. */
        boolean wantsCells();

        /** @param circuits how many of them ended with it */
        void closed(Channel which, int circuits, ChannelEvents.Reason reason, String why);
    }

    /** Circuits that a client may have with us at a time. The busiest onion services have fewer with a guard. */
    static final int CLIENT_CIRCUITS_MAX = 8192;

    /** Circuits that a relay may have with us: as many as half of the IDs of link version 3. */
    static final int RELAY_CIRCUITS_MAX = 1 << 15;

    /** A link is our own client's for so long after it used it: CLIENT_IDLE_TIME_FOR_PRIORITY of C tor. */
    private static final Duration CLIENT_USE_COUNTS = Duration.ofSeconds(30);

    private final long id;
    private final AuthenticatedPeer peer;
    private final CircuitTable circuits;
    private final Outbox outbox;
    private final Link link;
    private final Incoming incoming = new Incoming();
    private final Budgets budgets;
    private final Backlog backlog;
    private final Backlog.Holder holder = this::list;
    private final Owner owner;
    private final Time time;
    private final Log log;
    private final long openedAt;
    private final Duration idleLimit;
    private final CompletableFuture<String> closed = new CompletableFuture<>();
    private volatile long lastUsed;
    private volatile long clientUsed;

    Channel(
            long id,
            AuthenticatedPeer peer,
            CircuitTable circuits,
            Loops loops,
            Wire wire,
            TlsSession tls,
            Owner owner,
            Budgets budgets,
            Duration idleLimit,
            Time time,
            Log log) {
        CellCodec codec = CellCodec.of(peer.linkVersion());
        this.id = id;
        this.peer = peer;
        this.circuits = circuits;
        this.owner = owner;
        this.budgets = budgets;
        this.backlog = budgets.backlog();
        this.idleLimit = idleLimit;
        this.time = time;
        this.log = log;
        this.openedAt = time.nanos();
        this.lastUsed = openedAt;
        this.clientUsed = openedAt - CLIENT_USE_COUNTS.toNanos() - 1;
        this.outbox = new Outbox(
                codec, circuits, budgets.backlog(), budgets::halfLifeNanos, owner::wantsCells, time, this::flush);
        this.link = new Link(
                loops,
                wire,
                tls,
                codec,
                outbox,
                budgets.reading(peer, wire.remote(), this::isOfOthers),
                budgets.writing(peer, wire.remote(), this::isOfOthers),
                !peer.isRelay(),
                incoming,
                time,
                log);
    }

    /** Begins to carry cells; once, by whoever made it. */
    void start() {
        backlog.join(holder);
        link.start();
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
        CircuitId circuit = circuits.open(end, outbox::isEnding);
        lastUsed = time.nanos();
        if (!isOpen()) {
            circuits.detach(circuit.value());
            throw new Unreachable("the channel to " + peer + " is closed");
        }
        return circuit;
    }

    /** Makes {@code end} the one who hears of a circuit: one that the peer opened, or in place of an earlier end. */
    public void attach(CircuitId circuit, CircuitEnd end) {
        circuits.attach(circuit, end);
        lastUsed = time.nanos();
    }

    /** Forgets a circuit: its end hears nothing more. Cells that wait are still sent. */
    public void detach(CircuitId circuit) {
        circuits.detach(circuit.value());
        outbox.end(circuit.value());
        lastUsed = time.nanos();
    }

    /** Tells the peer that a circuit is over, after the cells of it that wait, and forgets it. */
    public void destroy(CircuitId circuit, DestroyReason reason) {
        ChannelCell destroy = new ChannelCell.Destroy(reason);
        if (!outbox.add(circuit, destroy)) { // its queue is full, which may be why it ends: what waits is lost with it
            outbox.drop(circuit.value());
            outbox.add(circuit, destroy);
        }
        detach(circuit);
    }

    /** What waits in memory: whoever buffers data of its circuits elsewhere counts it here too. */
    public Backlog backlog() {
        return backlog;
    }

    public Outbox outbox() {
        return outbox;
    }

    /** How many circuits it carries. */
    public int circuits() {
        return circuits.size();
    }

    /** Our sides of them. */
    List<CircuitEnd> ends() {
        return circuits.all();
    }

    /** How many bytes have come, as they went over the wire after the handshake. */
    public long bytesRead() {
        return link.traffic().read();
    }

    /** The same for those that went. */
    public long bytesWritten() {
        return link.traffic().written();
    }

    /** Whether the peer or the network takes no more cells at the moment. */
    public boolean isBlocked() {
        return link.isBlocked();
    }

    /** Runs a short task at the end of the turn of the loop that calls, whichever it is; at once if no loop does. */
    public void afterTurn(Runnable task) {
        link.afterTurn(task);
    }

    /**
     * Has the loop of this channel carry a connection with somebody else, which belongs to a circuit of it. It begins with
     * {@link Edge#start}, and outlives the channel unless it is closed.
     */
    public Edge carry(Wire connection, Edge.End end) {
        return link.carry(
                connection, budgets.edgeReading(connection.remote()), budgets.edgeWriting(connection.remote()), end);
    }

    /** Runs a short task on the channel's loop, between cells. */
    public void execute(Runnable task) {
        link.execute(task);
    }

    /** Ends a circuit whose cells have waited longest of all when memory is full; frees what it can at once. */
    private void exhaust(CircuitId circuit) {
        outbox.free(circuit.value());
        link.execute(() -> {
            CircuitEnd end = circuits.at(circuit.value());
            destroy(circuit, DestroyReason.RESOURCELIMIT);
            if (end != null) {
                incoming.guarded(0, () -> end.exhausted(this, "our memory is full, and its cells have waited longest"));
            }
        });
    }

    private void list(List<Backlog.Waiting> into) {
        outbox.list(new Outbox.Reader() {
            @Override
            public void waits(CircuitId circuit, long since, long bytes) {
                into.add(new Backlog.Waiting(since, bytes, () -> exhaust(circuit)));
            }

            @Override
            public void farewells(long since, long bytes) {
                into.add(new Backlog.Waiting(since, bytes, Channel.this::abandon));
            }
        });
    }

    /** Ends a link whose neighbour asks for circuits and does not even read that they are refused. */
    private void abandon() {
        outbox.close();
        link.close(ChannelEvents.Reason.MISC, "our memory is full, and what ends its circuits has waited longest");
    }

    /** Closes the channel, soon; every circuit's end hears {@code why}. */
    public void close(String why) {
        link.close(ChannelEvents.Reason.DONE, why);
    }

    public boolean isOpen() {
        return !closed.isDone();
    }

    /** Completes, on the loop, with the reason once the channel is closed. */
    public CompletableFuture<String> closed() {
        return closed.copy();
    }

    /** For how long it has been open. */
    public Duration age() {
        return Duration.ofNanos(time.nanos() - openedAt);
    }

    /** The peer in words. */
    @Override
    public String toString() {
        return "channel " + id + " with " + peer;
    }

    /** Whether it has had no circuit for as long as it may. */
    boolean isIdle() {
        return circuits.size() == 0 && time.nanos() - lastUsed > idleLimit.toNanos();
    }

    /** Whether cells have waited for so long and the peer took none. */
    boolean isStuck(Duration patience) {
        return link.isStuck(patience);
    }

    /** Somebody is about to open a circuit: it is not idle. */
    void use() {
        lastUsed = time.nanos();
    }

    /** For how long nothing has been sent. */
    Duration silent() {
        return Duration.ofNanos(time.nanos() - link.lastSent());
    }

    /** A client of this process sends or receives: for a while, what goes here counts as its own. */
    public void usedByClient() {
        clientUsed = time.nanos();
    }

    /** Whether its traffic is relayed for others, and counts for RelayBandwidthRate. */
    private boolean isOfOthers() {
        return time.nanos() - clientUsed > CLIENT_USE_COUNTS.toNanos();
    }

    private void flush() {
        link.flushSoon();
    }

    /** What the link receives. Confined to the loop. */
    private final class Incoming implements Link.Receiver {
        @Override
        public void cell(int circuitId, int command, byte[] buffer, int offset, int length) {
            switch (command) {
                case CellCommand.RELAY,
                        CellCommand.RELAY_EARLY,
                        CellCommand.CREATED,
                        CellCommand.CREATED_FAST,
                        CellCommand.CREATED2 -> deliver(circuitId, command, buffer, offset);
                case CellCommand.DESTROY -> {
                    owner.destroyed();
                    outbox.drop(circuitId);
                    deliver(circuitId, command, buffer, offset);
                }
                case CellCommand.CREATE, CellCommand.CREATE_FAST, CellCommand.CREATE2 ->
                    create(new CircuitId(circuitId), command, buffer, offset);
                default -> {} // padding, handshake cells that came late, commands of the future: ignored
            }
        }

        @Override
        public void drained(CircuitId circuit) {
            CircuitEnd end = circuits.at(circuit.value());
            if (end != null) {
                guarded(circuit.value(), () -> end.outboxDrained(Channel.this));
            }
        }

        @Override
        public void closed(ChannelEvents.Reason reason, String why) {
            closed.complete(why);
            outbox.close();
            backlog.leave(holder);
            List<CircuitEnd> ends = circuits.clear();
            for (CircuitEnd end : ends) {
                guarded(0, () -> end.channelClosed(Channel.this, why));
            }
            owner.closed(Channel.this, ends.size(), reason, why);
        }

        /** Cells of circuits that we don't know were on their way when the circuit ended. */
        private void deliver(int circuitId, int command, byte[] buffer, int offset) {
            CircuitEnd end = circuits.at(circuitId);
            if (end == null) {
                return;
            }
            try {
                end.cell(Channel.this, command, buffer, offset);
            } catch (RuntimeException bug) {
                ended(circuitId, end, bug);
            }
        }

        /** IDs of our half, and none, get DESTROY; an ID in use keeps its circuit. Both as C tor does it. */
        private void create(CircuitId circuit, int command, byte[] buffer, int offset) {
            if (circuit.isNone()) {
                log.protocolWarning(Log.Domain.OR, CellCommand.name(command) + " without a circuit ID from " + peer);
            } else if (!circuits.isTheirs(circuit.value())) {
                log.protocolWarning(Log.Domain.OR, CellCommand.name(command) + " with an ID of our half from " + peer);
                outbox.add(circuit, new ChannelCell.Destroy(DestroyReason.PROTOCOL));
            } else if (circuits.at(circuit.value()) != null || outbox.isEnding(circuit.value())) {
                log.protocolWarning(Log.Domain.OR, CellCommand.name(command) + " for an open circuit from " + peer);
            } else if (circuits.size() >= (peer.isRelay() ? RELAY_CIRCUITS_MAX : CLIENT_CIRCUITS_MAX)) {
                log.protocolWarning(Log.Domain.OR, CellCommand.name(command) + " beyond the bound from " + peer);
                outbox.add(circuit, new ChannelCell.Destroy(DestroyReason.RESOURCELIMIT));
            } else {
                guarded(circuit.value(), () -> owner.create(Channel.this, circuit, command, buffer, offset));
            }
        }

        private void guarded(int circuitId, Runnable call) {
            try {
                call.run();
            } catch (RuntimeException bug) {
                ended(circuitId, null, bug);
            }
        }

        /** A bug ends the circuit that met it, and no other. */
        private void ended(int circuitId, @Nullable CircuitEnd end, RuntimeException bug) {
            log.err(Log.Domain.BUG, "A circuit of " + Channel.this + " met a bug and ends: " + bug);
            if (circuitId != 0) {
                destroy(new CircuitId(circuitId), DestroyReason.INTERNAL);
            }
            if (end != null) {
                guarded(0, () -> end.channelClosed(Channel.this, "a bug"));
            }
        }
    }
}
