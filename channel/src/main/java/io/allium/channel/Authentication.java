package io.allium.channel;

import io.allium.base.ByteWriter;
import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import io.allium.cell.ChannelCell;
import io.allium.crypto.Digests;
import io.allium.crypto.Ed25519;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.RsaPublicKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The AUTHENTICATE cell: an initiator's signature over everything that makes this connection this one. Both ends compute
 * the same fields; the initiator signs them, the responder compares and verifies.
 *
 * @param initiatorRsa CID and {@code responderRsa} SID: the RSA identity keys, of which SHA-256 is signed
 * @param initiator CID_ED and {@code responder} SID_ED
 * @param responderLog SLOG: the digest of what the responder said up to AUTH_CHALLENGE
 * @param initiatorLog CLOG: the digest of what the initiator said before AUTHENTICATE
 * @param responderCertificate SCERT, of which SHA-256 is signed
 * @param tlsSecrets TLSSECRETS
 * @spec tor-spec 4.4.2
 */
record Authentication(
        RsaPublicKey initiatorRsa,
        RsaPublicKey responderRsa,
        Ed25519Identity initiator,
        Ed25519Identity responder,
        byte[] responderLog,
        byte[] initiatorLog,
        byte[] responderCertificate,
        byte[] tlsSecrets) {
    /** The only method: Ed25519-SHA256-RFC5705. */
    static final int METHOD = 3;

    private static final int TLS_SECRETS_BYTES = 32;
    private static final String EXPORT_LABEL = "EXPORTER FOR TOR TLS CLIENT BINDING AUTH0003";

    private static final byte[] TYPE = "AUTH0003".getBytes(StandardCharsets.US_ASCII);
    private static final int RANDOM_BYTES = 24;

    /**
     * TLSSECRETS. Its context is CID, as in C tor, where the specification's text has the initiator's Ed25519 identity.
     */
    static byte[] tlsSecrets(Conversation link, RsaPublicKey initiatorRsa) throws ProtocolViolation {
        return link.export(EXPORT_LABEL, Digests.sha256(initiatorRsa.der()), TLS_SECRETS_BYTES);
    }

    /** The cell that an initiator sends. */
    ChannelCell.Authenticate sign(Ed25519KeyPair linkKey, Entropy entropy) {
        byte[] signed = new ByteWriter(512)
                .put(fields())
                .put(entropy.bytes(RANDOM_BYTES))
                .toBytes();
        byte[] whole = new ByteWriter(512).put(signed).put(linkKey.sign(signed)).toBytes();
        return new ChannelCell.Authenticate(METHOD, whole);
    }

    /** Fails unless the cell has these fields, signed by the initiator's link key. */
    void verify(ChannelCell.Authenticate cell, Ed25519Identity linkKey) throws ProtocolViolation {
        if (cell.type() != METHOD) {
            throw new ProtocolViolation("AUTHENTICATE: method " + cell.type() + " was not offered");
        }
        byte[] whole = cell.authentication();
        byte[] fields = fields();
        int signedBytes = whole.length - Ed25519.SIGNATURE_LENGTH;
        if (signedBytes < fields.length + RANDOM_BYTES) {
            throw new ProtocolViolation("AUTHENTICATE: " + whole.length + " bytes are too few");
        }
        if (!MessageDigest.isEqual(fields, Arrays.copyOf(whole, fields.length))) {
            throw new ProtocolViolation("AUTHENTICATE: signs another connection than this");
        }
        byte[] signature = Arrays.copyOfRange(whole, signedBytes, whole.length);
        if (!Ed25519.verify(linkKey, Arrays.copyOf(whole, signedBytes), signature)) {
            throw new ProtocolViolation("AUTHENTICATE: wrong signature");
        }
    }

    private byte[] fields() {
        return new ByteWriter(512)
                .put(TYPE)
                .put(Digests.sha256(initiatorRsa.der()))
                .put(Digests.sha256(responderRsa.der()))
                .put(initiator.bytes())
                .put(responder.bytes())
                .put(responderLog)
                .put(initiatorLog)
                .put(Digests.sha256(responderCertificate))
                .put(tlsSecrets)
                .toBytes();
    }
}
