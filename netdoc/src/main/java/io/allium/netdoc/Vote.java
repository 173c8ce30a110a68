package io.allium.netdoc;

import io.allium.base.Untrusted;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one authority says of the network. {@link VoteWriter} writes one.
 *
 * @param source the exact bytes
 * @param signed those that are signed: through the space after {@code directory-signature}
 * @param digest of what is signed, by which consensuses name the vote: taken once, of some megabytes
 * @spec dir-spec 3.4.1
 */
public record Vote(Slice source, Slice signed, Sha1Digest digest, VoteBody body, DirectorySignature signature) {
    static final Schema HEADER = Schema.of(
                    "vote",
                    Schema.once("network-status-version").arguments(1).first(),
                    Schema.once("vote-status").arguments(1),
                    Schema.once("consensus-methods").arguments(1),
                    Schema.once("published").arguments(2),
                    Schema.once("valid-after").arguments(2),
                    Schema.once("fresh-until").arguments(2),
                    Schema.once("valid-until").arguments(2),
                    Schema.once("voting-delay").arguments(2),
                    Schema.maybe("client-versions"),
                    Schema.maybe("server-versions"),
                    Schema.any("package"),
                    Schema.once("known-flags"),
                    Schema.maybe("flag-thresholds"),
                    Schema.maybe("recommended-client-protocols"),
                    Schema.maybe("recommended-relay-protocols"),
                    Schema.maybe("required-client-protocols"),
                    Schema.maybe("required-relay-protocols"),
                    Schema.maybe("params"),
                    Schema.maybe("bandwidth-file-headers"),
                    Schema.maybe("bandwidth-file-digest").arguments(1),
                    Schema.once("dir-source").arguments(6),
                    Schema.once("contact"),
                    Schema.maybe("legacy-dir-key").arguments(1),
                    Schema.maybe("shared-rand-participate"),
                    Schema.any("shared-rand-commit").arguments(4),
                    Schema.maybe("shared-rand-previous-value").arguments(2),
                    Schema.maybe("shared-rand-current-value").arguments(2),
                    Schema.once("dir-key-certificate-version").arguments(1),
                    Schema.once("dir-key-certification").object("SIGNATURE"))
            .endingBefore("r", "directory-footer", "directory-signature");

    static final Schema ROUTER = Schema.of(
                    "vote",
                    Schema.once("r").arguments(8).first(),
                    Schema.any("a").arguments(1),
                    Schema.once("s"),
                    Schema.maybe("v"),
                    Schema.maybe("pr"),
                    Schema.maybe("w"),
                    Schema.maybe("p"),
                    Schema.any("id").arguments(2),
                    Schema.maybe("stats"),
                    Schema.any("m").arguments(2))
            .endingBefore("directory-footer", "directory-signature");

    static final Schema FOOTER = Schema.of(
            "vote",
            Schema.once("directory-footer").first(),
            Schema.once("directory-signature").arguments(2).object("SIGNATURE").last());

    /** What a vote is made of, part by part: the second occurs many times. */
    public static final List<Schema> SCHEMAS = List.of(HEADER, ROUTER, FOOTER);

    /** Reads what must be exactly one vote. */
    public static Unverified<Vote> parse(byte[] document) throws Untrusted {
        return new Unverified<>(new VoteReader(document).read());
    }

    /** Checks the certificate, that it has not expired by then, and the signature. Whose vote may count is another matter. */
    public static Unverified.Check<Vote> signedAt(Instant now) {
        return vote -> {
            KeyCertificate certificate = vote.body.certificate();
            KeyCertificate.selfSigned(certificate);
            if (!now.isBefore(certificate.expires())) {
                throw new Untrusted("vote: its key certificate expired at " + certificate.expires());
            }
            if (!vote.signature.signingKey().equals(certificate.signingKeyDigest())
                    || !AuthoritySignatures.verifies(certificate, vote.signature, vote.signed)) {
                throw new Untrusted("vote: wrong signature");
            }
        };
    }

