package io.allium.cell;

import io.allium.base.ByteReader;
import io.allium.base.ByteWriter;
import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import java.util.Arrays;

/**
 * The messages by which clients and onion services find each other. The arrays in these records are not copied: whoever makes
 * one gives them away.
 *
 * @spec rend-spec-v3 3, 4
 */
public sealed interface OnionServiceMessage extends RelayMessage {
    /** A service asks the relay to be its introduction point. */
    record EstablishIntro(IntroPointClaim claim) implements OnionServiceMessage {
        @Override
        public int command() {
            return RelayCommand.ESTABLISH_INTRO;
        }

        @Override
        public byte[] data() {
            return claim.encode();
        }
    }

    /** The relay is an introduction point now. None of its extensions says anything yet. */
    record IntroEstablished(Extensions extensions) implements OnionServiceMessage {
        /** Without extensions. */
        public static final IntroEstablished SILENT = new IntroEstablished(Extensions.NONE);

        @Override
        public int command() {
            return RelayCommand.INTRO_ESTABLISHED;
        }

        @Override
        public byte[] data() {
            return extensions.encode();
        }

        static IntroEstablished decode(ByteReader in) throws ProtocolViolation {
            return in.isEmpty() ? SILENT : new IntroEstablished(Extensions.read(in));
        }
    }

    /** A client asks an introduction point to introduce it. */
    record Introduce1(Introduction introduction) implements OnionServiceMessage {
        @Override
        public int command() {
            return RelayCommand.INTRODUCE1;
        }

        @Override
        public byte[] data() {
            return introduction.encode();
        }
    }

    /** The introduction point introduces a client to the service. */
    record Introduce2(Introduction introduction) implements OnionServiceMessage {
        @Override
        public int command() {
            return RelayCommand.INTRODUCE2;
        }

        @Override
        public byte[] data() {
            return introduction.encode();
        }
    }

    /** What became of the introduction. */
    record IntroduceAck(IntroduceStatus status, Extensions extensions) implements OnionServiceMessage {
        public IntroduceAck(IntroduceStatus status) {
            this(status, Extensions.NONE);
        }

        @Override
        public int command() {
            return RelayCommand.INTRODUCE_ACK;
        }

        @Override
        public byte[] data() {
            return new ByteWriter().u16(status.code()).put(extensions.encode()).toBytes();
        }

        static IntroduceAck decode(ByteReader in) throws ProtocolViolation {
            IntroduceStatus status = IntroduceStatus.of(in.u16("STATUS"));
            return new IntroduceAck(status, in.isEmpty() ? Extensions.NONE : Extensions.read(in));
        }
    }

    /** A client asks the relay to be its rendezvous point. Bytes after the cookie are ignored. */
    record EstablishRendezvous(RendezvousCookie cookie) implements OnionServiceMessage {
        @Override
        public int command() {
            return RelayCommand.ESTABLISH_RENDEZVOUS;
        }

        @Override
        public byte[] data() {
            return cookie.bytes();
        }
    }

    /** The relay is a rendezvous point now. Whatever it may carry is ignored. */
    record RendezvousEstablished() implements OnionServiceMessage {
        @Override
        public int command() {
            return RelayCommand.RENDEZVOUS_ESTABLISHED;
        }

        @Override
        public byte[] data() {
            return new byte[0];
        }
    }

    /** A service asks to be joined to the client that gave it the cookie; the rendezvous point passes the rest on. */
    record Rendezvous1(RendezvousCookie cookie, byte[] handshake) implements OnionServiceMessage {
        /** As long as C tor makes it: relays before 0.2.9 took no other length. */
        private static final int LENGTH = 168;

        /** With random bytes after the handshake. */
        public static Rendezvous1 padded(RendezvousCookie cookie, byte[] handshake, Entropy entropy) {
            byte[] padded = Arrays.copyOf(handshake, Math.max(handshake.length, LENGTH - RendezvousCookie.LENGTH));
            entropy.pad(padded, handshake.length, padded.length);
            return new Rendezvous1(cookie, padded);
        }

        @Override
        public int command() {
            return RelayCommand.RENDEZVOUS1;
        }

        @Override
        public byte[] data() {
            return new ByteWriter(LENGTH).put(cookie.bytes()).put(handshake).toBytes();
        }

        static Rendezvous1 decode(ByteReader in) throws ProtocolViolation {
            return new Rendezvous1(RendezvousCookie.decode(in), in.rest());
        }
    }

    /** The service is at the other end now: its handshake, and padding. */
    record Rendezvous2(byte[] handshake) implements OnionServiceMessage {
        @Override
        public int command() {
            return RelayCommand.RENDEZVOUS2;
        }

        @Override
        public byte[] data() {
            return handshake;
        }
    }
}
