package io.allium.channel;

import io.allium.base.ByteStream;
import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Network;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.Unreachable;
import io.allium.base.Wire;
import io.allium.cell.ChannelCell;
import io.allium.cell.CircuitId;
import io.allium.cell.DestroyReason;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import java.net.InetAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The neighbours that we are connected to. It dials, one dial at a time for each relay, accepts, and forgets channels
 * that nobody uses. Guarded by {@code lock}.
 */
public final class Channels implements AutoCloseable {
    /** How long one address may take to accept a connection. */
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(30);

    /** After so long, a channel gets no new circuits, so that keys of TLS are not used for ever: as in C tor. */
    private static final Duration OLD_AFTER = Duration.ofDays(7);

    /** After so long without a cell, a PADDING cell keeps middleboxes from forgetting the connection: KeepalivePeriod. */
    private static final Duration KEEPALIVE = Duration.ofMinutes(5);

    /** After so long in which a peer took nothing of what waits for it, it never will: ten times KeepalivePeriod, as in C tor. */
    static final Duration STUCK_AFTER = KEEPALIVE.multipliedBy(10);

    /** How often idle channels are looked for. */
    private static final Duration ROUND = Duration.ofSeconds(10);

    private final Time time;
    private final Entropy entropy;
    private final Network network;
    private final Log log;
    private final ChannelEvents events;
    private final Loops loops;
    private final LinkOpening opening;
    private final Budgets budgets;
    private final TaskGroup running;
    private final AtomicLong lastId = new AtomicLong();
    private final LinkCounts counts = new LinkCounts();
    private final ArrivingLinks arriving = new ArrivingLinks();
    private final ConnectionCounts connections = new ConnectionCounts(lastId::incrementAndGet);

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, Channel> open = new LinkedHashMap<>();
    /** By all that is asked for: who names a wrong address or identity fails alone. */
    private final Map<ChannelTarget, Dial> dials = new LinkedHashMap<>();

    private final List<Network.Listener> listeners = new ArrayList<>();
    private volatile Supplier<ChannelOptions> options = () -> ChannelOptions.STANDARD;
    private volatile @Nullable RelayRole role; // read by the loops, which do not wait for the lock
    private @Nullable LinkCredentials credentials;
    private boolean closed;

    /** As a client, until {@link #relayAs} makes it a relay. Starts the loops. */
    public Channels(Time time, Entropy entropy, Network network, Tasks tasks, Log log, ChannelEvents events) {
        this(time, entropy, network, tasks, log, events, LinkHandshake.VERSIONS);
    }

    /** The same with fewer link versions, for tests. */
    Channels(
            Time time,
            Entropy entropy,
            Network network,
            Tasks tasks,
            Log log,
            ChannelEvents events,
            List<Integer> versions) {
        this.time = time;
        this.entropy = entropy;
        this.network = network;
        this.log = log;
        this.events = events;
        this.budgets = new Budgets(time, tasks, log);
        this.loops = new Loops(network, tasks, time, budgets::refillNanos, log);
        this.opening = new LinkOpening(time, entropy, tasks, log, loops, new Owner(), budgets, versions);
        this.running = new TaskGroup(tasks, "channels");
        running.fork("housekeeping", this::keepHouse);
    }

    /** Takes other options over, for the channels that are open as well; asks again now and then, as a consensus may change. */
    public void configure(Supplier<ChannelOptions> current) {
        options = current;
        budgets.configure(current.get());
    }

    /** Whether connections that begin from now on are counted one by one, which shows too much of others for a public network. */
    public void countConnections(boolean wanted) {
        connections.count(wanted);
    }

    /** Counts what a connection carries that is no link of ours, where that is wanted. */
    public ConnectionCount count(ConnectionCount.Kind kind) {
        return connections.begin(kind);
    }

    /** Those that are counted, and those that have ended since this was asked for. */
    List<ConnectionCounts.Count> takeCounts() {
        return connections.take();
    }

    /** The same connection, of somebody who wants directory documents, within the bandwidth that all links share: for tasks that wait. */
    public ByteStream metered(Wire connection) {
        ByteStream metered = new MeteredStream(
                connection,
                budgets.edgeReading(connection.remote()),
                budgets.edgeWriting(connection.remote()),
                budgets::refillNanos,
                time);
        return count(ConnectionCount.Kind.DIR).of(metered);
    }

    /** Whether so many bytes to somebody there would have to wait until others have gone. */
    public boolean isWritingLow(Optional<Endpoint> remote, long bytes) {
        return budgets.isWritingLow(remote.orElse(null), bytes);
    }

