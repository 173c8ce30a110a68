package io.allium.crypto;

import io.allium.base.ByteReader;
import io.allium.base.ByteWriter;
import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import java.security.MessageDigest;
import java.util.List;

/**
 * The ntor-v3 handshake, which carries an encrypted message each way beside the keys. The relay is known by its Ed25519
 * identity.
 *
 * @spec proposal 332
 */
public final class NtorV3 {
    /** What both sides verify that they are about when the handshake makes a circuit. */
    public static final String CIRCUIT_EXTEND = "circuit extend";

    /** The length of the client's half but for its message, in bytes. */
    public static final int ONIONSKIN_OVERHEAD = 128;

    /** The length of the relay's half but for its message, in bytes. */
    public static final int REPLY_OVERHEAD = 64;

    private static final int KEY_LENGTH = 32;
    private static final int MAC_LENGTH = 32;
    private static final String PROTOID = "ntor3-curve25519-sha3_256-1";
    private static final byte[] PROTOID_BYTES = Bytes.ascii(PROTOID);
    private static final byte[] T_MSGKDF = encap(Bytes.ascii(PROTOID + ":kdf_phase1"));
    private static final byte[] T_MSGMAC = encap(Bytes.ascii(PROTOID + ":msg_mac"));
    private static final byte[] T_KEY_SEED = encap(Bytes.ascii(PROTOID + ":key_seed"));
    private static final byte[] T_VERIFY = encap(Bytes.ascii(PROTOID + ":verify"));
    private static final byte[] T_FINAL = encap(Bytes.ascii(PROTOID + ":kdf_final"));
    private static final byte[] T_AUTH = encap(Bytes.ascii(PROTOID + ":auth_final"));
    private static final byte[] SERVER = Bytes.ascii("Server");

    private NtorV3() {}

    /** What a relay says in return for a client's message. */
    @FunctionalInterface
    public interface Responder {
        /** The relay's message; refuses a client's message that is malformed or asks for what may not be. */
        byte[] respond(byte[] clientMessage) throws ProtocolViolation;
    }

    /** The client's side of a circuit's handshake with the relay of that identity and onion key. */
    public static Client begin(Ed25519Identity relay, Curve25519Key onionKey, byte[] message, Entropy entropy)
            throws ProtocolViolation {
        return begin(relay, onionKey, message, CIRCUIT_EXTEND, Curve25519KeyPair.generate(entropy));
    }

    static Client begin(
            Ed25519Identity relay,
            Curve25519Key onionKey,
            byte[] message,
            String verification,
            Curve25519KeyPair ephemeral)
            throws ProtocolViolation {
        Phase1 sent = new Phase1(
                relay, onionKey, ephemeral.publicKey(), ephemeral.agree(onionKey), Bytes.ascii(verification));
        byte[] encrypted = AesCtr.apply(sent.encryptionKey, message);
        byte[] mac = sent.mac(encrypted);
        byte[] onionskin =
                Bytes.concat(relay.raw(), onionKey.raw(), ephemeral.publicKey().raw(), encrypted, mac);
        return new Client(sent, ephemeral, mac, onionskin);
    }

    /**
     * The relay's side of a circuit's handshake.
     *
     * @param onionKeys those that are valid: the current one first, then the previous
     */
    public static HandshakeAnswer answer(
            Ed25519Identity us,
            List<Curve25519KeyPair> onionKeys,
            byte[] onionskin,
            Responder responder,
            Entropy entropy)
            throws ProtocolViolation {
        byte[] ephemeralSecret = entropy.bytes(Curve25519KeyPair.SECRET_LENGTH);
        return answer(us, onionKeys, onionskin, responder, CIRCUIT_EXTEND, ephemeralSecret);
    }

    static HandshakeAnswer answer(
            Ed25519Identity us,
            List<Curve25519KeyPair> onionKeys,
            byte[] onionskin,
            Responder responder,
            String verification,
            byte[] ephemeralSecret)
            throws ProtocolViolation {
        ByteReader reader = new ByteReader(onionskin);
        if (!Ed25519Identity.of(reader.take(Ed25519Identity.LENGTH, "ntor-v3")).equals(us)) {
            throw new ProtocolViolation("ntor-v3: meant for another relay");
        }
        Curve25519Key wanted = Curve25519Key.of(reader.take(Curve25519Key.LENGTH, "ntor-v3"));
        Curve25519Key client = Curve25519Key.of(reader.take(Curve25519Key.LENGTH, "ntor-v3"));
        byte[] encrypted = reader.take(reader.remaining() - MAC_LENGTH, "ntor-v3");
        byte[] mac = reader.take(MAC_LENGTH, "ntor-v3");

        Curve25519KeyPair onionKey = Curve25519KeyPair.choose(onionKeys, wanted, "ntor-v3");
        Curve25519KeyPair.Answer shared = onionKey.answer(ephemeralSecret, client);
        Phase1 received = new Phase1(us, wanted, client, shared.ofOnionKey(), Bytes.ascii(verification));
        if (!MessageDigest.isEqual(mac, received.mac(encrypted))) {
            throw new ProtocolViolation("ntor-v3: wrong authentication");
        }
        byte[] reply = responder.respond(AesCtr.apply(received.encryptionKey, encrypted));

        Phase2 answer = new Phase2(received, shared.ofEphemeral(), shared.ephemeral());
        byte[] encryptedReply = AesCtr.apply(answer.encryptionKey, reply);
        byte[] auth = answer.auth(mac, encryptedReply);
        return new HandshakeAnswer(Bytes.concat(shared.ephemeral().raw(), auth, encryptedReply), answer.keys);
    }

