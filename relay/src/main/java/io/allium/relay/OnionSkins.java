package io.allium.relay;

import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.crypto.CreateFast;
import io.allium.crypto.HandshakeAnswer;
import io.allium.crypto.Ntor;
import io.allium.crypto.NtorV3;
import io.allium.directory.Parameter;
import io.allium.directory.Parameters;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers onion skins on the pool for heavy computation, in the order in which they came. What cannot be answered soon is
 * refused at once: a client that hears no tries elsewhere, one that waits in a long queue has given up by the time it is
 * served. ntor and ntor-v3 share the queue, CREATE_FAST needs none.
 *
 * <p>Only so many skins are with the pool at a time that handshakes of TLS, which it computes too, need not wait for the
 * whole queue. A skin whose circuit has ended costs nothing more. No peer has a share of the queue that it could exceed, as
 * it has none in C tor: what holds floods of circuits off is the defence against denial of service, before the queue.
 *
 * <p>Safe from any thread: the queue is guarded by {@code lock}.
 *
 * @spec param-spec 7
 */
final class OnionSkins {
    /** Skins that may wait whatever they cost: a burst of a page's circuits. As in C tor. */
    static final int WAITING_ALWAYS = 50;

    /** Skins that may wait at the very most, however fast they would be answered: some 1 kB each, so 16 MB. */
    static final int WAITING_MAX = 16_384;

    /** How often at most a full queue is searched for skins whose circuits have ended. */
    private static final Duration SWEEP = Duration.ofMillis(100);

    /** What a skin is taken to cost before one was measured: C tor's guess. */
    private static final long NANOS_AT_FIRST = 1_000_000;

    /** How much the latest measurement counts. */
    private static final int SMOOTHING = 16;

    /**
     * What the queue keeps to.
     *
     * @param patience how long a skin may be expected to wait
     * @param cutoff how long one may have waited in fact
     * @param withPool how many may be with the pool, for each processor
     */
    record Limits(Duration patience, Duration cutoff, int withPool) {
        /** The consensus's, but for the delay if the operator gave one, which is not zero then. */
        static Limits of(Parameters parameters, Duration configured) {
            return new Limits(
                    configured.isZero()
                            ? Duration.ofMillis(parameters.get(Parameter.MAX_ONION_QUEUE_DELAY))
                            : configured,
                    Duration.ofSeconds(parameters.get(Parameter.ONION_QUEUE_WAIT_CUTOFF)),
                    parameters.get(Parameter.MAX_PENDING_TASKS_PER_CPU));
        }
    }

    /** Computes an answer. */
    private interface Answering {
        HandshakeAnswer answer() throws ProtocolViolation;
    }

    /** A skin that waits, for a circuit that may be over meanwhile. */
    private record Skin(
            Answering answering, BooleanSupplier over, long since, CompletableFuture<HandshakeAnswer> answer) {}

    private final RelayKeys keys;
    private final Tasks tasks;
    private final Time time;
    private final Entropy entropy;
    private final Supplier<Limits> limits;
    private final OnionSkinLoad load;
    private final LongAdder requested = new LongAdder();
    private final LongAdder assigned = new LongAdder();
    private final AtomicLong nanosEach = new AtomicLong(NANOS_AT_FIRST);

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Skin> waiting = new ArrayDeque<>();
    private int withPool;
    private long nextSweep;

    OnionSkins(RelayKeys keys, Tasks tasks, Time time, Entropy entropy, Supplier<Limits> limits, OnionSkinLoad load) {
        this.keys = keys;
        this.tasks = tasks;
        this.time = time;
        this.entropy = entropy;
        this.limits = limits;
        this.load = load;
        this.nextSweep = time.nanos();
    }

    /** How many skins of ntor and ntor-v3 have come. */
    long requested() {
        return requested.sum();
    }

    /** How many of them were answered, and not refused or forgotten. */
    long assigned() {
        return assigned.sum();
    }

    /** Answers at once: no public key is involved. */
    HandshakeAnswer answerFast(byte[] skin) throws ProtocolViolation {
        return CreateFast.answer(skin, entropy);
    }

    /**
     * Whether another skin would be answered soon; if not, its circuit is to be refused.
     *
     * @param fromRelay whether a relay asks, not a client: only those count for how overloaded we say that we are
     */
    boolean hasRoom(boolean fromRelay) {
        requested.increment();
        if (fromRelay) {
            load.asked();
        }
        if (isRoom()) {
            return true;
        }
        load.dropped(fromRelay);
        return false;
    }

