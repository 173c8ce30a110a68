package io.allium.onionservice;

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

    /**
     * Waits for it. Work that the meeting has to do from now on does not count.
     *
     * @param deadline by {@link Time#nanos}
     */
    C await(long deadline, Time time) throws TorException, InterruptedException {
        Duration before = patience.worked();
        long left = deadline - time.nanos();
        while (left > 0 || isDone()) {
            try {
                return time.await(this, Duration.ofNanos(left));
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
