package io.allium.app;

import io.allium.crypto.Fingerprint;
import io.allium.netdoc.Vote;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network as its authorities tell it at one moment. Immutable.
 *
 * @param folder whose network it is
 * @param asked when
 * @param authorities of the folder, in its order, whether they answered or not
 * @param relays that lie in the folder and publish themselves, by what the folder calls them
 */
record NetworkStatus(Path folder, Instant asked, List<AuthorityAnswer> authorities, Map<Fingerprint, String> relays) {
    NetworkStatus {
        authorities = List.copyOf(authorities);
        relays = Collections.unmodifiableMap(new LinkedHashMap<>(relays));
    }

    List<AuthorityAnswer> answering() {
        return authorities.stream().filter(AuthorityAnswer::answers).toList();
    }

    /** Those whose votes are of the latest period that anybody voted in. */
    List<AuthorityAnswer> voters() {
        Instant latest = latestVote();
        return authorities.stream()
                .filter(each ->
                        each.vote().map(vote -> period(vote).equals(latest)).orElse(false))
                .toList();
    }

    /** The period that the latest votes are for; the epoch where there are none. */
    Instant latestVote() {
        return authorities.stream()
                .flatMap(each -> each.vote().stream())
                .map(NetworkStatus::period)
                .max(Instant::compareTo)
                .orElse(Instant.EPOCH);
    }

    /** More than half: so many must sign. */
    int majority() {
        return authorities.size() / 2 + 1;
    }

    static Instant period(Vote vote) {
        return vote.header().times().validAfter();
    }
}
