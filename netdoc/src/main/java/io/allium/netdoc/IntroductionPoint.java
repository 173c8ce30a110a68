package io.allium.netdoc;

import io.allium.base.ByteReader;
import io.allium.base.ByteWriter;
import io.allium.base.ProtocolViolation;
import io.allium.base.Untrusted;
import io.allium.cell.LinkSpecifier;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Ed25519;
import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Ed25519KeyPair;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * A relay where a client can ask for an onion service, and the service's keys there.
 *
 * @param specifiers of the relay, to be sent in EXTEND2 as they are
 * @param onionKey the relay's ntor key
 * @param authKeyCertificate in which the descriptor's signing key vouches for the key that names the service there
 * @param encryptionKey for the introduction's encrypted section
 * @param encryptionKeyCertificate in which the signing key vouches for that
 * @spec rend-spec-v3 2.5.2.2
 */
public record IntroductionPoint(
        List<LinkSpecifier> specifiers,
        Curve25519Key onionKey,
        Ed25519Certificate authKeyCertificate,
        Curve25519Key encryptionKey,
        Ed25519Certificate encryptionKeyCertificate) {
    static final String KEYWORD = "introduction-point";

    /** What an introduction point's part of the inner layer is made of. */
    static final Schema SCHEMA = Schema.of(
            "introduction point",
            Schema.once(KEYWORD).exactly(1).first(),
            Schema.some("onion-key").arguments(2),
            Schema.once("auth-key").exactly(0).object("ED25519 CERT"),
            Schema.some("enc-key").arguments(2),
            Schema.once("enc-key-cert").object("ED25519 CERT"));

    /** EXTEND2 must hold them beside a handshake; what relays have takes 85 bytes. */
    static final int SPECIFIERS_LENGTH_MAX = 300;

    public IntroductionPoint {
        specifiers = List.copyOf(specifiers);
    }

    /**
     * With certificates by the descriptor's signing key.
     *
     * @param expires when they expire: C tor gives them 54 hours
     */
    public static IntroductionPoint certify(
            List<LinkSpecifier> specifiers,
            Curve25519Key onionKey,
            Ed25519Identity authKey,
            Curve25519Key encryptionKey,
            Ed25519KeyPair signing,
            Instant expires)
            throws Untrusted {
        return new IntroductionPoint(
                specifiers,
                onionKey,
                Ed25519Certificate.sign(
                        Ed25519Certificate.DESCRIPTOR_SIGNING_SIGNS_INTRO_AUTH, authKey, expires, signing, true),
                encryptionKey,
                Ed25519Certificate.sign(
                        Ed25519Certificate.DESCRIPTOR_SIGNING_SIGNS_INTRO_ENCRYPTION,
                        encryptionKey.toEd25519(0),
                        expires,
                        signing,
                        true));
    }

    /** The key that INTRODUCE1 names. */
    public Ed25519Identity authKey() {
        return authKeyCertificate.certifiedKey();
    }

    static IntroductionPoint read(Section section) throws Untrusted {
        return new IntroductionPoint(
                specifiers(section.one(KEYWORD)),
                ntorKey(section, "onion-key"),
                RouterSignatures.certificate(section.one("auth-key")),
                ntorKey(section, "enc-key"),
                RouterSignatures.certificate(section.one("enc-key-cert")));
    }

    private static List<LinkSpecifier> specifiers(Item item) throws Untrusted {
        try {
            byte[] encoded = Base64.getDecoder().decode(item.argument(0));
            if (encoded.length > SPECIFIERS_LENGTH_MAX) {
                throw item.bad(encoded.length + " bytes of link specifiers, of at most " + SPECIFIERS_LENGTH_MAX);
            }
            ByteReader in = new ByteReader(encoded);
            List<LinkSpecifier> specifiers = LinkSpecifier.readList(in);
            in.expectEnd("link specifiers");
            return specifiers;
        } catch (IllegalArgumentException notBase64) {
            throw item.bad("'" + item.argument(0) + "' is not base64");
        } catch (ProtocolViolation malformed) {
            throw item.bad(malformed.getMessage());
        }
    }

    /** The one key of the kind that we know; nobody could agree with us on a secret by one of small order. */
    private static Curve25519Key ntorKey(Section section, String keyword) throws Untrusted {
        Optional<Curve25519Key> found = Optional.empty();
        for (Item item : section.all(keyword)) {
            if (item.argument(0).equals("ntor")) {
                Curve25519Key key = Curve25519Key.of(item.base64(1, Curve25519Key.LENGTH));
                if (found.isPresent() || key.isOfSmallOrder()) {
                    throw item.bad(found.isPresent() ? "occurs again" : "is of small order");
                }
                found = Optional.of(key);
            }
        }
        return found.orElseThrow(() -> new Untrusted(keyword + ": none for ntor"));
    }

    /**
     * Fails unless the descriptor's signing key certified both keys, and the authentication key is one that can sign. That the
     * certificate of the encryption key is for that very key nobody asks, nor could: all of it is signed by the same key.
     */
    void checkCertificates(Ed25519Identity signingKey, Instant now) throws Untrusted {
        check("auth-key", authKeyCertificate, Ed25519Certificate.DESCRIPTOR_SIGNING_SIGNS_INTRO_AUTH, signingKey, now);
        check(
                "enc-key-cert",
                encryptionKeyCertificate,
                Ed25519Certificate.DESCRIPTOR_SIGNING_SIGNS_INTRO_ENCRYPTION,
                signingKey,
                now);
        if (!Ed25519.isOfPrimeOrder(authKey())) {
            throw new Untrusted("auth-key: is of small order, or no key");
        }
    }

    private static void check(
            String what, Ed25519Certificate certificate, int type, Ed25519Identity signingKey, Instant now)
            throws Untrusted {
        try {
            if (certificate.signedWith().isEmpty()) {
                throw new Untrusted("does not name the signing key");
            }
            certificate.verify(type, signingKey, now);
        } catch (Untrusted wrong) {
            throw wrong.in(what);
        }
    }

    void write(DocumentWriter out) {
        ByteWriter encoded = new ByteWriter();
        LinkSpecifier.writeList(specifiers, encoded);
        out.line(KEYWORD, Base64.getEncoder().encodeToString(encoded.toBytes()));
        out.line("onion-key", "ntor", onionKey.paddedBase64());
        out.line("auth-key").object("ED25519 CERT", authKeyCertificate.encoded());
        out.line("enc-key", "ntor", encryptionKey.paddedBase64());
        out.line("enc-key-cert").object("ED25519 CERT", encryptionKeyCertificate.encoded());
    }
}
