package io.allium.client;

import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.circuit.OriginCircuit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A circuit that one task builds and another waits for, who may leave before it is built. Each of its values is set once, from
 * any task.
 *
 * @spec path-spec 2.4.4
 */
final class Construction {
    /** What becomes of it is settled by whoever is first. */
    private enum Fate {
        /** Somebody waits for it. */
        AWAITED,
        /** Whoever waited has it, or knows that it failed. */
        HANDED_OVER,
        /** Nobody waits for it any more. */
        LEFT
    }

    private final AtomicReference<Fate> fate = new AtomicReference<>(Fate.AWAITED);
    private final CompletableFuture<Long> begun = new CompletableFuture<>();
    private final CompletableFuture<OriginCircuit> built = new CompletableFuture<>();

    /** When its CREATE was sent; what kept us from it otherwise. */
    CompletableFuture<Long> begun() {
        return begun;
    }

    /** The circuit, or what failed. */
    CompletableFuture<OriginCircuit> built() {
        return built;
    }

    /** Its CREATE is about to be sent. A second one, on another channel, does not count. */
    void begins(long now) {
        begun.complete(now);
    }

    /** Whoever waits has it now; false if nobody does. */
    boolean handOver(OriginCircuit circuit) {
        boolean isAwaited = fate.compareAndSet(Fate.AWAITED, Fate.HANDED_OVER);
        if (isAwaited) {
            built.complete(circuit);
        }
        return isAwaited;
    }

    /** It failed, if it had not ended yet. */
    void fail(TorException why) {
        begun.completeExceptionally(why);
        built.completeExceptionally(why);
    }

    /** It ended in any way: whoever waits goes on. */
    void over() {
        fail(new Unreachable("building it was given up"));
    }

    /** Nobody waits for it from now on; false if it has been handed over. */
    boolean leave() {
        return fate.compareAndSet(Fate.AWAITED, Fate.LEFT);
    }

    /** Whether nobody waits for it. */
    boolean isLeft() {
        return fate.get() == Fate.LEFT;
    }
}
