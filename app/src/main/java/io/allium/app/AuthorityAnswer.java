package io.allium.app;

import io.allium.base.Endpoint;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.KeyCertificate;
import io.allium.netdoc.Vote;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one directory authority said when it was asked how it is. Immutable.
 *
 * @param silence why it said nothing at all; then all else is empty
 * @param ahead by how much its clock is ahead of ours
 * @param certificate of its signing key, the one that it serves now
 * @param vote its own, of the last period, well signed
 * @param consensuses those that it serves, by flavour
 * @param troubles documents that it does not have or that are wrong, each as a sentence without the authority's name
 */
record AuthorityAnswer(
        String name,
        Fingerprint identity,
        Endpoint dirPort,
        Optional<String> silence,
        Optional<Duration> ahead,
        Optional<KeyCertificate> certificate,
        Optional<Vote> vote,
        Map<ConsensusFlavor, Served> consensuses,
        List<String> troubles) {
    AuthorityAnswer {
        consensuses = Map.copyOf(consensuses);
        troubles = List.copyOf(troubles);
    }

    /** Somebody who said nothing. */
    static AuthorityAnswer silent(String name, Fingerprint identity, Endpoint dirPort, String why) {
        return new AuthorityAnswer(
                name,
                identity,
                dirPort,
                Optional.of(why),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                List.of());
    }

    boolean answers() {
        return silence.isEmpty();
    }

    Optional<Served> consensus(ConsensusFlavor flavor) {
        return Optional.ofNullable(consensuses.get(flavor));
    }

    /**
     * A consensus as one authority serves it: the copies of others may carry other signatures.
     *
     * @param digest of what is signed, in hex
     * @param signers the authorities whose signatures are good
     */
    record Served(Consensus consensus, String digest, List<Fingerprint> signers) {
        Served {
            signers = List.copyOf(signers);
        }
    }
}
