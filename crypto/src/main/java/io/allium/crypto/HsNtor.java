package io.allium.crypto;

import io.allium.base.ByteReader;
import io.allium.base.ByteWriter;
import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import java.security.MessageDigest;
import java.util.List;

/**
 * The handshake between a client and an onion service: the client's half travels in INTRODUCE1 with a message that only the
 * service can read, the service's half in RENDEZVOUS1. Only a holder of the introduction point's encryption key, who also
 * knows the service's subcredential, learns the keys.
 *
 * @spec rend-spec-v3 3.3.2, 4.2
 */
public final class HsNtor {
    /** How much longer the encrypted section of INTRODUCE1 is than the message in it, in bytes. */
    public static final int SECTION_OVERHEAD = 64;

    /** The length of the service's half, in bytes. */
    public static final int REPLY_LENGTH = 64;

    private static final int KEY_LENGTH = 32;
    private static final int MAC_LENGTH = 32;
    private static final String PROTOID = "tor-hs-ntor-curve25519-sha3-256-1";
    private static final byte[] PROTOID_BYTES = Bytes.ascii(PROTOID);
    private static final byte[] T_HSENC = Bytes.ascii(PROTOID + ":hs_key_extract");
    private static final byte[] T_HSVERIFY = Bytes.ascii(PROTOID + ":hs_verify");
    private static final byte[] T_HSMAC = Bytes.ascii(PROTOID + ":hs_mac");
    private static final byte[] M_HSEXPAND = Bytes.ascii(PROTOID + ":hs_key_expand");
    private static final byte[] SERVER = Bytes.ascii("Server");

    private HsNtor() {}

    /**
     * The client's side.
     *
     * @param authKey the introduction point's authentication key
     * @param encryptionKey the introduction point's encryption key; one of small order is refused
     */
    public static Client begin(
            Ed25519Identity authKey, Curve25519Key encryptionKey, Subcredential subcredential, Entropy entropy)
            throws ProtocolViolation {
        return begin(authKey, encryptionKey, subcredential, Curve25519KeyPair.generate(entropy));
    }

    static Client begin(
            Ed25519Identity authKey,
            Curve25519Key encryptionKey,
            Subcredential subcredential,
            Curve25519KeyPair ephemeral)
            throws ProtocolViolation {
        byte[] shared = ephemeral.agree(encryptionKey);
        Names names = new Names(authKey, encryptionKey, ephemeral.publicKey());
        return new Client(names, ephemeral, shared, new Seal(names, shared, subcredential));
    }

    /**
     * The service's side: opens the encrypted section of an INTRODUCE2.
     *
     * @param authKey of the introduction point that it came from
     * @param encryptionKey ours for that introduction point
     * @param subcredentials all that a client may have used: of both time periods, and of the services that we are a part of;
     *     the time does not tell which one it was
     * @param header all of the message before the encrypted section
     * @param section the client's key, the encrypted message, and the tag
     */
    public static Opened open(
            Ed25519Identity authKey,
            Curve25519KeyPair encryptionKey,
            List<Subcredential> subcredentials,
            byte[] header,
            byte[] section)
            throws ProtocolViolation {
        if (section.length < SECTION_OVERHEAD) {
            throw new ProtocolViolation("hs-ntor: an encrypted section of " + section.length + " bytes");
        }
        ByteReader reader = new ByteReader(section);
        Curve25519Key client = Curve25519Key.of(reader.take(Curve25519Key.LENGTH, "CLIENT_PK"));
        byte[] encrypted = reader.take(reader.remaining() - MAC_LENGTH, "ENCRYPTED_DATA");
        byte[] mac = reader.take(MAC_LENGTH, "MAC");
        Names names = new Names(authKey, encryptionKey.publicKey(), client);
        byte[] shared = encryptionKey.agree(client);
        Seal right = null;
        for (Subcredential each : subcredentials) {
            Seal seal = new Seal(names, shared, each);
            if (MessageDigest.isEqual(mac, seal.mac(header, encrypted))) {
                right = seal;
            }
        }
        if (right == null) {
            throw new ProtocolViolation("hs-ntor: wrong authentication");
        }
        return new Opened(names, shared, AesCtr.apply(right.encryptionKey, encrypted));
    }

    private static byte[] mac(byte[] key, byte[]... message) {
        byte[] length = new ByteWriter(8).u64(key.length).toBytes();
        return Digests.sha3_256(length, key, Bytes.concat(message));
    }

    /** The public keys: the introduction point's two and the client's. */
    private record Names(Ed25519Identity authKey, Curve25519Key b, Curve25519Key x) {}

    /** What the client's message is protected with. Immutable. */
    private static final class Seal {
        private final Names names;
        private final byte[] encryptionKey;
        private final byte[] macKey;

