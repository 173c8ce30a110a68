package io.allium.app;

import io.allium.base.ByteStream;
import io.allium.base.ByteWriter;
import io.allium.base.Endpoint;
import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.control.ControlText;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The SOCKS protocol, versions 4, 4a and 5, as a port speaks it with one application. It reads exactly the bytes of the
 * request and leaves what follows to the stream. Confined to one session.
 *
 * @spec socks-extensions 1, 2, 4
 */
final class SocksDialogue {
    /** The longest user name or host name of SOCKS 4, which only a NUL ends; twice what SOCKS 5 can say. */
    static final int TEXT_MAX = 512;
    /** A user name that begins so asks for more than isolation. */
    private static final String RESERVED_USERNAME = "<torS0X>";
    /** The one form of such a user name that means nothing but isolation by password. */
    private static final String PLAIN_FORMAT = RESERVED_USERNAME + "0";

    private static final int VERSION_4 = 4;
    private static final int VERSION_5 = 5;
    private static final int AUTH_VERSION = 1;
    private static final int NO_AUTH = 0;
    private static final int USERNAME_PASSWORD = 2;
    private static final int NONE_ACCEPTABLE = 0xff;
    private static final int GRANTED_4 = 0x5a;
    private static final int REJECTED_4 = 0x5b;
    private static final int IPV4 = 1;
    private static final int NAME = 3;
    private static final int IPV6 = 4;

    private static final byte[] NOT_HTTP = """
            HTTP/1.0 501 Tor is not an HTTP Proxy\r
            Content-Type: text/html; charset=iso-8859-1\r
            Connection: close\r
            \r
            <!doctype html>
            <html><head><title>This is a SOCKS proxy, not an HTTP proxy</title></head>
            <body><h1>This is a SOCKS proxy, not an HTTP proxy</h1>
            <p>Your program is set up to use this port as an HTTP proxy, and it speaks SOCKS only. Choose
            "SOCKS host" in the program's proxy settings, with this address and port, and leave the HTTP proxy
            empty.</p></body></html>
            """.getBytes(StandardCharsets.ISO_8859_1);

    private final ByteStream application;
    private final boolean preferNoAuth;
    private final boolean extendedErrors;
    private int version;

    SocksDialogue(ByteStream application, boolean preferNoAuth, boolean extendedErrors) {
        this.application = application;
        this.preferNoAuth = preferNoAuth;
        this.extendedErrors = extendedErrors;
    }

    /**
     * Reads the request, answering what SOCKS 5 asks before it.
     *
     * @throws ProtocolViolation if it is not SOCKS; the application has been told if it could be
     * @throws Refused if it asks for what no port can do; it has not been answered yet
     */
    SocksRequest readRequest() throws IOException, ProtocolViolation, Refused {
        int first = u8();
        return switch (first) {
            case VERSION_4 -> readVersion4();
            case VERSION_5 -> readVersion5();
            case 'G', 'H', 'P', 'C', 'O', 'D', 'T' -> {
                application.write(NOT_HTTP);
                throw new ProtocolViolation("Socks version " + first
                        + " not recognized. (This port is not an HTTP proxy; did you want to use HTTPTunnelPort?)");
            }
            default -> throw new ProtocolViolation("Socks version " + first + " not recognized.");
        };
    }

    /** Tells a connection's outcome. */
    void reply(SocksReply reply) throws IOException {
        if (version == VERSION_4) {
            write(reply4(reply, new byte[4]));
        } else {
            write(header5(reply).u8(IPV4).zeros(4).u16(0));
        }
    }

    /** Tells the address of a name. */
    void replyAddress(InetAddress address) throws IOException {
        byte[] raw = address.getAddress();
        if (version == VERSION_4) {
            write(
                    raw.length == 4
                            ? reply4(SocksReply.SUCCEEDED, raw)
                            : reply4(SocksReply.GENERAL_FAILURE, new byte[4]));
        } else {
            write(header5(SocksReply.SUCCEEDED)
                    .u8(raw.length == 4 ? IPV4 : IPV6)
                    .put(raw)
                    .u16(0));
        }
    }

    /** Tells the name of an address. */
    void replyName(String name) throws IOException {
        byte[] raw = name.getBytes(StandardCharsets.ISO_8859_1);
        write(header5(SocksReply.SUCCEEDED).u8(NAME).u8(raw.length).put(raw).u16(0));
    }

    private SocksRequest readVersion4() throws IOException, ProtocolViolation, Refused {
        version = VERSION_4;
        int code = u8();
        int port = u16();
        byte[] address = bytes(4);
        String username = ControlText.of(textToNul("user name").getBytes(StandardCharsets.ISO_8859_1));
        boolean named = address[0] == 0 && address[1] == 0 && address[2] == 0 && address[3] != 0;
        String host = named ? textToNul("host name") : Endpoint.text(address(address));
        Optional<SocksRequest.Auth> auth =
                username.isEmpty() ? Optional.empty() : Optional.of(new SocksRequest.Auth(username, ""));
        SocksRequest.Command command = command(code);
        if (command == SocksRequest.Command.RESOLVE_PTR) {
            throw unknownCommand(code);
        }
        return new SocksRequest(VERSION_4, command, host, port, auth, !named);
    }