    /** From now on, handshakes are made as this relay; called again when keys or addresses change. Takes a moment. */
    public void relayAs(RelayRole newRole) {
        LinkCredentials made = LinkCredentials.make(newRole.identity(), time.now(), entropy);
        lock.lock();
        try {
            role = newRole;
            credentials = made;
        } finally {
            lock.unlock();
        }
    }

    /** Accepts links on this listener until it or we are closed. Only after {@link #relayAs}. */
    public void serve(Network.Listener orPort) {
        lock.lock();
        try {
            if (credentials == null) {
                throw new IllegalStateException("only a relay has an ORPort");
            }
            listeners.add(orPort);
        } finally {
            lock.unlock();
        }
        running.fork("ORPort " + orPort.endpoint(), () -> acceptAll(orPort));
    }

    /**
     * An open channel to the target, dialling it if need be; whoever wants the same target meanwhile waits for the same
     * dial. Waits at most {@code patience}.
     */
    public Channel to(ChannelTarget target, Duration patience) throws Unreachable, InterruptedException {
        Dial dial;
        lock.lock();
        try {
            if (closed) {
                throw new Unreachable("all channels are closed");
            }
            Channel existing = usable(target);
            if (existing != null) {
                existing.use();
                return existing;
            }
            refuseMixedIdentities(target);
            dial = dials.computeIfAbsent(target, this::dial);
            dial.waiting++;
        } finally {
            lock.unlock();
        }
        return await(dial, target, patience);
    }

    /**
     * Dials the target's addresses even where a channel is open or being opened: for those who test whether the relay
     * answers there.
     */
    public Channel afresh(ChannelTarget target, Duration patience) throws Unreachable, InterruptedException {
        Dial dial;
        lock.lock();
        try {
            if (closed) {
                throw new Unreachable("all channels are closed");
            }
            dial = dial(target);
            dial.waiting++;
        } finally {
            lock.unlock();
        }
        return await(dial, target, patience);
    }

    /** The channel that {@link #to} would return without dialling. */
    public Optional<Channel> open(ChannelTarget target) {
        lock.lock();
        try {
            return Optional.ofNullable(usable(target));
        } finally {
            lock.unlock();
        }
    }

    /** An open channel to the relay with this fingerprint, whatever its address. */
    public Optional<Channel> open(Fingerprint fingerprint) {
        return all().stream()
                .filter(channel -> channel.peer().fingerprint().equals(Optional.of(fingerprint)))
                .findFirst();
    }

    /** An open channel to the relay with this identity, whatever its address. */
    public Optional<Channel> open(Ed25519Identity identity) {
        return all().stream()
                .filter(channel -> channel.peer().identity().equals(Optional.of(identity)))
                .findFirst();
    }

    /** How many bytes all channels have read, those that are closed among them; handshakes are not counted. */
    public long bytesRead() {
        return loops.traffic().read();
    }

    /** The same for what they wrote. */
    public long bytesWritten() {
        return loops.traffic().written();
    }

    /** What has happened on all of them. */
    LinkCounts counts() {
        return counts;
    }

    /** How the loops that carry the cells are doing. */
    public LoopFigures figures() {
        return loops.figures();
    }

    /** What waits in memory: whoever buffers data of circuits elsewhere counts it here too. */
    public Backlog backlog() {
        return budgets.backlog();
    }

    /** All open channels, the oldest first. */
    public List<Channel> all() {
        lock.lock();
        try {
            return List.copyOf(open.values());
        } finally {
            lock.unlock();
        }
    }

