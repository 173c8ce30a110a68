package io.allium.authority;

import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.KeyCertificate;
import io.allium.netdoc.Sha1Digest;
import io.allium.netdoc.Sha256Digest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Lists of documents' names in paths, joined by a sign. Each name counts once.
 *
 * @spec dir-spec B
 */
final class Documents {
    /** More names than fit into any request line; the others are passed over. */
    private static final int NAMES_MAX = 1000;

    private Documents() {}

    /** How many names follow {@code fp/} or {@code d/}. */
    static int count(String which) {
        int slash = which.indexOf('/');
        return slash < 0
                ? 0
                : (int) Stream.of(which.substring(slash + 1).split("\\+", NAMES_MAX))
                        .distinct()
                        .count();
    }

    /** {@code A+B+C} in hex digits; what is no fingerprint is passed over. */
    static List<Fingerprint> fingerprints(String names) {
        Set<Fingerprint> fingerprints = new LinkedHashSet<>();
        for (String name : names.split("\\+", NAMES_MAX)) {
            fingerprint(name).ifPresent(fingerprints::add);
        }
        return List.copyOf(fingerprints);
    }

    static Optional<Fingerprint> fingerprint(String name) {
        try {
            return Optional.of(Fingerprint.parse(name));
        } catch (Untrusted notOne) {
            return Optional.empty();
        }
    }

    /** {@code A-S+B-T}: identities with signing keys, in upper case. */
    static List<String> pairs(String names) {
        return List.of(names.toUpperCase(Locale.ROOT).split("\\+", NAMES_MAX));
    }

    /** The name of a certificate in such a list. */
    static String pair(KeyCertificate certificate) {
        return certificate.fingerprint().hex() + "-"
                + certificate.signingKeyDigest().hex();
    }

    /** {@code A+B+C} in hex digits; what is no digest is passed over. */
    static List<Sha1Digest> digests(String names) {
        Set<Sha1Digest> digests = new LinkedHashSet<>();
        for (String name : names.split("\\+", NAMES_MAX)) {
            if (name.matches("[0-9A-Fa-f]{40}")) {
                digests.add(Sha1Digest.of(HexFormat.of().parseHex(name)));
            }
        }
        return List.copyOf(digests);
    }

    /** {@code A-B-C} in base64 without padding; what is no digest is passed over. */
    static List<Sha256Digest> sha256Digests(String names) {
        Set<Sha256Digest> digests = new LinkedHashSet<>();
        for (String name : names.split("-", NAMES_MAX)) {
            if (name.matches("[0-9A-Za-z+/]{43}")) {
                digests.add(Sha256Digest.of(Base64.getDecoder().decode(name)));
            }
        }
        return List.copyOf(digests);
    }
}
