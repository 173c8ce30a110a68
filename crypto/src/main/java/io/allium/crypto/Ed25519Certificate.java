package io.allium.crypto;

import io.allium.base.ByteReader;
import io.allium.base.ByteWriter;
import io.allium.base.ProtocolViolation;
import io.allium.base.Untrusted;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Tor's own short certificate: one Ed25519 key says for which purpose it vouches for another key, and until when. Parsing
 * does not check the signature. Immutable.
 *
 * @spec cert-spec 2.1
 */
public final class Ed25519Certificate {
    /** What a certificate is for: an identity key vouches for a signing key. */
    public static final int IDENTITY_SIGNS_SIGNING = 0x04;

    /** A signing key vouches for a TLS certificate. */
    public static final int SIGNING_SIGNS_TLS = 0x05;

    /** A signing key vouches for a key that authenticates links. */
    public static final int SIGNING_SIGNS_LINK_AUTH = 0x06;

    /** An onion service's blinded identity vouches for the key that signs its descriptors. */
    public static final int BLINDED_SIGNS_DESCRIPTOR_SIGNING = 0x08;

    /** An onion service's descriptor signing key vouches for the key of an introduction point. */
    public static final int DESCRIPTOR_SIGNING_SIGNS_INTRO_AUTH = 0x09;

    /** An ntor onion key vouches for the identity key that it belongs to. */
    public static final int ONION_SIGNS_IDENTITY = 0x0A;

    /** An onion service's descriptor signing key vouches for the encryption key of an introduction point. */
    public static final int DESCRIPTOR_SIGNING_SIGNS_INTRO_ENCRYPTION = 0x0B;

    /** A family key vouches for the identity key of a member. */
    public static final int FAMILY_SIGNS_IDENTITY = 0x0C;

    /** The certified key is an Ed25519 key. */
    public static final int KEY_ED25519 = 1;

    /** The certified key is given by the SHA-256 digest of an X.509 certificate. */
    public static final int KEY_X509_SHA256 = 3;

    private static final int VERSION = 1;
    private static final int CERTIFIED_LENGTH = 32;
    private static final int EXTENSION_SIGNED_WITH = 4;
    private static final int FLAG_AFFECTS_VALIDATION = 1;
    private static final int SECONDS_AN_HOUR = 3600;
    private static final String PEM_LABEL = "ED25519 CERT";

    private final int type;
    private final long expiresHours;
    private final int keyType;
    private final byte[] certified;
    private final Optional<Ed25519Identity> signedWith;
    private final byte[] encoded;

    private Ed25519Certificate(
            int type,
            long expiresHours,
            int keyType,
            byte[] certified,
            Optional<Ed25519Identity> signedWith,
            byte[] encoded) {
        this.type = type;
        this.expiresHours = expiresHours;
        this.keyType = keyType;
        this.certified = certified;
        this.signedWith = signedWith;
        this.encoded = encoded;
    }

    /**
     * A certificate for an Ed25519 key, by {@code signer}.
     *
     * @param expires rounded up to the next full hour
     * @param nameSigner whether the certificate tells the key that signed it
     */
    public static Ed25519Certificate sign(
            int type, Ed25519Identity certified, Instant expires, Ed25519KeyPair signer, boolean nameSigner) {
        return sign(type, KEY_ED25519, certified.raw(), expires, signer, nameSigner);
    }

    /** A certificate of type {@link #SIGNING_SIGNS_TLS} for the X.509 certificate with that SHA-256 digest. */
    public static Ed25519Certificate signTls(byte[] digest, Instant expires, Ed25519KeyPair signer) {
        return sign(SIGNING_SIGNS_TLS, KEY_X509_SHA256, digest, expires, signer, false);
    }

    private static Ed25519Certificate sign(
            int type, int keyType, byte[] certified, Instant expires, Ed25519KeyPair signer, boolean nameSigner) {
        if (certified.length != CERTIFIED_LENGTH) {
            throw new IllegalArgumentException("a certified key of " + certified.length + " bytes");
        }
        long hours = Math.ceilDiv(expires.getEpochSecond(), SECONDS_AN_HOUR);
        ByteWriter body = new ByteWriter(140);
        body.u8(VERSION).u8(type).u32(hours).u8(keyType).put(certified).u8(nameSigner ? 1 : 0);
        if (nameSigner) {
            body.u16(Ed25519Identity.LENGTH).u8(EXTENSION_SIGNED_WITH).u8(0);
            body.put(signer.publicKey().raw());
        }
        byte[] encoded = Bytes.concat(body.toBytes(), signer.sign(body.toBytes()));
        Optional<Ed25519Identity> named = nameSigner ? Optional.of(signer.publicKey()) : Optional.empty();
        return new Ed25519Certificate(type, hours, keyType, certified.clone(), named, encoded);
    }

