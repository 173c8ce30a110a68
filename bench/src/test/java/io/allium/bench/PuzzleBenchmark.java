package io.allium.bench;

import io.allium.base.Entropy;
import io.allium.base.SystemEntropy;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.HashXRuntime;
import io.allium.crypto.ProofOfWork;
import io.allium.crypto.Puzzle;
import io.allium.crypto.PuzzleNonce;
import io.allium.crypto.PuzzleSeed;
import io.allium.crypto.PuzzleSolver;
import io.allium.crypto.PuzzleVerifier;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Proof of work: what a try at a puzzle costs a client, which has two solutions on average, and what a proof costs a service. */
@BenchmarkMode(Mode.AverageTime)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 2)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PuzzleBenchmark {
    private static Puzzle puzzle(Entropy entropy) {
        return new Puzzle(
                Ed25519Identity.of(entropy.bytes(Ed25519Identity.LENGTH)),
                PuzzleSeed.of(entropy.bytes(PuzzleSeed.LENGTH)));
    }

    /** A client, with nonces that never do. */
    @State(Scope.Thread)
    public static class Client {
        @Param({"INTERPRETED", "COMPILED"})
        HashXRuntime runtime = HashXRuntime.AUTOMATIC;

        private final Entropy entropy = new SystemEntropy();
        private final Puzzle puzzle = puzzle(entropy);
        private PuzzleNonce nonce = PuzzleNonce.random(entropy);
        private final PuzzleSolver[] solvers = {
            new PuzzleSolver(HashXRuntime.INTERPRETED), new PuzzleSolver(HashXRuntime.COMPILED)
        };

        Optional<ProofOfWork> attempt() {
            nonce = nonce.next();
            PuzzleSolver solver = solvers[runtime == HashXRuntime.COMPILED ? 1 : 0];
            return solver.attempt(puzzle, nonce, ProofOfWork.EFFORT_MAX);
        }
    }

    /** A service, to which different proofs are shown. */
    @State(Scope.Thread)
    public static class Service {
        private static final int PROOFS = 50;

        private final Entropy entropy = new SystemEntropy();
        private final Puzzle puzzle = puzzle(entropy);
        private final ProofOfWork[] proofs = new ProofOfWork[PROOFS];
        private final PuzzleVerifier verifier = new PuzzleVerifier();
        private int next;

        public Service() {
            PuzzleSolver solver = new PuzzleSolver(HashXRuntime.AUTOMATIC);
            PuzzleNonce nonce = PuzzleNonce.random(entropy);
            for (int found = 0; found < PROOFS; nonce = nonce.next()) {
                Optional<ProofOfWork> proof = solver.attempt(puzzle, nonce, 1);
                if (proof.isPresent()) {
                    proofs[found++] = proof.get();
                }
            }
        }

        boolean verify() {
            next = (next + 1) % PROOFS;
            return verifier.verify(puzzle, proofs[next]);
        }
    }

    @Benchmark
    public Optional<ProofOfWork> clientTriesANonce(Client client) {
        return client.attempt();
    }

    @Benchmark
    public boolean serviceVerifies(Service service) {
        return service.verify();
    }
}
