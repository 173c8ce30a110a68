package io.allium.authority;

import io.allium.base.Log;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.Vote;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;

/**
 * From one consensus to the next: the authorities exchange votes, each computes the same consensus of them, they exchange
 * signatures, and all publish it.
 *
 * <p>All authorities act at the same moments without a word; what somebody did not send in time the others fetch. So a
 * period is one method, and each step is over when the next one's time has come.
 *
 * @spec dir-spec 1.4
 */
final class VotingPeriod {
    /** The clock may be set while we wait; we look at it again after this long. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    private final Time time;
    private final Tasks tasks;
    private final Log log;
    private final Voter voter;
    private final Peers peers;
    private final Ballots ballots;
    private final Drafts drafts;
    private final Published published;
    private final PeriodRecord record;
    private final MissingDescriptors missingDescriptors;
    private final SharedRandom sharedRandom;

    VotingPeriod(
            Time time,
            Tasks tasks,
            Log log,
            Voter voter,
            Peers peers,
            Ballots ballots,
            Drafts drafts,
            Published published,
            PeriodRecord record,
            MissingDescriptors missingDescriptors,
            SharedRandom sharedRandom) {
        this.time = time;
        this.tasks = tasks;
        this.log = log;
        this.voter = voter;
        this.peers = peers;
        this.ballots = ballots;
        this.drafts = drafts;
        this.published = published;
        this.record = record;
        this.missingDescriptors = missingDescriptors;
        this.sharedRandom = sharedRandom;
    }

    /**
     * Takes the votes of those who are early, and waits for the time to vote.
     *
     * @return false where others made a consensus meanwhile of which we hear now, and by which the time is another
     */
    boolean awaitBeginning(VotingSchedule schedule) throws InterruptedException {
        ballots.open(schedule);
        drafts.open();
        sharedRandom.prepare(schedule.validAfter(), schedule.interval());
        for (Duration left = left(schedule.votingStarts()); left.isPositive(); left = left(schedule.votingStarts())) {
            if (published.awaitNews(time, time.nanos() + left.toNanos())) {
                return false;
            }
        }
        return true;
    }

    /** Takes part in one period, which begins now; ends when its consensus becomes valid. */
    void run(VotingSchedule schedule) throws InterruptedException {
        try (TaskGroup exchange = new TaskGroup(tasks, "voting")) {
            castOurVote(schedule, exchange);

            await(schedule.fetchMissingVotes());
            fetchMissingVotes(exchange);

            await(schedule.votingEnds());
            computeConsensus(schedule, exchange);

            await(schedule.fetchMissingSignatures());
            fetchMissingSignatures(exchange);

            await(schedule.validAfter());
            ballots.close();
            publish();
        }
    }

    private void await(Instant moment) throws InterruptedException {
        for (Duration left = left(moment); left.isPositive(); left = left(moment)) {
            time.sleep(left);
        }
    }

    private Duration left(Instant moment) {
        Duration left = Duration.between(time.now(), moment);
        return left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN;
    }

    private void castOurVote(VotingSchedule schedule, TaskGroup exchange) {
        log.notice(Log.Domain.DIR, "Time to vote.");
        Instant now = time.now();
        boolean late = now.isAfter(schedule.fetchMissingVotes()); // the others take none any more
        Optional<byte[]> vote = record.vote(schedule.validAfter());
        if (vote.isPresent()) {
            log.notice(Log.Domain.DIR, "We voted in this period before we were restarted; our vote stands.");
        } else if (late && !peers.all().isEmpty()) {
            log.notice(Log.Domain.DIR, "It is too late to vote: nobody would count it but ourselves.");
        } else {
            vote = voter.vote(schedule, now);
            vote.ifPresent(record::vote);
        }
        if (vote.isPresent()) {
            ballots.receive(vote.get(), Ballots.Way.TAKEN, "ourselves", now);
            if (!late) {
                peers.post(exchange, "vote", "/tor/post/vote", vote.get());
            }
        }
    }

    private void fetchMissingVotes(TaskGroup exchange) {
        log.notice(Log.Domain.DIR, "Time to fetch any votes that we're missing.");
        String missing =
                ballots.missing().stream().map(authority -> authority.hex()).collect(Collectors.joining("+"));
        if (!missing.isEmpty()) {
            peers.get(
                    exchange,
                    "votes",
                    "/tor/status-vote/next/" + missing,
                    peers.all(),
                    (votes, peer) -> ballots.receive(votes, Ballots.Way.TAKEN, peer.nickname(), time.now()));
        }
    }

    private void computeConsensus(VotingSchedule schedule, TaskGroup exchange) throws InterruptedException {
        log.notice(Log.Domain.DIR, "Time to compute a consensus.");
        List<Vote> votes = votes(schedule);
        missingDescriptors.fetch(votes, exchange);
        if (!voter.isEnough(votes)) {
            return;
        }
        List<Draft> computed;
        try {
            computed =
                    tasks.compute("consensus", () -> voter.consensuses(votes)).get();
        } catch (ExecutionException bug) {
            throw new IllegalStateException("computing the consensus", bug);
        }
        computed.forEach(published::draft);
        drafts.put(computed, time.now());
        drafts.detached().ifPresent(ours -> peers.post(exchange, "signatures", "/tor/post/consensus-signature", ours));
    }

    /** Those that have come; but where we computed with others before we were restarted, those again. */
    private List<Vote> votes(VotingSchedule schedule) {
        Optional<List<Vote>> before = record.counted(schedule.validAfter());
        if (before.isPresent()) {
            return before.get();
        }
        List<Vote> votes = ballots.pending();
        record.count(votes);
        return votes;
    }

    private void fetchMissingSignatures(TaskGroup exchange) {
        log.notice(Log.Domain.DIR, "Time to fetch any signatures that we're missing.");
        if (drafts.needsSignatures()) {
            peers.get(
                    exchange,
                    "signatures",
                    "/tor/status-vote/next/consensus-signatures",
                    peers.all(),
                    (signatures, peer) -> drafts.receive(signatures, peer.nickname(), time.now()));
        }
    }

    private void publish() {
        log.notice(Log.Domain.DIR, "Time to publish the consensus and discard old votes");
        drafts.signedByMajority(ConsensusFlavor.NS)
                .ifPresent(draft -> sharedRandom.agreed(draft.body().header()));
        for (ConsensusFlavor flavor : ConsensusFlavor.values()) {
            drafts.signedByMajority(flavor)
                    .ifPresentOrElse(
                            published::consensus,
                            () -> log.warn(
                                    Log.Domain.DIR,
                                    "Not enough info to publish pending " + flavor.text() + " consensus"));
        }
        if (drafts.signedByMajority(ConsensusFlavor.NS).isEmpty()) {
            published.missed();
        }
    }
}
