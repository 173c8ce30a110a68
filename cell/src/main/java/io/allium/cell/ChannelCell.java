package io.allium.cell;

import io.allium.base.ByteReader;
import io.allium.base.ByteWriter;
import io.allium.base.ProtocolViolation;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a cell says, apart from the circuit ID in its header. Relay cells stay bytes, see {@link RelayCell}. The arrays
 * in these records are not copied: whoever makes one gives them away.
 *
 * @spec tor-spec 3, 4, 5
 */
public sealed interface ChannelCell {
    /** The command byte, see {@link CellCommand}. */
    int command();

    /** The body without padding. */
    byte[] body();

    /** A request to choose a link protocol version. */
    record Versions(List<Integer> versions) implements ChannelCell {
        public Versions {
            versions = List.copyOf(versions);
        }

        @Override
        public int command() {
            return CellCommand.VERSIONS;
        }

        @Override
        public byte[] body() {
            ByteWriter out = new ByteWriter(2 * versions.size());
            versions.forEach(out::u16);
            return out.toBytes();
        }

        static Versions decode(ByteReader in) throws ProtocolViolation {
            if (in.remaining() % 2 != 0) {
                throw new ProtocolViolation("VERSIONS: an odd number of bytes");
            }
            List<Integer> versions = new ArrayList<>(in.remaining() / 2);
            while (!in.isEmpty()) {
                versions.add(in.u16("version"));
            }
            return new Versions(versions);
        }
    }

    /** The certificates of whoever sends it; at most one of each type. */
    record Certs(List<Entry> entries) implements ChannelCell {
        /** A certificate as it came; {@code type} is the CertType byte. */
        public record Entry(int type, byte[] certificate) {}

        public Certs {
            entries = List.copyOf(entries);
        }

        @Override
        public int command() {
            return CellCommand.CERTS;
        }

        @Override
        public byte[] body() {
            ByteWriter out = new ByteWriter(1024).u8(entries.size());
            for (Entry entry : entries) {
                out.u8(entry.type).u16(entry.certificate.length).put(entry.certificate);
            }
            return out.toBytes();
        }

        /** The certificate of this type, or null. */
        public byte @Nullable [] find(int type) {
            for (Entry entry : entries) {
                if (entry.type == type) {
                    return entry.certificate;
                }
            }
            return null;
        }

        static Certs decode(ByteReader in) throws ProtocolViolation {
            int count = in.u8("CERTS count");
            List<Entry> entries = new ArrayList<>(count);
            Set<Integer> types = new HashSet<>();
            for (int i = 0; i < count; i++) {
                int type = in.u8("CertType");
                entries.add(new Entry(type, in.take(in.u16("CLEN"), "Certificate")));
                if (!types.add(type)) {
                    throw new ProtocolViolation("CERTS: two certificates of type " + type);
                }
            }
            return new Certs(entries);
        }
    }

    /** What an initiator signs in order to authenticate; {@code challenge} has 32 bytes. */
    record AuthChallenge(byte[] challenge, List<Integer> methods) implements ChannelCell {
        public static final int CHALLENGE_BYTES = 32;

        public AuthChallenge {
            methods = List.copyOf(methods);
        }

        @Override
        public int command() {
            return CellCommand.AUTH_CHALLENGE;
        }

        @Override
        public byte[] body() {
            ByteWriter out = new ByteWriter(64).put(challenge).u16(methods.size());
            methods.forEach(out::u16);
            return out.toBytes();
        }

        static AuthChallenge decode(ByteReader in) throws ProtocolViolation {
            byte[] challenge = in.take(CHALLENGE_BYTES, "Challenge");
            int count = in.u16("N_Methods");
            ByteReader methods = in.slice(2 * count, "Methods");
            List<Integer> read = new ArrayList<>(count);
            while (!methods.isEmpty()) {
                read.add(methods.u16("Method"));
            }
            return new AuthChallenge(challenge, read);
        }
    }

    /** An initiator's proof of who it is. */
    record Authenticate(int type, byte[] authentication) implements ChannelCell {
        @Override
        public int command() {
            return CellCommand.AUTHENTICATE;
        }

        @Override
        public byte[] body() {
            return new ByteWriter(4 + authentication.length)
                    .u16(type)
                    .u16(authentication.length)
                    .put(authentication)
                    .toBytes();
        }

        static Authenticate decode(ByteReader in) throws ProtocolViolation {
            int type = in.u16("AuthType");
            return new Authenticate(type, in.take(in.u16("AuthLen"), "Authentication"));
        }
    }