    public VoteHeader header() {
        return body.header();
    }

    /** The v3 identity of the authority. */
    public Fingerprint authority() {
        return header().source().identity();
    }

    /** Sorted by fingerprint. */
    public List<VoteEntry> routers() {
        return body.routers();
    }

    /** Reads the parts of a vote in their order. Confined to one reading. */
    private static final class VoteReader {
        private final Slice source;
        private final Lexer lexer;
        private final StatusReader status = new StatusReader();
        private final Map<String, List<Integer>> methods = new HashMap<>();

        VoteReader(byte[] document) {
            source = Slice.of(document);
            lexer = new Lexer(source);
        }

        Vote read() throws Untrusted {
            Section headerSection = HEADER.read(lexer);
            List<VoteEntry> routers = new ArrayList<>();
            Item next = lexer.peek();
            while (next != null && next.is("r")) {
                routers.add(entry(ROUTER.read(lexer)));
                next = lexer.peek();
            }
            Section footer = FOOTER.read(lexer);
            FOOTER.expectEnd(lexer);
            try {
                StatusReader.checkAscending(routers, each -> each.status().fingerprint(), "relay");
                return vote(headerSection, routers, footer.one("directory-signature"));
            } catch (Untrusted wrong) {
                throw wrong.in(HEADER.name());
            }
        }

        private Vote vote(Section section, List<VoteEntry> routers, Item signatureItem) throws Untrusted {
            VoteHeader header = header(section);
            KeyCertificate certificate = certificate(section);
            DirectorySignature signature = StatusReader.signature(signatureItem);
            Fingerprint identity = header.source().identity();
            if (!certificate.fingerprint().equals(identity)) {
                throw section.one("dir-source").bad("is of another identity than the key certificate");
            }
            if (!signature.identity().equals(identity) || !AuthoritySignatures.isKnown(signature.algorithm())) {
                throw signatureItem.bad("is not the authority's own");
            }
            int start = section.items().getFirst().start();
            Slice signed = new Slice(source.array(), start, signatureItem.keywordEnd() + 1 - start);
            return new Vote(
                    source, signed, Sha1Digest.over(signed), new VoteBody(header, certificate, routers), signature);
        }

        private VoteEntry entry(Section section) throws Untrusted {
            try {
                return new VoteEntry(
                        status.router(section, ConsensusFlavor.NS),
                        identity(section),
                        section.maybe("stats").map(Item::rest),
                        microdescriptors(section));
            } catch (Untrusted wrong) {
                throw wrong.in(ROUTER.name());
            }
        }

        private static Optional<Ed25519Identity> identity(Section section) throws Untrusted {
            Optional<Ed25519Identity> identity = Optional.empty();
            for (Item item : section.all("id")) {
                if (item.argument(0).equals("ed25519") && !item.argument(1).equals("none")) {
                    if (identity.isPresent()) {
                        throw item.bad("occurs again");
                    }
                    identity = Optional.of(Ed25519Identity.of(item.base64(1, Ed25519Identity.LENGTH)));
                }
            }
            return identity;
        }

        /** The digests of an algorithm that we know; others are for versions to come. */
        private List<VoteEntry.MicrodescriptorVote> microdescriptors(Section section) throws Untrusted {
            List<VoteEntry.MicrodescriptorVote> votes = new ArrayList<>();
            for (Item item : section.all("m")) {
                for (String digest : item.arguments().subList(1, item.count())) {
                    if (digest.startsWith(SHA256)) {
                        byte[] bytes = item.base64(digest.substring(SHA256.length()), Sha256Digest.LENGTH);
                        votes.add(new VoteEntry.MicrodescriptorVote(methods(item), Sha256Digest.of(bytes)));
                    }
                }
            }
            return votes;
        }

