package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Tasks;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.HashXRuntime;
import io.allium.crypto.ProofOfWork;
import io.allium.crypto.Puzzle;
import io.allium.crypto.PuzzleSeed;
import io.allium.crypto.PuzzleVerifier;
import io.allium.testing.SeededEntropy;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ClientPuzzlesTest {
    private final SeededEntropy entropy = new SeededEntropy(7);
    private final Puzzle puzzle =
            new Puzzle(Ed25519Identity.of(entropy.bytes(32)), PuzzleSeed.of(entropy.bytes(PuzzleSeed.LENGTH)));
    private final Counted tasks = new Counted();
    private final ClientPuzzles puzzles = new ClientPuzzles(HashXRuntime.AUTOMATIC, tasks, entropy);

    @Test
    void eachTryIsATaskOfItsOwnForThePool() throws InterruptedException {
        ProofOfWork proof = puzzles.solve(puzzle, 20);

        assertThat(proof.effort()).isEqualTo(20);
        assertThat(new PuzzleVerifier().verify(puzzle, proof)).isTrue();
        assertThat(tasks.computed).isGreaterThan(1);
    }

    @Test
    void aTaskThatIsCancelledGivesItsPuzzleUpAndLeavesTheTurnToOthers() throws InterruptedException {
        tasks.interruptsAfter = 2;

        assertThatThrownBy(() -> puzzles.solve(puzzle, ProofOfWork.EFFORT_MAX))
                .isInstanceOf(InterruptedException.class);
        assertThat(puzzles.solve(puzzle, 1).effort()).isEqualTo(1);
    }

    /** Computes at once, and may interrupt who asked; then its answer does not come. */
    private static final class Counted implements Tasks {
        private int computed;
        private int interruptsAfter;

        @Override
        public <T> CompletableFuture<T> compute(String name, Callable<T> work) {
            computed++;
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
