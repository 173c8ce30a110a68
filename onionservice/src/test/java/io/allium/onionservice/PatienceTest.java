package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Log;
import io.allium.base.Refused;
import io.allium.base.Tasks;
import io.allium.base.ThreadTasks;
import io.allium.base.Unreachable;
import io.allium.circuit.OriginCircuit;
import io.allium.testing.ManualTime;
import io.allium.testing.Waiting;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Work on a puzzle costs no patience. */
class PatienceTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final ManualTime time = new ManualTime();
    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
    private final Patience patience = new Patience(time, LIMIT);
    private final CountDownLatch solved = new CountDownLatch(1);
    private final CompletableFuture<Refused> never = new CompletableFuture<>();

    @AfterEach
    void end() {
        tasks.close();
    }

    @Test
    void theClockStandsStillDuringWork() throws Exception {
        time.pass(Duration.ofMinutes(1));
        patience.with(() -> {
            time.pass(Duration.ofMinutes(5));
            assertThat(patience.left()).isEqualTo(Duration.ofMinutes(1));
            assertThat(patience.isOver()).isFalse();
            return "solved";
        });
        assertThat(patience.worked()).isEqualTo(Duration.ofMinutes(5));
        assertThat(patience.left(Duration.ofSeconds(20))).isEqualTo(Duration.ofSeconds(20));
        time.pass(Duration.ofMinutes(1));
        assertThat(patience.isOver()).isTrue();
        assertThat(patience.left()).isPositive();
    }

    @Test
    void whoWaitsForTheCircuitWaitsForTheWorkToo() throws Exception {
        ComingCircuit<OriginCircuit> coming = new ComingCircuit<>(patience);
        Tasks.Task working = tasks.fork(
                "puzzle",
                () -> patience.with(() -> {
                    solved.await();
                    return "solved";
                }));
        Waiting.until(() -> {
            time.pass(Duration.ofMillis(1));
            return !patience.worked().isZero();
        });
        CompletableFuture<Throwable> end = awaited(coming, time.nanos() + LIMIT.toNanos());
        time.pass(LIMIT.multipliedBy(2));
        assertThat(end).isNotDone();
        solved.countDown();
        Waiting.until(working::isDone);
        assertThat(end).isNotDone();
        Waiting.until(() -> {
            time.pass(LIMIT);
            return end.isDone();
        });

        assertThat(end.get()).isInstanceOf(Unreachable.class).hasMessageContaining("in time");
    }

    @Test
    void itIsAbandonedWhenTheLastOfThoseWhoWaitHasGone() throws Exception {
        ComingCircuit<OriginCircuit> coming = new ComingCircuit<>(patience);
        Tasks.Task first = application(coming);
        assertThat(coming.share()).isTrue();
        Tasks.Task second = application(coming);
        time.awaitTimers(2); // both wait
        first.cancel();
        first.join();
        assertThat(patience.isAbandoned()).isFalse();

        second.cancel();
        second.join();
        assertThat(patience.isAbandoned()).isTrue();
        assertThat(coming.share()).isFalse(); // too late: another meeting is to be begun
    }

    @Test
    void aStreamThatAControllerClosesWaitsNoLonger() {
        ComingCircuit<OriginCircuit> coming = new ComingCircuit<>(patience);
        CompletableFuture<Refused> closed = new CompletableFuture<>();
        closed.complete(new Refused(Refused.Kind.GENERAL, "a controller closed the stream"));

        assertThatThrownBy(() -> coming.await(time.nanos() + LIMIT.toNanos(), time, closed))
                .isInstanceOf(Refused.class)
                .hasMessage("a controller closed the stream");
        assertThat(coming).isNotDone();
        assertThat(patience.isAbandoned()).isTrue();
    }

    @Test
    void whoComesBeforeThatWasSeenIsServed() {
        patience.leave();
        assertThat(patience.share()).isTrue();

        assertThat(patience.isAbandoned()).isFalse();
    }

    private Tasks.Task application(ComingCircuit<OriginCircuit> coming) {
        return tasks.fork("application", () -> coming.await(time.nanos() + LIMIT.toNanos(), time, never));
    }

    @Test
    void whatFailedIsTold() {
        ComingCircuit<OriginCircuit> coming = new ComingCircuit<>(patience);
        coming.completeExceptionally(new Unreachable("no way"));

        assertThatThrownBy(() -> coming.await(time.nanos() - 1, time, never))
                .isInstanceOf(Unreachable.class)
                .hasMessage("no way");
    }

    @Test
    void withoutWorkItEndsInTime() throws Exception {
        ComingCircuit<OriginCircuit> coming = new ComingCircuit<>(patience);
        CompletableFuture<Throwable> end = awaited(coming, time.nanos() + LIMIT.toNanos());
        Waiting.until(() -> {
            time.pass(LIMIT);
            return end.isDone();
        });

        assertThat(end.get()).hasMessageContaining("in time");
    }

    private CompletableFuture<Throwable> awaited(ComingCircuit<OriginCircuit> coming, long deadline) {
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        tasks.fork("application", () -> {
            try {
                OriginCircuit met = coming.await(deadline, time, never);
                end.completeExceptionally(new AssertionError(met));
            } catch (Unreachable failed) {
                end.complete(failed);
            } catch (Exception other) {
                end.completeExceptionally(other);
            }
        });
        time.awaitTimers(1); // it waits
        return end;
    }
}
