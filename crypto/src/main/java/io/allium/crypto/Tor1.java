package io.allium.crypto;

import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Tor's first relay encryption: AES in counter mode for each hop and direction, and a running digest over the cells that begin
 * or end at the hop. With relays it is AES-128 and SHA-1, between a client and an onion service AES-256 and SHA3-256.
 *
 * @spec tor-spec 5.5, 6.1; rend-spec-v3 4.2.1, 5
 */
public final class Tor1 {
    /** The length of a relay cell's body, in bytes. */
    public static final int BODY_LENGTH = 509;

    /** The length of a tag that a SENDME shows, in bytes. */
    public static final int TAG_LENGTH = 20;

    /** The key material that a layer takes, in bytes. */
    public static final int KEYS_LENGTH = 2 * Digests.SHA1_LENGTH + 2 * Tor1.KEY_LENGTH;

    /** The key material that a layer between client and onion service takes, in bytes. */
    public static final int ONION_SERVICE_KEYS_LENGTH = 2 * Digests.SHA256_LENGTH + 2 * Tor1.ONION_SERVICE_KEY_LENGTH;

    private static final int KEY_LENGTH = 16;
    private static final int ONION_SERVICE_KEY_LENGTH = 32;

    private Tor1() {}

    /** The client's layer for a hop; takes {@value #KEYS_LENGTH} bytes of the handshake's keys. */
    public static OriginLayer originLayer(KeyMaterial keys) {
        return withRelay(keys);
    }

    /** A relay's layer of a circuit; takes {@value #KEYS_LENGTH} bytes of the handshake's keys. */
    public static RelayLayer relayLayer(KeyMaterial keys) {
        Both both = withRelay(keys);
        return new RelaySide(both.outbound, both.inbound);
    }

    /**
     * The layer between a client and an onion service; takes {@value #ONION_SERVICE_KEYS_LENGTH} bytes of their handshake's
     * keys. Both ends are origins of their circuits, and what is outbound to one is inbound to the other.
     *
     * @param service whether we are the service
     */
    public static OriginLayer onionServiceLayer(KeyMaterial keys, boolean service) {
        byte[] fromClientSeed = keys.take(Digests.SHA256_LENGTH);
        byte[] fromServiceSeed = keys.take(Digests.SHA256_LENGTH);
        Half fromClient = new Half(Digests.newSha3_256(), fromClientSeed, keys.take(ONION_SERVICE_KEY_LENGTH));
        Half fromService = new Half(Digests.newSha3_256(), fromServiceSeed, keys.take(ONION_SERVICE_KEY_LENGTH));
        return service ? new Both(fromService, fromClient) : new Both(fromClient, fromService);
    }

    private static Both withRelay(KeyMaterial keys) {
        byte[] outboundSeed = keys.take(Digests.SHA1_LENGTH);
        byte[] inboundSeed = keys.take(Digests.SHA1_LENGTH);
        Half outbound = new Half(Digests.newSha1(), outboundSeed, keys.take(KEY_LENGTH));
        return new Both(outbound, new Half(Digests.newSha1(), inboundSeed, keys.take(KEY_LENGTH)));
    }

    /** Both directions, as the client sees them. Each half is confined to its owner. */
    private record Both(Half outbound, Half inbound) implements OriginLayer {
        @Override
        public void originateOutbound(int command, byte[] body, int offset, byte[] to, int toOffset) {
            outbound.originate(body, offset, to, toOffset);
        }

        @Override
        public void encryptOutbound(int command, byte[] from, int offset, byte[] to, int toOffset) {
            outbound.pass(from, offset, to, toOffset);
        }

        @Override
        public boolean decryptInbound(int command, byte[] from, int offset, byte[] to, int toOffset) {
            return inbound.recognise(from, offset, to, toOffset, false);
        }

        @Override
        public boolean decryptLastInbound(int command, byte[] from, int offset, byte[] to, int toOffset) {
            return inbound.recognise(from, offset, to, toOffset, true);
        }

        @Override
        public byte[] originatedTag() {
            return outbound.tag();
        }

        @Override
        public byte[] recognisedTag() {
            return inbound.tag();
        }
    }