    /**
     * The end of a link handshake.
     *
     * @param timestamp seconds since 1970, or 0 from a client
     * @param other the address at which the sender sees the receiver; null if it is none that we understand
     * @param own the sender's own addresses, those that we understand
     */
    record NetInfo(long timestamp, @Nullable InetAddress other, List<InetAddress> own) implements ChannelCell {
        private static final int IPV4 = 4;
        private static final int IPV6 = 6;

        public NetInfo {
            own = List.copyOf(own);
        }

        @Override
        public int command() {
            return CellCommand.NETINFO;
        }

        @Override
        public byte[] body() {
            ByteWriter out = new ByteWriter().u32(timestamp);
            if (other == null) {
                out.u8(IPV4).u8(4).zeros(4);
            } else {
                write(other, out);
            }
            out.u8(own.size());
            own.forEach(address -> write(address, out));
            return out.toBytes();
        }

        static NetInfo decode(ByteReader in) throws ProtocolViolation {
            long timestamp = in.u32("NETINFO time");
            InetAddress other = readAddress(in);
            int count = in.u8("NMYADDR");
            List<InetAddress> own = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                InetAddress address = readAddress(in);
                if (address != null) {
                    own.add(address);
                }
            }
            return new NetInfo(timestamp, other, own);
        }

        private static void write(InetAddress address, ByteWriter out) {
            byte[] raw = address.getAddress();
            out.u8(raw.length == 4 ? IPV4 : IPV6).u8(raw.length).put(raw);
        }

