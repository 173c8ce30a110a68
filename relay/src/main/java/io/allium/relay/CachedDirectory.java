package io.allium.relay;

import io.allium.base.Time;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.DirectorySignature;
import io.allium.netdoc.KeyCertificate;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.Sha1Digest;
import io.allium.netdoc.Sha256Digest;
import io.allium.netdoc.Sha3Digest;
import io.allium.netdoc.Slice;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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

    private static final Duration ROBOTS_LIFETIME = Duration.ofDays(1);

    /** Earlier consensuses that somebody may say he has: more than anybody keeps. */
    private static final int KNOWN_MAX = 32;

    private static final List<String> KEY_KINDS = List.of("all", "authority", "fp", "sk", "fp-sk");

    private final Time time;
    private final Function<ConsensusFlavor, Optional<Consensus>> consensuses;
    private final Supplier<List<KeyCertificate>> certificates;
    private final CachedMicrodescriptors microdescriptors;
    private final CachedDescriptors descriptors;
    private final SelfDescriptor self;
    private final ConsensusDiffs diffs;

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
            SelfDescriptor self,
            ConsensusDiffs diffs) {
        this.time = time;
        this.consensuses = consensuses;
        this.certificates = certificates;
        this.microdescriptors = microdescriptors;
        this.descriptors = descriptors;
        this.self = self;
        this.diffs = diffs;
    }

    /** It takes nothing in. */
    @Override
    public int bodyMax(String path) {
        return 0;
    }

    @Override
    public Optional<DirectoryReply> answer(DirectoryQuery query) throws InterruptedException {
        if (query.method() != DirectoryQuery.Method.GET) {
            return Optional.empty();
        }
        Optional<String> consensus = query.after("/tor/status-vote/current/consensus");
        if (consensus.isPresent()) {
            return Optional.of(consensus(consensus.get(), query));
        }
        return query.after("/tor/micro/d/")
                .map(this::micro)
                .or(() -> query.after("/tor/server/").map(rest -> server(rest, query)))
                .or(() -> query.after("/tor/extra/").map(rest -> extra(rest, query)))
                .or(() -> query.after("/tor/keys/").map(rest -> keys(rest, query)))
                .or(() -> query.path().equals("/tor/robots.txt") ? Optional.of(robots()) : Optional.empty());
    }

    /**
     * What is asked for of a consensus.
     *
     * @param trusted abbreviated fingerprints, of which more than half must have signed it; empty for any
     * @param known the digests of those that the asker could apply a diff to
     * @param onlyDiff whether he wants the diff or nothing
     */
    private record ConsensusQuery(ConsensusFlavor flavor, String trusted, Set<Sha3Digest> known, boolean onlyDiff) {

        /**
         * @param rest of the path: nothing or {@code -microdesc}, then perhaps {@code /diff/} and a digest, then perhaps
         *     a slash and fingerprints; an unknown flavour is ns, as in C tor
         */
        static Optional<ConsensusQuery> of(String rest, Optional<String> header) {
            int slash = rest.indexOf('/');
            String suffix = slash < 0 ? rest : rest.substring(0, slash);
            String further = slash < 0 || !suffix.isEmpty() && !suffix.startsWith("-") ? "" : rest.substring(slash + 1);
            ConsensusFlavor flavor = suffix.equals("-microdesc") ? ConsensusFlavor.MICRODESC : ConsensusFlavor.NS;
            if (!further.startsWith("diff/")) {
                return Optional.of(new ConsensusQuery(flavor, further, digests(header.orElse("")), false));
            }
            String[] parts = further.substring("diff/".length()).split("/", 2);
            Set<Sha3Digest> from = digests(parts[0]);
            return from.size() == 1
                    ? Optional.of(new ConsensusQuery(flavor, parts.length == 2 ? parts[1] : "", from, true))
                    : Optional.empty();
        }

        /** What is no digest is passed over. */
        private static Set<Sha3Digest> digests(String list) {
            Set<Sha3Digest> digests = new LinkedHashSet<>();
            for (String each : list.split(",", KNOWN_MAX)) {
                digest(each.strip()).ifPresent(digests::add);
            }
            return digests;
        }

        private static Optional<Sha3Digest> digest(String hex) {
            try {
                return Optional.of(Sha3Digest.parse(hex));
            } catch (Untrusted notOne) {
                return Optional.empty();
            }
        }
    }

    private DirectoryReply consensus(String rest, DirectoryQuery query) throws InterruptedException {
        Optional<ConsensusQuery> parsed =
                ConsensusQuery.of(rest, query.headers().first("X-Or-Diff-From-Consensus"));
        if (parsed.isEmpty()) {
            return DirectoryReply.status(404, "Couldn't parse request");
        }
        ConsensusQuery wanted = parsed.get();
        Optional<Consensus> held = consensuses.apply(wanted.flavor);
        if (held.isEmpty()) {
            return DirectoryReply.status(404, wanted.onlyDiff ? "No such diff available" : "Not found");
        }
        Consensus consensus = held.get();
        if (!wanted.known.isEmpty() && wanted.known.contains(diffs.digest(consensus))) {
            return DirectoryReply.notModified();
        }
        Optional<Slice> diff = diffs.diff(wanted.known, consensus);
        if (wanted.onlyDiff && diff.isEmpty()) {
            return DirectoryReply.status(404, "No such diff available");
        }
        if (time.now().plus(REASONABLY_LIVE).isBefore(consensus.validAfter())) {
            return DirectoryReply.status(404, "Consensus is too new");
        }
        if (time.now().isAfter(consensus.validUntil().plus(REASONABLY_LIVE))) {
            return DirectoryReply.status(404, "Consensus is too old");
        }
        if (!wanted.trusted.isEmpty() && !isSignedFor(wanted.trusted, consensus)) {
            return DirectoryReply.status(404, "Consensus not signed by sufficient number of requested authorities");
        }
        Duration fresh = Duration.between(time.now().truncatedTo(ChronoUnit.SECONDS), consensus.freshUntil());
        return DirectoryReply.of(
                        diff.isPresent() ? DirectoryReply.Form.DIFF : DirectoryReply.Form.CONSENSUS,
                        List.of(diff.orElse(consensus.source())),
                        fresh.isPositive() ? Optional.of(fresh) : Optional.empty())
                .modifiedAt(consensus.validAfter())
                .with("Vary", "X-Or-Diff-From-Consensus");
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

    private DirectoryReply micro(String names) {
        Set<Sha256Digest> wanted = new LinkedHashSet<>();
        for (String name : names.split("-", NAMES_MAX)) {
            decoded(name, Sha256Digest.LENGTH).map(Sha256Digest::of).ifPresent(wanted::add);
        }
        return DirectoryReply.microdescriptors(microdescriptors.find(wanted));
    }

    private static Optional<byte[]> decoded(String base64, int length) {
        try {
            byte[] bytes = Base64.getDecoder().decode(base64);
            return bytes.length == length ? Optional.of(bytes) : Optional.empty();
        } catch (IllegalArgumentException garbled) {
            return Optional.empty();
        }
    }

    private DirectoryReply server(String rest, DirectoryQuery query) {
        return DirectoryReply.descriptors(
                rest, names(rest).size(), serverDescriptors(rest), query.asker().tunnelled());
    }

    /** The server descriptors that are meant: {@code all}, {@code authority}, {@code fp/…} or {@code d/…}. */
    List<Slice> serverDescriptors(String rest) {
        SelfDescriptor.Documents ours = self.current();
        Set<String> names = names(rest);
        return switch (kind(rest)) {
            case "all" -> withOurs(descriptors.others(self.fingerprint()));
            case "authority" -> List.of(Slice.of(ours.router()));
            case "fp" ->
                documentsFor(
                        names,
                        name -> isOurs(name)
                                ? Optional.of(Slice.of(ours.router()))
                                : descriptors.of(Fingerprint.of(name)).map(RouterDescriptor::source));
            case "d" ->
                documentsFor(
                        names,
                        name -> Arrays.equals(name, ours.routerDigest().bytes())
                                ? Optional.of(Slice.of(ours.router()))
                                : descriptors.at(Sha1Digest.of(name)));
            default -> List.of();
        };
    }

    /** That of one relay. */
    Optional<Slice> serverDescriptor(Fingerprint relay) {
        return relay.equals(self.fingerprint())
                ? Optional.of(Slice.of(self.current().router()))
                : descriptors.of(relay).map(RouterDescriptor::source);
    }

    /** What is noted of that of one relay, a line each: when and from whom it came; nothing of our own. */
    Optional<String> annotations(Fingerprint relay) {
        return relay.equals(self.fingerprint())
                ? Optional.of("")
                : descriptors.of(relay).map(CachedDescriptors::notes);
    }

    /** By which digest a consensus knows that of one relay, and when it was published. */
    Optional<Issue> issue(Fingerprint relay) {
        if (relay.equals(self.fingerprint())) {
            SelfDescriptor.Documents ours = self.current();
            return Optional.of(new Issue(ours.routerDigest(), ours.published()));
        }
        return descriptors.of(relay).map(each -> new Issue(each.digest(), each.published()));
    }

    /** One server descriptor among all that a relay publishes. */
    record Issue(Sha1Digest digest, Instant published) {}

    private List<Slice> withOurs(List<Slice> others) {
        List<Slice> all = new ArrayList<>(others);
        all.add(Slice.of(self.current().router()));
        return all;
    }

    private DirectoryReply extra(String rest, DirectoryQuery query) {
        return DirectoryReply.descriptors(
                rest, names(rest).size(), extraInfos(rest), query.asker().tunnelled());
    }

    /** The same for extra-info documents. */
    List<Slice> extraInfos(String rest) {
        SelfDescriptor.Documents ours = self.current();
        Set<String> names = names(rest);
        return switch (kind(rest)) {
            case "all", "authority" -> List.of(Slice.of(ours.extraInfo()));
            case "fp" ->
                documentsFor(names, name -> isOurs(name) ? Optional.of(Slice.of(ours.extraInfo())) : Optional.empty());
            case "d" ->
                documentsFor(
                        names,
                        name -> Arrays.equals(name, ours.extraInfoDigest().bytes())
                                ? Optional.of(Slice.of(ours.extraInfo()))
                                : Optional.empty());
            default -> List.of();
        };
    }

    /** Who keeps it. */
    Fingerprint ourselves() {
        return self.fingerprint();
    }

    private boolean isOurs(byte[] fingerprint) {
        return Arrays.equals(fingerprint, self.fingerprint().bytes());
    }

    private static String kind(String rest) {
        int slash = rest.indexOf('/');
        return slash < 0 && !rest.equals("fp") && !rest.equals("d") ? rest : rest.substring(0, Math.max(0, slash));
    }

    /** What follows {@code fp/} and such: names joined by {@code +}, in upper case. */
    private static Set<String> names(String rest) {
        int slash = rest.indexOf('/');
        return slash < 0
                ? Set.of()
                : new LinkedHashSet<>(List.of(
                        rest.substring(slash + 1).toUpperCase(Locale.ROOT).split("\\+", NAMES_MAX)));
    }

    /** A document for each of the 20-byte names in hex. */
    private static List<Slice> documentsFor(Set<String> names, Function<byte[], Optional<Slice>> find) {
        return names.stream()
                .filter(name -> name.matches("[0-9A-F]{40}"))
                .flatMap(name -> find.apply(HexFormat.of().parseHex(name)).stream())
                .toList();
    }

    private DirectoryReply keys(String rest, DirectoryQuery query) {
        Set<String> wanted = names(rest);
        String kind = kind(rest);
        if (!KEY_KINDS.contains(kind)) {
            return DirectoryReply.status(400, "Bad request");
        }
        Predicate<KeyCertificate> isWanted = switch (kind) {
            case "all" -> _ -> true;
            case "fp" -> each -> wanted.contains(each.fingerprint().hex());
            case "sk" -> each -> wanted.contains(each.signingKeyDigest().hex());
            case "fp-sk" ->
                each -> wanted.contains(
                        each.fingerprint().hex() + "-" + each.signingKeyDigest().hex());
            default -> _ -> false; // only authorities have one of their own
        };
        List<KeyCertificate> found =
                certificates.get().stream().filter(isWanted).toList();
        return DirectoryReply.certificates(found, query.headers().time("If-Modified-Since"));
    }

    private static DirectoryReply robots() {
        byte[] text = "User-agent: *\r\nDisallow: /\r\n".getBytes(StandardCharsets.US_ASCII);
        return DirectoryReply.of(DirectoryReply.Form.PAGE, List.of(Slice.of(text)), Optional.of(ROBOTS_LIFETIME));
    }
}
