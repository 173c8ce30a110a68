package io.allium.authority;

import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.KeyCertificate;
import io.allium.netdoc.Sha1Digest;
import io.allium.netdoc.Sha256Digest;
import io.allium.netdoc.Slice;
import io.allium.relay.DirectoryReply;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Lists of documents, in paths and in answers: names joined by a sign, documents one after the other.
 *
 * @spec dir-spec B
 */
final class Documents {
    /** More names than fit into any request line; the others are passed over. */
    private static final int NAMES_MAX = 1000;

    private Documents() {}

    /** The documents together, or that there are none. */
    static DirectoryReply reply(Collection<Slice> documents, Duration lifetime) {
        if (documents.isEmpty()) {
            return DirectoryReply.notFound();
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        documents.forEach(each -> all.write(each.array(), each.offset(), each.length()));
        return DirectoryReply.document(all.toByteArray(), lifetime);
    }

    /** {@code A+B+C} in hex digits; what is no fingerprint is passed over. */
    static List<Fingerprint> fingerprints(String names) {
        List<Fingerprint> fingerprints = new ArrayList<>();
        for (String name : names.split("\\+", NAMES_MAX)) {
            fingerprint(name).ifPresent(fingerprints::add);
        }
        return fingerprints;
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
        List<Sha1Digest> digests = new ArrayList<>();
        for (String name : names.split("\\+", NAMES_MAX)) {
            if (name.matches("[0-9A-Fa-f]{40}")) {
                digests.add(Sha1Digest.of(HexFormat.of().parseHex(name)));
            }
        }
        return digests;
    }

    /** {@code A-B-C} in base64 without padding; what is no digest is passed over. */
    static List<Sha256Digest> sha256Digests(String names) {
        List<Sha256Digest> digests = new ArrayList<>();
        for (String name : names.split("-", NAMES_MAX)) {
            if (name.matches("[0-9A-Za-z+/]{43}")) {
                digests.add(Sha256Digest.of(Base64.getDecoder().decode(name)));
            }
        }
        return digests;
    }
}
