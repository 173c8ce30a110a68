package io.allium.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Entropy;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PuzzleTest {
    private static final String AS = "a".repeat(64);
    private static final String ONES = "1".repeat(64);
    private static final String SEED = "86fb0acf4932cda44dbb451282f415479462dd10cb97ff5e7e8e2a53c3767a7f";
    private static final String ID = "bfd298428562e530c52bdb36d81a0e293ef4a0e94d787f0f8c0c611f4f9e78ed";

    private final PuzzleVerifier verifier = new PuzzleVerifier();

    /** A known proof: from which nonce C tor's solver began, and at which it ended. */
    record Known(long effort, String first, String seed, String id, String nonce, String solution) {
        Puzzle puzzle() {
            return PuzzleTest.puzzle(id, seed);
        }

        ProofOfWork proof() {
            return PuzzleTest.proof(effort, seed, nonce, solution);
        }
    }

    /** The solutions that C tor's unit tests expect. */
    static Stream<Known> known() {
        String fives = "5".repeat(32);
        return Stream.of(
                new Known(0, fives, AS, ONES, fives, "4312f87ceab844c78e1c793a913812d7"),
                new Known(1, fives, AS, ONES, fives, "84355542ab2b3f79532ef055144ac5ab"),
                new Known(1, fives, AS, "1".repeat(63) + "0", fives, "115e4b70da858792fc205030b8c83af9"),
                new Known(2, fives, AS, ONES, fives, "4600a93a535ed76dc746c99942ab7de2"),
                new Known(10, fives, AS, ONES, "56" + fives.substring(2), "128bbda5df2929c3be086de2aad34aed"),
                new Known(
                        10,
                        "f".repeat(32),
                        AS,
                        ONES,
                        "01000000000000000000000000000000",
                        "203af985537fadb23f3ed5873b4c81ce"),
                new Known(
                        1337,
                        "7fffffffffffffffffffffffffffffff",
                        AS,
                        "4" + ONES.substring(1),
                        "01000000000000000000000000000000",
                        "31c377cb72796ed80ae77df6ac1d6bfd"),
                new Known(
                        31_337,
                        "34a20000000000000000000000000000",
                        AS,
                        ONES,
                        "36a20000000000000000000000000000",
                        "ca6899b91113aaf7536f28db42526bff"),
                new Known(100, fives, AS, ONES, "56" + fives.substring(2), "3a4122a240bd7abfc922ab3cbb9479ed"),
                new Known(
                        1000,
                        "d3" + fives.substring(2),
                        AS,
                        ONES,
                        "d4" + fives.substring(2),
                        "338cc08f57697ce8ac2e4b453057d6e9"),
                new Known(
                        10_000,
                        "c571" + fives.substring(4),
                        AS,
                        ONES,
                        "c871" + fives.substring(4),
                        "9f2d3d4ed831ac96ad34c25fb59ff3e2"),
                new Known(
                        100_000,
                        "418d56" + fives.substring(6),
                        AS,
                        ONES,
                        "428d56" + fives.substring(6),
                        "9863f3acd2d15adfd244a7ca61d4c6ff"),
                new Known(
                        1_000_000,
                        "582172" + fives.substring(6),
                        AS,
                        ONES,
                        "592172" + fives.substring(6),
                        "0f3db97b9cac20c1771680a1a34848d3"),
                new Known(
                        1,
                        "d0aec1669384bfe5ed39cd724d6c7954",
                        "c52be1f8a5e6cc3b8fb71cfdbe272cbc91d4d035400f2f94fb0d0074794e0a07",
                        ID,
                        "d1aec1669384bfe5ed39cd724d6c7954",
                        "462606e5f8c2f3f844127b8bfdd6b4ff"),
                new Known(
                        1,
                        "b4d0e611e6935750fcf9406aae131f62",
                        SEED,
                        ID,
                        "b4d0e611e6935750fcf9406aae131f62",
                        "9f3fbd50b1a83fb63284bde44318c0fd"),
                new Known(
                        1,
                        "b4d0e611e6935750fcf9406aae131f62",
                        "9dfbd06d86fed8e12de3ab214e1a63ea61f46253fe08346a20378da70c4a327d",
                        "bec632eb76123956f99a06d394fcbee8f135b8ed01f2e90aabe404cb0346744a",
                        "b4d0e611e6935750fcf9406aae131f62",
                        "161baa7490356292d020065fdbe55ffc"),
                new Known(
                        1,
                        "40559fdbc34326d9d2f18ed277469c63",
                        SEED,
                        ID,
                        "40559fdbc34326d9d2f18ed277469c63",
                        "fa649c6a2c5c0bb6a3511b9ea4b448d1"),
                new Known(
                        10_000,
                        "34569fdbc34326d9d2f18ed277469c63",
                        SEED,
                        ID,
                        "36569fdbc34326d9d2f18ed277469c63",
                        "2802951e623c74adc443ab93e99633ee"),
                new Known(
                        100_000,
                        "2cff9fdbc34326d9d2f18ed277469c63",
                        SEED,
                        ID,
                        "2eff9fdbc34326d9d2f18ed277469c63",
                        "400cb091139f86b352119f6e131802d6"),
                new Known(
                        1_000_000,
                        "5243b3dbc34326d9d2f18ed277469c63",
                        SEED,
                        ID,
                        "5543b3dbc34326d9d2f18ed277469c63",
                        "b47c718b56315e9697173a6bac1feaa4"));
    }

    @ParameterizedTest
    @MethodSource("known")
    void whatOthersSolvedIsASolution(Known known) {
        assertThat(verifier.verify(known.puzzle(), known.proof())).isTrue();
    }

    @ParameterizedTest
    @MethodSource("known")
    void solvesWithTheNonceThatOthersSolveWith(Known known) {
        PuzzleSolver solver = new PuzzleSolver(HashXRuntime.AUTOMATIC);

        PuzzleNonce first = PuzzleNonce.random(new FirstBytes(Vectors.hex(known.first())));
        ProofOfWork proof = Stream.iterate(first, PuzzleNonce::next)
                .flatMap(nonce -> solver.attempt(known.puzzle(), nonce, known.effort()).stream())
                .findFirst()
                .orElseThrow();

        assertThat(proof.nonce()).isEqualTo(PuzzleNonce.of(Vectors.hex(known.nonce())));
        assertThat(verifier.verify(known.puzzle(), proof)).isTrue();
        if (known.effort() > 10) { // with less, more than one solution of a challenge may do
            assertThat(proof).isEqualTo(known.proof());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "100000, 2eff9fdbc34326d9d2f18ed277469c63, 400cb091139f86b352119f6e131802d6, true",
        "99999, 2eff9fdbc34326d9d2f18ed277469c63, 400cb091139f86b352119f6e131802d6, false",
        "100000, 2eff9fdbc34326d9a2f18ed277469c63, 400cb091139f86b352119f6e131802d6, false",
        "100000, 2eff9fdbc34326d9d2f18ed277469c63, 400cb091139f86b352119f6e131802d7, false",
        "1, 00000000000000000000000000000000, 00000000000000000000000000000000, false",
    })
    void whatAnyPartOfWasChangedIsNoProof(long effort, String nonce, String solution, boolean right) {
        assertThat(verifier.verify(puzzle(ID, SEED), proof(effort, SEED, nonce, solution)))
                .isEqualTo(right);
    }

    @Test
    void aProofServesNeitherAnotherServiceNorAnotherSeed() {
        Known known = known().skip(1).findFirst().orElseThrow();
        String seedOfTheSameHead = "aaaaaaaa" + "b".repeat(56);

        assertThat(verifier.verify(puzzle(ID, AS), known.proof())).isFalse();
        assertThat(verifier.verify(puzzle(ONES, seedOfTheSameHead), known.proof()))
                .isFalse();
        assertThat(verifier.verify(puzzle(ONES, SEED), known.proof())).isFalse();
    }

    @Test
    void theGreatestEffortIsNotOverflowed() {
        PuzzleLottery lottery = new PuzzleLottery();
        byte[] challenge = puzzle(ID, SEED).challenge(PuzzleNonce.of(new byte[16]), ProofOfWork.EFFORT_MAX);
        EquixSolution any = EquixSolution.of(new byte[16]);

        assertThat(lottery.isEnough(challenge, any, ProofOfWork.EFFORT_MAX)).isFalse();
        assertThat(lottery.isEnough(challenge, any, 1)).isTrue();
        assertThat(lottery.isEnough(challenge, any, 0)).isTrue();
        assertThatThrownBy(() -> Puzzle.checkEffort(ProofOfWork.EFFORT_MAX + 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Puzzle.checkEffort(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theNonceAfterTheLastIsZero() {
        byte[] ones = new byte[16];
        Arrays.fill(ones, (byte) -1);

        assertThat(PuzzleNonce.of(ones).next()).isEqualTo(PuzzleNonce.of(new byte[16]));
        assertThat(PuzzleNonce.of(Vectors.hex("ff000000000000000000000000000000"))
                        .next())
                .isEqualTo(PuzzleNonce.of(Vectors.hex("00010000000000000000000000000000")));
    }

    @Test
    void aSeedIsKnownByItsFirstBytes() {
        PuzzleSeed seed = PuzzleSeed.of(Vectors.hex(SEED));

        assertThat(seed.head()).isEqualTo(0x86fb0acf);
    }

    private static Puzzle puzzle(String id, String seed) {
        return new Puzzle(Ed25519Identity.of(Vectors.hex(id)), PuzzleSeed.of(Vectors.hex(seed)));
    }

    private static ProofOfWork proof(long effort, String seed, String nonce, String solution) {
        return new ProofOfWork(
                PuzzleNonce.of(Vectors.hex(nonce)),
                effort,
                PuzzleSeed.of(Vectors.hex(seed)).head(),
                EquixSolution.of(Vectors.hex(solution)));
    }

    /** Gives these bytes whenever it is asked. */
    private record FirstBytes(byte[] bytes) implements Entropy {
        @Override
        public void fill(byte[] into) {
            System.arraycopy(bytes, 0, into, 0, into.length);
        }

        @Override
        public SecureRandom secureRandom() {
            throw new UnsupportedOperationException();
        }
    }
}