    /** The same two halves, as the relay sees them. */
    private record RelaySide(Half outbound, Half inbound) implements RelayLayer {
        @Override
        public boolean decryptOutbound(int command, byte[] from, int offset, byte[] to, int toOffset) {
            return outbound.recognise(from, offset, to, toOffset, false);
        }

        @Override
        public boolean decryptLastOutbound(int command, byte[] from, int offset, byte[] to, int toOffset) {
            return outbound.recognise(from, offset, to, toOffset, true);
        }

        @Override
        public void encryptInbound(int command, byte[] from, int offset, byte[] to, int toOffset) {
            inbound.pass(from, offset, to, toOffset);
        }

        @Override
        public void originateInbound(int command, byte[] body, int offset, byte[] to, int toOffset) {
            inbound.originate(body, offset, to, toOffset);
        }

        @Override
        public byte[] originatedTag() {
            return inbound.tag();
        }

        @Override
        public byte[] recognisedTag() {
            return outbound.tag();
        }
    }

    /**
     * One direction: a key stream and a running digest. Confined to its owner.
     *
     * <p>Each cell takes the digest so far, and the JDK's digests can be finished but once, so that what is finished is a copy.
     * With that a cell takes 330 ns, of which its SHA-1 is 250, and 216 bytes. SHA-1 written out in Java needs no copies, but 1,130
     * ns. The digest of onion services goes the same way.
     */
    private static final class Half {
        private static final int RECOGNISED_AT = 1;
        private static final int DIGEST_AT = 5;
        private static final int DIGEST_LENGTH = 4;
        private static final byte[] NO_DIGEST = new byte[DIGEST_LENGTH];

        private final AesCtr cipher;
        private MessageDigest running;
        private byte[] tag = new byte[TAG_LENGTH];

        private Half(MessageDigest digest, byte[] digestSeed, byte[] key) {
            running = digest;
            running.update(digestSeed);
            cipher = new AesCtr(key);
        }

        private void pass(byte[] from, int offset, byte[] to, int toOffset) {
            cipher.apply(from, offset, BODY_LENGTH, to, toOffset);
        }

        private void originate(byte[] body, int offset, byte[] to, int toOffset) {
            body[offset + RECOGNISED_AT] = 0;
            body[offset + RECOGNISED_AT + 1] = 0;
            digest(running, body, offset);
            tag = copyOf(running).digest();
            System.arraycopy(tag, 0, body, offset + DIGEST_AT, DIGEST_LENGTH);
            cipher.apply(body, offset, BODY_LENGTH, to, toOffset);
        }

        /**
         * The digest is tried only where the recognised field is zero, which it is in one passing cell of 65,536, and on a copy,
         * since it stays as it was for a cell that turns out to pass. The last layer has no such cells.
         */
        private boolean recognise(byte[] from, int offset, byte[] to, int toOffset, boolean last) {
            cipher.apply(from, offset, BODY_LENGTH, to, toOffset);
            if ((to[toOffset + RECOGNISED_AT] | to[toOffset + RECOGNISED_AT + 1]) != 0) {
                return false;
            }
            MessageDigest extended = last ? running : copyOf(running);
            digest(extended, to, toOffset);
            byte[] expected = copyOf(extended).digest();
            int wrong = 0;
            for (int i = 0; i < DIGEST_LENGTH; i++) {
                wrong |= expected[i] ^ to[toOffset + DIGEST_AT + i];
            }
            if (wrong != 0) {
                return false;
            }
            running = extended;
            tag = expected;
            return true;
        }

        /** Of a longer digest, SENDMEs show only the beginning. */
        private byte[] tag() {
            return Arrays.copyOf(tag, TAG_LENGTH);
        }

        /** The whole body counts, its digest field as zeros. */
        private static void digest(MessageDigest digest, byte[] body, int offset) {
            int rest = DIGEST_AT + DIGEST_LENGTH;
            digest.update(body, offset, DIGEST_AT);
            digest.update(NO_DIGEST);
            digest.update(body, offset + rest, BODY_LENGTH - rest);
        }

        private static MessageDigest copyOf(MessageDigest digest) {
            try {
                return (MessageDigest) digest.clone();
            } catch (CloneNotSupportedException impossible) {
                throw new IllegalStateException("the JDK's digests can be cloned", impossible);
            }
        }
    }
}
