package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.authority.Ballots.Way;
import io.allium.authority.VotingSchedule.Timing;
import io.allium.base.Log;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.Vote;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BallotsTest {
    private static final Timing TIMING =
            new Timing(Duration.ofSeconds(20), Duration.ofSeconds(4), Duration.ofSeconds(4));

    /** When the recorded votes were cast. */
    private static final Instant VOTING = Instant.parse("2026-11-20T11:22:52Z");

    private static final Instant LATE = Instant.parse("2026-11-20T11:22:55Z");

    private final Set<Fingerprint> authorities = new TreeSet<>();
    private Certificates certificates;
    private Ballots ballots;

    @BeforeEach
    void openBallots() throws Untrusted {
        for (int i = 0; i < 3; i++) {
            authorities.add(Vote.parse(vote(i)).claimed().authority());
        }
        certificates = new Certificates(authorities);
        ballots = new Ballots(authorities, certificates, (vote, interval) -> {}, Log.NONE);
        ballots.open(VotingSchedule.next(VOTING, TIMING, Duration.ZERO));
    }

    @Test
    void aVoteOfEachAuthorityIsKept() throws Untrusted {
        for (int i = 0; i < 3; i++) {
            assertThat(ballots.receive(vote(i), Way.POSTED, "test", VOTING).phrase())
                    .isEqualTo("Vote stored");
        }
        assertThat(ballots.pending()).hasSize(3);
        assertThat(ballots.missing()).isEmpty();
        assertThat(certificates.all()).hasSize(3);
        Vote one = Vote.parse(vote(0)).claimed();
        assertThat(ballots.withDigest(one.digest())).isPresent();
        assertThat(ballots.previous(one.authority())).isEmpty();
    }

    @Test
    void votesThatWereFetchedTogetherAreTakenApart() {
        ByteArrayOutputStream together = new ByteArrayOutputStream();
        together.writeBytes(vote(1));
        together.writeBytes(vote(2));
        assertThat(ballots.receive(together.toByteArray(), Way.TAKEN, "test", LATE)
                        .status())
                .isEqualTo(200);
        assertThat(ballots.pending()).hasSize(2);
        assertThat(ballots.missing()).hasSize(1);
    }

    @Test
    void theSameVoteAgainIsDiscarded() {
        ballots.receive(vote(0), Way.POSTED, "test", VOTING);
        assertThat(ballots.receive(vote(0), Way.POSTED, "test", VOTING).phrase())
                .isEqualTo("Duplicate discarded");
    }

    @Test
    void aVotePostedTooLateWouldBeDangerousToCount() {
        assertThat(ballots.receive(vote(0), Way.POSTED, "test", LATE).status()).isEqualTo(400);
        assertThat(ballots.receive(vote(0), Way.TAKEN, "test", LATE).status()).isEqualTo(200);
    }

    @Test
    void theSecondThatIsTheLimitCountsAsAWholeLikeAtCTor() {
        Instant limit = VotingSchedule.next(VOTING, TIMING, Duration.ZERO).fetchMissingVotes();
        assertThat(ballots.receive(vote(0), Way.POSTED, "test", limit.plusSeconds(1))
                        .status())
                .isEqualTo(400);
        assertThat(ballots.receive(vote(0), Way.POSTED, "test", limit.plusMillis(999))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aVoteForAnotherPeriodIsRejected() {
        ballots.open(VotingSchedule.next(VOTING.plusSeconds(20), TIMING, Duration.ZERO));
        assertThat(ballots.receive(vote(0), Way.POSTED, "test", VOTING).phrase())
                .isEqualTo("Bad valid-after time");
    }

    @Test
    void aStrangersVoteIsRejected() {
        Ballots others = new Ballots(Set.of(), new Certificates(Set.of()), (vote, interval) -> {}, Log.NONE);
        others.open(VotingSchedule.next(VOTING, TIMING, Duration.ZERO));
        assertThat(others.receive(vote(0), Way.POSTED, "test", VOTING).phrase())
                .isEqualTo("Vote not from a recognized v3 authority");
    }

    @Test
    void aForgedVoteIsRejected() {
        String forged = new String(vote(0), StandardCharsets.US_ASCII).replace("circwindow=1000", "circwindow=1001");
        assertThat(ballots.receive(forged.getBytes(StandardCharsets.US_ASCII), Way.POSTED, "test", VOTING)
                        .phrase())
                .isEqualTo("Unable to parse vote");
        assertThat(ballots.receive(new byte[0], Way.POSTED, "test", VOTING).status())
                .isEqualTo(400);
    }

    @Test
    void thePeriodBeforeIsRemembered() throws Untrusted {
        ballots.receive(vote(0), Way.POSTED, "test", VOTING);
        ballots.close();
        ballots.open(VotingSchedule.next(VOTING.plusSeconds(20), TIMING, Duration.ZERO));
        Fingerprint authority = Vote.parse(vote(0)).claimed().authority();
        assertThat(ballots.pending()).isEmpty();
        assertThat(ballots.previous(authority)).isPresent();
    }

    @Test
    void aPeriodThatIsBegunAgainKeepsItsVotesAndTheHistory() throws Untrusted {
        VotingSchedule period = VotingSchedule.next(VOTING, TIMING, Duration.ZERO);
        ballots.receive(vote(0), Way.POSTED, "test", VOTING);
        ballots.open(period);
        assertThat(ballots.pending()).hasSize(1);
        ballots.close();
        ballots.open(VotingSchedule.next(VOTING.plusSeconds(20), TIMING, Duration.ZERO));
        ballots.open(VotingSchedule.next(VOTING.plusSeconds(40), TIMING, Duration.ZERO));
        assertThat(ballots.previous(Vote.parse(vote(0)).claimed().authority())).isPresent();
    }

    private static byte[] vote(int number) {
        return Samples.read("measured/vote-" + number);
    }
}