    /** Reads a certificate and does not check its signature. */
    public static Ed25519Certificate parse(byte[] encoded) throws Untrusted {
        try {
            return read(encoded.clone());
        } catch (ProtocolViolation malformed) {
            throw new Untrusted(malformed.getMessage(), malformed);
        }
    }

    /** Reads a PEM object {@code ED25519 CERT}. */
    public static Ed25519Certificate parsePem(String pem) throws Untrusted {
        return parse(Pem.parse(pem, PEM_LABEL));
    }

    private static Ed25519Certificate read(byte[] encoded) throws ProtocolViolation, Untrusted {
        ByteReader reader = new ByteReader(encoded);
        int version = reader.u8("certificate's version");
        if (version != VERSION) {
            throw new Untrusted("certificate: version " + version + " is unknown");
        }
        int type = reader.u8("certificate's type");
        long expiresHours = reader.u32("certificate's expiration");
        int keyType = reader.u8("certificate's key type");
        byte[] certified = reader.take(CERTIFIED_LENGTH, "certified key");
        Optional<Ed25519Identity> signedWith = readExtensions(reader);
        reader.take(Ed25519.SIGNATURE_LENGTH, "certificate's signature");
        reader.expectEnd("certificate");
        return new Ed25519Certificate(type, expiresHours, keyType, certified, signedWith, encoded);
    }

    private static Optional<Ed25519Identity> readExtensions(ByteReader reader) throws ProtocolViolation, Untrusted {
        Optional<Ed25519Identity> signedWith = Optional.empty();
        int count = reader.u8("certificate's extensions");
        for (int i = 0; i < count; i++) { // at most 255
            int length = reader.u16("extension's length");
            int type = reader.u8("extension's type");
            int flags = reader.u8("extension's flags");
            byte[] content = reader.take(length, "extension");
            if (type == EXTENSION_SIGNED_WITH) {
                if (length != Ed25519Identity.LENGTH || signedWith.isPresent()) {
                    throw new Untrusted("certificate: signing key of " + length + " bytes, or named twice");
                }
                signedWith = Optional.of(Ed25519Identity.of(content));
            } else if ((flags & FLAG_AFFECTS_VALIDATION) != 0) {
                throw new Untrusted("certificate: extension " + type + " affects its validity and is unknown");
            }
        }
        return signedWith;
    }

    /** Where all certificates have expired it is our clock that is wrong: the message says so. */
    static Untrusted expired(String what, Instant expires, Instant now) {
        return new Untrusted(what + ": expired at " + expires + ", and our clock says " + now
                + ": if that is wrong, check your time and date settings");
    }

    /** Fails unless it is of that type, {@code signer} signed it and it has not expired. */
    public void verify(int expectedType, Ed25519Identity signer, Instant now) throws Untrusted {
        if (type != expectedType) {
            throw new Untrusted("certificate: of type " + type + ", not " + expectedType);
        }
        if (signedWith.isPresent() && !signedWith.get().equals(signer)) {
            throw new Untrusted("certificate: names another key as its signer");
        }
        if (!now.isBefore(expires())) {
            throw expired("certificate", expires(), now);
        }
        if (!Ed25519.verify(signer, signedPart(), signature())) {
            throw new Untrusted("certificate: wrong signature");
        }
    }

    public int type() {
        return type;
    }

    /** {@link #KEY_ED25519} or {@link #KEY_X509_SHA256}; before 0.4.5.1, C tor wrote the former for the latter too. */
    public int keyType() {
        return keyType;
    }

    /** From when on it isn't valid: a full hour. */
    public Instant expires() {
        return Instant.ofEpochSecond(expiresHours * SECONDS_AN_HOUR);
    }

    /** The certified key, for types that certify an Ed25519 key. */
    public Ed25519Identity certifiedKey() {
        return Ed25519Identity.of(certified);
    }

    /** The certified 32 bytes: a key or a digest. A copy. */
    public byte[] certified() {
        return certified.clone();
    }

    /** The key that it says it was signed with, if it says so. */
    public Optional<Ed25519Identity> signedWith() {
        return signedWith;
    }

    /** A copy of the whole certificate. */
    public byte[] encoded() {
        return encoded.clone();
    }

    /** Its PEM object {@code ED25519 CERT}, with the newline at its end. */
    public String pem() {
        return Pem.write(PEM_LABEL, encoded);
    }

    private byte[] signedPart() {
        return Arrays.copyOf(encoded, encoded.length - Ed25519.SIGNATURE_LENGTH);
    }

    private byte[] signature() {
        return Arrays.copyOfRange(encoded, encoded.length - Ed25519.SIGNATURE_LENGTH, encoded.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Ed25519Certificate that && Arrays.equals(encoded, that.encoded);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded);
    }

    @Override
    public String toString() {
        return "Ed25519Certificate[type " + type + ", "
                + Base64.getEncoder().withoutPadding().encodeToString(certified) + " until " + expires() + "]";
    }
}
