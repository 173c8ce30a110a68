package io.allium.authority;

import io.allium.base.Log;
import io.allium.base.TaskGroup;
import io.allium.base.Time;
import io.allium.crypto.Fingerprint;
import io.allium.directory.DirectoryAuthority;
import io.allium.directory.DirectoryRequest.ServerDescriptors;
import io.allium.netdoc.RouterStatus;
import io.allium.netdoc.Sha1Digest;
import io.allium.netdoc.Vote;
import io.allium.netdoc.VoteEntry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Gets the descriptors that other authorities vote on and we don't have: a relay may not have reached us. Too late for our
 * vote, but in time for the next one. Confined to the voting task.
 *
 * @spec dir-spec 3.6
 */
final class MissingDescriptors {
    /** So many questions are remembered, so that they are not asked each period; the oldest is forgotten. */
    static final int ASKED_MAX = 10_000;

    private final Submissions submissions;
    private final Peers peers;
    private final Time time;
    private final Log log;
    private final Set<Question> asked = new LinkedHashSet<>();

    MissingDescriptors(Submissions submissions, Peers peers, Time time, Log log) {
        this.submissions = submissions;
        this.peers = peers;
        this.time = time;
        this.log = log;
    }

    /** Nobody is asked twice for the same. */
    private record Question(Fingerprint authority, Sha1Digest descriptor) {}

    /** Asks each voter for what its vote lists, without waiting for the answers. */
    void fetch(List<Vote> votes, TaskGroup exchange) {
        Set<Sha1Digest> underWay = new HashSet<>();
        for (Vote vote : votes) {
            Optional<DirectoryAuthority> voter = peers.with(vote.authority());
            if (voter.isPresent()) {
                List<Sha1Digest> missing = missing(vote, underWay);
                for (int from = 0; from < missing.size(); from += ServerDescriptors.MAX) {
                    List<Sha1Digest> some =
                            missing.subList(from, Math.min(missing.size(), from + ServerDescriptors.MAX));
                    peers.get(
                            exchange,
                            "descriptors",
                            new ServerDescriptors(some).path(),
                            List.of(voter.get()),
                            (documents, peer) -> submissions.post(documents, time.now()));
                }
                if (!missing.isEmpty()) {
                    log.info(
                            Log.Domain.DIR,
                            "Asking " + voter.get().nickname() + " for " + missing.size() + " descriptors");
                }
            }
        }
    }

    /** What the vote lists that is newer than what we have, and that nobody else is being asked for. */
    private List<Sha1Digest> missing(Vote vote, Set<Sha1Digest> underWay) {
        List<Sha1Digest> missing = new ArrayList<>();
        for (VoteEntry entry : vote.routers()) {
            RouterStatus status = entry.status();
            Optional<Sha1Digest> digest = status.descriptor().filter(descriptor -> isNews(status));
            if (digest.isPresent()
                    && !underWay.contains(digest.get())
                    && remember(new Question(vote.authority(), digest.get()))) {
                missing.add(digest.get());
                underWay.add(digest.get());
            }
        }
        return missing;
    }

    private boolean isNews(RouterStatus status) {
        Fingerprint relay = status.fingerprint();
        return submissions
                .newest(relay)
                .map(ours -> ours.published().isBefore(status.published()))
                .orElse(true);
    }

    private boolean remember(Question question) {
        if (asked.size() >= ASKED_MAX) {
            asked.remove(asked.iterator().next());
        }
        return asked.add(question);
    }
}
