package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Entropy;
import io.allium.cell.Extensions;
import io.allium.cell.IntroducePlaintext;
import io.allium.cell.ProofOfWorkExtension;
import io.allium.cell.RendezvousCookie;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.HashXRuntime;
import io.allium.crypto.ProofOfWork;
import io.allium.crypto.Puzzle;
import io.allium.crypto.PuzzleNonce;
import io.allium.crypto.PuzzleSeed;
import io.allium.crypto.PuzzleSolver;
import io.allium.netdoc.ProofOfWorkParameters;
import io.allium.testing.ManualTime;
import io.allium.testing.SeededEntropy;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ProofOfWorkDefenseTest {
    private final ManualTime time = new ManualTime();
    private final Entropy entropy = new SeededEntropy(5);
    private final Ed25519Identity blindedId = Ed25519Identity.of(entropy.bytes(32));
    private final ProofOfWorkDefense<String> defense =
            new ProofOfWorkDefense<>(ProofOfWorkQueue.Limits.of(250, 2500), entropy, time);
    private final PuzzleSolver solver = new PuzzleSolver(HashXRuntime.AUTOMATIC);

    @Test
    void aProofIsGoodOnce() throws InterruptedException {
        ProofOfWork proof = solve(3);

        assertThat(defense.accept(blindedId, proof)).isTrue();
        assertThat(defense.accept(blindedId, proof)).isFalse();
    }

    @Test
    void aProofForAnotherServiceOrOfMoreEffortIsNone() throws InterruptedException {
        ProofOfWork proof = solve(3);
        ProofOfWork boast = new ProofOfWork(proof.nonce(), 4, proof.seedHead(), proof.solution());

        assertThat(defense.accept(Ed25519Identity.of(new byte[32]), proof)).isFalse();
        assertThat(defense.accept(blindedId, boast)).isFalse();
        assertThat(defense.accept(blindedId, proof))
                .as("what was refused is not spent")
                .isTrue();
    }

    @Test
    void theSeedBeforeTheCurrentStillCountsAndTheOneBeforeThatDoesNot() throws InterruptedException {
        ProofOfWork proof = solve(1);
        ProofOfWork another = solve(1);

        passSeed();
        assertThat(defense.accept(blindedId, proof)).isTrue();
        assertThat(defense.accept(blindedId, proof)).isFalse();
        passSeed();
        assertThat(defense.accept(blindedId, another)).isFalse();
    }

    @Test
    void aSeedLastsTwoHoursOrALittleLess() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            Entropy drawn = new SeededEntropy(random.nextLong());
            Instant now = time.now().plusMillis(random.nextInt(1000));
            PuzzleSeeds seeds = new PuzzleSeeds(drawn, now);
            assertThat(Duration.between(Instant.ofEpochSecond(now.getEpochSecond()), seeds.expires()))
                    .isBetween(Duration.ofSeconds(6300), Duration.ofSeconds(7199));
            PuzzleSeed first = seeds.current();
            seeds.rotate(seeds.expires().minusMillis(1));
            assertThat(seeds.current()).isEqualTo(first);
            seeds.rotate(seeds.expires());
            assertThat(seeds.current()).isNotEqualTo(first);
            assertThat(seeds.named(first.head()).orElseThrow().seed()).isEqualTo(first);
        }
    }

    @Test
    void twoSeedsNeverBeginAlike() {
        byte[] one = new byte[32];
        byte[] alike = new byte[32];
        alike[31] = 1;
        byte[] other = new byte[32];
        other[0] = 1;
        Scripted scripted = new Scripted(one, alike, other, new byte[8]);

        PuzzleSeeds seeds = new PuzzleSeeds(scripted, time.now());

        assertThat(seeds.current()).isEqualTo(PuzzleSeed.of(other));
        assertThat(seeds.named(0).orElseThrow().seed()).isEqualTo(PuzzleSeed.of(one));
    }

    @Test
    void theDescriptorChangesWithTheSeedOrMuchOfTheEffort() {
        ProofOfWorkParameters first = offer();
        assertThat(defense.offer(Optional.of(first))).isSameAs(first);

        passSeed();
        ProofOfWorkParameters second = defense.offer(Optional.of(first));
        assertThat(second.seed()).isNotEqualTo(first.seed());
        assertThat(second.suggestedEffort()).isZero();

        flood();
        ProofOfWorkParameters third = defense.offer(Optional.of(second));
        assertThat(third.seed()).isEqualTo(second.seed());
        assertThat(third.suggestedEffort()).isPositive();
    }

    @Test
    void aServiceThatAnswersNobodyOfAFloodStillSuggestsMore() {
        flood();

        assertThat(offer().suggestedEffort()).isEqualTo(1);
    }

    @Test
    void whenThereIsNoRoomForMoreNoncesCheapOnesAreWorthless() {
        SpentNonces spent = new SpentNonces(10);
        for (int i = 0; i < 9; i++) {
            spent.spend(nonce(i), i);
        }
        assertThat(spent.size()).isEqualTo(9);
        spent.spend(nonce(9), 9);

        assertThat(spent.size()).isEqualTo(4);
        for (int i = 0; i < 10; i++) {
            assertThat(spent.isUnspent(nonce(i), i)).as("replayed " + i).isFalse();
        }
        assertThat(spent.isUnspent(nonce(100), 5)).isFalse();
        assertThat(spent.isUnspent(nonce(100), 6)).isTrue();
    }

    @Test
    void aFloodOfOneEffortIsWorthlessAtOnce() {
        SpentNonces spent = new SpentNonces(10);
        for (int i = 0; i < 10; i++) {
            spent.spend(nonce(i), 1);
        }
        assertThat(spent.size()).isZero();
        assertThat(spent.isUnspent(nonce(3), 1)).isFalse();
        assertThat(spent.isUnspent(nonce(3), 2)).isTrue();
    }

    @Test
    void whoeverAnswersTakesThoseWhoWorkedMostFirst() throws InterruptedException {
        defense.add("lazy", 0);
        defense.add("diligent", 50);

        assertThat(defense.take(() -> 0)).isEqualTo("diligent");
        assertThat(defense.take(() -> 0)).isEqualTo("lazy");
    }

    @Test
    void aProofTravelsInAnIntroduction() throws Exception {
        ProofOfWork proof = solve(2);
        IntroducePlaintext invitation = new IntroducePlaintext(
                RendezvousCookie.generate(entropy),
                new Extensions(List.of(ProofOfWorkExtension.of(proof))),
                Curve25519Key.of(new byte[32]),
                List.of());

        assertThat(IntroducePlaintext.decode(invitation.encode(0)).proofOfWork())
                .contains(proof);
    }

    private void flood() {
        int many = ProofOfWorkQueue.Limits.of(250, 2500).high();
        for (int i = 0; i < many; i++) {
            defense.add("introduction", 1);
        }
        time.pass(EffortControl.PERIOD);
        defense.turn();
    }

    private void passSeed() {
        time.pass(PuzzleSeeds.LIFETIME);
        defense.turn();
    }

    private ProofOfWorkParameters offer() {
        return defense.offer(Optional.empty());
    }

    private ProofOfWork solve(long effort) {
        Puzzle puzzle = new Puzzle(blindedId, offer().seed());
        return Stream.iterate(PuzzleNonce.random(entropy), PuzzleNonce::next)
                .flatMap(nonce -> solver.attempt(puzzle, nonce, effort).stream())
                .findFirst()
                .orElseThrow();
    }

    private static PuzzleNonce nonce(int number) {
        byte[] bytes = new byte[PuzzleNonce.LENGTH];
        bytes[0] = (byte) number;
        return PuzzleNonce.of(bytes);
    }

    /** Gives what it was told to, in order. */
    private static final class Scripted implements Entropy {
        private final Deque<byte[]> answers = new ArrayDeque<>();

        Scripted(byte[]... answers) {
            this.answers.addAll(List.of(answers));
        }

        @Override
        public void fill(byte[] bytes) {
            System.arraycopy(answers.remove(), 0, bytes, 0, bytes.length);
        }

        @Override
        public SecureRandom secureRandom() {
            throw new UnsupportedOperationException();
        }
    }
}
