package io.allium.authority;

import io.allium.base.Log;
import io.allium.base.Untrusted;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.Sha1Digest;
import io.allium.netdoc.Slice;
import io.allium.netdoc.Timestamps;
import io.allium.netdoc.Vote;
import io.allium.relay.DirectoryReply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * The votes of the period under way, one of each authority, and those of the period before, for who asks. Guarded by
 * {@code lock}.
 *
 * @spec dir-spec 3.4
 */
final class Ballots {
    /** What every vote begins with, after the one before. */
    private static final String FIRST_LINE = "\nnetwork-status-version ";

    /** More flags than any vote needs; C tor keeps them in 64 bits. */
    private static final int FLAGS_MAX = 64;

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Fingerprint> authorities;
    private final Certificates certificates;
    private final BiConsumer<Vote, Duration> counted;
    private final Log log;
    private TreeMap<Fingerprint, Vote> pending = new TreeMap<>();
    private TreeMap<Fingerprint, Cast> previous = new TreeMap<>();
    private Optional<VotingSchedule> schedule = Optional.empty();

    /**
     * @param authorities the v3 identities of all, ours among them: there are never more votes than that
     * @param counted hears of each vote that is kept, and how long its period is
     */
    Ballots(Set<Fingerprint> authorities, Certificates certificates, BiConsumer<Vote, Duration> counted, Log log) {
        this.authorities = new TreeSet<>(authorities);
        this.certificates = certificates;
        this.counted = counted;
        this.log = log;
    }

    /** How a vote came to us. */
    enum Way {
        /** Ours, or fetched because it was missing: at any time. */
        TAKEN,
        /** Posted: only while others can still get it too, or there would be two consensuses. */
        POSTED
    }

    /** A vote that has been counted: what is left to do is to serve it, for which its bytes are enough. */
    private record Cast(Sha1Digest digest, Slice source) {
        static Cast of(Vote vote) {
            return new Cast(vote.digest(), vote.source());
        }
    }

    /** Begins a period, or begins it again; votes of another period that was begun and did not take place are dropped. */
    void open(VotingSchedule next) {
        lock.lock();
        try {
            boolean again = schedule.stream().anyMatch(open -> open.validAfter().equals(next.validAfter()));
            if (!again) {
                pending = new TreeMap<>();
            }
            schedule = Optional.of(next);
        } finally {
            lock.unlock();
        }
    }

    /** Ends the period: what was voted in it is history. */
    void close() {
        lock.lock();
        try {
            previous = new TreeMap<>();
            pending.forEach((authority, vote) -> previous.put(authority, Cast.of(vote)));
            pending = new TreeMap<>();
        } finally {
            lock.unlock();
        }
    }

    /** Takes one vote or several, and answers in C tor's words. */
    DirectoryReply receive(byte[] documents, Way way, String from, Instant now) {
        DirectoryReply reply = DirectoryReply.status(200, "Vote stored");
        for (byte[] document : separated(documents, authorities.size())) {
            DirectoryReply one = receiveOne(document, way, from, now);
            reply = one.status() >= reply.status() ? one : reply;
        }
        return reply;
    }

    /** Votes that stand one after the other; of more than {@code max}, what is left is one more. */
    static List<byte[]> separated(byte[] documents, int max) {
        String text = new String(documents, StandardCharsets.ISO_8859_1);
        List<byte[]> votes = new ArrayList<>();
        int start = 0;
        while (start >= 0) {
            int next = votes.size() < max ? text.indexOf(FIRST_LINE, start) : -1;
            int end = next < 0 ? text.length() : next + 1;
            votes.add(Arrays.copyOfRange(documents, start, end));
            start = next < 0 ? -1 : end;
        }
        return votes;
    }

    /** The votes of this period, by authority. */
    List<Vote> pending() {
        lock.lock();
        try {
            return List.copyOf(pending.values());
        } finally {
            lock.unlock();
        }
    }

