package io.allium.authority;

import io.allium.crypto.Fingerprint;
import io.allium.crypto.RsaKeyPair;
import io.allium.netdoc.ConsensusBody;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.ConsensusWriter;
import io.allium.netdoc.DirectorySignature;
import io.allium.netdoc.DocumentTimes;
import io.allium.netdoc.Sha1Digest;
import io.allium.netdoc.Sha256Digest;
import io.allium.netdoc.Slice;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A consensus that we computed, with the signatures that have come so far. Immutable: a signature makes a new one.
 *
 * @param signed what is signed: all through the space after {@code directory-signature}
 * @param signatures good ones, by authority
 * @spec dir-spec 3.9
 */
record Draft(ConsensusBody body, Slice signed, SortedMap<Fingerprint, DirectorySignature> signatures) {
    Draft {
        signatures = Collections.unmodifiableSortedMap(new TreeMap<>(signatures));
    }

    /**
     * Signed by us alone, under our former identity too if we have one. Where our vote did not enter it, since it was late, nobody
     * signed it yet: those who read it would refuse it for a signature of one whom it does not name.
     */
    static Draft of(ConsensusBody body, AuthorityKeys keys) {
        Draft unsigned = new Draft(body, ConsensusWriter.signedPart(body), new TreeMap<>());
        if (!unsigned.isVoter(keys.identity())) {
            return unsigned;
        }
        Draft signed = unsigned.signedBy(keys.identity(), keys.signing());
        return keys.legacy()
                .filter(legacy -> signed.isVoter(legacy.identity()))
                .map(legacy -> signed.signedBy(legacy.identity(), legacy.signing()))
                .orElse(signed);
    }

    private Draft signedBy(Fingerprint identity, RsaKeyPair signing) {
        return with(ConsensusWriter.sign(signed, flavor(), identity, signing));
    }

    /** With one more signature, whose goodness is the caller's business. */
    Draft with(DirectorySignature signature) {
        TreeMap<Fingerprint, DirectorySignature> more = new TreeMap<>(signatures);
        more.put(signature.identity(), signature);
        return new Draft(body, signed, more);
    }

    ConsensusFlavor flavor() {
        return body.header().flavor();
    }

    DocumentTimes times() {
        return body.header().times();
    }

    /** Whether its vote entered this consensus, so that it may sign it. */
    boolean isVoter(Fingerprint authority) {
        return body.sources().stream()
                .anyMatch(source -> source.source().identity().equals(authority));
    }

    /** Whether it is the former identity of a voter. */
    boolean isLegacy(Fingerprint identity) {
        return body.sources().stream()
                .anyMatch(source -> source.source().identity().equals(identity)
                        && source.voteDigest().isEmpty());
    }

    /** How many of these authorities signed. */
    int signers(Set<Fingerprint> authorities) {
        return (int) signatures.keySet().stream().filter(authorities::contains).count();
    }

    /** What signatures of this flavour hash with. */
    String algorithm() {
        return switch (flavor()) {
            case NS -> "sha1";
            case MICRODESC -> "sha256";
        };
    }

    byte[] digest() {
        return switch (flavor()) {
            case NS -> Sha1Digest.over(signed).bytes();
            case MICRODESC -> Sha256Digest.over(signed).bytes();
        };
    }

    /** The document as it stands. */
    byte[] text() {
        return ConsensusWriter.write(signed, List.copyOf(signatures.values()));
    }

    /** The document without signatures, as it is published for transparency. */
    byte[] unsignedText() {
        return ConsensusWriter.write(signed, List.of());
    }
}
