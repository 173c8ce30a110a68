package io.allium.base;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;

/** An IP address and a TCP port. Immutable. */
public record Endpoint(InetAddress address, int port) {
    public Endpoint {
        if (port < 0 || port > 0xffff) {
            throw new IllegalArgumentException("port " + port + " is not between 0 and 65535");
        }
    }

    public boolean isIpv6() {
        return address instanceof Inet6Address;
    }

    /** Reads {@code 192.0.2.1:80} or {@code [2001:db8::1]:80}; never looks a name up. */
    public static Endpoint parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("'" + text + "' is not ADDRESS:PORT");
        }
        return new Endpoint(parseAddress(text.substring(0, colon)), parsePort(text.substring(colon + 1)));
    }

    /** Reads an address literal, IPv6 with or without brackets; never looks a name up. */
    public static InetAddress parseAddress(String text) {
        String bare = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        try {
            if (bare.indexOf(':') >= 0 && bare.indexOf('%') < 0) {
                return InetAddress.ofLiteral(bare);
            }
            return InetAddress.getByAddress(quad(bare));
        } catch (IllegalArgumentException | UnknownHostException notAnAddress) {
            throw new IllegalArgumentException("'" + text + "' is not an IP address", notAnAddress);
        }
    }

    /** Whether the text is an IPv4 or IPv6 literal. */
    public static boolean isAddress(String text) {
        try {
            parseAddress(text);
            return true;
        } catch (IllegalArgumentException notAnAddress) {
            return false;
        }
    }

    /** Whether an address is this machine's, of a private network, or routed nowhere, as C tor counts them. */
    public static boolean isInternal(InetAddress address) {
        byte[] raw = address.getAddress();
        boolean unroutable = address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress();
        boolean thisNetwork = raw.length == 4 && raw[0] == 0;
        boolean sharedByCarriers = raw.length == 4 && raw[0] == 100 && (raw[1] & 0xc0) == 64; // RFC 6598
        boolean uniqueLocal = raw.length == 16 && (raw[0] & 0xfe) == 0xfc; // RFC 4193
        return unroutable || thisNetwork || sharedByCarriers || uniqueLocal;
    }

    /** The address as Tor's documents write it: IPv6 compressed, lower case, without brackets. */
    public static String text(InetAddress address) {
        byte[] raw = address.getAddress();
        if (raw.length == 4) {
            return (raw[0] & 0xff) + "." + (raw[1] & 0xff) + "." + (raw[2] & 0xff) + "." + (raw[3] & 0xff);
        }
        return ipv6(raw);
    }

    @Override
    public String toString() {
        return isIpv6() ? "[" + text(address) + "]:" + port : text(address) + ":" + port;
    }

    private static int parsePort(String text) {
        int port = decimal(text, 0, text.length(), 5);
        if (port < 0) {
            throw new IllegalArgumentException("'" + text + "' is not a port");
        }
        return port;
    }

    private static byte[] quad(String text) {
        byte[] raw = new byte[4];
        int from = 0;
        for (int i = 0; i < raw.length; i++) {
            int dot = i < raw.length - 1 ? text.indexOf('.', from) : text.length();
            if (dot < 0) {
                throw new IllegalArgumentException("not four numbers");
            }
            int value = decimal(text, from, dot, 3);
            if (value < 0 || value > 255) {
                throw new IllegalArgumentException("'" + text.substring(from, dot) + "' is not between 0 and 255");
            }
            raw[i] = (byte) value;
            from = dot + 1;
        }
        return raw;
    }

    /** The number that these digits are, of which there must be one and may be so many; -1 if they are none. */
    private static int decimal(String text, int from, int to, int digits) {
        if (to - from < 1 || to - from > digits) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + (c - '0');
        }
        return value;
    }

    /** RFC 5952: the longest run of two or more zero groups becomes {@code ::}. */
    private static String ipv6(byte[] raw) {
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (raw[2 * i] & 0xff) << 8 | (raw[2 * i + 1] & 0xff);
        }
        int from = -1;
        int longest = 1;
        for (int i = 0; i < 8; i++) {
            int run = 0;
            while (i + run < 8 && groups[i + run] == 0) {
                run++;
            }
            if (run > longest) {
                from = i;
                longest = run;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == from) {
                text.append("::");
                i += longest - 1;
            } else {
                if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]).toLowerCase(Locale.ROOT));
            }
        }
        return text.toString();
    }
}