    private boolean isRoom() {
        Duration patience = limits.get().patience();
        lock.lock();
        try {
            if (isTooMany(waiting.size(), patience) && nextSweep - time.nanos() <= 0) {
                waiting.removeIf(skin -> skin.over.getAsBoolean());
                nextSweep = time.nanos() + SWEEP.toNanos();
            }
            return !isTooMany(waiting.size(), patience);
        } finally {
            lock.unlock();
        }
    }

    private boolean isTooMany(int count, Duration patience) {
        long wait = count * nanosEach.get() / Math.max(1, tasks.processors());
        return count >= WAITING_MAX || count >= WAITING_ALWAYS && wait > patience.toNanos();
    }

    /**
     * The answer to come; it fails with {@link Refused} where there is no room, or none any more.
     *
     * @param over whether the circuit has ended, so that the skin needs no answer
     */
    CompletableFuture<HandshakeAnswer> answerNtor(byte[] skin, BooleanSupplier over) {
        return enqueue(() -> Ntor.answer(keys.fingerprint(), keys.onionKeys().answered(), skin, entropy), over);
    }

    /** The same for ntor-v3. */
    CompletableFuture<HandshakeAnswer> answerNtorV3(byte[] skin, NtorV3.Responder extensions, BooleanSupplier over) {
        return enqueue(
                () -> NtorV3.answer(keys.identity(), keys.onionKeys().answered(), skin, extensions, entropy), over);
    }

    private CompletableFuture<HandshakeAnswer> enqueue(Answering answering, BooleanSupplier over) {
        Skin skin = new Skin(answering, over, time.nanos(), new CompletableFuture<>());
        int withPoolMax = limits.get().withPool() * tasks.processors();
        boolean taken;
        boolean atOnce = false;
        lock.lock();
        try {
            taken = waiting.size() < WAITING_MAX;
            if (taken) {
                waiting.add(skin);
                atOnce = withPool < withPoolMax;
                withPool += atOnce ? 1 : 0;
            }
        } finally {
            lock.unlock();
        }
        if (!taken) {
            skin.answer.completeExceptionally(overload("too many onion skins wait"));
        } else if (atOnce) {
            proceed();
        }
        return skin.answer;
    }

    /** Gives the pool the skin that waits longest. The caller was counted in {@code withPool}, and hands its place on. */
    private void proceed() {
        for (Skin next = next(); next != null; next = next()) {
            if (isWanted(next) && isTaken(next)) {
                return;
            }
        }
    }

    private @Nullable Skin next() {
        lock.lock();
        try {
            Skin next = waiting.poll();
            if (next == null) {
                withPool--;
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    private boolean isWanted(Skin skin) {
        if (skin.over.getAsBoolean()) {
            skin.answer.completeExceptionally(new Refused(Refused.Kind.GENERAL, "the circuit has ended"));
            return false;
        }
        if (time.nanos() - skin.since > limits.get().cutoff().toNanos()) {
            skin.answer.completeExceptionally(overload("the onion skin has waited too long"));
            return false;
        }
        return true;
    }

    private boolean isTaken(Skin skin) {
        CompletableFuture<Void> done = tasks.compute("onion skin", () -> {
            answer(skin);
            proceed();
            return null;
        });
        if (!done.isCompletedExceptionally()) {
            return true;
        }
        skin.answer.completeExceptionally(overload("the pool takes no more onion skins"));
        return false;
    }

    /** On the pool. Whoever waits for the answer gets it on the same thread. */
    private void answer(Skin skin) {
        try {
            if (isWanted(skin)) {
                assigned.increment();
                skin.answer.complete(measured(skin.answering));
            }
        } catch (TorException | RuntimeException | Error failed) { // a bug in here ends this circuit alone
            skin.answer.completeExceptionally(failed);
        }
    }

    private HandshakeAnswer measured(Answering skin) throws ProtocolViolation {
        long start = time.nanos();
        try {
            return skin.answer();
        } finally {
            long took = time.nanos() - start;
            nanosEach.updateAndGet(old -> old + (took - old) / SMOOTHING);
        }
    }

    private static Refused overload(String why) {
        return new Refused(Refused.Kind.RESOURCE_LIMIT, why);
    }
}
