package io.allium.netdoc;

import io.allium.base.Untrusted;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a majority of the authorities says of the network, of either flavour. {@link ConsensusWriter} writes one;
 * {@link AuthoritySignatures} checks the signatures.
 *
 * @param source the exact bytes
 * @param signed those that are signed: through the space after the first {@code directory-signature}
 * @param signatures with algorithms that we know
 * @spec dir-spec 3.4.1
 */
public record Consensus(Slice source, Slice signed, ConsensusBody body, List<DirectorySignature> signatures) {
    static final Schema HEADER = Schema.of(
                    "consensus",
                    Schema.once("network-status-version").arguments(1).first(),
                    Schema.once("vote-status").arguments(1),
                    Schema.once("consensus-method").exactly(1),
                    Schema.once("valid-after").arguments(2),
                    Schema.once("fresh-until").arguments(2),
                    Schema.once("valid-until").arguments(2),
                    Schema.once("voting-delay").arguments(2),
                    Schema.maybe("client-versions"),
                    Schema.maybe("server-versions"),
                    Schema.any("package"),
                    Schema.once("known-flags"),
                    Schema.maybe("recommended-client-protocols"),
                    Schema.maybe("recommended-relay-protocols"),
                    Schema.maybe("required-client-protocols"),
                    Schema.maybe("required-relay-protocols"),
                    Schema.maybe("params"),
                    Schema.maybe("shared-rand-previous-value").arguments(2),
                    Schema.maybe("shared-rand-current-value").arguments(2))
            .endingBefore("dir-source", "r", "directory-footer", "directory-signature");

    static final Schema SOURCE = Schema.of(
                    "consensus",
                    Schema.once("dir-source").arguments(6).first(),
                    Schema.maybe("contact"),
                    Schema.maybe("vote-digest").arguments(1))
            .endingBefore("r", "directory-footer", "directory-signature");

    static final Schema ROUTER = Schema.of(
                    "consensus",
                    Schema.once("r").arguments(7).first(),
                    Schema.any("a").arguments(1),
                    Schema.any("m").arguments(1),
                    Schema.once("s"),
                    Schema.maybe("v"),
                    Schema.maybe("pr"),
                    Schema.maybe("w"),
                    Schema.maybe("p"))
            .endingBefore("directory-footer", "directory-signature");

    static final Schema FOOTER = Schema.of(
                    "consensus", Schema.once("directory-footer").first(), Schema.maybe("bandwidth-weights"))
            .endingBefore("directory-signature");

    static final Schema SIGNATURE = Schema.of(
            "consensus",
            Schema.once("directory-signature").arguments(2).object("SIGNATURE").first());

    /** What a consensus is made of, part by part: the middle two and the last occur many times. */
    public static final List<Schema> SCHEMAS = List.of(HEADER, SOURCE, ROUTER, FOOTER, SIGNATURE);

    public Consensus {
        signatures = List.copyOf(signatures);
    }

    /** Reads what must be exactly one consensus. */
    public static Unverified<Consensus> parse(byte[] document) throws Untrusted {
        return new Unverified<>(new ConsensusReader(document, true).read());
    }

    /** The same without {@link PlainStatus}, which must make no difference. */
    static Consensus parseByItems(byte[] document) throws Untrusted {
        return new ConsensusReader(document, false).read();
    }

    public ConsensusHeader header() {
        return body.header();
    }

    public ConsensusFlavor flavor() {
        return header().flavor();
    }

    public Instant validAfter() {
        return header().times().validAfter();
    }

    public Instant freshUntil() {
        return header().times().freshUntil();
    }

    public Instant validUntil() {
        return header().times().validUntil();
    }

    /** Sorted by fingerprint. */
    public List<RouterStatus> routers() {
        return body.routers();
    }

    public Map<String, Integer> parameters() {
        return header().parameters();
    }

    /** By which detached signatures name an ns consensus. */
    public Sha1Digest sha1() {
        return Sha1Digest.over(signed);
    }

    /** By which detached signatures name a microdesc consensus. */
    public Sha256Digest sha256() {
        return Sha256Digest.over(signed);
    }

    /** The SHA3-256 digest of the signed part, by which consensus diffs and those who ask for them name it. */
    public Sha3Digest sha3() {
        return Sha3Digest.over(signed);
    }

    /** Reads the parts of a consensus in their order. Confined to one reading. */
    private static final class ConsensusReader {
        private final Slice source;
        private final Lexer lexer;
        private final StatusReader status = new StatusReader();
        private final boolean plainly; // whether to try that first

