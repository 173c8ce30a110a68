package io.allium.netdoc;

import io.allium.base.Endpoint;
import io.allium.base.Untrusted;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Ed25519Identity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What clients need to know of a relay beyond the consensus. Not signed: the consensus names it by the digest of its
 * bytes, and that is what makes it true.
 *
 * @param source the exact bytes
 * @param digest SHA-256 of them
 * @param additionalOrPorts from {@code a} lines, which authorities no longer write
 * @param family the relays that this one says belong with it, canonical
 * @param familyIds the families that claim it
 * @param policy the summary of its exit policy for IPv4
 * @param ipv6Policy and for IPv6
 * @param identity the master Ed25519 key
 * @param lastListed from a cache's annotation
 * @spec dir-spec 3.3
 */
public record Microdescriptor(
        Slice source,
        Sha256Digest digest,
        Curve25519Key ntorOnionKey,
        List<Endpoint> additionalOrPorts,
        List<String> family,
        List<String> familyIds,
        PortPolicy policy,
        PortPolicy ipv6Policy,
        Optional<Ed25519Identity> identity,
        Optional<Instant> lastListed) {
    /** What a microdescriptor is made of. */
    public static final Schema SCHEMA = Schema.of(
            "microdescriptor",
            Schema.once("onion-key").optionalObject("RSA PUBLIC KEY").first(),
            Schema.once("ntor-onion-key").arguments(1),
            Schema.any("a").arguments(1),
            Schema.maybe("family"),
            Schema.maybe("family-ids"),
            Schema.maybe("p"),
            Schema.maybe("p6"),
            Schema.any("id").arguments(2));

    /** From this consensus method on, microdescriptors have {@code family-ids}. */
    public static final int METHOD_FAMILY_IDS = 35;

    public Microdescriptor {
        additionalOrPorts = List.copyOf(additionalOrPorts);
        family = List.copyOf(family);
        familyIds = List.copyOf(familyIds);
    }

    /** Reads what must be exactly one microdescriptor. */
    public static Microdescriptor parse(byte[] document) throws Untrusted {
        return DocumentList.readOne(Slice.of(document), SCHEMA, new Reader()::read);
    }

    /** Reads microdescriptors that stand one after the other. */
    public static DocumentList<Microdescriptor> parseAll(byte[] documents) {
        Lexer lexer = new Lexer(documents);
        return DocumentList.read(
                lexer, SCHEMA, "onion-key", new Reader()::read, new PlainMicrodescriptor(lexer.plain())::read);
    }

    /** The same without {@link PlainMicrodescriptor}, which must make no difference. */
    static DocumentList<Microdescriptor> parseAllByItems(byte[] documents) {
        return DocumentList.read(Slice.of(documents), SCHEMA, "onion-key", new Reader()::read);
    }

    /**
     * The microdescriptor that a consensus method makes of a server descriptor, the same bytes for every authority;
     * none of a descriptor without an onion key.
     */
    public static Optional<Microdescriptor> of(RouterDescriptor descriptor, int consensusMethod) {
        RouterKeys keys = descriptor.keys();
        RouterDetails details = descriptor.details();
        if (keys.onionKey().isEmpty()) {
            return Optional.empty();
        }
        DocumentWriter out = new DocumentWriter();
        out.line("onion-key").raw(keys.onionKey().get().pem());
        out.line("ntor-onion-key", keys.ntorOnionKey().base64());
        if (!details.family().isEmpty()) {
            out.line("family", String.join(" ", Families.canonical(details.family(), descriptor.fingerprint())));
        }
        if (consensusMethod >= METHOD_FAMILY_IDS) {
            out.lineIfAny("family-ids", String.join(" ", familyIds(keys)));
        }
        PortPolicy summary = details.exitPolicy().ipv4Summary();
        out.lineIfAny("p", summary.rejectsAll() ? "" : summary.text());
        out.lineIfAny(
                "p6",
                details.ipv6Policy().rejectsAll() ? "" : details.ipv6Policy().text());
        out.line("id", "ed25519", keys.identity().base64());
        try {
            return Optional.of(parse(out.bytes()));
        } catch (Untrusted impossible) {
            throw new IllegalStateException("a microdescriptor of our own making", impossible);
        }
    }

    /** Whether two consensus methods make the same of every descriptor. */
    public static boolean isMadeAlike(int consensusMethod, int other) {
        return (consensusMethod >= METHOD_FAMILY_IDS) == (other >= METHOD_FAMILY_IDS);
    }

    /** The same without the source, for who keeps thousands of them. */
    public Microdescriptor withoutSource() {
        return new Microdescriptor(
                Slice.empty(),
                digest,
                ntorOnionKey,
                additionalOrPorts,
                family,
                familyIds,
                policy,
                ipv6Policy,
                identity,
                lastListed);
    }

    private static List<String> familyIds(RouterKeys keys) {
        TreeSet<String> ids = new TreeSet<>();
        for (Ed25519Certificate certificate : keys.familyCertificates()) {
            certificate.signedWith().ifPresent(family -> ids.add("ed25519:" + family.base64()));
        }
        return List.copyOf(ids);
    }

    /** Reads the microdescriptors of one array. Many have the same policy, which is kept once. */
    private static final class Reader {
        private final Map<String, PortPolicy> policies = new HashMap<>();

        Microdescriptor read(Section section) throws Untrusted {
            Slice source = section.source();
            return new Microdescriptor(
                    source,
                    Sha256Digest.over(source),
                    Curve25519Key.of(section.one("ntor-onion-key").base64(0, Curve25519Key.LENGTH)),
                    addresses(section),
                    section.maybe("family").map(Item::arguments).orElse(List.of()),
                    section.maybe("family-ids").map(Item::arguments).orElse(List.of()),
                    policy(section.maybe("p")),
                    policy(section.maybe("p6")),
                    identity(section),
                    lastListed(section));
        }

        private static List<Endpoint> addresses(Section section) throws Untrusted {
            List<Endpoint> addresses = new ArrayList<>();
            for (Item item : section.all("a")) {
                addresses.add(item.endpoint(0));
            }
            return addresses;
        }

        /** A policy that says nothing readable accepts nothing. */
        private PortPolicy policy(Optional<Item> item) {
            return item.isEmpty()
                    ? PortPolicy.REJECT_ALL
                    : policies.computeIfAbsent(item.get().rest(), PortPolicy::parseOrRejectAll);
        }

        private static Optional<Ed25519Identity> identity(Section section) throws Untrusted {
            Optional<Ed25519Identity> found = Optional.empty();
            for (Item item : section.all("id")) {
                if (item.argument(0).equals("ed25519")) {
                    if (found.isPresent()) {
                        throw item.bad("occurs again");
                    }
                    found = Optional.of(Ed25519Identity.of(item.base64(1, Ed25519Identity.LENGTH)));
                }
            }
            return found;
        }

        private static Optional<Instant> lastListed(Section section) throws Untrusted {
            for (Item item : section.annotations()) {
                if (item.is("@last-listed")) {
                    return Optional.of(item.time(0));
                }
            }
            return Optional.empty();
        }
    }
}