        private static @Nullable InetAddress readAddress(ByteReader in) throws ProtocolViolation {
            int type = in.u8("ATYPE");
            byte[] value = in.take(in.u8("ALEN"), "AVAL");
            boolean known = type == IPV4 && value.length == 4 || type == IPV6 && value.length == 16;
            try {
                return known ? InetAddress.getByAddress(value) : null;
            } catch (UnknownHostException impossible) {
                return null;
            }
        }
    }

    /** Keeps a link alive or hides what it carries. */
    record Padding() implements ChannelCell {
        @Override
        public int command() {
            return CellCommand.PADDING;
        }

        @Override
        public byte[] body() {
            return NOTHING;
        }
    }

    /** Padding of any length up to 65535 bytes. */
    record VPadding(int length) implements ChannelCell {
        @Override
        public int command() {
            return CellCommand.VPADDING;
        }

        @Override
        public byte[] body() {
            return new byte[length];
        }
    }

    /** A client says which padding it wants from its guard. */
    record PaddingNegotiate(boolean start, int lowMillis, int highMillis) implements ChannelCell {
        private static final int STOP = 1;
        private static final int START = 2;

        @Override
        public int command() {
            return CellCommand.PADDING_NEGOTIATE;
        }

        @Override
        public byte[] body() {
            return new ByteWriter()
                    .u8(0)
                    .u8(start ? START : STOP)
                    .u16(lowMillis)
                    .u16(highMillis)
                    .toBytes();
        }

        static ChannelCell decode(ByteReader in) throws ProtocolViolation {
            int version = in.u8("PADDING_NEGOTIATE version");
            int command = in.u8("PADDING_NEGOTIATE command");
            if (version != 0 || command != STOP && command != START) {
                throw new ProtocolViolation("PADDING_NEGOTIATE: version " + version + ", command " + command);
            }
            return new PaddingNegotiate(command == START, in.u16("ito_low_ms"), in.u16("ito_high_ms"));
        }
    }

    /** The first hop of a client that does not know the relay's onion key; {@code x} has 20 bytes. */
    record CreateFast(byte[] x) implements ChannelCell {
        public static final int BYTES = 20;

        @Override
        public int command() {
            return CellCommand.CREATE_FAST;
        }

        @Override
        public byte[] body() {
            return x;
        }
    }

    /** The answer to {@link CreateFast}: 20 bytes of the relay's and 20 that prove the key. */
    record CreatedFast(byte[] reply) implements ChannelCell {
        public static final int BYTES = 40;

        @Override
        public int command() {
            return CellCommand.CREATED_FAST;
        }

        @Override
        public byte[] body() {
            return reply;
        }
    }

    /** A request for a circuit, with the {@link HandshakeType} and its data. */
    record Create2(int handshakeType, byte[] data) implements ChannelCell {
        @Override
        public int command() {
            return CellCommand.CREATE2;
        }

        @Override
        public byte[] body() {
            return new ByteWriter(4 + data.length)
                    .u16(handshakeType)
                    .u16(data.length)
                    .put(data)
                    .toBytes();
        }

        static Create2 decode(ByteReader in) throws ProtocolViolation {
            int type = in.u16("HTYPE");
            return new Create2(type, in.take(in.u16("HLEN"), "HDATA"));
        }
    }

    /** The answer to {@link Create2}. */
    record Created2(byte[] data) implements ChannelCell {
        @Override
        public int command() {
            return CellCommand.CREATED2;
        }

        @Override
        public byte[] body() {
            return new ByteWriter(2 + data.length).u16(data.length).put(data).toBytes();
        }

        static Created2 decode(ByteReader in) throws ProtocolViolation {
            return new Created2(in.take(in.u16("HLEN"), "HDATA"));
        }
    }

    /** A request in the oldest form, which is only ever refused. */
    record Create(byte[] body) implements ChannelCell {
        @Override
        public int command() {
            return CellCommand.CREATE;
        }
    }

    /** The answer in the oldest form, which we never asked for. */
    record Created(byte[] body) implements ChannelCell {
        @Override
        public int command() {
            return CellCommand.CREATED;
        }
    }

    /** An encrypted relay cell; {@code body} has 509 bytes. */
    record Relay(byte[] body) implements ChannelCell {
        @Override
        public int command() {
            return CellCommand.RELAY;
        }
    }

    /** An encrypted relay cell that may carry EXTEND2; {@code body} has 509 bytes. */
    record RelayEarly(byte[] body) implements ChannelCell {
        @Override
        public int command() {
            return CellCommand.RELAY_EARLY;
        }
    }

    /** The circuit is gone. */
    record Destroy(DestroyReason reason) implements ChannelCell {
        @Override
        public int command() {
            return CellCommand.DESTROY;
        }

        @Override
        public byte[] body() {
            return new byte[] {(byte) reason.code()};
        }
    }

    /** A cell with a command that we do not know, to be ignored. */
    record Unknown(int command, byte[] body) implements ChannelCell {}

    /** Nothing but padding. */
    byte[] NOTHING = new byte[0];

    /**
     * Reads the body of a cell: {@code length} bytes from {@code offset}, of a fixed cell all 509. Bytes after the
     * fields are padding and ignored, but for VERSIONS, which has none.
     */
    static ChannelCell decode(int command, byte[] buffer, int offset, int length) throws ProtocolViolation {
        ByteReader in = new ByteReader(buffer, offset, length);
        try {
            return switch (command) {
                case CellCommand.PADDING -> new Padding();
                case CellCommand.CREATE -> new Create(in.rest());
                case CellCommand.CREATED -> new Created(in.rest());
                case CellCommand.RELAY -> new Relay(relayBody(in));
                case CellCommand.DESTROY -> new Destroy(DestroyReason.of(in.u8("reason")));
                case CellCommand.CREATE_FAST -> new CreateFast(in.take(CreateFast.BYTES, "X"));
                case CellCommand.CREATED_FAST -> new CreatedFast(in.take(CreatedFast.BYTES, "Y and KH"));
                case CellCommand.VERSIONS -> Versions.decode(in);
                case CellCommand.NETINFO -> NetInfo.decode(in);
                case CellCommand.RELAY_EARLY -> new RelayEarly(relayBody(in));
                case CellCommand.CREATE2 -> Create2.decode(in);
                case CellCommand.CREATED2 -> Created2.decode(in);
                case CellCommand.PADDING_NEGOTIATE -> PaddingNegotiate.decode(in);
                case CellCommand.VPADDING -> new VPadding(length);
                case CellCommand.CERTS -> Certs.decode(in);
                case CellCommand.AUTH_CHALLENGE -> AuthChallenge.decode(in);
                case CellCommand.AUTHENTICATE -> Authenticate.decode(in);
                default -> new Unknown(command, in.rest());
            };
        } catch (ProtocolViolation wrong) {
            throw wrong.in(CellCommand.name(command));
        }
    }

    private static byte[] relayBody(ByteReader in) throws ProtocolViolation {
        byte[] body = in.take(CellCodec.BODY_BYTES, "relay body");
        in.expectEnd("relay body");
        return body;
    }

    /** Whether both say the same: records compare arrays by identity, and cells are compared in tests by their bytes. */
    static boolean same(ChannelCell one, ChannelCell other) {
        return one.command() == other.command() && Arrays.equals(one.body(), other.body());
    }
}
