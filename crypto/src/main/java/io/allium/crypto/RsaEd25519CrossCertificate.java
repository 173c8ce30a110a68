package io.allium.crypto;

import io.allium.base.ByteReader;
import io.allium.base.ByteWriter;
import io.allium.base.ProtocolViolation;
import io.allium.base.Untrusted;
import java.time.Instant;
import java.util.Arrays;

/**
 * A relay's RSA identity vouches for its Ed25519 identity: type 7 in a CERTS cell. Immutable.
 *
 * @spec cert-spec 2.3
 */
public final class RsaEd25519CrossCertificate {
    private static final byte[] PREFIX = Bytes.ascii("Tor TLS RSA/Ed25519 cross-certificate");
    private static final int SECONDS_AN_HOUR = 3600;

    private final Ed25519Identity identity;
    private final long expiresHours;
    private final byte[] signature;

    private RsaEd25519CrossCertificate(Ed25519Identity identity, long expiresHours, byte[] signature) {
        this.identity = identity;
        this.expiresHours = expiresHours;
        this.signature = signature;
    }

    /** The certificate of {@code signer} for {@code identity}; {@code expires} is rounded up to the next full hour. */
    public static RsaEd25519CrossCertificate sign(Ed25519Identity identity, Instant expires, RsaKeyPair signer) {
        long hours = Math.ceilDiv(expires.getEpochSecond(), SECONDS_AN_HOUR);
        return new RsaEd25519CrossCertificate(identity, hours, signer.sign(digest(identity, hours)));
    }

    /** Reads a certificate and does not check its signature. */
    public static RsaEd25519CrossCertificate parse(byte[] encoded) throws Untrusted {
        ByteReader reader = new ByteReader(encoded);
        try {
            Ed25519Identity identity =
                    Ed25519Identity.of(reader.take(Ed25519Identity.LENGTH, "cross-certificate's key"));
            long hours = reader.u32("cross-certificate's expiration");
            byte[] signature =
                    reader.take(reader.u8("cross-certificate's signature length"), "cross-certificate's signature");
            reader.expectEnd("cross-certificate");
            return new RsaEd25519CrossCertificate(identity, hours, signature);
        } catch (ProtocolViolation malformed) {
            throw new Untrusted(malformed.getMessage(), malformed);
        }
    }

    /** Fails unless {@code signer} signed it and it has not expired. */
    public void verify(RsaPublicKey signer, Instant now) throws Untrusted {
        if (!now.isBefore(expires())) {
            throw Ed25519Certificate.expired("cross-certificate", expires(), now);
        }
        if (!signer.verifies(digest(identity, expiresHours), signature)) {
            throw new Untrusted("cross-certificate: wrong signature");
        }
    }

    /** The Ed25519 identity that is vouched for. */
    public Ed25519Identity identity() {
        return identity;
    }

    /** From when on it isn't valid: a full hour. */
    public Instant expires() {
        return Instant.ofEpochSecond(expiresHours * SECONDS_AN_HOUR);
    }

    /** The whole certificate. */
    public byte[] encoded() {
        return Bytes.concat(
                unsigned(identity, expiresHours),
                new ByteWriter().u8(signature.length).toBytes(),
                signature);
    }

    private static byte[] digest(Ed25519Identity identity, long hours) {
        return Digests.sha256(PREFIX, unsigned(identity, hours));
    }

    private static byte[] unsigned(Ed25519Identity identity, long hours) {
        return new ByteWriter().put(identity.raw()).u32(hours).toBytes();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RsaEd25519CrossCertificate that && Arrays.equals(encoded(), that.encoded());
    }

    @Override
    public int hashCode() {
        return identity.hashCode();
    }

    @Override
    public String toString() {
        return "RsaEd25519CrossCertificate[" + identity + " until " + expires() + "]";
    }
}
