package io.allium.netdoc;

import io.allium.base.Endpoint;
import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.Fingerprint;
import java.time.Duration;
import java.util.Base64;
import java.util.stream.Collectors;

/**
 * Writes and signs server descriptors, their items in the order in which C tor 0.4.9 has them. Confined to the writing
 * of one.
 *
 * @spec dir-spec 2.1.1
 */
public final class RouterDescriptorWriter {
    private final RouterDetails details;
    private final RouterSecrets secrets;
    private final Ed25519Identity identity;
    private final DocumentWriter out = new DocumentWriter();

    private RouterDescriptorWriter(RouterDetails details, RouterSecrets secrets) {
        this.details = details;
        this.secrets = secrets;
        this.identity = secrets.identityCertificate().signedWith().orElseThrow();
    }

    /**
     * The signed descriptor.
     *
     * @param onionKeyLifetime how long the cross-certificate of the ntor onion key is to hold: 28 days unless the
     *     consensus says otherwise
     */
    public static byte[] write(RouterDetails details, RouterSecrets secrets, Duration onionKeyLifetime) {
        RouterDescriptorWriter writer = new RouterDescriptorWriter(details, secrets);
        writer.writeIdentity();
        writer.writeState();
        writer.writeKeys(onionKeyLifetime);
        writer.writeServices();
        writer.writePolicy();
        sign(writer.out, secrets);
        return writer.out.bytes();
    }

    /** Signs all that was written, as server descriptors and extra-info documents are. */
    static void sign(DocumentWriter out, RouterSecrets secrets) {
        out.raw("router-sig-ed25519 ");
        byte[] signature = secrets.signing().sign(RouterSignatures.ed25519Message(out.bytes()));
        out.raw(Base64.getEncoder().withoutPadding().encodeToString(signature)).raw("\n");
        out.line("router-signature").sign(secrets.rsaIdentity());
    }

    private void writeIdentity() {
        out.line(
                "router", details.nickname(), Endpoint.text(details.address()), details.orPort(), 0, details.dirPort());
        out.line("identity-ed25519")
                .object("ED25519 CERT", secrets.identityCertificate().encoded());
        out.line("master-key-ed25519", identity.base64());
    }

    private void writeState() {
        details.additionalOrPorts().forEach(endpoint -> out.line("or-address", endpoint));
        details.platform().ifPresent(platform -> out.line("platform", platform));
        out.lineIfAny("proto", details.protocols().text());
        out.line("published", Timestamps.text(details.published()));
        out.line("fingerprint", inFours(secrets.rsaIdentity().fingerprint()));
        out.line("uptime", details.uptime());
        AdvertisedBandwidth bandwidth = details.bandwidth();
        out.line("bandwidth", bounded(bandwidth.rate()), bounded(bandwidth.burst()), bounded(bandwidth.observed()));
        details.extraInfo().ifPresent(this::writeExtraInfo);
        if (details.cachesExtraInfo()) {
            out.line("caches-extra-info");
        }
    }

    private void writeExtraInfo(ExtraInfoDigest digest) {
        if (digest.sha256().isPresent()) {
            out.line(
                    "extra-info-digest",
                    digest.sha1().hex(),
                    digest.sha256().get().base64());
        } else {
            out.line("extra-info-digest", digest.sha1().hex());
        }
    }

    private void writeKeys(Duration onionKeyLifetime) {
        Fingerprint fingerprint = secrets.rsaIdentity().fingerprint();
        out.line("onion-key").raw(secrets.onionKey().publicKey().pem());
        out.line("signing-key").raw(secrets.rsaIdentity().publicKey().pem());
        out.line("onion-key-crosscert")
                .object("CROSSCERT", secrets.onionKey().sign(RouterProofs.onionCrossCertified(fingerprint, identity)));
        Ed25519Certificate ntor = Ed25519Certificate.sign(
                Ed25519Certificate.ONION_SIGNS_IDENTITY,
                identity,
                details.published().plus(onionKeyLifetime),
                secrets.ntorOnionKey().toEd25519(),
                false);
        out.line("ntor-onion-key-crosscert", secrets.ntorOnionKey().ed25519Sign())
                .object("ED25519 CERT", ntor.encoded());
    }

    private void writeServices() {
        out.lineIfAny("family", String.join(" ", details.family()));
        if (details.hibernating()) {
            out.line("hibernating", 1);
        }
        if (details.hiddenServiceDirectory()) {
            out.line("hidden-service-dir");
        }
        for (Ed25519KeyPair family : secrets.families()) {
            Ed25519Certificate certificate = Ed25519Certificate.sign(
                    Ed25519Certificate.FAMILY_SIGNS_IDENTITY,
                    identity,
                    details.published().plus(FAMILY_CERTIFICATE_LIFETIME),
                    family,
                    true);
            out.line("family-cert").object("FAMILY CERT", certificate.encoded());
        }
        details.contact().ifPresent(contact -> out.line("contact", oneLine(contact)));
        details.bridgeDistribution().ifPresent(way -> out.line("bridge-distribution-request", way));
        out.line("ntor-onion-key", secrets.ntorOnionKey().publicKey().base64());
    }

    private void writePolicy() {
        details.exitPolicy().descriptorLines().forEach(rule -> out.raw(rule).raw("\n"));
        if (!details.ipv6Policy().rejectsAll()) {
            out.line("ipv6-policy", details.ipv6Policy());
        }
        if (details.tunnelledDirectory()) {
            out.line("tunnelled-dir-server");
        }
        details.overloadGeneral().ifPresent(overload -> out.line("overload-general", overload));
    }

    /** {@code ABCD EF01 …}. */
    private static String inFours(Fingerprint fingerprint) {
        return fingerprint.hex().replaceAll("(.{4})(?!$)", "$1 ");
    }

    /** C tor refuses numbers that its int does not hold. */
    private static long bounded(long bytesPerSecond) {
        return Math.min(bytesPerSecond, Integer.MAX_VALUE);
    }

    private static String oneLine(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    /** FAMILY_CERT_LIFETIME of C tor. */
    private static final Duration FAMILY_CERTIFICATE_LIFETIME = Duration.ofDays(30);
}