        ConsensusReader(byte[] document, boolean plainly) {
            this.plainly = plainly;
            source = Slice.of(document);
            lexer = new Lexer(source);
        }

        Consensus read() throws Untrusted {
            Section headerSection = HEADER.read(lexer);
            try {
                ConsensusHeader header = header(headerSection);
                List<ConsensusSource> sources = sources();
                List<RouterStatus> routers = routers(header.flavor());
                Map<String, Integer> weights = StatusReader.numbers(FOOTER.read(lexer), "bandwidth-weights");
                int signedEnd = signedEnd();
                int start = headerSection.items().getFirst().start();
                return new Consensus(
                        source,
                        new Slice(source.array(), start, signedEnd - start),
                        new ConsensusBody(header, sources, routers, weights),
                        signatures());
            } catch (Untrusted wrong) {
                throw wrong.getMessage().startsWith(HEADER.name()) ? wrong : wrong.in(HEADER.name());
            }
        }

        private static ConsensusHeader header(Section section) throws Untrusted {
            Item version = section.one("network-status-version");
            if (!version.argument(0).equals("3")) {
                throw version.bad("is not 3");
            }
            Item kind = section.one("vote-status");
            if (!kind.argument(0).equals("consensus")) {
                throw kind.bad("is not a consensus");
            }
            return new ConsensusHeader(
                    flavor(version),
                    (int) section.one("consensus-method").number(0, 1, Integer.MAX_VALUE),
                    StatusReader.times(section),
                    StatusReader.versions(section, "client-versions"),
                    StatusReader.versions(section, "server-versions"),
                    StatusReader.rests(section, "package"),
                    section.one("known-flags").arguments(),
                    StatusReader.demands(section),
                    StatusReader.numbers(section, "params"),
                    StatusReader.sharedRandom(section, "shared-rand-previous-value"),
                    StatusReader.sharedRandom(section, "shared-rand-current-value"));
        }

        private static ConsensusFlavor flavor(Item version) throws Untrusted {
            if (version.count() < 2) {
                return ConsensusFlavor.NS;
            }
            for (ConsensusFlavor flavor : ConsensusFlavor.values()) {
                if (flavor.text().equals(version.argument(1))) {
                    return flavor;
                }
            }
            throw version.bad("'" + version.argument(1) + "' is an unknown flavour");
        }

        private List<ConsensusSource> sources() throws Untrusted {
            List<ConsensusSource> sources = new ArrayList<>();
            while (nextIs("dir-source")) {
                Section section = SOURCE.read(lexer);
                Optional<Item> digest = section.maybe("vote-digest");
                sources.add(new ConsensusSource(
                        StatusReader.source(section.one("dir-source")),
                        section.maybe("contact").map(Item::rest),
                        digest.isEmpty()
                                ? Optional.empty()
                                : Optional.of(Sha1Digest.of(digest.get().hex(0, Sha1Digest.LENGTH)))));
            }
            StatusReader.checkAscending(sources, each -> each.source().identity(), "dir-source");
            return sources;
        }

        private List<RouterStatus> routers(ConsensusFlavor flavor) throws Untrusted {
            List<RouterStatus> routers = new ArrayList<>();
            PlainText text = lexer.plain();
            PlainStatus plain = new PlainStatus(text, flavor);
            while (nextIs("r")) {
                int place = lexer.position();
                RouterStatus router = plainly ? plain.router(place) : null;
                while (router != null) {
                    routers.add(router);
                    place = text.at();
                    lexer.skipTo(place, text.lines());
                    router = plain.router(place);
                }
                if (nextIs("r")) {
                    routers.add(status.router(ROUTER.read(lexer), flavor));
                }
            }
            StatusReader.checkAscending(routers, RouterStatus::fingerprint, "relay");
            return routers;
        }

        private int signedEnd() throws Untrusted {
            Item first = lexer.peek();
            if (first == null || !first.is("directory-signature")) {
                throw new Untrusted("directory-signature: missing");
            }
            return first.keywordEnd() + 1;
        }

        private List<DirectorySignature> signatures() throws Untrusted {
            List<DirectorySignature> signatures = new ArrayList<>();
            while (lexer.hasNext()) {
                DirectorySignature signature =
                        StatusReader.signature(SIGNATURE.read(lexer).one("directory-signature"));
                if (AuthoritySignatures.isKnown(signature.algorithm())) {
                    signatures.add(signature);
                }
            }
            return signatures;
        }

        private boolean nextIs(String keyword) throws Untrusted {
            Item next = lexer.peek();
            return next != null && next.is(keyword);
        }
    }
}
