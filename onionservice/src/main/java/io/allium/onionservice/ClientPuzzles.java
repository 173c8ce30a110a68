package io.allium.onionservice;

import io.allium.base.Entropy;
import io.allium.base.Refused;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.crypto.HashXRuntime;
import io.allium.crypto.ProofOfWork;
import io.allium.crypto.Puzzle;
import io.allium.crypto.PuzzleNonce;
import io.allium.crypto.PuzzleSolver;
import java.util.Comparator;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Works on puzzles for the whole process, one try after another, since two at once would only slow each other down. Each try is for the
 * puzzle of least effort: so a page that names many services which ask for much keeps nobody from one that asks for little. The
 * pool for heavy work gets one try after another too, so that whatever else it has to compute comes between. Guarded by {@code lock}.
 */
final class ClientPuzzles {
    private static final Comparator<Work> LEAST_FIRST =
            Comparator.comparingLong(Work::effort).thenComparingLong(Work::number);

    private final ReentrantLock lock = new ReentrantLock();
    private final HashXRuntime runtime;
    private final Time time;
    private final Tasks tasks;
    private final Entropy entropy;
    private final SortedSet<Work> waiting = new TreeSet<>(LEAST_FIRST); // bounded by the services that are being met
    private long numbers;
    private boolean isTrying;
    private @Nullable PuzzleSolver solver; // 2 MB that nobody needs between puzzles

    /** Somebody's puzzle; he waits for {@code turn}. */
    private record Work(long effort, long number, Condition turn) {}

    ClientPuzzles(HashXRuntime runtime, Time time, Tasks tasks, Entropy entropy) {
        this.runtime = runtime;
        this.time = time;
        this.tasks = tasks;
        this.entropy = entropy;
    }

    /**
     * Waits until it is solved; a task that is cancelled gives it up.
     *
     * @param deadline by {@link Time#nanos}
     * @param abandoned whether nobody wants the proof any more; asked before each try
     * @throws Refused when it was not solved by then, or is not wanted any more
     */
    ProofOfWork solve(Puzzle puzzle, long effort, long deadline, BooleanSupplier abandoned)
            throws Refused, InterruptedException {
        Work work = join(effort);
        try {
            PuzzleNonce nonce = PuzzleNonce.random(entropy);
            while (true) {
                Optional<ProofOfWork> proof = attempt(awaitTurn(work, deadline, abandoned), puzzle, nonce, effort);
                if (proof.isPresent()) {
                    return proof.get();
                }
                nonce = nonce.next();
            }
        } finally {
            leave(work);
        }
    }

    private Optional<ProofOfWork> attempt(PuzzleSolver with, Puzzle puzzle, PuzzleNonce nonce, long effort)
            throws InterruptedException {
        boolean isDone = false;
        try {
            Optional<ProofOfWork> proof = tasks.compute("puzzle", () -> with.attempt(puzzle, nonce, effort))
                    .get();
            isDone = true;
            return proof;
        } catch (ExecutionException bug) {
            throw new IllegalStateException("A puzzle's solver failed", bug);
        } finally {
            endTurn(isDone);
        }
    }

    private Work join(long effort) {
        lock.lock();
        try {
            Work work = new Work(effort, numbers++, lock.newCondition());
            waiting.add(work);
            return work;
        } finally {
            lock.unlock();
        }
    }

    private PuzzleSolver awaitTurn(Work work, long deadline, BooleanSupplier abandoned)
            throws Refused, InterruptedException {
        lock.lockInterruptibly();
        try {
            boolean inTime = deadline - time.nanos() > 0;
            while (inTime && (isTrying || waiting.first().number != work.number)) {
                inTime = time.await(lock, work.turn, deadline);
            }
            if (!inTime) {
                throw new Refused(
                        Refused.Kind.ONION_INTRODUCTION_TIMED_OUT,
                        "the service asks for work, of effort " + work.effort + ", that was not done in time");
            }
            if (abandoned.getAsBoolean()) {
                throw new Refused(
                        Refused.Kind.ONION_INTRODUCTION_TIMED_OUT,
                        "nobody waits any more for the service, which asks for work of effort " + work.effort);
            }
            isTrying = true;
            if (solver == null) {
                solver = new PuzzleSolver(runtime);
            }
            return solver;
        } finally {
            lock.unlock();
        }
    }

    /** @param isDone else the pool is still at the try that was given up, with this solver */
    private void endTurn(boolean isDone) {
        lock.lock();
        try {
            isTrying = false;
            if (!isDone) {
                solver = null;
            }
            waiting.first().turn.signal();
        } finally {
            lock.unlock();
        }
    }

    private void leave(Work work) {
        lock.lock();
        try {
            waiting.remove(work);
            if (waiting.isEmpty()) {
                solver = null;
            } else {
                waiting.first().turn.signal();
            }
        } finally {
            lock.unlock();
        }
    }
}
