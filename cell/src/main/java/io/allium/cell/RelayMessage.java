package io.allium.cell;

import io.allium.base.ByteReader;
import io.allium.base.ByteWriter;
import io.allium.base.Endpoint;
import io.allium.base.ProtocolViolation;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a recognised relay cell says. The arrays in these records are not copied: whoever makes one gives them away.
 *
 * @spec tor-spec 5.1.2, 6, 7.3; prop329 2
 */
public sealed interface RelayMessage
        permits RelayMessage.Begin,
                RelayMessage.Data,
                RelayMessage.End,
                RelayMessage.Connected,
                RelayMessage.SendMe,
                RelayMessage.Extend2,
                RelayMessage.Extended2,
                RelayMessage.Truncate,
                RelayMessage.Truncated,
                RelayMessage.Drop,
                RelayMessage.Resolve,
                RelayMessage.Resolved,
                RelayMessage.BeginDir,
                RelayMessage.Xon,
                RelayMessage.Xoff,
                RelayMessage.ConfluxLink,
                RelayMessage.ConfluxLinked,
                RelayMessage.ConfluxLinkedAck,
                RelayMessage.ConfluxSwitch,
                RelayMessage.Unknown,
                OnionServiceMessage {
    /** The command byte, see {@link RelayCommand}. */
    int command();

    /** The data field; at most {@link RelayCell#DATA_MAX} bytes. */
    byte[] data();

    /**
     * Open a stream to a host.
     *
     * @param host a name, or an address literal, IPv6 without brackets; empty towards an onion service
     * @param port 1 to 65535
     */
    record Begin(String host, int port, BeginFlags flags) implements RelayMessage {
        public Begin {
            if (port < 1 || port > 0xffff) {
                throw new IllegalArgumentException("port " + port + " is not between 1 and 65535");
            }
        }

        @Override
        public int command() {
            return RelayCommand.BEGIN;
        }

        @Override
        public byte[] data() {
            String address = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
            ByteWriter out = new ByteWriter()
                    .put((address + ":" + port).getBytes(StandardCharsets.ISO_8859_1))
                    .u8(0);
            return flags.equals(BeginFlags.NONE)
                    ? out.toBytes()
                    : out.u32(flags.bits()).toBytes();
        }

        static Begin decode(ByteReader in) throws ProtocolViolation {
            String addrPort = in.textToNul("ADDRPORT");
            BeginFlags flags = in.remaining() >= 4 ? BeginFlags.of(in.u32("FLAGS")) : BeginFlags.NONE;
            int colon = addrPort.lastIndexOf(':');
            if (colon < 0) {
                throw new ProtocolViolation("no ADDRESS:PORT");
            }
            return new Begin(host(addrPort.substring(0, colon)), port(addrPort.substring(colon + 1)), flags);
        }

        private static String host(String address) throws ProtocolViolation {
            if (!address.startsWith("[")) {
                if (address.indexOf(':') >= 0) {
                    throw new ProtocolViolation("a host with colons and without brackets");
                }
                return address;
            }
            if (!address.endsWith("]") || !Endpoint.isAddress(address)) {
                throw new ProtocolViolation("no IPv6 address between brackets");
            }
            return address.substring(1, address.length() - 1);
        }

        private static int port(String text) throws ProtocolViolation {
            int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
            if (port < 1 || port > 0xffff) {
                throw new ProtocolViolation("port not between 1 and 65535");
            }
            return port;
        }
    }

    /** Bytes of a stream. */
    record Data(byte[] data) implements RelayMessage {
        @Override
        public int command() {
            return RelayCommand.DATA;
        }
    }

    /**
     * The stream is over.
     *
     * @param address with {@link EndReason#EXITPOLICY}, the address that the policy does not allow
     * @param ttl seconds for which the address may be kept; 0xffffffff if it was not said
     */
    record End(EndReason reason, @Nullable InetAddress address, long ttl) implements RelayMessage {
        private static final long NO_TTL = 0xffffffffL;

        public End(EndReason reason) {
            this(reason, null, NO_TTL);
        }

        @Override
        public int command() {
            return RelayCommand.END;
        }

        @Override
        public byte[] data() {
            ByteWriter out = new ByteWriter().u8(reason.code());
            if (address != null) {
                out.put(address.getAddress()).u32(ttl);
            }
            return out.toBytes();
        }

        static End decode(ByteReader in) throws ProtocolViolation {
            EndReason reason = in.isEmpty() ? EndReason.MISC : EndReason.of(in.u8("reason"));
            if (reason != EndReason.EXITPOLICY) {
                return new End(reason);
            }
            return switch (in.remaining()) {
                case 4, 16 -> new End(reason, RelayMessage.address(in, in.remaining()), NO_TTL);
                case 8, 20 -> new End(reason, RelayMessage.address(in, in.remaining() - 4), in.u32("TTL"));
                default -> new End(reason);
            };
        }
    }

    /**
     * The stream is open.
     *
     * @param address what the exit connected to; null if it did not say, as directories don't
     * @param ttl seconds for which the address may be kept
     */
    record Connected(@Nullable InetAddress address, long ttl) implements RelayMessage {
        /** Without an address. */
        public static final Connected SILENT = new Connected(null, 0);

        private static final int IPV6 = 6;

        @Override
        public int command() {
            return RelayCommand.CONNECTED;
        }

        @Override
        public byte[] data() {
            if (address == null) {
                return new byte[0];
            }
            byte[] raw = address.getAddress();
            ByteWriter out = new ByteWriter();
            if (raw.length != 4) {
                out.zeros(4).u8(IPV6);
            }
            return out.put(raw).u32(ttl).toBytes();
        }

        static Connected decode(ByteReader in) throws ProtocolViolation {
            if (in.isEmpty()) {
                return SILENT;
            }
            byte[] ipv4 = in.take(4, "IPv4 address");
            if (new ByteReader(ipv4).u32("IPv4 address") == 0) {
                return in.isEmpty() ? SILENT : decodeIpv6(in);
            }
            return new Connected(RelayMessage.address(ipv4), in.isEmpty() ? 0 : in.u32("TTL"));
        }

        /** After four zero bytes; four zero bytes and a TTL, or zeros to the end, are an answer that says nothing. */
        private static Connected decodeIpv6(ByteReader in) throws ProtocolViolation {
            int type = in.u8("address type");
            if (type != IPV6) {
                return SILENT;
            }
            InetAddress address = RelayMessage.address(in, 16);
            long ttl = in.u32("TTL");
            return address instanceof Inet4Address && address.isAnyLocalAddress()
                    ? SILENT
                    : new Connected(address, ttl);
        }
    }

    /** Room for more: a version, and with version 1 the digest of the cell that is acknowledged. */
    record SendMe(int version, byte[] digest) implements RelayMessage {
        /** Of a stream, or of a circuit in the old form. */
        public static final SendMe PLAIN = new SendMe(0, new byte[0]);

        @Override
        public int command() {
            return RelayCommand.SENDME;
        }

        @Override
        public byte[] data() {
            return version == 0
                    ? new byte[0]
                    : new ByteWriter()
                            .u8(version)
                            .u16(digest.length)
                            .put(digest)
                            .toBytes();
        }

        static SendMe decode(ByteReader in) throws ProtocolViolation {
            int version = in.isEmpty() ? 0 : in.u8("VERSION");
            return version == 0 ? PLAIN : new SendMe(version, in.take(in.u16("DATA_LEN"), "DATA"));
        }
    }

    /** Lengthen the circuit by the relay of these specifiers. */
    record Extend2(List<LinkSpecifier> specifiers, int handshakeType, byte[] handshake) implements RelayMessage {
        public Extend2 {
            specifiers = List.copyOf(specifiers);
        }

        @Override
        public int command() {
            return RelayCommand.EXTEND2;
        }

        @Override
        public byte[] data() {
            ByteWriter out = new ByteWriter(256);
            LinkSpecifier.writeList(specifiers, out);
            return out.u16(handshakeType).u16(handshake.length).put(handshake).toBytes();
        }

        static Extend2 decode(ByteReader in) throws ProtocolViolation {
            List<LinkSpecifier> specifiers = LinkSpecifier.readList(in);
            int type = in.u16("HTYPE");
            return new Extend2(specifiers, type, in.take(in.u16("HLEN"), "HDATA"));
        }
    }

    /** The circuit is longer: the handshake's answer. */
    record Extended2(byte[] handshake) implements RelayMessage {
        @Override
        public int command() {
            return RelayCommand.EXTENDED2;
        }

        @Override
        public byte[] data() {
            return new ByteWriter(2 + handshake.length)
                    .u16(handshake.length)
                    .put(handshake)
                    .toBytes();
        }

        static Extended2 decode(ByteReader in) throws ProtocolViolation {
            return new Extended2(in.take(in.u16("HLEN"), "HDATA"));
        }
    }

    /** Drop everything after this hop. */
    record Truncate(DestroyReason reason) implements RelayMessage {
        @Override
        public int command() {
            return RelayCommand.TRUNCATE;
        }

        @Override
        public byte[] data() {
            return new byte[] {(byte) reason.code()};
        }
    }

    /** Everything after this hop is gone. */
    record Truncated(DestroyReason reason) implements RelayMessage {
        @Override
        public int command() {
            return RelayCommand.TRUNCATED;
        }

        @Override
        public byte[] data() {
            return new byte[] {(byte) reason.code()};
        }
    }

    /** Padding for the length of a circuit. */
    record Drop() implements RelayMessage {
        @Override
        public int command() {
            return RelayCommand.DROP;
        }

        @Override
        public byte[] data() {
            return new byte[0];
        }
    }

    /** Look a name up, or an address in its in-addr.arpa form. */
    record Resolve(String name) implements RelayMessage {
        @Override
        public int command() {
            return RelayCommand.RESOLVE;
        }

        @Override
        public byte[] data() {
            return new ByteWriter()
                    .put(name.getBytes(StandardCharsets.ISO_8859_1))
                    .u8(0)
                    .toBytes();
        }
    }

    /** What the lookup found. */
    record Resolved(List<Answer> answers) implements RelayMessage {
        public Resolved {
            answers = List.copyOf(answers);
        }

        /** One of the answers, and for how many seconds it may be kept. */
        public sealed interface Answer {
            long ttl();
        }

        public record Address(InetAddress address, long ttl) implements Answer {}

        public record HostName(String name, long ttl) implements Answer {}

        /** Nothing was found; {@code transientError} if it is worth trying again. */
        public record Failure(boolean transientError, long ttl) implements Answer {}

        private static final int HOST_NAME = 0;
        private static final int IPV4 = 4;
        private static final int IPV6 = 6;
        private static final int TRANSIENT = 0xf0;
        private static final int NONTRANSIENT = 0xf1;
        private static final byte[] FAILURE_TEXT =
                "Error resolving hostname".getBytes(StandardCharsets.US_ASCII); // the text that relays send: 6.4

        @Override
        public int command() {
            return RelayCommand.RESOLVED;
        }

        @Override
        public byte[] data() {
            ByteWriter out = new ByteWriter();
            for (Answer answer : answers) {
                switch (answer) {
                    case Address found -> {
                        byte[] raw = found.address.getAddress();
                        write(raw.length == 4 ? IPV4 : IPV6, raw, found.ttl, out);
                    }
                    case HostName found ->
                        write(HOST_NAME, found.name.getBytes(StandardCharsets.ISO_8859_1), found.ttl, out);
                    case Failure failure ->
                        write(failure.transientError ? TRANSIENT : NONTRANSIENT, failureText(), failure.ttl, out);
                }
            }
            return out.toBytes();
        }

        /** Among other answers it is left out: with it, they might not fit into a cell. */
        private byte[] failureText() {
            return answers.size() == 1 ? FAILURE_TEXT : new byte[0];
        }

        private static void write(int type, byte[] value, long ttl, ByteWriter out) {
            out.u8(type).u8(value.length).put(value).u32(ttl);
        }

        static Resolved decode(ByteReader in) throws ProtocolViolation {
            List<Answer> answers = new ArrayList<>();
            while (!in.isEmpty()) {
                int type = in.u8("answer type");
                byte[] value = in.take(in.u8("answer length"), "answer");
                long ttl = in.u32("TTL");
                switch (type) {
                    case HOST_NAME -> answers.add(new HostName(new String(value, StandardCharsets.ISO_8859_1), ttl));
                    case IPV4, IPV6 -> answers.add(new Address(address(type, value), ttl));
                    case TRANSIENT, NONTRANSIENT -> answers.add(new Failure(type == TRANSIENT, ttl));
                    default -> {} // a kind of answer from the future
                }
            }
            return new Resolved(answers);
        }

        private static InetAddress address(int type, byte[] value) throws ProtocolViolation {
            if (value.length != (type == IPV4 ? 4 : 16)) {
                throw new ProtocolViolation("an address of " + value.length + " bytes");
            }
            return RelayMessage.address(value);
        }
    }

    /** Open a stream to the relay's own directory. */
    record BeginDir() implements RelayMessage {
        @Override
        public int command() {
            return RelayCommand.BEGIN_DIR;
        }

        @Override
        public byte[] data() {
            return new byte[0];
        }
    }

    /** The sender may be sent data again, at this many kilobytes a second; 0 is as fast as can be. */
    record Xon(long kilobytesPerSecond) implements RelayMessage {
        @Override
        public int command() {
            return RelayCommand.XON;
        }

        @Override
        public byte[] data() {
            return new ByteWriter().u8(0).u32(kilobytesPerSecond).toBytes();
        }

        static Xon decode(ByteReader in) throws ProtocolViolation {
            expectVersionZero(in);
            return new Xon(in.u32("kbps_ewma"));
        }
    }

    /** The sender wants no more data on this stream for now. */
    record Xoff() implements RelayMessage {
        @Override
        public int command() {
            return RelayCommand.XOFF;
        }

        @Override
        public byte[] data() {
            return new byte[] {0};
        }

        static Xoff decode(ByteReader in) throws ProtocolViolation {
            expectVersionZero(in);
            return new Xoff();
        }
    }

    /** Make this circuit a leg of a set; from the client to the last hop. */
    record ConfluxLink(ConfluxTerms terms) implements RelayMessage {
        @Override
        public int command() {
            return RelayCommand.CONFLUX_LINK;
        }

        @Override
        public byte[] data() {
            return terms.encode();
        }
    }

    /** This circuit is a leg now. */
    record ConfluxLinked(ConfluxTerms terms) implements RelayMessage {
        @Override
        public int command() {
            return RelayCommand.CONFLUX_LINKED;
        }

        @Override
        public byte[] data() {
            return terms.encode();
        }
    }

    /** CONFLUX_LINKED arrived: lets the exit measure how long the leg is. What else it may carry says nothing yet. */
    record ConfluxLinkedAck() implements RelayMessage {
        @Override
        public int command() {
            return RelayCommand.CONFLUX_LINKED_ACK;
        }

        @Override
        public byte[] data() {
            return new byte[0];
        }
    }

    /**
     * What comes next in sequence comes on this leg.
     *
     * @param skipped how many cells went over other legs since this one's last: 0 to 2^32 - 1
     */
    record ConfluxSwitch(long skipped) implements RelayMessage {
        /** The most that one SWITCH can say. */
        public static final long SKIPPED_MAX = 0xffffffffL;

        public ConfluxSwitch {
            if (skipped < 0 || skipped > SKIPPED_MAX) {
                throw new IllegalArgumentException(skipped + " cells skipped");
            }
        }

        @Override
        public int command() {
            return RelayCommand.CONFLUX_SWITCH;
        }

        @Override
        public byte[] data() {
            return new ByteWriter().u32(skipped).toBytes();
        }
    }

    /** A message that we do not know, to be ignored unless its command says otherwise to the reader. */
    record Unknown(int command, byte[] data) implements RelayMessage {}

    /** Reads a message whose data are all that {@code in} has. */
    static RelayMessage decode(int command, ByteReader in) throws ProtocolViolation {
        return switch (command) {
            case RelayCommand.BEGIN -> Begin.decode(in);
            case RelayCommand.DATA -> new Data(in.rest());
            case RelayCommand.END -> End.decode(in);
            case RelayCommand.CONNECTED -> Connected.decode(in);
            case RelayCommand.SENDME -> SendMe.decode(in);
            case RelayCommand.TRUNCATE -> new Truncate(reason(in));
            case RelayCommand.TRUNCATED -> new Truncated(reason(in));
            case RelayCommand.DROP -> new Drop();
            case RelayCommand.RESOLVE -> new Resolve(in.textToNul("name"));
            case RelayCommand.RESOLVED -> Resolved.decode(in);
            case RelayCommand.BEGIN_DIR -> new BeginDir();
            case RelayCommand.EXTEND2 -> Extend2.decode(in);
            case RelayCommand.EXTENDED2 -> Extended2.decode(in);
            case RelayCommand.CONFLUX_LINK -> new ConfluxLink(ConfluxTerms.decode(in));
            case RelayCommand.CONFLUX_LINKED -> new ConfluxLinked(ConfluxTerms.decode(in));
            case RelayCommand.CONFLUX_LINKED_ACK -> new ConfluxLinkedAck();
            case RelayCommand.CONFLUX_SWITCH -> new ConfluxSwitch(in.u32("SeqNum"));
            case RelayCommand.ESTABLISH_INTRO -> new OnionServiceMessage.EstablishIntro(IntroPointClaim.decode(in));
            case RelayCommand.INTRO_ESTABLISHED -> OnionServiceMessage.IntroEstablished.decode(in);
            case RelayCommand.INTRODUCE1 -> new OnionServiceMessage.Introduce1(Introduction.decode(in));
            case RelayCommand.INTRODUCE2 -> new OnionServiceMessage.Introduce2(Introduction.decode(in));
            case RelayCommand.INTRODUCE_ACK -> OnionServiceMessage.IntroduceAck.decode(in);
            case RelayCommand.ESTABLISH_RENDEZVOUS ->
                new OnionServiceMessage.EstablishRendezvous(RendezvousCookie.decode(in));
            case RelayCommand.RENDEZVOUS_ESTABLISHED -> new OnionServiceMessage.RendezvousEstablished();
            case RelayCommand.RENDEZVOUS1 -> OnionServiceMessage.Rendezvous1.decode(in);
            case RelayCommand.RENDEZVOUS2 -> new OnionServiceMessage.Rendezvous2(in.rest());
            case RelayCommand.XON -> Xon.decode(in);
            case RelayCommand.XOFF -> Xoff.decode(in);
            default -> new Unknown(command, in.rest());
        };
    }

    /** The data of a message as a peer sent them; names the command in what is wrong. */
    static RelayMessage decode(int command, byte[] data) throws ProtocolViolation {
        if (data.length > RelayCell.DATA_MAX) {
            throw new ProtocolViolation(RelayCommand.name(command) + ": " + data.length + " bytes of data");
        }
        try {
            return decode(command, new ByteReader(data));
        } catch (ProtocolViolation wrong) {
            throw wrong.in(RelayCommand.name(command));
        }
    }

    private static DestroyReason reason(ByteReader in) throws ProtocolViolation {
        return in.isEmpty() ? DestroyReason.NONE : DestroyReason.of(in.u8("reason"));
    }

    private static void expectVersionZero(ByteReader in) throws ProtocolViolation {
        int version = in.u8("version");
        if (version != 0) {
            throw new ProtocolViolation("version " + version);
        }
    }

    private static InetAddress address(ByteReader in, int length) throws ProtocolViolation {
        return address(in.take(length, "address"));
    }

    private static InetAddress address(byte[] raw) throws ProtocolViolation {
        try {
            return InetAddress.getByAddress(raw);
        } catch (UnknownHostException wrongLength) {
            throw new ProtocolViolation("an address of " + raw.length + " bytes", wrongLength);
        }
    }
}
