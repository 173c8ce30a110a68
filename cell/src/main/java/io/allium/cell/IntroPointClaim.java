package io.allium.cell;

import io.allium.base.ByteReader;
import io.allium.base.ByteWriter;
import io.allium.base.ProtocolViolation;
import io.allium.crypto.Digests;
import io.allium.crypto.Ed25519;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Ed25519KeyPair;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * In ESTABLISH_INTRO a service claims a relay for an introduction point: with the key that its clients will name, signed by
 * that key, and bound to the circuit so that nobody can repeat it on another.
 *
 * @param extensions such as {@link IntroductionLimits}
 * @param handshakeAuth over all before it, keyed by the circuit
 * @param signature over all before it, by the key
 * @spec rend-spec-v3 3.1.1
 */
public record IntroPointClaim(Ed25519Identity authKey, Extensions extensions, byte[] handshakeAuth, byte[] signature) {
    /** The length of what circuit handshakes leave to bind this to, KH, in bytes. */
    public static final int CIRCUIT_NONCE_LENGTH = 20;

    private static final byte[] SIGNATURE_PREFIX = "Tor establish-intro cell v1".getBytes(StandardCharsets.US_ASCII);

    /**
     * The claim for one circuit.
     *
     * @param circuitNonce the {@value #CIRCUIT_NONCE_LENGTH} bytes of key material after those of the last hop's layer
     */
    public static IntroPointClaim sign(Ed25519KeyPair authKey, Extensions extensions, byte[] circuitNonce) {
        byte[] claimed = claimed(authKey.publicKey(), extensions);
        byte[] handshakeAuth = mac(circuitNonce, claimed);
        byte[] signature = authKey.sign(signed(claimed, handshakeAuth));
        return new IntroPointClaim(authKey.publicKey(), extensions, handshakeAuth, signature);
    }

    /** Fails unless it was made for this circuit by the holder of the key. */
    public void verify(byte[] circuitNonce) throws ProtocolViolation {
        byte[] claimed = claimed(authKey, extensions);
        if (!MessageDigest.isEqual(handshakeAuth, mac(circuitNonce, claimed))) {
            throw new ProtocolViolation("ESTABLISH_INTRO: made for another circuit");
        }
        if (!Ed25519.verify(authKey, signed(claimed, handshakeAuth), signature)) {
            throw new ProtocolViolation("ESTABLISH_INTRO: wrong signature");
        }
    }

    private static byte[] claimed(Ed25519Identity authKey, Extensions extensions) {
        ByteWriter out = new ByteWriter();
        IntroAuthKey.write(authKey, out);
        return out.put(extensions.encode()).toBytes();
    }

    private static byte[] mac(byte[] key, byte[] message) {
        byte[] length = new ByteWriter(8).u64(key.length).toBytes();
        return Digests.sha3_256(length, key, message);
    }

    private static byte[] signed(byte[] claimed, byte[] handshakeAuth) {
        return new ByteWriter(256)
                .put(SIGNATURE_PREFIX)
                .put(claimed)
                .put(handshakeAuth)
                .toBytes();
    }

    byte[] encode() {
        return new ByteWriter(256)
                .put(claimed(authKey, extensions))
                .put(handshakeAuth)
                .u16(signature.length)
                .put(signature)
                .toBytes();
    }

    static IntroPointClaim decode(ByteReader in) throws ProtocolViolation {
        Ed25519Identity authKey = IntroAuthKey.read(in);
        Extensions extensions = Extensions.read(in);
        byte[] handshakeAuth = in.take(Digests.SHA256_LENGTH, "HANDSHAKE_AUTH");
        int length = in.u16("SIG_LEN");
        if (length != Ed25519.SIGNATURE_LENGTH) {
            throw new ProtocolViolation("signature of " + length + " bytes");
        }
        return new IntroPointClaim(authKey, extensions, handshakeAuth, in.take(length, "SIG"));
    }
}
