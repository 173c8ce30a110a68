package io.allium.onionservice;

import io.allium.base.Refused;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * A circuit to a service that is being met, and completes this once it is there. Safe from any thread.
 *
 * @param <C> what stands for a circuit
 */
final class ComingCircuit<C> extends CompletableFuture<C> {
    /** However little time is left, whoever waits while there is work does not look more often whether that is done. */
    private static final Duration GLANCE = Duration.ofMillis(500);

    private final Patience patience;

    /** @param patience of the meeting */
    ComingCircuit(Patience patience) {
        this.patience = patience;
    }

    /** Another is going to wait for it; not where it is being given up since nobody did. */
    boolean share() {
        return patience.share();
    }

    /**
     * Waits for it, once for having it made and once for each that shares it. Work that the meeting has to do from now on does not count.
     *
     * @param deadline by {@link Time#nanos}
     * @param closed completes when the stream that waits is not wanted any more, with what to throw then
     */
    C await(long deadline, Time time, CompletableFuture<Refused> closed) throws TorException, InterruptedException {
        CompletableFuture<C> ours = copy();
        closed.thenAccept(ours::completeExceptionally);
        try {
            return awaited(ours, deadline, time);
        } finally {
            patience.leave();
        }
    }

    private C awaited(CompletableFuture<C> ours, long deadline, Time time) throws TorException, InterruptedException {
        Duration before = patience.worked();
        long left = deadline - time.nanos();
        while (left > 0 || ours.isDone()) {
            try {
                return time.await(ours, Duration.ofNanos(left));
            } catch (TimeoutException late) {
                long allowance = patience.worked().minus(before).toNanos();
                left = deadline + allowance - time.nanos();
                left = left > 0 ? Math.max(left, GLANCE.toNanos()) : left;
            } catch (ExecutionException failed) {
                Optional<TorException> known =
                        failed.getCause() instanceof TorException why ? Optional.of(why) : Optional.empty();
                throw known.orElseGet(() -> new Unreachable("the service could not be reached", failed));
            }
        }
        throw new Unreachable("the service could not be reached in time");
    }
}
