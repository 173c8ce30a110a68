package io.allium.crypto;

import io.allium.base.ByteReader;
import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import java.security.MessageDigest;

/**
 * The handshake for a first hop that TLS has already authenticated: both sides' random bytes through KDF-TOR.
 *
 * @spec tor-spec 5.1.5
 */
public final class CreateFast {
    /** The length of CREATE_FAST's content, in bytes. */
    public static final int ONIONSKIN_LENGTH = 20;

    /** The length of CREATED_FAST's content, in bytes. */
    public static final int REPLY_LENGTH = 40;

    private static final byte[] NO_MESSAGE = {};

    private CreateFast() {}

    public static Client begin(Entropy entropy) {
        return new Client(entropy.bytes(ONIONSKIN_LENGTH));
    }

    /** The relay's side. Whatever comes after the onion skin's {@value #ONIONSKIN_LENGTH} bytes is the cell's padding. */
    public static HandshakeAnswer answer(byte[] onionskin, Entropy entropy) throws ProtocolViolation {
        byte[] x = new ByteReader(onionskin).take(ONIONSKIN_LENGTH, "CREATE_FAST");
        byte[] y = entropy.bytes(ONIONSKIN_LENGTH);
        KeyMaterial keys = KeyMaterial.kdfTor(Bytes.concat(x, y));
        byte[] proof = keys.take(Digests.SHA1_LENGTH);
        return new HandshakeAnswer(Bytes.concat(y, proof), keys);
    }

    /** The client's side. Immutable. */
    public static final class Client implements ClientHandshake {
        private final byte[] x;

        private Client(byte[] x) {
            this.x = x;
        }

        @Override
        public byte[] onionskin() {
            return x.clone();
        }

        @Override
        public Agreement finish(byte[] reply) throws ProtocolViolation {
            ByteReader reader = new ByteReader(reply);
            byte[] y = reader.take(ONIONSKIN_LENGTH, "CREATED_FAST");
            byte[] proof = reader.take(Digests.SHA1_LENGTH, "CREATED_FAST");
            KeyMaterial keys = KeyMaterial.kdfTor(Bytes.concat(x, y));
            if (!MessageDigest.isEqual(proof, keys.take(Digests.SHA1_LENGTH))) {
                throw new ProtocolViolation("CREATED_FAST: derivative key data is wrong");
            }
            return new Agreement(keys, NO_MESSAGE);
        }
    }
}
