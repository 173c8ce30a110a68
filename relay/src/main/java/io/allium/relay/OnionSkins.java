package io.allium.relay;

import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.crypto.CreateFast;
import io.allium.crypto.HandshakeAnswer;
import io.allium.crypto.Ntor;
import io.allium.crypto.NtorV3;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Answers onion skins on the pool for heavy computation. What cannot be answered soon is refused at once: a client that
 * hears no tries elsewhere, one that waits in a long queue has given up by the time it is served.
 *
 * <p>Safe from any thread: the count of waiting skins is atomic.
 */
final class OnionSkins {
    /** Skins that may wait whatever they cost: a burst of a page's circuits. */
    static final int WAITING_ALWAYS = 50;

    /**
     * Skins that may wait at the very most: three quarters of what the pool takes, so that a flood of them leaves room
     * for the handshakes of TLS.
     */
    static final int WAITING_MAX = 3072;

    /** What a skin is taken to cost before one was measured: three X25519 operations. */
    private static final long NANOS_AT_FIRST = 400_000;

    /** How much the latest measurement counts. */
    private static final int SMOOTHING = 16;

    /** Computes an answer. */
    private interface Answering {
        HandshakeAnswer answer() throws ProtocolViolation;
    }

    private final RelayKeys keys;
    private final Tasks tasks;
    private final Time time;
    private final Entropy entropy;
    private final Duration patience;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong nanosEach = new AtomicLong(NANOS_AT_FIRST);

    /** @param patience how long a skin may have to wait: {@code MaxOnionQueueDelay} */
    OnionSkins(RelayKeys keys, Tasks tasks, Time time, Entropy entropy, Duration patience) {
        this.keys = keys;
        this.tasks = tasks;
        this.time = time;
        this.entropy = entropy;
        this.patience = patience;
    }

    /** Answers at once: no public key is involved. */
    HandshakeAnswer answerFast(byte[] skin) throws ProtocolViolation {
        return CreateFast.answer(skin, entropy);
    }

    /** The answer to come, or nothing where too many wait. */
    Optional<CompletableFuture<HandshakeAnswer>> answerNtor(byte[] skin) {
        return enqueue(() -> Ntor.answer(keys.fingerprint(), keys.onionKeys().answered(), skin, entropy));
    }

    /** The same for ntor-v3; what the client asks for in its extensions is ignored, which tells it that it gets nothing. */
    Optional<CompletableFuture<HandshakeAnswer>> answerNtorV3(byte[] skin, NtorV3.Responder extensions) {
        return enqueue(() -> NtorV3.answer(keys.identity(), keys.onionKeys().answered(), skin, extensions, entropy));
    }

    private Optional<CompletableFuture<HandshakeAnswer>> enqueue(Answering skin) {
        int before = waiting.getAndIncrement();
        if (isTooMany(before)) {
            waiting.decrementAndGet();
            return Optional.empty();
        }
        CompletableFuture<HandshakeAnswer> answer = tasks.compute("onion skin", () -> measured(skin));
        answer.whenComplete((_, _) -> waiting.decrementAndGet()); // also where the pool took no more and never began
        return Optional.of(answer);
    }

    private boolean isTooMany(int before) {
        long wait = before * nanosEach.get() / Math.max(1, tasks.processors());
        return before >= WAITING_MAX || before >= WAITING_ALWAYS && wait > patience.toNanos();
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
}
