package io.allium.relay;

import io.allium.base.Time;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.DirectorySignature;
import io.allium.netdoc.KeyCertificate;
import io.allium.netdoc.Sha1Digest;
import io.allium.netdoc.Sha256Digest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The directory that every relay keeps: consensuses, certificates, microdescriptors and server descriptors that it got
 * from the authorities, and its own documents. Immutable.
 *
 * @spec dir-spec 4, appendix B
 */
public final class CachedDirectory implements DirectoryHandler {
    /** What may be asked for at a time; a line of HTTP holds no more of them than this: dir-spec 4.4. */
    static final int NAMES_MAX = 1000;

    /** How far a consensus may be from being valid: REASONABLY_LIVE_TIME of C tor. */
    static final Duration REASONABLY_LIVE = Duration.ofDays(1);

    private static final Duration CONSENSUS_LIFETIME = Duration.ofMinutes(5);
    private static final Duration CERTIFICATES_LIFETIME = Duration.ofHours(1);
    private static final Duration BY_DIGEST_LIFETIME = Duration.ofDays(2);
    private static final Duration ALL_LIFETIME = Duration.ofHours(1);
    private static final Duration BY_RELAY_LIFETIME = Duration.ofMinutes(30);
    private static final Duration ROBOTS_LIFETIME = Duration.ofDays(1);

    private final Time time;
    private final Function<ConsensusFlavor, Optional<Consensus>> consensuses;
    private final Supplier<List<KeyCertificate>> certificates;
    private final CachedMicrodescriptors microdescriptors;
    private final CachedDescriptors descriptors;
    private final SelfDescriptor self;

    /**
     * @param consensuses {@code DirectoryClient.consensus}
     * @param certificates {@code DirectoryClient.certificates}
     */
    public CachedDirectory(
            Time time,
            Function<ConsensusFlavor, Optional<Consensus>> consensuses,
            Supplier<List<KeyCertificate>> certificates,
            CachedMicrodescriptors microdescriptors,
            CachedDescriptors descriptors,
            SelfDescriptor self) {
        this.time = time;
        this.consensuses = consensuses;
        this.certificates = certificates;
        this.microdescriptors = microdescriptors;
        this.descriptors = descriptors;
        this.self = self;
    }

    /** It takes nothing in. */
    @Override
    public int bodyMax() {
        return 0;
    }

    @Override
    public Optional<DirectoryReply> answer(DirectoryQuery query) {
        if (query.method() != DirectoryQuery.Method.GET) {
            return Optional.empty();
        }
        return query.after("/tor/status-vote/current/consensus")
                .map(this::consensus)
                .or(() -> query.after("/tor/micro/d/").map(this::micro))
                .or(() -> query.after("/tor/server/").map(this::server))
                .or(() -> query.after("/tor/extra/").map(this::extra))
                .or(() -> query.after("/tor/keys/").map(this::keys))
                .or(() -> query.after("/tor/robots.txt").map(_ -> robots()));
    }

    /** {@code rest} is empty, or {@code -microdesc}, either followed by a slash and abbreviated fingerprints. */
    private DirectoryReply consensus(String rest) {
        String[] parts = rest.split("/", 2);
        Optional<ConsensusFlavor> flavor = flavor(parts[0]);
        Optional<Consensus> held = flavor.flatMap(consensuses);
        if (held.isEmpty()) {
            return DirectoryReply.notFound();
        }
        Consensus consensus = held.get();
        if (time.now().plus(REASONABLY_LIVE).isBefore(consensus.validAfter())) {
            return DirectoryReply.status(404, "Consensus is too new");
        }
        if (time.now().isAfter(consensus.validUntil().plus(REASONABLY_LIVE))) {
            return DirectoryReply.status(404, "Consensus is too old");
        }
        if (parts.length == 2 && !parts[1].isEmpty() && !isSignedFor(parts[1], consensus)) {
            return DirectoryReply.status(404, "Consensus not signed by sufficient number of requested authorities");
        }
        return DirectoryReply.document(consensus.source().bytes(), lifetime(consensus))
                .modifiedAt(consensus.validAfter())
                .with("Vary", "X-Or-Diff-From-Consensus");
    }

    private static Optional<ConsensusFlavor> flavor(String suffix) {
        return switch (suffix) {
            case "", "-ns" -> Optional.of(ConsensusFlavor.NS);
            case "-microdesc" -> Optional.of(ConsensusFlavor.MICRODESC);
            default -> Optional.empty();
        };
    }

    /** Whether more than half of the authorities that the client trusts signed it. */
    private static boolean isSignedFor(String trusted, Consensus consensus) {
        List<String> wanted = List.of(trusted.toUpperCase(Locale.ROOT).split("\\+"));
        long signed = wanted.stream()
                .filter(prefix -> consensus.signatures().stream()
                        .map(DirectorySignature::identity)
                        .anyMatch(identity -> identity.hex().startsWith(prefix)))
                .count();
        return signed > wanted.size() / 2;
    }

