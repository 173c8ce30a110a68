package io.allium.netdoc;

import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

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
        tally(consensus).demand();
    }

    /** Sorts the signatures of a consensus into good and bad ones and those that we have no certificate for. */
    public Tally tally(Consensus consensus) {
        return tally(consensus.signed(), consensus.signatures());
    }

    /**
     * The same for signatures that came apart from what they are over. Of each authority one signature of each
     * algorithm is looked at, the first: whoever sends a million of them neither keeps us busy nor counts for more.
     */
    public Tally tally(Slice signed, List<DirectorySignature> signatures) {
        Map<String, byte[]> digests = new TreeMap<>();
        Set<Claim> seen = new HashSet<>();
        Set<Fingerprint> good = new LinkedHashSet<>();
        List<DirectorySignature> bad = new ArrayList<>();
        Map<Fingerprint, DirectorySignature> missing = new LinkedHashMap<>();
        for (DirectorySignature signature : signatures) {
            Fingerprint authority = signature.identity();
            String algorithm = signature.algorithm();
            if (!authorities.contains(authority)
                    || good.contains(authority)
                    || !isKnown(algorithm)
                    || !seen.add(new Claim(authority, algorithm))) {
                continue;
            }
            Optional<KeyCertificate> certificate = certificate(signature);
            byte[] digest = digests.computeIfAbsent(algorithm, each -> digest(each, signed));
            if (certificate.isEmpty()) {
                missing.putIfAbsent(authority, signature);
            } else if (verifies(certificate.get(), signature, digest)) {
                good.add(authority);
            } else {
                bad.add(signature);
            }
        }
        missing.keySet().removeAll(good);
        return new Tally(List.copyOf(good), bad, List.copyOf(missing.values()), authorities.size());
    }

    /** That an authority signed with this algorithm. */
    private record Claim(Fingerprint authority, String algorithm) {}

    /**
     * How many signed.
     *
     * @param good the authorities with a good signature
     * @param bad signatures that their keys did not make
     * @param missing one signature of each authority of which there is no certificate that holds, to be fetched
     * @param authorities how many there are
     */
    public record Tally(
            List<Fingerprint> good, List<DirectorySignature> bad, List<DirectorySignature> missing, int authorities) {
        /** Whether more than half of the authorities signed. */
        public boolean isEnough() {
            return good.size() > authorities / 2;
        }

        /** Returns only if more than half of the authorities signed. */
        public void demand() throws Untrusted {
            if (!isEnough()) {
                throw new Untrusted("consensus: " + good.size() + " of " + authorities
                        + " authorities signed, more than half must (certificates are missing for "
                        + missing.size() + ", " + bad.size() + " signatures are wrong)");
            }
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
        return verifies(certificate, signature, digest(signature.algorithm(), signed));
    }

    private static boolean verifies(KeyCertificate certificate, DirectorySignature signature, byte[] digest) {
        return certificate.signingKey().verifies(digest, signature.signature().bytes());
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