    /** The authorities whose votes have not come. */
    List<Fingerprint> missing() {
        lock.lock();
        try {
            return authorities.stream()
                    .filter(authority -> !pending.containsKey(authority))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** The bytes of an authority's vote of this period. */
    Optional<Slice> pending(Fingerprint authority) {
        lock.lock();
        try {
            return Optional.ofNullable(pending.get(authority)).map(Vote::source);
        } finally {
            lock.unlock();
        }
    }

    /** And of the one before. */
    Optional<Slice> previous(Fingerprint authority) {
        lock.lock();
        try {
            return Optional.ofNullable(previous.get(authority)).map(Cast::source);
        } finally {
            lock.unlock();
        }
    }

    Optional<Slice> withDigest(Sha1Digest digest) {
        lock.lock();
        try {
            return Stream.concat(pending.values().stream().map(Cast::of), previous.values().stream())
                    .filter(cast -> cast.digest.equals(digest))
                    .map(Cast::source)
                    .findFirst();
        } finally {
            lock.unlock();
        }
    }

    private DirectoryReply receiveOne(byte[] document, Way way, String from, Instant now) {
        Vote vote;
        try {
            vote = Vote.parse(document).verify(Vote.signedAt(now));
        } catch (Untrusted unusable) {
            log.warn(Log.Domain.DIR, unusable.in("A vote from " + from).getMessage());
            return DirectoryReply.status(400, "Unable to parse vote");
        }
        Fingerprint authority = vote.authority();
        if (!authorities.contains(authority)) {
            return reject("Vote not from a recognized v3 authority", from);
        }
        certificates.add(vote.body().certificate());
        Optional<Duration> kept;
        lock.lock();
        try {
            Optional<String> objection = objection(vote, way, now);
            if (objection.isPresent()) {
                return reject(objection.get(), from);
            }
            if (isKnown(vote)) {
                return DirectoryReply.status(200, "Duplicate discarded");
            }
            if (isOutdated(vote)) {
                return reject("Already have a newer pending vote", from);
            }
            pending.put(authority, vote);
            kept = schedule.map(VotingSchedule::interval);
        } finally {
            lock.unlock();
        }
        log.notice(Log.Domain.DIR, "Got the vote of " + vote.header().source().nickname() + " from " + from);
        kept.ifPresent(interval -> counted.accept(vote, interval));
        return DirectoryReply.status(200, "Vote stored");
    }

    private Optional<String> objection(Vote vote, Way way, Instant now) {
        if (isAmbiguous(vote)) {
            return Optional.of("Unable to parse vote");
        }
        if (schedule.isEmpty()) {
            return Optional.of("Bad valid-after time");
        }
        Instant validAfter = vote.header().times().validAfter();
        if (!validAfter.equals(schedule.get().validAfter())) {
            log.warn(
                    Log.Domain.DIR,
                    "A vote is for " + Timestamps.text(validAfter) + ", we are voting for "
                            + Timestamps.text(schedule.get().validAfter()));
            return Optional.of("Bad valid-after time");
        }
        Instant second = now.truncatedTo(ChronoUnit.SECONDS); // all must judge alike, and C tor counts whole ones
        return way == Way.POSTED && second.isAfter(schedule.get().fetchMissingVotes())
                ? Optional.of("Posted vote received too late, would be dangerous to count it")
                : Optional.empty();
    }

    /** Two relays with one identity, or flags without end: every authority must refuse such a vote alike. */
    private static boolean isAmbiguous(Vote vote) {
        List<Ed25519Identity> identities = vote.routers().stream()
                .flatMap(entry -> entry.identity().stream())
                .toList();
        return identities.size() != new HashSet<>(identities).size()
                || vote.header().knownFlags().size() > FLAGS_MAX;
    }

    private boolean isKnown(Vote vote) {
        Vote before = pending.get(vote.authority());
        return before != null && before.digest().equals(vote.digest());
    }

    private boolean isOutdated(Vote vote) {
        Vote before = pending.get(vote.authority());
        return before != null
                && !before.header().published().isBefore(vote.header().published());
    }

    private DirectoryReply reject(String why, String from) {
        log.warn(Log.Domain.DIRSERV, "Rejected a vote from " + from + ": " + why);
        return DirectoryReply.status(400, why);
    }
}
