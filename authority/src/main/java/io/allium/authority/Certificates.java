package io.allium.authority;

import io.allium.crypto.Fingerprint;
import io.allium.netdoc.KeyCertificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The key certificates of all authorities, as their votes bring them. Guarded by {@code lock}.
 *
 * @spec dir-spec 3.1
 */
final class Certificates {
    /** Of one authority; older ones go. An authority makes a new one every few months. */
    static final int KEPT_PER_AUTHORITY = 4;

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Fingerprint> authorities;
    private final Optional<Fingerprint> formerly;
    private final TreeMap<Fingerprint, List<KeyCertificate>> byAuthority = new TreeMap<>();

    Certificates(Set<Fingerprint> authorities) {
        this(authorities, Optional.empty());
    }

    /** @param formerly an identity that was ours, whose certificate others may ask us for */
    Certificates(Set<Fingerprint> authorities, Optional<Fingerprint> formerly) {
        this.authorities = new TreeSet<>(authorities);
        this.formerly = formerly;
    }

    /**
     * Remembers one of an authority's that is self-signed.
     *
     * @return whether it is new to us
     */
    boolean add(KeyCertificate certificate) {
        lock.lock();
        try {
            if (!authorities.contains(certificate.fingerprint())
                            && !Optional.of(certificate.fingerprint()).equals(formerly)
                    || get(certificate.fingerprint(), certificate.signingKeyDigest())
                            .isPresent()) {
                return false;
            }
            List<KeyCertificate> known = byAuthority.computeIfAbsent(certificate.fingerprint(), a -> new ArrayList<>());
            known.add(certificate);
            known.sort(Comparator.comparing(KeyCertificate::published)); // an old vote must not push out the newest
            if (known.size() > KEPT_PER_AUTHORITY) {
                known.removeFirst();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    Optional<KeyCertificate> get(Fingerprint authority, Fingerprint signingKey) {
        return all().stream()
                .filter(each -> each.fingerprint().equals(authority))
                .filter(each -> each.signingKeyDigest().equals(signingKey))
                .findFirst();
    }

    List<KeyCertificate> all() {
        lock.lock();
        try {
            return byAuthority.values().stream().flatMap(List::stream).toList();
        } finally {
            lock.unlock();
        }
    }

    /** Those that have not expired. */
    List<KeyCertificate> valid(Instant now) {
        return all().stream().filter(each -> now.isBefore(each.expires())).toList();
    }
}
