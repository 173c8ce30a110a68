package io.allium.authority;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.Slice;
import io.allium.netdoc.Vote;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What we have said in the period under way, kept on disk before anybody hears of it. An authority that is killed and
 * comes back before the period is over says the same again: of two votes of one authority some would count the one and
 * some the other, and who signs two consensuses of one period may give both of them a majority. C tor, which keeps
 * nothing, votes and signs anew. Confined to the voting task.
 */
final class PeriodRecord {
    private static final String OUR_VOTE = "our-vote";

    /** C tor's name for the votes that it computes with. */
    private static final String VOTES = "v3-status-votes";

    /** More votes than any network has authorities. */
    private static final int VOTES_MAX = 100;

    private final Disk disk;
    private final Log log;
    private final Path dataDirectory;
    private final Fingerprint identity;

    /** @param identity our v3 identity */
    PeriodRecord(Disk disk, Log log, Path dataDirectory, Fingerprint identity) {
        this.disk = disk;
        this.log = log;
        this.dataDirectory = dataDirectory;
        this.identity = identity;
    }

    /** Before we tell it anybody. */
    void vote(byte[] ours) {
        write(OUR_VOTE, ours);
    }

    /** What we voted in the period whose consensus is valid from then on, if we did. */
    Optional<byte[]> vote(Instant validAfter) {
        return read(OUR_VOTE).stream()
                .filter(vote -> isOf(vote, validAfter) && vote.authority().equals(identity))
                .findFirst()
                .map(vote -> vote.source().bytes());
    }

    /** The votes that we compute with, before we sign what comes of them. */
    void count(List<Vote> votes) {
        write(VOTES, Slice.join(votes.stream().map(Vote::source).toList()));
    }

    /** With which votes we computed that consensus, if we did. */
    Optional<List<Vote>> counted(Instant validAfter) {
        List<Vote> votes = latest();
        return votes.isEmpty() || !votes.stream().allMatch(vote -> isOf(vote, validAfter))
                ? Optional.empty()
                : Optional.of(votes);
    }

    /** The votes that we computed with last, whenever that was. */
    List<Vote> latest() {
        return read(VOTES);
    }

    private static boolean isOf(Vote vote, Instant validAfter) {
        return vote.header().times().validAfter().equals(validAfter);
    }

    /** None where the file is not there or one of its votes makes no sense: they were checked before they were written. */
    private List<Vote> read(String name) {
        try {
            List<Vote> votes = new ArrayList<>();
            Optional<byte[]> saved = disk.read(dataDirectory.resolve(name)).filter(content -> content.length > 0);
            if (saved.isPresent()) {
                for (byte[] document : Ballots.separated(saved.get(), VOTES_MAX)) {
                    votes.add(Vote.parse(document).claimed());
                }
            }
            return votes;
        } catch (LocalFailure unreadable) {
            log.warn(Log.Domain.FS, unreadable.in(name).getMessage());
        } catch (Untrusted damaged) {
            log.warn(Log.Domain.DIR, damaged.in(name).getMessage());
        }
        return List.of();
    }

    /** An authority with a full disk still votes: only if it is killed as well may it contradict itself. */
    private void write(String name, byte[] content) {
        try {
            disk.write(dataDirectory.resolve(name), content);
        } catch (LocalFailure unwritable) {
            log.warn(Log.Domain.FS, unwritable.in(name).getMessage());
        }
    }
}
