package io.allium.authority;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Untrusted;
import io.allium.crypto.Digests;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.ConsensusHeader;
import io.allium.netdoc.Sha256Digest;
import io.allium.netdoc.SharedRandomCommit;
import io.allium.netdoc.SharedRandomValue;
import io.allium.netdoc.Vote;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The authorities' common dice: a random value each day (each 24 periods) that nobody can foresee, by which onion
 * services find their directories. For 12 periods everybody commits to a share, for 12 they reveal them; then each
 * computes the same value. A consensus decides what the value is, whatever we computed. Guarded by {@code lock}.
 *
 * <p>The state is on disk before any vote says it, for an authority that came back with another commitment could choose
 * the value.
 *
 * @spec srv-spec 3
 */
final class SharedRandom {
    /** Periods of each of the two phases. */
    static final int ROUNDS = 12;

    private static final int VERSION = 1;
    private static final byte[] TOKEN = "shared-random".getBytes(StandardCharsets.US_ASCII);

    private final ReentrantLock lock = new ReentrantLock();
    private final Disk disk;
    private final Path file;
    private final Entropy entropy;
    private final Log log;
    private final Fingerprint ourselves;
    private final Set<Fingerprint> authorities;
    private SharedRandomState state;

    SharedRandom(Disk disk, Path file, Entropy entropy, Log log, Fingerprint ourselves, Set<Fingerprint> authorities)
            throws LocalFailure {
        this.disk = disk;
        this.file = file;
        this.entropy = entropy;
        this.log = log;
        this.ourselves = ourselves;
        this.authorities = new TreeSet<>(authorities);
        this.state = disk.read(file).map(SharedRandomState::read).orElse(SharedRandomState.NONE);
    }

    /** What a vote says. */
    record Said(
            List<SharedRandomCommit> commits,
            Optional<SharedRandomValue> previous,
            Optional<SharedRandomValue> current) {
        /** Of who takes no part. */
        static final Said NOTHING = new Said(List.of(), Optional.empty(), Optional.empty());
    }

    /** Makes ready for the period of that consensus: a new run begins with a new value and new commitments. */
    void prepare(Instant validAfter, Duration interval) {
        lock.lock();
        try {
            if (!validAfter.isAfter(state.validAfter())) {
                return;
            }
            long runs = run(validAfter, interval) - run(state.validAfter(), interval);
            if (runs > 0) {
                state = runs == 1 && sawReveals(interval) ? state.rotated(compute()) : SharedRandomState.NONE;
            }
            state = state.until(validAfter, endOfRun(validAfter, interval));
            if (isCommitting(validAfter, interval) && !state.commitments().containsKey(ourselves)) {
                state = state.with(Commitment.make(ourselves, validAfter, entropy));
            }
            save();
        } finally {
            lock.unlock();
        }
    }

    /** Whether we were there when the last run was revealed; else we wait for what a consensus says. */
    private boolean sawReveals(Duration interval) {
        return !isCommitting(state.validAfter(), interval);
    }

    /** What our vote for that consensus says. */
    Said say(Instant validAfter, Duration interval) {
        lock.lock();
        try {
            boolean revealing = !isCommitting(validAfter, interval);
            List<SharedRandomCommit> commits = state.commitments().values().stream()
                    .map(commitment -> commitment.line(revealing))
                    .sorted(Comparator.comparing(line -> line.authority().hex()))
                    .toList();
            return new Said(commits, state.previous(), state.current());
        } finally {
            lock.unlock();
        }
    }

    /** Hears what a voter says of its own share; what it says of others' shares it cannot prove. */
    void hear(Vote vote, Duration interval) {
        lock.lock();
        try {
            Fingerprint voter = vote.authority();
            Optional<SharedRandomCommit> own = vote.header().sharedRandomCommits().stream()
                    .filter(commit -> commit.authority().equals(voter))
                    .findFirst();
            if (own.isPresent() && authorities.contains(voter) && !voter.equals(ourselves)) {
                Commitment heard = Commitment.read(own.get());
                boolean committing = isCommitting(vote.header().times().validAfter(), interval);
                if (isNews(heard, committing)) {
                    state = state.with(heard);
                    save();
                }
            }
        } catch (Untrusted senseless) {
            log.warn(
                    Log.Domain.DIR,
                    senseless.in("The vote of " + vote.authority().hex()).getMessage());
        } finally {
            lock.unlock();
        }
    }

    /** What a consensus says is so. */
    void agreed(ConsensusHeader consensus) {
        lock.lock();
        try {
            state = state.withValues(consensus.previousSharedRandom(), consensus.currentSharedRandom());
            save();
        } finally {
            lock.unlock();
        }
    }

    /** The first commitment while committing; the reveal of just that one while revealing. */
    private boolean isNews(Commitment heard, boolean committing) {
        Commitment known = state.commitments().get(heard.authority());
        if (committing) {
            return known == null && heard.reveal().isEmpty();
        }
        return known != null
                && known.reveal().isEmpty()
                && known.commit().equals(heard.commit())
                && heard.revealsTruly();
    }

    /** The value that the revealed shares make, in the order of their hashes. */
    private SharedRandomValue compute() {
        List<Commitment> revealed = state.commitments().values().stream()
                .filter(commitment -> commitment.reveal().isPresent())
                .filter(commitment -> authorities.contains(commitment.authority()))
                .sorted((one, other) -> Arrays.compareUnsigned(one.hash(), other.hash()))
                .toList();
        StringBuilder reveals = new StringBuilder();
        for (Commitment commitment : revealed) {
            reveals.append(commitment.authority().hex())
                    .append(commitment.reveal().orElseThrow());
        }
        byte[] previous = state.current().map(value -> value.value().bytes()).orElse(new byte[Sha256Digest.LENGTH]);
        byte[] counts =
                ByteBuffer.allocate(12).putLong(revealed.size()).putInt(VERSION).array();
        byte[] hashed = Digests.sha3_256(reveals.toString().getBytes(StandardCharsets.US_ASCII));
        return new SharedRandomValue(
                revealed.size(), Sha256Digest.of(Digests.sha3_256(TOKEN, counts, hashed, previous)));
    }

    private static boolean isCommitting(Instant validAfter, Duration interval) {
        return round(validAfter, interval) < ROUNDS;
    }

    private static long round(Instant validAfter, Duration interval) {
        return validAfter.getEpochSecond() / interval.toSeconds() % (2 * ROUNDS);
    }

    /** Runs are counted from the epoch, so that all authorities begin them together. */
    private static long run(Instant validAfter, Duration interval) {
        return validAfter.getEpochSecond() / interval.toSeconds() / (2 * ROUNDS);
    }

    private static Instant endOfRun(Instant validAfter, Duration interval) {
        return validAfter.plus(interval.multipliedBy(2 * ROUNDS - round(validAfter, interval)));
    }

    private void save() {
        try {
            disk.write(file, state.text().getBytes(StandardCharsets.US_ASCII));
        } catch (LocalFailure unwritable) {
            log.warn(Log.Domain.FS, unwritable.in("The shared random state").getMessage());
        }
    }
}