        /** The methods of an {@code m} line: of thousands of lines almost all have the same. */
        private List<Integer> methods(Item item) throws Untrusted {
            String text = item.argument(0);
            List<Integer> known = methods.get(text);
            if (known == null) {
                known = List.copyOf(methods(item, List.of(text.split(","))));
                methods.put(text, known);
            }
            return known;
        }

        private static List<Integer> methods(Item item, List<String> texts) throws Untrusted {
            List<Integer> methods = new ArrayList<>();
            for (String text : texts) {
                methods.add((int) item.number(text, 1, Integer.MAX_VALUE));
            }
            return methods;
        }

        private static VoteHeader header(Section section) throws Untrusted {
            Item kind = section.one("vote-status");
            if (!section.one("network-status-version").argument(0).equals("3")
                    || !kind.argument(0).equals("vote")) {
                throw kind.bad("is not a vote of version 3");
            }
            Item methods = section.one("consensus-methods");
            return new VoteHeader(
                    methods(methods, methods.arguments()),
                    section.one("published").time(0),
                    StatusReader.times(section),
                    StatusReader.versions(section, "client-versions"),
                    StatusReader.versions(section, "server-versions"),
                    StatusReader.rests(section, "package"),
                    section.one("known-flags").arguments(),
                    thresholds(section),
                    StatusReader.demands(section),
                    StatusReader.numbers(section, "params"),
                    section.maybe("bandwidth-file-headers").map(Item::rest),
                    bandwidthFileDigest(section),
                    StatusReader.source(section.one("dir-source")),
                    section.one("contact").rest(),
                    legacyIdentity(section),
                    section.has("shared-rand-participate"),
                    commits(section),
                    StatusReader.sharedRandom(section, "shared-rand-previous-value"),
                    StatusReader.sharedRandom(section, "shared-rand-current-value"));
        }

        private static Map<String, String> thresholds(Section section) {
            Map<String, String> thresholds = new LinkedHashMap<>();
            for (Item item : section.all("flag-thresholds")) {
                for (String pair : item.arguments()) {
                    int equals = pair.indexOf('=');
                    thresholds.put(
                            equals < 0 ? pair : pair.substring(0, equals),
                            equals < 0 ? "" : pair.substring(equals + 1));
                }
            }
            return thresholds;
        }

        private static Optional<Sha256Digest> bandwidthFileDigest(Section section) throws Untrusted {
            for (Item item : section.all("bandwidth-file-digest")) {
                for (String digest : item.arguments()) {
                    if (digest.startsWith(SHA256)) {
                        byte[] bytes = item.base64(digest.substring(SHA256.length()), Sha256Digest.LENGTH);
                        return Optional.of(Sha256Digest.of(bytes));
                    }
                }
            }
            return Optional.empty();
        }

        private static Optional<Fingerprint> legacyIdentity(Section section) throws Untrusted {
            Optional<Item> item = section.maybe("legacy-dir-key");
            return item.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Fingerprint.of(item.get().hex(0, Fingerprint.LENGTH)));
        }

        private static List<SharedRandomCommit> commits(Section section) throws Untrusted {
            List<SharedRandomCommit> commits = new ArrayList<>();
            for (Item item : section.all("shared-rand-commit")) {
                commits.add(new SharedRandomCommit(
                        (int) item.number(0, 0, Integer.MAX_VALUE),
                        item.argument(1),
                        Fingerprint.of(item.hex(2, Fingerprint.LENGTH)),
                        item.argument(3),
                        item.count() > 4 ? Optional.of(item.argument(4)) : Optional.empty()));
            }
            return commits;
        }

        /** The certificate that stands in the header, from its own first item to its last. */
        private KeyCertificate certificate(Section section) throws Untrusted {
            int start = section.one("dir-key-certificate-version").start();
            int end = section.one("dir-key-certification").end();
            if (end < start) {
                throw section.one("dir-key-certification").bad("stands before its certificate");
            }
            return KeyCertificate.parse(new Slice(source.array(), start, end - start))
                    .claimed();
        }

        private static final String SHA256 = "sha256=";
    }
}