    private static byte[] encap(byte[] bytes) {
        return new ByteWriter(8 + bytes.length).u64(bytes.length).put(bytes).toBytes();
    }

    /** What the client's message is protected with. Immutable. */
    private static final class Phase1 {
        private final Ed25519Identity id;
        private final Curve25519Key b;
        private final Curve25519Key x;
        private final byte[] bx;
        private final byte[] verification;
        private final byte[] encryptionKey;
        private final byte[] macKey;

        private Phase1(Ed25519Identity id, Curve25519Key b, Curve25519Key x, byte[] bx, byte[] verification) {
            this.id = id;
            this.b = b;
            this.x = x;
            this.bx = bx;
            this.verification = encap(verification);
            KeyMaterial keys =
                    KeyMaterial.shake256(T_MSGKDF, bx, id.raw(), x.raw(), b.raw(), PROTOID_BYTES, this.verification);
            this.encryptionKey = keys.take(KEY_LENGTH);
            this.macKey = keys.take(KEY_LENGTH);
        }

        private byte[] mac(byte[] encrypted) {
            return Digests.sha3_256(T_MSGMAC, encap(macKey), id.raw(), b.raw(), x.raw(), encrypted);
        }
    }

    /** What the relay's message is protected with, and the circuit's keys. Confined to the call. */
    private static final class Phase2 {
        private final Phase1 first;
        private final Curve25519Key y;
        private final byte[] verify;
        private final byte[] encryptionKey;
        private final KeyMaterial keys;

        private Phase2(Phase1 first, byte[] xy, Curve25519Key y) {
            this.first = first;
            this.y = y;
            byte[] secretInput = Bytes.concat(
                    xy,
                    first.bx,
                    first.id.raw(),
                    first.b.raw(),
                    first.x.raw(),
                    y.raw(),
                    PROTOID_BYTES,
                    first.verification);
            this.verify = Digests.sha3_256(T_VERIFY, secretInput);
            this.keys = KeyMaterial.shake256(T_FINAL, Digests.sha3_256(T_KEY_SEED, secretInput));
            this.encryptionKey = keys.take(KEY_LENGTH);
        }

        private byte[] auth(byte[] mac, byte[] encrypted) {
            return Digests.sha3_256(
                    T_AUTH,
                    verify,
                    first.id.raw(),
                    first.b.raw(),
                    y.raw(),
                    first.x.raw(),
                    mac,
                    encap(encrypted),
                    PROTOID_BYTES,
                    SERVER);
        }
    }

    /** The client's side. Immutable. */
    public static final class Client implements ClientHandshake {
        private final Phase1 sent;
        private final Curve25519KeyPair ephemeral;
        private final byte[] mac;
        private final byte[] onionskin;

        private Client(Phase1 sent, Curve25519KeyPair ephemeral, byte[] mac, byte[] onionskin) {
            this.sent = sent;
            this.ephemeral = ephemeral;
            this.mac = mac;
            this.onionskin = onionskin;
        }

        @Override
        public byte[] onionskin() {
            return onionskin.clone();
        }

        @Override
        public Agreement finish(byte[] reply) throws ProtocolViolation {
            ByteReader reader = new ByteReader(reply);
            Curve25519Key y = Curve25519Key.of(reader.take(Curve25519Key.LENGTH, "ntor-v3 reply"));
            byte[] claimed = reader.take(MAC_LENGTH, "ntor-v3 reply");
            byte[] encrypted = reader.rest();
            Phase2 answer = new Phase2(sent, ephemeral.agree(y), y);
            if (!MessageDigest.isEqual(claimed, answer.auth(mac, encrypted))) {
                throw new ProtocolViolation("ntor-v3 reply: wrong authentication");
            }
            byte[] message = AesCtr.apply(answer.encryptionKey, encrypted);
            return new Agreement(answer.keys, message);
        }
    }
}
