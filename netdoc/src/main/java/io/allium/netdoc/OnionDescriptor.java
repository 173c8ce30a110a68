package io.allium.netdoc;

import io.allium.base.Untrusted;
import io.allium.crypto.Ed25519;
import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Ed25519Identity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/**
 * What an onion service publishes, as its directories see it: who may replace it and for how long it holds. The rest is encrypted;
 * {@link OnionDescriptorLayers} opens it.
 *
 * @param source the exact bytes
 * @param lifetime for how long directories shall keep it
 * @param blindedKey the service's key in one time period, by which directories know it
 * @param certificate in which the blinded key vouches for the key that signs
 * @param revision unsigned; of two descriptors of one key the one with the higher counts
 * @param superencrypted both layers
 * @param signed the bytes that are signed
 * @param signature over them
 * @spec rend-spec-v3 2.4
 */
public record OnionDescriptor(
        Slice source,
        Duration lifetime,
        Ed25519Identity blindedKey,
        Ed25519Certificate certificate,
        long revision,
        Slice superencrypted,
        Slice signed,
        Slice signature) {
    /** What the outer document is made of. */
    public static final Schema SCHEMA = Schema.of(
            "onion service descriptor",
            Schema.once("hs-descriptor").exactly(1).first(),
            Schema.once("descriptor-lifetime").exactly(1),
            Schema.once("descriptor-signing-key-cert").exactly(0).object("ED25519 CERT"),
            Schema.once("revision-counter").exactly(1),
            Schema.once("superencrypted").exactly(0).object("MESSAGE"),
            Schema.once("signature").exactly(1).last());

    /** Descriptors are shorter than this, unless the consensus says otherwise in {@code HSV3MaxDescriptorSize}. */
    public static final int LENGTH_LIMIT = 50_000;

    /** For how long C tor asks directories to keep a descriptor. */
    public static final Duration LIFETIME_DEFAULT = Duration.ofHours(3);

    /** The longest that directories keep one. */
    public static final Duration LIFETIME_MAX = Duration.ofHours(12);

    /** Reads what must be exactly one descriptor, shorter than {@link #LENGTH_LIMIT}. */
    public static Unverified<OnionDescriptor> parse(byte[] document) throws Untrusted {
        return parse(document, LENGTH_LIMIT);
    }

    /** The same with another limit, which the descriptor must stay below. */
    public static Unverified<OnionDescriptor> parse(byte[] document, int lengthLimit) throws Untrusted {
        if (document.length >= lengthLimit) {
            throw new Untrusted(SCHEMA.name() + ": " + document.length + " bytes, of less than " + lengthLimit);
        }
        OnionDescriptor read = DocumentList.readOne(Slice.of(document), SCHEMA, OnionDescriptor::read);
        if (read.source.length() != document.length) {
            throw new Untrusted(SCHEMA.name() + ": empty lines or notes around it, which others would count as signed");
        }
        return new Unverified<>(read);
    }

    private static OnionDescriptor read(Section section) throws Untrusted {
        Item version = section.one("hs-descriptor");
        if (version.number(0, 0, 0xffffffffL) != VERSION) {
            throw version.bad("version " + version.argument(0) + ", not " + VERSION);
        }
        Item certified = section.one("descriptor-signing-key-cert");
        Ed25519Certificate certificate = RouterSignatures.certificate(certified);
        Item signature = section.one("signature");
        return new OnionDescriptor(
                section.source(),
                Duration.ofMinutes(section.one("descriptor-lifetime").number(0, 0, LIFETIME_MAX.toMinutes())),
                certificate.signedWith().orElseThrow(() -> certified.bad("does not name the blinded key")),
                certificate,
                revision(section.one("revision-counter")),
                Slice.of(section.one("superencrypted").object()),
                section.sourceUpTo(signature.start()),
                Slice.of(signature.base64(0, Ed25519.SIGNATURE_LENGTH)));
    }

    private static long revision(Item item) throws Untrusted {
        String text = item.argument(0);
        if (text.length() > MAX_DIGITS || text.chars().anyMatch(c -> c < '0' || c > '9')) {
            throw item.bad("'" + text + "' is not a number of 64 bits");
        }
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException tooLarge) {
            throw item.bad("'" + text + "' is not a number of 64 bits");
        }
    }

    /** Fails unless the blinded key that it names signed it, by way of the certificate, which must still hold. */
    public static Unverified.Check<OnionDescriptor> signedAt(Instant now) {
        return document -> document.check(now);
    }

    /** The same, and it must be of this blinded key: what a client asked for. */
    public static Unverified.Check<OnionDescriptor> signedBy(Ed25519Identity blindedKey, Instant now) {
        return document -> {
            if (!document.blindedKey.equals(blindedKey)) {
                throw new Untrusted(SCHEMA.name() + ": of another service, or of another time period");
            }
            document.check(now);
        };
    }

    private void check(Instant now) throws Untrusted {
        try {
            certificate.verify(Ed25519Certificate.BLINDED_SIGNS_DESCRIPTOR_SIGNING, blindedKey, now);
        } catch (Untrusted wrong) {
            throw wrong.in("descriptor-signing-key-cert").in(SCHEMA.name());
        }
        if (!Ed25519.verify(certificate.certifiedKey(), signatureInput(signed.bytes()), signature.bytes())) {
            throw new Untrusted(SCHEMA.name() + ": wrong signature");
        }
    }

    private static byte[] signatureInput(byte[] signed) {
        byte[] input = new byte[SIGNATURE_PREFIX.length + signed.length];
        System.arraycopy(SIGNATURE_PREFIX, 0, input, 0, SIGNATURE_PREFIX.length);
        System.arraycopy(signed, 0, input, SIGNATURE_PREFIX.length, signed.length);
        return input;
    }

    /** The key that signed it, and the certificates of its introduction points. */
    public Ed25519Identity signingKey() {
        return certificate.certifiedKey();
    }

    /** Whether its counter is higher than another's. */
    public boolean isNewerThan(OnionDescriptor other) {
        return Long.compareUnsigned(revision, other.revision) > 0;
    }

    /**
     * The signed descriptor. It may be as long as directories don't take it, with very many clients: whoever publishes it looks.
     *
     * @param revision unsigned
     * @param superencrypted from {@link OnionDescriptorLayers#seal}, with the same keys and revision
     */
    public static byte[] write(OnionDescriptorKeys keys, Duration lifetime, long revision, byte[] superencrypted) {
        DocumentWriter out = new DocumentWriter();
        out.line("hs-descriptor", VERSION);
        out.line("descriptor-lifetime", lifetime.toMinutes());
        out.line("descriptor-signing-key-cert")
                .object("ED25519 CERT", keys.certificate().encoded());
        out.line("revision-counter", Long.toUnsignedString(revision));
        out.line("superencrypted").object("MESSAGE", superencrypted);
        byte[] signature = keys.signing().sign(signatureInput(out.bytes()));
        return out.line("signature", Base64.getEncoder().withoutPadding().encodeToString(signature))
                .bytes();
    }

    private static final int VERSION = 3;

    /** 2^64 - 1 has so many. */
    private static final int MAX_DIGITS = 20;

    /** Before each descriptor that the key signs, so that its signature fits nothing else. */
    private static final byte[] SIGNATURE_PREFIX =
            "Tor onion service descriptor sig v3".getBytes(StandardCharsets.US_ASCII);
}