    private SocksRequest readVersion5() throws IOException, ProtocolViolation, Refused {
        version = VERSION_5;
        byte[] methods = bytes(u8());
        Optional<SocksRequest.Auth> auth = Optional.empty();
        int method = choose(methods);
        write(new ByteWriter(2).u8(VERSION_5).u8(method));
        if (method == NONE_ACCEPTABLE) {
            throw new ProtocolViolation("socks5: no authentication method that we know is offered");
        }
        if (method == USERNAME_PASSWORD) {
            expect(AUTH_VERSION, "authentication");
            auth = Optional.of(readAuth());
        }
        int first = u8();
        if (first == AUTH_VERSION && auth.isEmpty()) { // some send a password though none was asked for
            auth = Optional.of(readAuth());
            first = u8();
        }
        if (first != VERSION_5) {
            throw new ProtocolViolation("socks5: the request has version " + first);
        }
        int code = u8();
        u8(); // reserved
        int type = u8();
        String host = switch (type) {
            case IPV4 -> Endpoint.text(address(bytes(4)));
            case IPV6 -> Endpoint.text(address(bytes(16)));
            case NAME -> text(bytes(u8()));
            default -> throw new Refused(Refused.Kind.ADDRESS_TYPE, "socks5: address type " + type + " not recognized");
        };
        int port = u16();
        return new SocksRequest(VERSION_5, command(code), bare(host), port, auth, type != NAME);
    }

    private int choose(byte[] methods) {
        boolean password = contains(methods, USERNAME_PASSWORD);
        boolean none = contains(methods, NO_AUTH);
        if (password && !(preferNoAuth && none)) {
            return USERNAME_PASSWORD;
        }
        return none ? NO_AUTH : NONE_ACCEPTABLE;
    }

    private SocksRequest.Auth readAuth() throws IOException, ProtocolViolation {
        String username = ControlText.of(bytes(u8()));
        String password = ControlText.of(bytes(u8()));
        if (username.startsWith(RESERVED_USERNAME) && !username.equals(PLAIN_FORMAT)) {
            write(new ByteWriter(2).u8(AUTH_VERSION).u8(1));
            throw new ProtocolViolation("socks5: the user name asks for something of <torS0X> that we do not know");
        }
        write(new ByteWriter(2).u8(AUTH_VERSION).u8(0));
        return new SocksRequest.Auth(username, password);
    }

    private static SocksRequest.Command command(int code) throws Refused {
        return switch (code) {
            case 0x01 -> SocksRequest.Command.CONNECT;
            case 0xf0 -> SocksRequest.Command.RESOLVE;
            case 0xf1 -> SocksRequest.Command.RESOLVE_PTR;
            default -> throw unknownCommand(code);
        };
    }

    private static Refused unknownCommand(int code) {
        return new Refused(Refused.Kind.COMMAND_UNKNOWN, "command " + code + " not recognized");
    }

    private ByteWriter reply4(SocksReply reply, byte[] address) {
        int code = reply == SocksReply.SUCCEEDED ? GRANTED_4 : REJECTED_4;
        return new ByteWriter(8).u8(0).u8(code).u16(0).put(address);
    }

    private ByteWriter header5(SocksReply reply) {
        SocksReply said = extendedErrors ? reply : reply.plain();
        return new ByteWriter(32).u8(VERSION_5).u8(said.code()).u8(0);
    }

    private void write(ByteWriter message) throws IOException {
        application.write(message.toBytes());
    }

    private void expect(int expected, String what) throws IOException, ProtocolViolation {
        int found = u8();
        if (found != expected) {
            throw new ProtocolViolation("socks5: " + what + " has version " + found);
        }
    }

    private int u8() throws IOException {
        return bytes(1)[0] & 0xff;
    }

    private int u16() throws IOException {
        byte[] two = bytes(2);
        return (two[0] & 0xff) << 8 | (two[1] & 0xff);
    }

    private byte[] bytes(int count) throws IOException {
        byte[] bytes = new byte[count];
        int filled = 0;
        while (filled < count) {
            int got = application.read(bytes, filled, count - filled);
            if (got < 0) {
                throw new EOFException("the application closed the connection inside its request");
            }
            filled += got;
        }
        return bytes;
    }

    private String textToNul(String what) throws IOException, ProtocolViolation {
        StringBuilder text = new StringBuilder();
        for (int c = u8(); c != 0; c = u8()) {
            if (text.length() == TEXT_MAX) {
                throw new ProtocolViolation("socks4: the " + what + " is longer than " + TEXT_MAX + " bytes");
            }
            text.append((char) c);
        }
        return text.toString();
    }

    /** Some send an IPv6 address as a name, in brackets. */
    private static String bare(String host) {
        return host.startsWith("[") && Endpoint.isAddress(host) ? host.substring(1, host.length() - 1) : host;
    }

    private static String text(byte[] raw) {
        return new String(raw, StandardCharsets.ISO_8859_1);
    }

    private static InetAddress address(byte[] raw) {
        try {
            return InetAddress.getByAddress(raw);
        } catch (UnknownHostException onlyForOtherLengths) {
            throw new IllegalArgumentException(onlyForOtherLengths);
        }
    }

    private static boolean contains(byte[] values, int wanted) {
        for (byte value : values) {
            if ((value & 0xff) == wanted) {
                return true;
            }
        }
        return false;
    }
}
