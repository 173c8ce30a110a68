package io.allium.circuit;

import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.ProtocolViolation;
import io.allium.base.ThreadTasks;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.base.Wire;
import io.allium.cell.CellCodec;
import io.allium.cell.CellCommand;
import io.allium.cell.ChannelCell;
import io.allium.cell.DestroyReason;
import io.allium.channel.Backlog;
import io.allium.channel.CellBody;
import io.allium.channel.Edge;
import io.allium.testing.ManualTime;
import io.allium.testing.SeededEntropy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Relays in a row behind a stand-in for the channel to the first, all on one thread that is the channel's loop too. The
 * thread ends with {@link #close}, which fails if anything went wrong on it.
 */
final class FakeChain implements FirstLink, AutoCloseable {
    /** Cells that wait before there is no room, and those with which there is some again. */
    static final int ROOM_UNTIL = 200;

    private static final int ROOM_AGAIN = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private interface Step {
        void run() throws ProtocolViolation;
    }

    final ManualTime time = new ManualTime();

    /** Completes when streams were ended because memory was full. */
    final CompletableFuture<String> exhausted = new CompletableFuture<>();

    private final Backlog backlog;
    final Entropy entropy;
    final List<FakeRelay> relays = new ArrayList<>();
    private final LinkedBlockingQueue<Step> steps = new LinkedBlockingQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger destroyed = new AtomicInteger();
    private final AtomicInteger released = new AtomicInteger();
    private final CompletableFuture<@Nullable Void> stopped = new CompletableFuture<>();
    private volatile boolean running = true;
    private volatile boolean full;
    private volatile boolean refusing;
    private volatile boolean silent;
    private volatile boolean extendsLost;
    private @Nullable OriginCircuit circuit;
    private volatile @Nullable FakeChain joined;

    FakeChain(long seed, int length) {
        this(seed, length, 1 << 30);
    }

    /** With room for so many bytes in the client's memory. */
    FakeChain(long seed, int length, long memory) {
        backlog = new Backlog(memory, time, new ThreadTasks(Log.NONE, 1), new Told());
        entropy = new SeededEntropy(seed);
        for (int number = 1; number <= length; number++) {
            relays.add(new FakeRelay(this, number, entropy));
        }
        Thread.ofPlatform().name("fake-loop").start(this::loop);
    }

    /** A circuit through all of the chain. */
    OriginCircuit build() throws TorException, InterruptedException {
        return build(relays.size(), FlowParameters.DEFAULT);
    }

    OriginCircuit build(int hops, FlowParameters flow) throws TorException, InterruptedException {
        OriginCircuit built = opening().open(1, this, relay(1).target(true), flow, PATIENCE);
        for (int number = 2; number <= hops; number++) {
            built.extend(relay(number).target(number % 2 == 1), PATIENCE);
        }
        return built;
    }

    /** A circuit through all of the chain, on which congestion control was agreed. */
    OriginCircuit buildControlled(int id) throws TorException, InterruptedException {
        OriginCircuit built = opening().open(id, this, relay(1).target(true), FlowParameters.DEFAULT, PATIENCE);
        for (int number = 2; number < relays.size(); number++) {
            built.extend(relay(number).target(true), PATIENCE);
        }
        built.extend(exit().lastHop(), PATIENCE);
        return built;
    }

    OriginCircuits opening() {
        return new OriginCircuits(time, entropy, Log.NONE);
    }

    FakeRelay relay(int number) {
        return relays.get(number - 1);
    }

    FakeRelay exit() {
        return relays.getLast();
    }

    /** From now on the last relay of each chain passes what is not for itself on to the other's. */
    static void join(FakeChain one, FakeChain other) {
        one.joined = other;
        other.joined = one;
    }

    /** A cell is not for this relay, and so for the next, or for the last of the other chain. */
    void beyond(int number, int command, byte[] body) throws ProtocolViolation {
        FakeChain other = joined;
        if (number < relays.size()) {
            relay(number + 1).outbound(command, body);
        } else if (other != null) {
            other.steps.add(() -> other.exit().pass(body));
        } else {
            throw new ProtocolViolation("a cell that is for nobody");
        }
    }

    /** Runs on the loop, after everything that was sent before, and waits for it. */
    void onLoop(Runnable action) {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        steps.add(() -> {
            action.run();
            done.complete(null);
        });
        done.join();
    }

    /** From now on there is no room on the channel, until it says otherwise. */
    void fill(boolean isFull) {
        full = isFull;
        if (!isFull) {
            onLoop(() -> current().outbound().drained());
        }
    }

    /** From now on cells are lost. */
    void refuse() {
        refusing = true;
    }

    /** From now on the first relay answers nothing. */
    void silence() {
        silent = true;
    }

    void loseExtends() {
        extendsLost = true;
    }

    boolean extendsAreLost() {
        return extendsLost;
    }

    /** How often the circuit sent DESTROY. */
    int destroyed() {
        return destroyed.get();
    }

    /** How often the circuit gave its ID back, with a DESTROY or without. */
    int released() {
        return released.get();
    }

    /** The channel brings the client a cell. */
    void toClient(int command, byte[] body) {
        current().cell(command, body, 0);
    }

    void destroy(DestroyReason reason) {
        toClient(CellCommand.DESTROY, CellCodec.fixedBody(new ChannelCell.Destroy(reason)));
    }

    OriginCircuit current() {
        if (circuit == null) {
            throw new IllegalStateException("no circuit");
        }
        return circuit;
    }

    @Override
    public void open(OriginCircuit opened) throws Unreachable {
        if (refusing) {
            throw new Unreachable("the channel is closed");
        }
        circuit = opened;
    }

    @Override
    public Backlog backlog() {
        return backlog;
    }

    @Override
    public boolean hasRoom() {
        return !full && waiting.get() < ROOM_UNTIL;
    }

    @Override
    public boolean append(int command, CellBody body) {
        if (refusing) {
            return false;
        }
        byte[] cell = new byte[CellCodec.BODY_BYTES];
        body.writeTo(cell, 0);
        waiting.incrementAndGet();
        steps.add(() -> carry(command, cell));
        return true;
    }

    @Override
    public void flush() {}

    @Override
    public Edge carry(Wire connection, Edge.End end) {
        throw new UnsupportedOperationException("there is no loop here");
    }

    @Override
    public void afterTurn(Runnable task) {
        steps.add(task::run);
    }

    @Override
    public void destroy() {
        destroyed.incrementAndGet();
        released.incrementAndGet();
    }

    @Override
    public void release() {
        released.incrementAndGet();
    }

    @Override
    public void close() {
        running = false;
        steps.add(() -> {});
        stopped.join();
    }

    private void loop() {
        try {
            while (running) {
                steps.take().run();
            }
            stopped.complete(null);
        } catch (ProtocolViolation | InterruptedException | RuntimeException | Error wrong) {
            stopped.completeExceptionally(wrong);
        }
    }

    private void carry(int command, byte[] cell) throws ProtocolViolation {
        if (waiting.decrementAndGet() == ROOM_AGAIN) {
            current().outbound().drained();
        }
        if (silent) {
            return;
        }
        if (CellCommand.isCreate(command)) {
            ChannelCell answer = relay(1).create(ChannelCell.decode(command, cell, 0, cell.length));
            toClient(answer.command(), CellCodec.fixedBody(answer));
        } else {
            relay(1).outbound(command, cell);
        }
    }

    /** Hears of what the backlog did. */
    private final class Told implements Log {
        @Override
        public void write(Severity severity, Domain domain, String text) {
            exhausted.complete(text);
        }

        @Override
        public boolean wants(Severity severity, Domain domain) {
            return true;
        }

        @Override
        public String scrub(Object sensitive) {
            return "[scrubbed]";
        }

        @Override
        public void protocolWarning(Domain domain, String text) {}
    }
}