    /** Whom we are dialling, in the order in which it began. */
    public List<ChannelTarget> dialling() {
        lock.lock();
        try {
            return dials.entrySet().stream()
                    .filter(each -> !each.getValue().result.isDone()) // its channel may be seen before it is forgotten
                    .map(Map.Entry::getKey)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** Who dialled us and has not shown yet who it is, the oldest first. */
    public List<Endpoint> arriving() {
        return arriving.from();
    }

    /** Closes all channels, ends dials, and stops the loops. */
    @Override
    public void close() {
        List<Channel> closing;
        lock.lock();
        try {
            closed = true;
            closing = List.copyOf(open.values());
            listeners.forEach(Network.Listener::close);
            listeners.clear();
        } finally {
            lock.unlock();
        }
        running.close();
        closing.forEach(channel -> channel.close("shutting down"));
        loops.close();
    }

    /**
     * The best open channel to the target: one at an address that is the relay's own or the one wanted, those with
     * circuits first.
     *
     * @spec tor-spec 5.3.1
     */
    private @Nullable Channel usable(ChannelTarget target) {
        Channel best = null;
        for (Channel channel : open.values()) {
            if (leadsTo(channel, target) && (best == null || channel.circuits() > best.circuits())) {
                best = channel;
            }
        }
        return best;
    }

    private static boolean leadsTo(Channel channel, ChannelTarget target) {
        AuthenticatedPeer peer = channel.peer();
        return channel.isOpen()
                && peer.fingerprint().equals(Optional.of(target.fingerprint()))
                && (target.identity().isEmpty() || target.identity().equals(peer.identity()))
                && channel.age().compareTo(OLD_AFTER) < 0
                && (peer.isCanonical() || isAt(peer, target.addresses()));
    }

    /**
     * Whoever wants an RSA and an Ed25519 identity together that we know apart is mistaken, and is not dialled for.
     *
     * @spec tor-spec 5.1.2
     */
    private void refuseMixedIdentities(ChannelTarget target) throws Unreachable {
        for (Channel channel : open.values()) {
            AuthenticatedPeer peer = channel.peer();
            boolean sameRsa = peer.fingerprint().equals(Optional.of(target.fingerprint()));
            boolean sameEd25519 = peer.identity().equals(target.identity());
            if (peer.isRelay() && target.identity().isPresent() && sameRsa != sameEd25519) {
                throw new Unreachable(target.fingerprint() + " is unreachable: " + peer + " has only one of the two"
                        + " identities that were asked for");
            }
        }
    }

    private static boolean isAt(AuthenticatedPeer peer, List<Endpoint> addresses) {
        return peer.endpoint().isPresent()
                && addresses.stream()
                        .anyMatch(wanted ->
                                wanted.address().equals(peer.endpoint().get().address()));
    }

    /** Starts a dial; under the lock. */
    private Dial dial(ChannelTarget target) {
        Dial dial = new Dial();
        running.fork("dial " + target.fingerprint(), () -> {
            try {
                dial.result.complete(dialAll(target, dial));
            } catch (Unreachable nobody) {
                dial.result.completeExceptionally(nobody);
            } finally {
                forgetDial(target, dial);
                dial.result.completeExceptionally(new Unreachable(target + ": dialling was given up"));
            }
        });
        return dial;
    }

    private void forgetDial(ChannelTarget target, Dial dial) {
        lock.lock();
        try {
            dials.remove(target, dial);
        } finally {
            lock.unlock();
        }
    }

    private Channel dialAll(ChannelTarget target, Dial dial) throws Unreachable, InterruptedException {
        String why = "no address to dial";
        for (Endpoint address : target.addresses()) {
            long id = lastId.incrementAndGet();
            events.launched(id, target, address);
            try {
                return register(initiate(id, address, target));
            } catch (LinkFailed failed) {
                why = address + ": " + failed.why();
                log.info(Log.Domain.HANDSHAKE, "Link " + id + " to " + target.fingerprint() + " failed: " + why);
                events.failed(id, target, waiting(dial), failed.reason(), failed.why());
            }
        }
        throw new Unreachable(target.fingerprint() + " is unreachable: " + why);
    }

    private int waiting(Dial dial) {
        lock.lock();
        try {
            return dial.waiting;
        } finally {
            lock.unlock();
        }
    }

    private Channel initiate(long id, Endpoint address, ChannelTarget target) throws LinkFailed, InterruptedException {
        Wire wire;
        try {
            wire = network.dial(address, CONNECT_LIMIT);
        } catch (Unreachable nobody) {
            counts.failed(nobody);
            throw new LinkFailed(reason(nobody), nobody.getMessage(), nobody);
        }
        counts.begun(true, address);
        LinkCredentials ours;
        List<InetAddress> addresses;
        lock.lock();
        try {
            ours = credentials;
            addresses = role == null ? List.of() : role.addresses();
        } finally {
            lock.unlock();
        }
        return opening.initiate(id, wire, target, ours, addresses);
    }

    /** The network tells in words why nobody was there. */
    private static ChannelEvents.Reason reason(Unreachable nobody) {
        String why = nobody.getMessage();
        return why.contains("refused")
                ? ChannelEvents.Reason.CONNECTREFUSED
                : why.contains("timed out")
                        ? ChannelEvents.Reason.TIMEOUT
                        : why.contains("route") ? ChannelEvents.Reason.NOROUTE : ChannelEvents.Reason.IOERROR;
    }

    private Channel await(Dial dial, ChannelTarget target, Duration patience) throws Unreachable, InterruptedException {
        Channel channel;
        try {
            channel = time.await(dial.result, patience);
        } catch (TimeoutException late) {
            throw new Unreachable(
                    target.fingerprint() + " is unreachable: no answer in " + patience.toSeconds() + " s", late);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof Unreachable nobody
                    ? new Unreachable(nobody.getMessage(), nobody)
                    : new Unreachable(target.fingerprint() + " is unreachable", failed);
        } finally {
            leave(dial);
        }
        if (target.identity().isPresent()
                && !target.identity().equals(channel.peer().identity())) {
            throw new Unreachable(target.fingerprint() + " has another Ed25519 identity than "
                    + target.identity().get());
        }
        channel.use();
        return channel;
    }

    private void leave(Dial dial) {
        lock.lock();
        try {
            dial.waiting--;
        } finally {
            lock.unlock();
        }
    }

    private void acceptAll(Network.Listener orPort) throws InterruptedException {
        while (true) {
            Wire wire;
            try {
                wire = orPort.acceptNext(time, log);
            } catch (ClosedChannelException over) {
                log.info(Log.Domain.NET, "No longer accepting links at " + orPort.endpoint() + ": " + over);
                return;
            }
            long id = lastId.incrementAndGet();
            arriving.admit(id, wire);
            running.fork("accepted link", () -> accept(id, wire));
        }
    }

    private void accept(long id, Wire wire) throws InterruptedException {
        counts.begun(false, wire.remote());
        events.accepted(id, wire.remote());
        try {
            LinkCredentials ours;
            List<InetAddress> addresses;
            lock.lock();
            try {
                ours = Objects.requireNonNull(credentials);
                addresses = Objects.requireNonNull(role).addresses();
            } finally {
                lock.unlock();
            }
            register(opening.respond(id, wire, ours, addresses));
        } catch (LinkFailed failed) {
            log.info(
                    Log.Domain.HANDSHAKE,
                    "Link " + id + " from " + log.scrub(String.valueOf(wire.remote())) + " failed: " + failed.why());
            events.dropped(id, wire.remote(), failed.reason(), failed.why());
        } finally {
            arriving.forget(id);
        }
    }

    /** A new channel is known before it carries its first cell. */
    private Channel register(Channel channel) {
        boolean late;
        lock.lock();
        try {
            late = closed;
            open.put(channel.id(), channel);
        } finally {
            lock.unlock();
        }
        log.info(
                Log.Domain.CHANNEL,
                "Opened " + channel + ", link version " + channel.peer().linkVersion());
        events.connected(channel.id(), channel);
        channel.start();
        if (late) {
            channel.close("shutting down");
        }
        return channel;
    }

    private void keepHouse() throws InterruptedException {
        while (true) {
            time.sleep(ROUND);
            renewCredentials();
            budgets.configure(options.get());
            for (Channel channel : all()) {
                channel.outbox().trim();
                if (channel.isIdle()) {
                    channel.close("nobody uses it");
                } else if (channel.isStuck(STUCK_AFTER)) {
                    channel.close("the peer has not read for " + STUCK_AFTER.toMinutes() + " minutes");
                } else if (channel.silent().compareTo(KEEPALIVE) >= 0) {
                    channel.outbox().add(CircuitId.NONE, new ChannelCell.Padding());
                }
            }
        }
    }

    /** TLS certificates get old quickly; open links keep theirs. */
    private void renewCredentials() {
        RelayRole now;
        LinkCredentials old;
        lock.lock();
        try {
            now = role;
            old = credentials;
        } finally {
            lock.unlock();
        }
        if (now != null && old != null && old.areOld(time.now())) {
            relayAs(now);
        }
    }

    /** One that is under way. Guarded by {@code lock}. */
    private static final class Dial {
        private final CompletableFuture<Channel> result = new CompletableFuture<>();
        private int waiting; // for it
    }

    /** What channels tell us. */
    private final class Owner implements Channel.Owner {
        @Override
        public void create(Channel from, CircuitId id, int command, byte[] buffer, int bodyOffset) {
            RelayRole now = role;
            if (now == null) {
                from.outbox().add(id, new ChannelCell.Destroy(DestroyReason.PROTOCOL)); // a client opens, and is no hop
            } else {
                now.opener().create(from, id, command, buffer, bodyOffset);
            }
        }

        @Override
        public void destroyed() {
            counts.destroyed();
        }

        @Override
        public boolean wantsCells() {
            return events.wantsCells();
        }

        @Override
        public void closed(Channel which, int circuits, ChannelEvents.Reason reason, String why) {
            lock.lock();
            try {
                open.remove(which.id());
            } finally {
                lock.unlock();
            }
            log.info(Log.Domain.CHANNEL, "Closed " + which + ": " + why);
            events.closed(which.id(), which, circuits, reason, why);
        }
    }
}
