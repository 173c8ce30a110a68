package io.allium.authority;

import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.Vote;
import io.allium.netdoc.VoteEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A relay that enough authorities list, and what each of them says of it.
 *
 * @param agreeing how many of the opinions are about the pair of identities that the majority agrees on; none if there
 *     is no such pair
 * @spec dir-spec 3.8.0.1
 */
record Listing(Fingerprint fingerprint, List<Opinion> opinions, int agreeing) {

    /** What one vote says of the relay. */
    record Opinion(Vote vote, VoteEntry entry) {}

    /**
     * The relays that more than half of all authorities list, by fingerprint. Where more than half list a fingerprint
     * with the same Ed25519 identity, those with another one are not heard.
     */
    static List<Listing> collate(List<Vote> votes, int authorities) {
        Map<Fingerprint, List<Opinion>> byFingerprint = new TreeMap<>();
        for (Vote vote : votes) {
            for (VoteEntry entry : vote.routers()) {
                byFingerprint
                        .computeIfAbsent(entry.status().fingerprint(), f -> new ArrayList<>())
                        .add(new Opinion(vote, entry));
            }
        }
        List<Listing> listings = new ArrayList<>();
        byFingerprint.forEach((fingerprint, opinions) -> {
            if (opinions.size() > authorities / 2) {
                listings.add(of(fingerprint, opinions, authorities));
            }
        });
        return listings;
    }

    private static Listing of(Fingerprint fingerprint, List<Opinion> opinions, int authorities) {
        for (Opinion opinion : opinions) {
            Optional<Ed25519Identity> identity = opinion.entry.identity();
            List<Opinion> same = opinions.stream()
                    .filter(other -> other.entry.identity().equals(identity))
                    .toList();
            if (same.size() > authorities / 2) {
                return new Listing(fingerprint, same, same.size());
            }
        }
        return new Listing(fingerprint, opinions, 0);
    }
}