    /** Not beyond the time at which there should be a newer one. */
    private Duration lifetime(Consensus consensus) {
        Duration fresh = Duration.between(time.now(), consensus.freshUntil());
        boolean isFresh = !fresh.isNegative() && fresh.compareTo(CONSENSUS_LIFETIME) < 0;
        return isFresh ? fresh : CONSENSUS_LIFETIME;
    }

    private DirectoryReply micro(String names) {
        Set<Sha256Digest> wanted = new LinkedHashSet<>();
        for (String name : names.split("-", NAMES_MAX)) {
            decoded(name, Sha256Digest.LENGTH).map(Sha256Digest::of).ifPresent(wanted::add);
        }
        return documents(microdescriptors.find(wanted), BY_DIGEST_LIFETIME, "Not found");
    }

    private static Optional<byte[]> decoded(String base64, int length) {
        try {
            byte[] bytes = Base64.getDecoder().decode(base64);
            return bytes.length == length ? Optional.of(bytes) : Optional.empty();
        } catch (IllegalArgumentException garbled) {
            return Optional.empty();
        }
    }

    private DirectoryReply server(String rest) {
        String[] parts = rest.split("/", 2);
        List<byte[]> found = switch (parts[0]) {
            case "all" -> withOurs(descriptors.all());
            case "authority" -> List.of(self.current().router());
            case "fp" ->
                documentsFor(
                        parts,
                        name -> isOurs(name)
                                ? Optional.of(self.current().router())
                                : descriptors.of(Fingerprint.of(name)));
            case "d" ->
                documentsFor(
                        parts,
                        name -> Arrays.equals(
                                        name, self.current().routerDigest().bytes())
                                ? Optional.of(self.current().router())
                                : descriptors.at(Sha1Digest.of(name)));
            default -> List.of();
        };
        return documents(found, lifetime(parts[0]), "Servers unavailable");
    }

    private List<byte[]> withOurs(List<byte[]> others) {
        List<byte[]> all = new ArrayList<>(others);
        all.add(self.current().router());
        return all;
    }

    private DirectoryReply extra(String rest) {
        String[] parts = rest.split("/", 2);
        byte[] ours = self.current().extraInfo();
        List<byte[]> found = switch (parts[0]) {
            case "all", "authority" -> List.of(ours);
            case "fp" -> documentsFor(parts, name -> isOurs(name) ? Optional.of(ours) : Optional.empty());
            case "d" ->
                documentsFor(
                        parts,
                        name -> Arrays.equals(
                                        name, self.current().extraInfoDigest().bytes())
                                ? Optional.of(ours)
                                : Optional.empty());
            default -> List.of();
        };
        return documents(found, lifetime(parts[0]), "Not found");
    }

    private boolean isOurs(byte[] fingerprint) {
        return Arrays.equals(fingerprint, self.fingerprint().bytes());
    }

    private static Duration lifetime(String kind) {
        return switch (kind) {
            case "all" -> ALL_LIFETIME;
            case "d" -> BY_DIGEST_LIFETIME;
            default -> BY_RELAY_LIFETIME;
        };
    }

    /** A document for each of the 20-byte names in hex, joined by {@code +}. */
    private static List<byte[]> documentsFor(String[] parts, Function<byte[], Optional<byte[]>> find) {
        Set<String> names = new LinkedHashSet<>();
        if (parts.length == 2) {
            names.addAll(List.of(parts[1].toUpperCase(Locale.ROOT).split("\\+", NAMES_MAX)));
        }
        return names.stream()
                .filter(name -> name.matches("[0-9A-F]{40}"))
                .flatMap(name -> find.apply(HexFormat.of().parseHex(name)).stream())
                .toList();
    }

    private DirectoryReply keys(String rest) {
        String[] parts = rest.split("/", 2);
        String names = parts.length == 2 ? parts[1].toUpperCase(Locale.ROOT) : "";
        Set<String> wanted =
                Set.of(Arrays.stream(names.split("\\+", NAMES_MAX)).distinct().toArray(String[]::new));
        Predicate<KeyCertificate> isWanted = switch (parts[0]) {
            case "all" -> _ -> true;
            case "fp" -> each -> wanted.contains(each.fingerprint().hex());
            case "sk" -> each -> wanted.contains(each.signingKeyDigest().hex());
            case "fp-sk" ->
                each -> wanted.contains(
                        each.fingerprint().hex() + "-" + each.signingKeyDigest().hex());
            default -> _ -> false;
        };
        List<byte[]> found = certificates.get().stream()
                .filter(isWanted)
                .map(each -> each.source().bytes())
                .toList();
        return documents(found, CERTIFICATES_LIFETIME, "Not found");
    }

    private static DirectoryReply documents(List<byte[]> found, Duration lifetime, String phraseIfNone) {
        if (found.isEmpty()) {
            return DirectoryReply.status(404, phraseIfNone);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        found.forEach(all::writeBytes);
        return DirectoryReply.document(all.toByteArray(), lifetime);
    }

    private static DirectoryReply robots() {
        return DirectoryReply.document(
                "User-agent: *\r\nDisallow: /\r\n".getBytes(StandardCharsets.US_ASCII), ROBOTS_LIFETIME);
    }
}
