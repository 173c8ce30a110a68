package io.allium.onionservice;

import io.allium.base.Entropy;
import io.allium.cell.Introduction;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.directory.Parameter;
import io.allium.directory.Parameters;
import io.allium.directory.Relay;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One introduction point of a service of ours: the relay, the keys that clients know it by, and when it has served its time.
 * What clients have sent is confined to the task that reads it.
 *
 * @spec rend-spec-v3 3.1
 */
final class OwnIntroductionPoint {
    /**
     * Clients who still come with an older descriptor once there have been enough. Whoever comes after them is not let in, as the
     * cache would forget the first ones and somebody could have them come again.
     */
    static final int AFTERWARDS_MAX = 4096;

    /** How an introduction point is doing. */
    enum State {
        /** There is no circuit yet, or none any longer. */
        CONNECTING,
        /** There is a circuit, and the relay was asked. */
        ESTABLISHING,
        /** Clients may come. */
        ESTABLISHED,
        /** No circuit led there, several times; or it is no longer wanted. */
        OVER
    }

    /** Hears what clients say; on a loop, so that it must not wait. */
    interface Introductions {
        void introduced(OwnIntroductionPoint at, Introduction client);
    }

    private final Relay relay;
    private final Ed25519KeyPair authKey;
    private final Curve25519KeyPair encryptionKey;
    private final int introductionsMax;
    private final int takenMax;
    private final long expires;
    private final ReplayCache replays;
    private volatile boolean wasEstablished;
    private final AtomicReference<State> state = new AtomicReference<>(State.CONNECTING);
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final AtomicInteger introductions = new AtomicInteger();

    /** @param now by {@link io.allium.base.Time#nanos} */
    OwnIntroductionPoint(Relay relay, Parameters parameters, Entropy entropy, long now) {
        this.relay = relay;
        this.authKey = Ed25519KeyPair.generate(entropy);
        this.encryptionKey = Curve25519KeyPair.generate(entropy);
        this.introductionsMax =
                between(parameters, Parameter.HS_INTRO_MIN_INTRODUCE2, Parameter.HS_INTRO_MAX_INTRODUCE2, entropy);
        this.takenMax = (int) Math.min(Integer.MAX_VALUE, introductionsMax + (long) AFTERWARDS_MAX);
        int lifetime = between(parameters, Parameter.HS_INTRO_MIN_LIFETIME, Parameter.HS_INTRO_MAX_LIFETIME, entropy);
        this.expires = now + Duration.ofSeconds(lifetime).toNanos();
        this.replays = new ReplayCache(takenMax, 0);
    }

    /** By chance, so that the end of an introduction point tells nobody when it began. */
    private static int between(Parameters parameters, Parameter least, Parameter most, Entropy entropy) {
        int low = parameters.get(least);
        int high = Math.max(low, parameters.get(most));
        return (int) (low + entropy.below((long) high - low + 1));
    }

    Relay relay() {
        return relay;
    }

    Ed25519KeyPair authKey() {
        return authKey;
    }

    Curve25519KeyPair encryptionKey() {
        return encryptionKey;
    }

    /** Safe from any thread. */
    State state() {
        return Objects.requireNonNull(state.get());
    }

    /** Safe from any thread; what is over stays so. */
    void becomes(State next) {
        if (next == State.ESTABLISHED) {
            wasEstablished = true;
        }
        if (state.updateAndGet(now -> now == State.OVER ? now : next) == State.OVER) {
            over.complete(null);
        }
    }

    boolean isEstablished() {
        return state() == State.ESTABLISHED;
    }

    /** Whether clients may be told of it: its circuit has been there, and is or will soon be again. */
    boolean isNamed() {
        return wasEstablished && !isOver();
    }

    boolean isOver() {
        return state() == State.OVER;
    }

    /** Completes when it is over. */
    CompletableFuture<Void> over() {
        return over;
    }

    /** Whether its place should be another's by now. */
    boolean isDone(long now) {
        return introductions.get() >= introductionsMax || now - expires >= 0;
    }

    /** A client came whose message was good; false when it is a copy, or there have been too many to tell. */
    boolean takes(byte[] encrypted, long now) {
        if (introductions.get() >= takenMax || replays.isReplay(encrypted, now)) {
            return false;
        }
        introductions.incrementAndGet();
        return true;
    }

    @Override
    public String toString() {
        return "introduction point " + relay;
    }
}
