package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Log;
import io.allium.base.Refused;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.ThreadTasks;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.HashXRuntime;
import io.allium.crypto.ProofOfWork;
import io.allium.crypto.Puzzle;
import io.allium.crypto.PuzzleSeed;
import io.allium.crypto.PuzzleVerifier;
import io.allium.testing.ManualTime;
import io.allium.testing.SeededEntropy;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ClientPuzzlesTest {
    private final SeededEntropy entropy = new SeededEntropy(7);
    private final Puzzle puzzle =
            new Puzzle(Ed25519Identity.of(entropy.bytes(32)), PuzzleSeed.of(entropy.bytes(PuzzleSeed.LENGTH)));
    private final ManualTime time = new ManualTime();
    private final Counted tasks = new Counted();
    private final ClientPuzzles puzzles = new ClientPuzzles(HashXRuntime.AUTOMATIC, time, tasks, entropy);

    @Test
    void eachTryIsATaskOfItsOwnForThePool() throws Exception {
        ProofOfWork proof = puzzles.solve(puzzle, 20, deadline(), () -> false);

        assertThat(proof.effort()).isEqualTo(20);
        assertThat(new PuzzleVerifier().verify(puzzle, proof)).isTrue();
        assertThat(tasks.computed).isGreaterThan(1);
    }

    @Test
    void aTaskThatIsCancelledGivesItsPuzzleUpAndLeavesTheTurnToOthers() throws Exception {
        tasks.interruptsAfter = 2;

        assertThatThrownBy(() -> puzzles.solve(puzzle, ProofOfWork.EFFORT_MAX, deadline(), () -> false))
                .isInstanceOf(InterruptedException.class);
        assertThat(puzzles.solve(puzzle, 1, deadline(), () -> false).effort()).isEqualTo(1);
    }

    @Test
    void aPuzzleWhoseProofNobodyWantsAnyMoreIsGivenUpBeforeTheNextTry() {
        assertThatThrownBy(() -> puzzles.solve(puzzle, ProofOfWork.EFFORT_MAX, deadline(), () -> tasks.computed == 3))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("nobody waits any more");
        assertThat(tasks.computed).isEqualTo(3);
    }

    @Test
    void aPuzzleIsGivenUpWhenItsTimeHasPassed() {
        tasks.takes = Duration.ofSeconds(1);

        assertThatThrownBy(() ->
                        puzzles.solve(puzzle, ProofOfWork.EFFORT_MAX, time.nanos() + 10_000_000_000L, () -> false))
                .isInstanceOfSatisfying(
                        Refused.class,
                        late -> assertThat(late.kind()).isEqualTo(Refused.Kind.ONION_INTRODUCTION_TIMED_OUT));
        assertThat(tasks.computed).isEqualTo(10);
    }

    @Test
    void whoeverWaitsForHisTurnTooLongIsToldSo() throws Exception {
        try (ThreadTasks threads = new ThreadTasks(Log.NONE, 1);
                TaskGroup group = new TaskGroup(threads, "test")) {
            CountDownLatch tried = new CountDownLatch(1);
            tasks.tried = tried;
            tasks.isStuck = true;
            group.fork("first", () -> puzzles.solve(puzzle, 1, deadline(), () -> false));
            tried.await();
            CompletableFuture<Refused> told = new CompletableFuture<>();
            group.fork("second", () -> {
                try {
                    puzzles.solve(puzzle, 1, time.nanos() + 1_000_000_000L, () -> false);
                } catch (Refused late) {
                    told.complete(late);
                }
            });
            time.awaitTimers(1);
            time.pass(Duration.ofSeconds(1));

            assertThat(told.get().kind()).isEqualTo(Refused.Kind.ONION_INTRODUCTION_TIMED_OUT);
        }
    }

    /** However many ask for much, and came first. */
    @Test
    void whoAsksForLittleIsServedFirst() throws Exception {
        try (ThreadTasks threads = new ThreadTasks(Log.NONE, 1);
                TaskGroup group = new TaskGroup(threads, "test")) {
            ClientPuzzles shared = new ClientPuzzles(HashXRuntime.AUTOMATIC, time, threads, entropy);
            CompletableFuture<ProofOfWork> little = new CompletableFuture<>();
            for (int i = 0; i < 10; i++) {
                group.fork("much", () -> shared.solve(puzzle, ProofOfWork.EFFORT_MAX, deadline(), () -> false));
            }
            time.awaitTimers(9);
            group.fork("little", () -> little.complete(shared.solve(puzzle, 2, deadline(), () -> false)));

            assertThat(little.get().effort()).isEqualTo(2);
        }
    }

    private long deadline() {
        return time.nanos() + Duration.ofMinutes(2).toNanos();
    }

    /** Computes at once, and may interrupt who asked; then its answer does not come. */
    private final class Counted implements Tasks {
        private int computed;
        private int interruptsAfter;
        private Duration takes = Duration.ZERO;
        private volatile boolean isStuck;
        private CountDownLatch tried = new CountDownLatch(1);

        @Override
        public <T> CompletableFuture<T> compute(String name, Callable<T> work) {
            computed++;
            time.pass(takes);
            tried.countDown();
            if (isStuck) {
                return new CompletableFuture<>();
            }
            if (computed == interruptsAfter) {
                Thread.currentThread().interrupt();
                return new CompletableFuture<>();
            }
            try {
                return CompletableFuture.completedFuture(work.call());
            } catch (Exception failed) {
                return CompletableFuture.failedFuture(failed);
            }
        }

        @Override
        public Task fork(String name, Body body) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Task loop(String name, Runnable body) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int processors() {
            return 1;
        }
    }
}