        private Seal(Names names, byte[] shared, Subcredential subcredential) {
            this.names = names;
            KeyMaterial keys = KeyMaterial.shake256(
                    shared,
                    names.authKey.raw(),
                    names.x.raw(),
                    names.b.raw(),
                    PROTOID_BYTES,
                    T_HSENC,
                    M_HSEXPAND,
                    subcredential.raw());
            this.encryptionKey = keys.take(KEY_LENGTH);
            this.macKey = keys.take(MAC_LENGTH);
        }

        private byte[] mac(byte[] header, byte[] encrypted) {
            return HsNtor.mac(macKey, header, names.x.raw(), encrypted);
        }
    }

    /** Both shared secrets, and what comes of them. Confined to the call. */
    private static final class Finish {
        private final Names names;
        private final Curve25519Key y;
        private final byte[] secretInput;

        private Finish(Names names, Curve25519Key y, byte[] ofEphemeral, byte[] ofEncryptionKey) {
            this.names = names;
            this.y = y;
            this.secretInput = Bytes.concat(
                    ofEphemeral,
                    ofEncryptionKey,
                    names.authKey.raw(),
                    names.b.raw(),
                    names.x.raw(),
                    y.raw(),
                    PROTOID_BYTES);
        }

        private byte[] auth() {
            byte[] verify = mac(secretInput, T_HSVERIFY);
            byte[] input = Bytes.concat(
                    verify, names.authKey.raw(), names.b.raw(), y.raw(), names.x.raw(), PROTOID_BYTES, SERVER);
            return mac(input, T_HSMAC);
        }

        private byte[] seed() {
            return mac(secretInput, T_HSENC);
        }

        private KeyMaterial keys() {
            return KeyMaterial.shake256(seed(), M_HSEXPAND);
        }
    }

    /** The client's side. Immutable; good for one introduction. */
    public static final class Client {
        private final Names names;
        private final Curve25519KeyPair ephemeral;
        private final byte[] shared;
        private final Seal seal;

        private Client(Names names, Curve25519KeyPair ephemeral, byte[] shared, Seal seal) {
            this.names = names;
            this.ephemeral = ephemeral;
            this.shared = shared;
            this.seal = seal;
        }

        /** The client's key X, which the encrypted section begins with. */
        Curve25519Key publicKey() {
            return names.x;
        }

        /**
         * The encrypted section of INTRODUCE1, {@value #SECTION_OVERHEAD} bytes longer than the message. Only once: the key
         * stream is the same each time.
         *
         * @param header all of INTRODUCE1 before it, which is authenticated too
         */
        public byte[] seal(byte[] header, byte[] message) {
            byte[] encrypted = AesCtr.apply(seal.encryptionKey, message);
            return Bytes.concat(names.x.raw(), encrypted, seal.mac(header, encrypted));
        }

        /**
         * Checks the service's half and agrees on the keys.
         *
         * @param reply the handshake of RENDEZVOUS2; what follows its first {@value #REPLY_LENGTH} bytes is padding
         */
        public KeyMaterial finish(byte[] reply) throws ProtocolViolation {
            ByteReader reader = new ByteReader(reply);
            Curve25519Key y = Curve25519Key.of(reader.take(Curve25519Key.LENGTH, "SERVER_PK"));
            byte[] claimed = reader.take(MAC_LENGTH, "AUTH");
            Finish finish = new Finish(names, y, ephemeral.agree(y), shared);
            if (!MessageDigest.isEqual(claimed, finish.auth())) {
                throw new ProtocolViolation("hs-ntor reply: wrong authentication");
            }
            return finish.keys();
        }
    }

    /** An introduction that the service could open. Immutable. */
    public static final class Opened {
        private final Names names;
        private final byte[] shared;
        private final byte[] message;

        private Opened(Names names, byte[] shared, byte[] message) {
            this.names = names;
            this.shared = shared;
            this.message = message;
        }

        /** A copy of what the client says, padding included. */
        public byte[] message() {
            return message.clone();
        }

        /** The service's half for RENDEZVOUS1, {@value #REPLY_LENGTH} bytes, and the keys. */
        public HandshakeAnswer answer(Entropy entropy) throws ProtocolViolation {
            return answer(Curve25519KeyPair.generate(entropy));
        }

        HandshakeAnswer answer(Curve25519KeyPair ephemeral) throws ProtocolViolation {
            Finish finish = new Finish(names, ephemeral.publicKey(), ephemeral.agree(names.x), shared);
            byte[] reply = Bytes.concat(ephemeral.publicKey().raw(), finish.auth());
            return new HandshakeAnswer(reply, finish.keys());
        }

        byte[] seed(Curve25519KeyPair ephemeral) throws ProtocolViolation {
            return new Finish(names, ephemeral.publicKey(), ephemeral.agree(names.x), shared).seed();
        }
    }
}
