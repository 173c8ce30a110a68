package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.SharedRandomCommit;
import io.allium.netdoc.SharedRandomValue;
import io.allium.netdoc.Vote;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedRandomTest {
    private static final Duration INTERVAL = Duration.ofSeconds(20);

    /** When the recorded run ended. */
    private static final Instant END_OF_RUN = Instant.parse("2026-11-20T11:28:00Z");

    private final SystemDisk disk = new SystemDisk();
    private final Set<Fingerprint> authorities = new TreeSet<>();
    private Fingerprint ourselves = Fingerprint.of(new byte[Fingerprint.LENGTH]);

    @TempDir
    private Path folder;

    @BeforeEach
    void knowTheAuthorities() throws Untrusted {
        for (int i = 0; i < 3; i++) {
            ourselves = vote(i).authority();
            authorities.add(ourselves);
        }
    }

    @Test
    void theSharesOfANetworkOfCTorMakeItsValue() throws LocalFailure {
        disk.write(folder.resolve("sr-state"), Samples.read("sr-state"));
        SharedRandom random = start();
        assertThat(random.say(END_OF_RUN.minus(INTERVAL), INTERVAL).commits())
                .hasSize(3)
                .allSatisfy(commit -> assertThat(commit.reveal()).isPresent());

        random.prepare(END_OF_RUN, INTERVAL);
        SharedRandom.Said said = random.say(END_OF_RUN, INTERVAL);
        SharedRandomValue value = said.current().orElseThrow();
        assertThat(value.reveals()).isEqualTo(3);
        assertThat(Base64.getEncoder().encodeToString(value.value().bytes()))
                .isEqualTo("fUxVqhQi20i47b7heKuVwUrG/dAQwVFBe+92W8R0KFI=");
        assertThat(said.previous()).isEmpty();
        assertThat(said.commits()).hasSize(1);
        assertThat(said.commits().getFirst().reveal()).isEmpty();
    }

    @Test
    void whoMissedTheRevealsWaitsForTheConsensus() throws LocalFailure {
        SharedRandom random = start();
        random.prepare(END_OF_RUN.minus(INTERVAL.multipliedBy(20)), INTERVAL);
        random.prepare(END_OF_RUN, INTERVAL);
        assertThat(random.say(END_OF_RUN, INTERVAL).current()).isEmpty();
    }

    @Test
    void theStateOfCTorIsReadAndWrittenAlike() {
        String theirs = new String(Samples.read("sr-state"), StandardCharsets.US_ASCII);
        String ours = SharedRandomState.read(Samples.read("sr-state")).text();
        assertThat(lines(ours)).isEqualTo(lines(theirs));
    }

    @Test
    void ourCommitmentStaysTheSameAcrossARestart() throws LocalFailure {
        SharedRandom first = start();
        first.prepare(END_OF_RUN, INTERVAL);
        SharedRandom second = start();
        second.prepare(END_OF_RUN.plus(INTERVAL), INTERVAL);
        assertThat(second.say(END_OF_RUN, INTERVAL)).isEqualTo(first.say(END_OF_RUN, INTERVAL));
    }

    @Test
    void aShareIsHeardFromItsOwnAuthorityOnly() throws LocalFailure, Untrusted {
        SharedRandom random = start();
        Instant committing = vote(0).header().times().validAfter();
        random.prepare(committing, INTERVAL);
        random.hear(vote(0), INTERVAL); // it repeats the commitments of all three
        assertThat(random.say(committing, INTERVAL).commits())
                .extracting(SharedRandomCommit::authority)
                .containsExactlyInAnyOrder(ourselves, vote(0).authority());
    }

    @Test
    void aRevealThatIsNotOfItsCommitIsFound() throws Untrusted {
        Commitment one = Commitment.make(ourselves, END_OF_RUN, new SystemEntropy());
        Commitment other = Commitment.make(ourselves, END_OF_RUN, new SystemEntropy());
        assertThat(Commitment.read(one.line(true)).revealsTruly()).isTrue();
        SharedRandomCommit swapped = new SharedRandomCommit(1, "sha3-256", ourselves, one.commit(), other.reveal());
        assertThat(Commitment.read(swapped).revealsTruly()).isFalse();
        assertThat(one.toString()).doesNotContain(one.reveal().orElseThrow());
    }

    @Test
    void whatAConsensusSaysIsSo() throws LocalFailure, Untrusted {
        SharedRandom random = start();
        random.prepare(END_OF_RUN, INTERVAL);
        random.agreed(ConsensusMaker.make(List.of(vote(0), vote(1), vote(2)), 3)
                .getFirst()
                .header());
        assertThat(random.say(END_OF_RUN, INTERVAL).current()).isEqualTo(Optional.empty());
    }

    private SharedRandom start() throws LocalFailure {
        return new SharedRandom(
                disk, folder.resolve("sr-state"), new SystemEntropy(), Log.NONE, ourselves, authorities);
    }

    private static Vote vote(int number) throws Untrusted {
        return Vote.parse(Samples.read("measured/vote-" + number)).claimed();
    }

    /** Without comments; C tor writes commitments in no particular order. */
    private static List<String> lines(String state) {
        return state.lines().filter(line -> !line.startsWith("#")).sorted().toList();
    }
}
