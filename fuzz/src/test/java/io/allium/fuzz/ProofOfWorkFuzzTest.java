package io.allium.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.allium.base.ProtocolViolation;
import io.allium.cell.ProofOfWorkExtension;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.ProofOfWork;
import io.allium.crypto.Puzzle;
import io.allium.crypto.PuzzleSeed;
import io.allium.crypto.PuzzleVerifier;
import java.util.Arrays;
import java.util.HexFormat;

/** What clients that nobody knows show an onion service as their work. */
class ProofOfWorkFuzzTest {
    /** For whom one of the inputs is a good proof. */
    private static final Ed25519Identity SERVICE =
            Ed25519Identity.of(HexFormat.of().parseHex("11".repeat(Ed25519Identity.LENGTH)));

    private static final int SEED_LENGTH = 32;

    private final PuzzleVerifier verifier = new PuzzleVerifier();

    /** A seed, and then the field of the extension. Whatever came before, the same proof is as good as another verifier finds it. */
    @FuzzTest
    void shownProof(byte[] input) {
        Puzzle puzzle = new Puzzle(SERVICE, PuzzleSeed.of(Arrays.copyOf(input, SEED_LENGTH)));
        byte[] field = Arrays.copyOfRange(input, Math.min(SEED_LENGTH, input.length), input.length);
        try {
            ProofOfWork shown = ProofOfWorkExtension.decode(field);
            ProofOfWork proof = new ProofOfWork(
                    shown.nonce(),
                    shown.effort(),
                    puzzle.seed().head(), // else nothing is looked at
                    shown.solution());
            if (verifier.verify(puzzle, proof) != new PuzzleVerifier().verify(puzzle, proof)) {
                throw new IllegalStateException("is taken once and once not: " + proof);
            }
        } catch (ProtocolViolation refused) {
            Refusals.check(refused);
        }
    }
}
