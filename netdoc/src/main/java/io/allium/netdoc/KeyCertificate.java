package io.allium.netdoc;

import io.allium.base.Endpoint;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.RsaKeyPair;
import io.allium.crypto.RsaPublicKey;
import java.time.Instant;
import java.util.Optional;

/**
 * An authority's long-term identity key vouches for the key that it signs votes and consensuses with.
 *
 * @param source the exact bytes
 * @param address where the authority serves its directory
 * @param fingerprint of the identity key
 * @param crosscert in which the signing key signs the identity key's digest
 * @param certification in which the identity key signs all before it
 * @param certified the bytes that it signs
 * @spec dir-spec 3.1
 */
public record KeyCertificate(
        Slice source,
        Optional<Endpoint> address,
        Fingerprint fingerprint,
        Instant published,
        Instant expires,
        RsaPublicKey identityKey,
        RsaPublicKey signingKey,
        Slice crosscert,
        Slice certification,
        Slice certified) {
    /** What a key certificate is made of. */
    public static final Schema SCHEMA = Schema.of(
            "key certificate",
            Schema.once("dir-key-certificate-version").arguments(1).first(),
            Schema.maybe("dir-address").arguments(1),
            Schema.once("fingerprint").arguments(1),
            Schema.once("dir-key-published").arguments(2),
            Schema.once("dir-key-expires").arguments(2),
            Schema.once("dir-identity-key").exactly(0).object("RSA PUBLIC KEY"),
            Schema.once("dir-signing-key").exactly(0).object("RSA PUBLIC KEY"),
            Schema.once("dir-key-crosscert").exactly(0).object("ID SIGNATURE", "SIGNATURE"),
            Schema.once("dir-key-certification").exactly(0).object("SIGNATURE").last());

    /** Reads what must be exactly one certificate. */
    public static Unverified<KeyCertificate> parse(byte[] document) throws Untrusted {
        return parse(Slice.of(document));
    }

    static Unverified<KeyCertificate> parse(Slice document) throws Untrusted {
        return new Unverified<>(DocumentList.readOne(document, SCHEMA, KeyCertificate::read));
    }

    /** Reads certificates that stand one after the other. */
    public static DocumentList<Unverified<KeyCertificate>> parseAll(byte[] documents) {
        return DocumentList.read(Slice.of(documents), SCHEMA, "dir-key-certificate-version", KeyCertificate::read)
                .map(Unverified::new);
    }

    /** Writes and signs a certificate for {@code signing} by {@code identity}. */
    public static byte[] write(
            Optional<Endpoint> address, RsaKeyPair identity, RsaKeyPair signing, Instant published, Instant expires) {
        DocumentWriter out = new DocumentWriter();
        out.line("dir-key-certificate-version", VERSION);
        address.ifPresent(endpoint -> out.line("dir-address", endpoint));
        out.line("fingerprint", identity.fingerprint().hex());
        out.line("dir-key-published", Timestamps.text(published));
        out.line("dir-key-expires", Timestamps.text(expires));
        out.line("dir-identity-key").raw(identity.publicKey().pem());
        out.line("dir-signing-key").raw(signing.publicKey().pem());
        out.line("dir-key-crosscert")
                .object("ID SIGNATURE", signing.sign(identity.fingerprint().bytes()));
        return out.line("dir-key-certification").sign(identity).bytes();
    }

    /** Fails unless both keys signed. Whether it has expired is for the caller to ask: old ones prove old consensuses. */
    public static void selfSigned(KeyCertificate certificate) throws Untrusted {
        Fingerprint digest = certificate.identityKey.fingerprint();
        if (!digest.equals(certificate.fingerprint)) {
            throw new Untrusted("key certificate: the fingerprint is not of its identity key");
        }
        if (!certificate.signingKey.verifies(digest.bytes(), certificate.crosscert.bytes())) {
            throw new Untrusted("key certificate: wrong dir-key-crosscert");
        }
        byte[] signed = Sha1Digest.over(certificate.certified).bytes();
        if (!certificate.identityKey.verifies(signed, certificate.certification.bytes())) {
            throw new Untrusted("key certificate: wrong dir-key-certification");
        }
    }

    /** The digest of the signing key, by which signatures name it. */
    public Fingerprint signingKeyDigest() {
        return signingKey.fingerprint();
    }

    private static KeyCertificate read(Section section) throws Untrusted {
        Item version = section.one("dir-key-certificate-version");
        if (version.number(0, 0, Integer.MAX_VALUE) != VERSION) {
            throw version.bad("is not " + VERSION);
        }
        Item certification = section.one("dir-key-certification");
        Optional<Item> address = section.maybe("dir-address");

        return new KeyCertificate(
                section.source(),
                address.isPresent() ? Optional.of(address.get().endpoint(0)) : Optional.empty(),
                Fingerprint.of(section.one("fingerprint").hex(0, Fingerprint.LENGTH)),
                section.one("dir-key-published").time(0),
                section.one("dir-key-expires").time(0),
                RouterSignatures.rsaKey(section.one("dir-identity-key")),
                RouterSignatures.rsaKey(section.one("dir-signing-key")),
                Slice.of(section.one("dir-key-crosscert").object()),
                Slice.of(certification.object()),
                section.sourceUpTo(certification.lineEnd()));
    }

    private static final int VERSION = 3;
}
