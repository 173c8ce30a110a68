package io.allium.crypto;

import io.allium.base.ByteReader;
import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import java.security.MessageDigest;
import java.util.List;

/**
 * The ntor handshake: the client knows the relay's identity and onion key, and only the holder of that onion key learns
 * the keys.
 *
 * @spec tor-spec 5.1.4
 */
public final class Ntor {
    /** The length of the client's half, in bytes. */
    public static final int ONIONSKIN_LENGTH = 84;

    /** The length of the relay's half, in bytes. */
    public static final int REPLY_LENGTH = 64;

    private static final byte[] NO_MESSAGE = {};
    private static final String PROTOID = "ntor-curve25519-sha256-1";
    private static final byte[] PROTOID_BYTES = Bytes.ascii(PROTOID);
    private static final byte[] T_MAC = Bytes.ascii(PROTOID + ":mac");
    private static final byte[] T_KEY = Bytes.ascii(PROTOID + ":key_extract");
    private static final byte[] T_VERIFY = Bytes.ascii(PROTOID + ":verify");
    private static final byte[] M_EXPAND = Bytes.ascii(PROTOID + ":key_expand");
    private static final byte[] SERVER = Bytes.ascii("Server");

    private Ntor() {}

    /** The client's side of a handshake with the relay of that identity and onion key. */
    public static Client begin(Fingerprint relay, Curve25519Key onionKey, Entropy entropy) {
        return new Client(relay, onionKey, Curve25519KeyPair.generate(entropy));
    }

    /**
     * The relay's side.
     *
     * @param onionKeys those that are valid: the current one first, then the previous
     */
    public static HandshakeAnswer answer(
            Fingerprint us, List<Curve25519KeyPair> onionKeys, byte[] onionskin, Entropy entropy)
            throws ProtocolViolation {
        ByteReader reader = new ByteReader(onionskin);
        if (!Fingerprint.of(reader.take(Fingerprint.LENGTH, "ntor")).equals(us)) {
            throw new ProtocolViolation("ntor: meant for another relay");
        }
        Curve25519Key wanted = Curve25519Key.of(reader.take(Curve25519Key.LENGTH, "ntor"));
        Curve25519Key client = Curve25519Key.of(reader.take(Curve25519Key.LENGTH, "ntor"));
        Curve25519KeyPair onionKey = Curve25519KeyPair.choose(onionKeys, wanted, "ntor");
        Curve25519KeyPair.Answer shared = onionKey.answer(entropy.bytes(Curve25519KeyPair.SECRET_LENGTH), client);
        byte[] secretInput = Bytes.concat(
                shared.ofEphemeral(),
                shared.ofOnionKey(),
                us.raw(),
                wanted.raw(),
                client.raw(),
                shared.ephemeral().raw(),
                PROTOID_BYTES);
        byte[] auth = auth(secretInput, us, wanted, shared.ephemeral(), client);
        return new HandshakeAnswer(Bytes.concat(shared.ephemeral().raw(), auth), keys(secretInput));
    }

    private static byte[] auth(byte[] secretInput, Fingerprint id, Curve25519Key b, Curve25519Key y, Curve25519Key x) {
        byte[] verify = Macs.hmacSha256(T_VERIFY, secretInput);
        return Macs.hmacSha256(T_MAC, verify, id.raw(), b.raw(), y.raw(), x.raw(), PROTOID_BYTES, SERVER);
    }

    private static KeyMaterial keys(byte[] secretInput) {
        return KeyMaterial.hkdf(Macs.hmacSha256(T_KEY, secretInput), M_EXPAND);
    }

    /** The client's side. Immutable. */
    public static final class Client implements ClientHandshake {
        private final Fingerprint relay;
        private final Curve25519Key onionKey;
        private final Curve25519KeyPair ephemeral;

        Client(Fingerprint relay, Curve25519Key onionKey, Curve25519KeyPair ephemeral) {
            this.relay = relay;
            this.onionKey = onionKey;
            this.ephemeral = ephemeral;
        }

        @Override
        public byte[] onionskin() {
            return Bytes.concat(
                    relay.raw(), onionKey.raw(), ephemeral.publicKey().raw());
        }

        @Override
        public Agreement finish(byte[] reply) throws ProtocolViolation {
            ByteReader reader = new ByteReader(reply);
            Curve25519Key y = Curve25519Key.of(reader.take(Curve25519Key.LENGTH, "ntor reply"));
            byte[] claimed = reader.take(REPLY_LENGTH - Curve25519Key.LENGTH, "ntor reply");
            byte[][] shared = Curve25519KeyPair.agreeBoth(ephemeral, y, ephemeral, onionKey);
            byte[] secretInput = Bytes.concat(
                    shared[0],
                    shared[1],
                    relay.raw(),
                    onionKey.raw(),
                    ephemeral.publicKey().raw(),
                    y.raw(),
                    PROTOID_BYTES);
            if (!MessageDigest.isEqual(claimed, auth(secretInput, relay, onionKey, y, ephemeral.publicKey()))) {
                throw new ProtocolViolation("ntor reply: wrong authentication");
            }
            return new Agreement(keys(secretInput), NO_MESSAGE);
        }
    }
}
