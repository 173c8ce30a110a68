package io.allium.onionservice;

import io.allium.base.Entropy;
import io.allium.base.Time;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.ProofOfWork;
import io.allium.crypto.Puzzle;
import io.allium.crypto.PuzzleVerifier;
import io.allium.netdoc.ProofOfWorkParameters;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;

/**
 * How a service that is flooded with introductions answers those first who work for it: its puzzles, which proofs it takes, and the
 * queue. One task brings introductions and another answers them; what they share is guarded by {@code lock}.
 *
 * @param <R> what it takes to answer an introduction
 * @spec hspow-spec common-protocol
 */
final class ProofOfWorkDefense<R> {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Time time;
    private final PuzzleSeeds seeds;
    private final EffortControl control;
    private final ProofOfWorkQueue<R> queue;
    private long periodEnds;

    private final PuzzleVerifier verifier = new PuzzleVerifier(); // confined to the task that brings introductions

    ProofOfWorkDefense(ProofOfWorkQueue.Limits limits, Entropy entropy, Time time) {
        this.time = time;
        seeds = new PuzzleSeeds(entropy, time.now());
        control = new EffortControl(limits.low());
        queue = new ProofOfWorkQueue<>(limits, control, time);
        periodEnds = time.nanos() + EffortControl.PERIOD.toNanos();
    }

    /**
     * Whether an introduction with this proof may be added, with the proof's effort; else it is to be ignored. A proof is good once.
     * Takes some 100 µs.
     *
     * @param blindedId of the descriptor in which the client found the introduction point
     */
    boolean accept(Ed25519Identity blindedId, ProofOfWork proof) {
        Optional<PuzzleSeeds.Live> live = unspent(proof);
        if (live.isEmpty() || !verifier.verify(new Puzzle(blindedId, live.get().seed()), proof)) {
            return false;
        }
        spend(live.get(), proof);
        return true;
    }

    private Optional<PuzzleSeeds.Live> unspent(ProofOfWork proof) {
        lock.lock();
        try {
            return seeds.named(proof.seedHead()).filter(live -> live.spent().isUnspent(proof.nonce(), proof.effort()));
        } finally {
            lock.unlock();
        }
    }

    private void spend(PuzzleSeeds.Live live, ProofOfWork proof) {
        lock.lock();
        try {
            live.spent().spend(proof.nonce(), proof.effort());
        } finally {
            lock.unlock();
        }
    }

    /** Queues an introduction whose proof was accepted, or one that shows none, whose effort is 0. */
    void add(R request, long effort) {
        lock.lock();
        try {
            queue.add(request, effort);
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The introduction to answer next; waits until there is one that may be.
     *
     * @param inFlight how many answers are on their way
     */
    R take(IntSupplier inFlight) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                switch (queue.next(inFlight.getAsInt())) {
                    case ProofOfWorkQueue.Next.Answer<R> answer -> {
                        return answer.request();
                    }
                    case ProofOfWorkQueue.Next.Later<R> later ->
                        time.await(lock, arrived, time.nanos() + later.pause().toNanos());
                    case ProofOfWorkQueue.Next.Nothing<R> nothing -> arrived.await();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** How many introductions wait. */
    int waiting() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    /** The effort that clients are to show now, whether or not that is published already. */
    long suggested() {
        lock.lock();
        try {
            return control.suggested();
        } finally {
            lock.unlock();
        }
    }

    /** How many introductions were never answered, and why. */
    ProofOfWorkQueue.Thrown thrown() {
        lock.lock();
        try {
            return queue.thrown();
        } finally {
            lock.unlock();
        }
    }

    /** Does what is due: another seed, another suggestion. To be called some times a minute. */
    void turn() {
        lock.lock();
        try {
            seeds.rotate(time.now());
            if (time.nanos() - periodEnds >= 0) {
                control.endPeriod(queue.size(), queue.effortMax());
                periodEnds = time.nanos() + EffortControl.PERIOD.toNanos();
            }
        } finally {
            lock.unlock();
        }
    }

    /** What the descriptor should tell, given what it tells: the same unless the seed is another or the effort quite another. */
    ProofOfWorkParameters offer(Optional<ProofOfWorkParameters> published) {
        lock.lock();
        try {
            ProofOfWorkParameters fresh =
                    new ProofOfWorkParameters(seeds.current(), control.suggested(), seeds.expires());
            return published
                    .filter(old -> old.seed().equals(fresh.seed()) && !control.isWorthPublishing(old.suggestedEffort()))
                    .orElse(fresh);
        } finally {
            lock.unlock();
        }
    }
}
