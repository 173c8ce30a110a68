package io.allium.onionservice;

import io.allium.base.Entropy;
import io.allium.base.Tasks;
import io.allium.crypto.HashXRuntime;
import io.allium.crypto.ProofOfWork;
import io.allium.crypto.Puzzle;
import io.allium.crypto.PuzzleNonce;
import io.allium.crypto.PuzzleSolver;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Works on puzzles for the whole process, one after the other, since each would only slow the others down. The pool for heavy work gets one
 * try after another, so that whatever else it has to compute comes between. Guarded by {@code turn}, which tasks wait for.
 */
final class ClientPuzzles {
    private final ReentrantLock turn = new ReentrantLock(true);
    private final HashXRuntime runtime;
    private final Tasks tasks;
    private final Entropy entropy;

    ClientPuzzles(HashXRuntime runtime, Tasks tasks, Entropy entropy) {
        this.runtime = runtime;
        this.tasks = tasks;
        this.entropy = entropy;
    }

    /** Waits its turn, and until it is solved; a task that is cancelled gives it up. */
    ProofOfWork solve(Puzzle puzzle, long effort) throws InterruptedException {
        turn.lockInterruptibly();
        try {
            PuzzleSolver solver = new PuzzleSolver(runtime); // 2 MB that nobody needs between puzzles
            PuzzleNonce nonce = PuzzleNonce.random(entropy);
            while (true) {
                PuzzleNonce tried = nonce;
                Optional<ProofOfWork> proof = tasks.compute("puzzle", () -> solver.attempt(puzzle, tried, effort))
                        .get();
                if (proof.isPresent()) {
                    return proof.get();
                }
                nonce = nonce.next();
            }
        } catch (ExecutionException bug) {
            throw new IllegalStateException("A puzzle's solver failed", bug);
        } finally {
            turn.unlock();
        }
    }
}
