package io.allium.netdoc;

import io.allium.base.Endpoint;
import io.allium.base.Untrusted;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.RsaPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a relay says of itself, signed by itself. {@link RouterDescriptorWriter} writes one.
 *
 * @param source the exact bytes, without annotations
 * @param digest SHA-1 of the signed part, by which votes and consensuses name the descriptor
 * @param annotations lines that whoever stored it put before it, such as {@code @purpose bridge}
 * @param proofs the signatures and cross-certificates; {@link #signedAt} checks them
 * @spec dir-spec 2.1.1
 */
public record RouterDescriptor(
        Slice source,
        Sha1Digest digest,
        RouterDetails details,
        RouterKeys keys,
        List<String> annotations,
        RouterProofs proofs) {
    /** What a server descriptor is made of. */
    public static final Schema SCHEMA = Schema.of(
            "server descriptor",
            Schema.once("router").arguments(5).first(),
            Schema.once("identity-ed25519").exactly(0).object("ED25519 CERT"),
            Schema.maybe("master-key-ed25519").arguments(1),
            Schema.any("or-address").arguments(1),
            Schema.maybe("platform"),
            Schema.maybe("proto"),
            Schema.once("published").arguments(2),
            Schema.maybe("fingerprint"),
            Schema.maybe("uptime").arguments(1),
            Schema.once("bandwidth").arguments(3),
            Schema.maybe("extra-info-digest").arguments(1),
            Schema.maybe("caches-extra-info"),
            Schema.maybe("onion-key").exactly(0).object("RSA PUBLIC KEY"),
            Schema.once("signing-key").exactly(0).object("RSA PUBLIC KEY"),
            Schema.maybe("onion-key-crosscert").exactly(0).object("CROSSCERT"),
            Schema.once("ntor-onion-key-crosscert").exactly(1).object("ED25519 CERT"),
            Schema.maybe("family"),
            Schema.any("family-cert").object("FAMILY CERT"),
            Schema.maybe("hibernating").arguments(1),
            Schema.maybe("hidden-service-dir"),
            Schema.maybe("contact"),
            Schema.maybe("bridge-distribution-request").arguments(1),
            Schema.once("ntor-onion-key").arguments(1),
            Schema.any("accept").arguments(1),
            Schema.any("reject").arguments(1),
            Schema.any("accept6").arguments(1),
            Schema.any("reject6").arguments(1),
            Schema.maybe("ipv6-policy").arguments(2),
            Schema.maybe("tunnelled-dir-server"),
            Schema.maybe("overload-general").arguments(1),
            Schema.once("router-sig-ed25519").arguments(1),
            Schema.once("router-signature").exactly(0).object("SIGNATURE").last());

    public RouterDescriptor {
        annotations = List.copyOf(annotations);
    }

    /** Reads what must be exactly one server descriptor. */
    public static Unverified<RouterDescriptor> parse(byte[] document) throws Untrusted {
        return new Unverified<>(DocumentList.readOne(Slice.of(document), SCHEMA, RouterDescriptor::read));
    }

    /** Reads server descriptors that stand one after the other. */
    public static DocumentList<Unverified<RouterDescriptor>> parseAll(byte[] documents) {
        return DocumentList.read(Slice.of(documents), SCHEMA, "router", RouterDescriptor::read)
                .map(Unverified::new);
    }

    /** Checks all signatures and cross-certificates, and that none has expired by then. */
    public static Unverified.Check<RouterDescriptor> signedAt(Instant now) {
        return descriptor -> descriptor.proofs.check(descriptor.keys, now);
    }

    /**
     * The same in an array of its own and without annotations, so that what else came with it can be forgotten: for who
     * keeps it.
     */
    public RouterDescriptor detached() {
        try {
            return DocumentList.readOne(source.detached(), SCHEMA, RouterDescriptor::read);
        } catch (Untrusted impossible) {
            throw new IllegalStateException("a descriptor that was read before", impossible);
        }
    }

    /** The same with these lines noted of it in the place of others. */
    public RouterDescriptor annotated(List<String> notes) {
        return new RouterDescriptor(source, digest, details, keys, notes, proofs);
    }

    public String nickname() {
        return details.nickname();
    }

    public Fingerprint fingerprint() {
        return keys.rsaIdentity().fingerprint();
    }

    public Ed25519Identity identity() {
        return keys.identity();
    }

    public Curve25519Key ntorOnionKey() {
        return keys.ntorOnionKey();
    }

    public Instant published() {
        return details.published();
    }

    public Endpoint orEndpoint() {
        return details.orEndpoint();
    }

    /** SHA-256 of the signed part. */
    public Sha256Digest sha256() {
        return Sha256Digest.over(proofs.signatures().rsaSigned());
    }

    /** When the first of its certificates expires. */
    public Instant expires() {
        Instant identity = keys.identityCertificate().expires();
        Instant onion = proofs.ntorCrossCertificate().expires();
        return identity.isBefore(onion) ? identity : onion;
    }

    private static RouterDescriptor read(Section section) throws Untrusted {
        RouterKeys keys = keys(section);
        RouterProofs proofs = RouterProofs.read(section);
        return new RouterDescriptor(
                section.source(),
                Sha1Digest.over(proofs.signatures().rsaSigned()),
                details(section, keys),
                keys,
                section.annotations().stream().map(Item::text).toList(),
                proofs);
    }

    private static RouterKeys keys(Section section) throws Untrusted {
        Ed25519Certificate certificate = RouterSignatures.certificate(section.one("identity-ed25519"));
        Ed25519Identity master = certificate
                .signedWith()
                .orElseThrow(() -> section.one("identity-ed25519").bad("does not name the master key"));
        Optional<Item> named = section.maybe("master-key-ed25519");
        if (named.isPresent() && !master.equals(Ed25519Identity.of(named.get().base64(0, Ed25519Identity.LENGTH)))) {
            throw named.get().bad("is not the key of the certificate");
        }
        List<Ed25519Certificate> families = new ArrayList<>();
        for (Item item : section.all("family-cert")) {
            families.add(RouterSignatures.certificate(item));
        }
        Optional<Item> onionKey = section.maybe("onion-key");
        return new RouterKeys(
                RouterSignatures.rsaKey(section.one("signing-key")),
                master,
                certificate,
                onionKey.isPresent() ? Optional.of(RouterSignatures.rsaKey(onionKey.get())) : Optional.empty(),
                Curve25519Key.of(section.one("ntor-onion-key").base64(0, Curve25519Key.LENGTH)),
                families);
    }

    private static RouterDetails details(Section section, RouterKeys keys) throws Untrusted {
        Item router = section.one("router");
        if (!Nicknames.isNickname(router.argument(0))) {
            throw router.bad("'" + router.argument(0) + "' is not a nickname");
        }
        checkFingerprint(section, keys.rsaIdentity());
        RouterDetails.Builder details = RouterDetails.builder(
                        router.argument(0),
                        router.ipv4(1),
                        router.port(2),
                        section.one("published").time(0))
                .dirPort(router.port(4))
                .bandwidth(bandwidth(section.one("bandwidth")))
                .cachesExtraInfo(section.has("caches-extra-info"))
                .hiddenServiceDirectory(section.has("hidden-service-dir"))
                .exitPolicy(ExitPolicy.parse(section))
                .ipv6Policy(ipv6Policy(section))
                .tunnelledDirectory(section.has("tunnelled-dir-server"));
        section.maybe("platform").ifPresent(item -> details.platform(item.rest()));
        section.maybe("contact").ifPresent(item -> details.contact(item.rest()));
        section.maybe("overload-general").ifPresent(item -> details.overloadGeneral(item.rest()));
        optionalDetails(section, details);
        return details.build();
    }

    private static void optionalDetails(Section section, RouterDetails.Builder details) throws Untrusted {
        for (Item item : section.all("or-address")) {
            details.additionalOrPort(item.endpoint(0));
        }
        for (Item item : section.items()) {
            switch (item.keyword()) {
                case "uptime" -> details.uptime(item.number(0, 0, Long.MAX_VALUE));
                case "family" -> details.family(family(item));
                case "proto" -> details.protocols(protocols(item));
                case "extra-info-digest" -> details.extraInfo(extraInfo(item));
                case "hibernating" -> details.hibernating(item.number(0, 0, 1) == 1);
                case "bridge-distribution-request" -> details.bridgeDistribution(item.argument(0));
                default -> {}
            }
        }
    }

    private static void checkFingerprint(Section section, RsaPublicKey key) throws Untrusted {
        Optional<Item> item = section.maybe("fingerprint");
        if (item.isPresent()
                && !String.join("", item.get().arguments())
                        .equals(key.fingerprint().hex())) {
            throw item.get().bad("is not of the signing-key");
        }
    }

    private static AdvertisedBandwidth bandwidth(Item item) throws Untrusted {
        return new AdvertisedBandwidth(
                item.number(0, 0, Integer.MAX_VALUE),
                item.number(1, 0, Integer.MAX_VALUE),
                item.number(2, 0, Integer.MAX_VALUE));
    }

    private static ProtocolVersions protocols(Item item) throws Untrusted {
        try {
            return ProtocolVersions.parse(item.rest());
        } catch (Untrusted malformed) {
            throw malformed.in(item.toString());
        }
    }

    private static List<String> family(Item item) throws Untrusted {
        for (String member : item.arguments()) {
            if (!Families.isMember(member)) {
                throw item.bad("'" + member + "' is neither a nickname nor a fingerprint");
            }
        }
        return item.arguments();
    }

    private static ExtraInfoDigest extraInfo(Item item) throws Untrusted {
        Sha1Digest sha1 = Sha1Digest.of(item.hex(0, Sha1Digest.LENGTH));
        return item.count() < 2
                ? new ExtraInfoDigest(sha1, Optional.empty())
                : new ExtraInfoDigest(sha1, Optional.of(Sha256Digest.of(item.base64(1, Sha256Digest.LENGTH))));
    }

    private static PortPolicy ipv6Policy(Section section) throws Untrusted {
        Optional<Item> item = section.maybe("ipv6-policy");
        if (item.isEmpty()) {
            return PortPolicy.REJECT_ALL;
        }
        try {
            return PortPolicy.parse(item.get().rest());
        } catch (Untrusted malformed) {
            throw malformed.in(item.get().toString());
        }
    }
}
