package io.allium.netdoc;

import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whom to believe about a consensus: authorities by their v3 identities, and the certificates of their signing keys. A
 * consensus is good once more than half of them signed it. Immutable.
 *
 * @param authorities all those that we know, whether or not we have their certificates
 * @param certificates verified ones, also older ones of the same authority
 * @param now by when a certificate must not have expired
 * @spec dir-spec 3.4.1
 */
public record AuthoritySignatures(Set<Fingerprint> authorities, List<KeyCertificate> certificates, Instant now)
        implements Unverified.Check<Consensus> {
    public AuthoritySignatures {
        authorities = Set.copyOf(authorities);
        certificates = List.copyOf(certificates);
    }

    public AuthoritySignatures(
            Collection<Fingerprint> authorities, Collection<KeyCertificate> certificates, Instant now) {
        this(new LinkedHashSet<>(authorities), List.copyOf(certificates), now);
    }

    @Override
    public void check(Consensus consensus) throws Untrusted {
        Tally tally = tally(consensus);
        if (!tally.isEnough()) {
            throw new Untrusted("consensus: " + tally.good().size() + " of " + authorities.size()
                    + " authorities signed, more than half must (certificates are missing for "
                    + tally.missing().size() + ", " + tally.bad().size() + " signatures are wrong)");
        }
    }

    /** Sorts the signatures of a consensus into good and bad ones and those that we have no certificate for. */
    public Tally tally(Consensus consensus) {
        return tally(consensus.signed(), consensus.signatures());
    }

    /** The same for signatures that came apart from what they are over. */
    public Tally tally(Slice signed, List<DirectorySignature> signatures) {
        Set<Fingerprint> good = new LinkedHashSet<>();
        List<DirectorySignature> bad = new ArrayList<>();
        List<DirectorySignature> missing = new ArrayList<>();
        for (DirectorySignature signature : signatures) {
            if (!authorities.contains(signature.identity()) || good.contains(signature.identity())) {
                continue;
            }
            Optional<KeyCertificate> certificate = certificate(signature);
            if (certificate.isEmpty()) {
                missing.add(signature);
            } else if (verifies(certificate.get(), signature, signed)) {
                good.add(signature.identity());
            } else {
                bad.add(signature);
            }
        }
        missing.removeIf(each -> good.contains(each.identity()));
        return new Tally(List.copyOf(good), bad, missing, authorities.size());
    }

    /**
     * How many signed.
     *
     * @param good the authorities with a good signature
     * @param bad signatures that their keys did not make
     * @param missing signatures for which there is no certificate that holds, to be fetched
     * @param authorities how many there are
     */
    public record Tally(
            List<Fingerprint> good, List<DirectorySignature> bad, List<DirectorySignature> missing, int authorities) {
        /** Whether more than half of the authorities signed. */
        public boolean isEnough() {
            return good.size() > authorities / 2;
        }
    }

    private Optional<KeyCertificate> certificate(DirectorySignature signature) {
        return certificates.stream()
                .filter(each -> each.fingerprint().equals(signature.identity())
                        && each.signingKeyDigest().equals(signature.signingKey())
                        && now.isBefore(each.expires()))
                .findFirst();
    }

    static boolean verifies(KeyCertificate certificate, DirectorySignature signature, Slice signed) {
        return certificate
                .signingKey()
                .verifies(
                        digest(signature.algorithm(), signed),
                        signature.signature().bytes());
    }

    /** What a signature of this algorithm is over. */
    static byte[] digest(String algorithm, Slice signed) {
        return algorithm.equals("sha256")
                ? Sha256Digest.over(signed).bytes()
                : Sha1Digest.over(signed).bytes();
    }

    static boolean isKnown(String algorithm) {
        return algorithm.equals("sha1") || algorithm.equals("sha256");
    }
}
