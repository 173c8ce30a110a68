package io.allium.directory;

import io.allium.crypto.Fingerprint;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.Sha1Digest;
import io.allium.netdoc.Sha256Digest;
import io.allium.netdoc.Sha3Digest;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A document, or several, that we ask a directory for; each knows its URL. Immutable.
 *
 * @spec dir-spec appendix B
 */
public sealed interface DirectoryRequest {
    /** The path part of the URL, without the {@code .z} of old. */
    String path();

    /** How many bytes the answer may have once decompressed. */
    default int limit() {
        return HttpMessage.DECODED_MAX;
    }

    /** The request as it travels to {@code host}. */
    default HttpMessage.Request http(String host) {
        return HttpMessage.Request.get(path()).with("Host", host).with("Accept-Encoding", ContentCoding.ACCEPTED);
    }

    /**
     * The current consensus.
     *
     * @param trusted fingerprints of the v3 identities of our authorities: a cache answers only with a consensus that
     *     more than half of them signed; empty to take any
     * @param newerThan only if there is one that became valid after this
     * @param known the one that we have and could apply a diff to
     */
    record ConsensusDocument(
            ConsensusFlavor flavor, List<Fingerprint> trusted, Optional<Instant> newerThan, Optional<Sha3Digest> known)
            implements DirectoryRequest {
        /** How many bytes of each fingerprint the URL gives: C tor's clients write 3. */
        private static final int FINGERPRINT_DIGITS = 6;

        /** A consensus of today's network has 3 MB, and goes into memory whole before anybody knows who signed it. */
        private static final int LENGTH_MAX = 16 << 20;

        public ConsensusDocument {
            trusted = trusted.stream().sorted().toList();
        }

        @Override
        public int limit() {
            return LENGTH_MAX;
        }

        @Override
        public String path() {
            String name = flavor == ConsensusFlavor.NS ? "consensus" : "consensus-" + flavor.text();
            String signers = joined(trusted, "+", key -> key.hex().substring(0, FINGERPRINT_DIGITS));
            return "/tor/status-vote/current/" + name + (signers.isEmpty() ? "" : "/" + signers);
        }

        @Override
        public HttpMessage.Request http(String host) {
            HttpMessage.Request request = DirectoryRequest.super.http(host);
            HttpHeaders headers = request.headers();
            if (newerThan.isPresent()) {
                headers = headers.with("If-Modified-Since", newerThan.get());
            }
            if (known.isPresent()) {
                headers = headers.with("X-Or-Diff-From-Consensus", known.get().hex());
            }
            return new HttpMessage.Request(request.method(), request.target(), headers, request.body());
        }

        /** The same without a diff. */
        ConsensusDocument whole() {
            return new ConsensusDocument(flavor, trusted, newerThan, Optional.empty());
        }
    }

    /** The key certificates of these authorities, by v3 identity; of all when empty. */
    record KeyCertificates(List<Fingerprint> identities) implements DirectoryRequest {
        public KeyCertificates {
            identities = List.copyOf(identities);
        }

        @Override
        public String path() {
            return identities.isEmpty() ? "/tor/keys/all" : "/tor/keys/fp/" + joined(identities, "+", Fingerprint::hex);
        }
    }

    /** The key certificates of these pairs of identity and signing key. */
    record KeyCertificatesBySigningKey(List<Pair> pairs) implements DirectoryRequest {
        /** One certificate. */
        public record Pair(Fingerprint identity, Fingerprint signingKey) {}

        /** A certificate has 2 KB. The array that holds it stays in memory as long as it does. */
        private static final int LENGTH_MAX = 16 * 1024;

        public KeyCertificatesBySigningKey {
            pairs = List.copyOf(pairs);
        }

        @Override
        public int limit() {
            return LENGTH_MAX * Math.max(1, pairs.size());
        }

        @Override
        public String path() {
            return "/tor/keys/fp-sk/" + joined(pairs, "+", pair -> pair.identity.hex() + "-" + pair.signingKey.hex());
        }
    }

    /** Microdescriptors by digest, at most {@link #MAX} of them. */
    record Microdescriptors(List<Sha256Digest> digests) implements DirectoryRequest {
        /** C tor asks for no more in one request, so that its line stays short. */
        public static final int MAX = 500;

        /** Most have less than 1 KB; a server descriptor, of which it is a part, has at most 20 KB. */
        private static final int LENGTH_MAX = 20_000;

        public Microdescriptors {
            digests = List.copyOf(digests);
        }

        @Override
        public int limit() {
            return LENGTH_MAX * Math.max(1, digests.size());
        }

        @Override
        public String path() {
            return "/tor/micro/d/" + joined(digests, "-", Sha256Digest::base64);
        }
    }

    /** Server descriptors by digest; all that the directory has when empty. */
    record ServerDescriptors(List<Sha1Digest> digests) implements DirectoryRequest {
        /** C tor asks for no more in one request, so that its line stays short. */
        public static final int MAX = 96;

        public ServerDescriptors {
            digests = List.copyOf(digests);
        }

        @Override
        public String path() {
            return digests.isEmpty() ? "/tor/server/all" : "/tor/server/d/" + joined(digests, "+", Sha1Digest::hex);
        }
    }

    /** The latest server descriptors of these relays. */
    record ServerDescriptorsOf(List<Fingerprint> relays) implements DirectoryRequest {
        public ServerDescriptorsOf {
            relays = List.copyOf(relays);
        }

        @Override
        public String path() {
            return "/tor/server/fp/" + joined(relays, "+", Fingerprint::hex);
        }
    }

    /** Extra-info documents by digest; all that the directory has when empty. */
    record ExtraInfos(List<Sha1Digest> digests) implements DirectoryRequest {
        public ExtraInfos {
            digests = List.copyOf(digests);
        }

        @Override
        public String path() {
            return digests.isEmpty() ? "/tor/extra/all" : "/tor/extra/d/" + joined(digests, "+", Sha1Digest::hex);
        }
    }

    /** Any other document, by its path. */
    record ByPath(String path) implements DirectoryRequest {}

    private static <T> String joined(Collection<T> values, String separator, Function<T, String> text) {
        return values.stream().map(text).collect(Collectors.joining(separator));
    }
}
