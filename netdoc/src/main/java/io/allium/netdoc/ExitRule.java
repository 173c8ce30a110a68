package io.allium.netdoc;

import io.allium.base.Endpoint;
import io.allium.base.Untrusted;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * One line of an exit policy: accepts or rejects some addresses of one family at some ports. Immutable.
 *
 * @param network the first address of the network; its other bits are zero
 * @param bits how many leading bits of an address must be the network's; 0 for every address of the family
 */
public record ExitRule(boolean accepts, InetAddress network, int bits, PortRange ports) {
    public ExitRule {
        if (bits < 0 || bits > 8 * network.getAddress().length) {
            throw new IllegalArgumentException(bits + " bits of " + network);
        }
        network = masked(network, bits);
    }

    /** All IPv4 addresses at these ports. */
    public static ExitRule ofAllIpv4(boolean accepts, PortRange ports) {
        return new ExitRule(accepts, ALL_IPV4, 0, ports);
    }

    /** All IPv6 addresses at these ports. */
    public static ExitRule ofAllIpv6(boolean accepts, PortRange ports) {
        return new ExitRule(accepts, ALL_IPV6, 0, ports);
    }

    /**
     * Reads {@code ADDRESS[/MASK]:PORTS}, where the address may be {@code *} for all of IPv4, or of IPv6 if
     * {@code ipv6} says so.
     */
    static ExitRule parse(boolean accepts, String pattern, boolean ipv6) throws Untrusted {
        Split split = Split.of(pattern);
        PortRange ports = ports(split.ports(), pattern);
        if (split.address().equals("*")) {
            if (split.mask() != null) {
                throw new Untrusted("'" + pattern + "' has a mask for every address");
            }
            return ipv6 ? ofAllIpv6(accepts, ports) : ofAllIpv4(accepts, ports);
        }
        InetAddress address = address(split.address(), pattern);
        return new ExitRule(accepts, address, bits(split.mask(), address, pattern), ports);
    }

    public boolean isIpv6() {
        return network.getAddress().length == IPV6_LENGTH;
    }

    /** Whether the rule decides about this destination. */
    public boolean matches(InetAddress address, int port) {
        return ports.contains(port) && contains(address);
    }

    /** Whether the address is one of the network's. */
    public boolean contains(InetAddress address) {
        byte[] raw = address.getAddress();
        byte[] base = network.getAddress();
        return raw.length == base.length && samePrefix(raw, base, bits);
    }

    /** Whether the rule decides about every address of its family at every port. */
    boolean isCatchAll() {
        return bits == 0 && ports.low() <= 1 && ports.high() == PortRange.MAX_PORT;
    }

    /** Whether the rule decides about all that the other decides about. */
    boolean covers(ExitRule other) {
        return isIpv6() == other.isIpv6()
                && bits <= other.bits
                && contains(other.network)
                && ports.contains(other.ports);
    }

    /** Whether there are destinations that both rules decide about. */
    boolean intersects(ExitRule other) {
        return isIpv6() == other.isIpv6()
                && samePrefix(network.getAddress(), other.network.getAddress(), Math.min(bits, other.bits))
                && ports.touches(other.ports);
    }

    /** As server descriptors write it: {@code reject 10.0.0.0/8:*}. */
    public String text() {
        StringBuilder text = new StringBuilder(accepts ? "accept" : "reject");
        text.append(isIpv6() ? "6 " : " ");
        if (bits == 0) {
            text.append('*');
        } else {
            String address = Endpoint.text(network);
            text.append(isIpv6() ? "[" + address + "]" : address);
            if (bits < 8 * network.getAddress().length) {
                text.append('/').append(bits);
            }
        }
        text.append(':');
        return (ports.low() <= 1 && ports.high() == PortRange.MAX_PORT ? text.append('*') : text.append(ports))
                .toString();
    }

    @Override
    public String toString() {
        return text();
    }

    static PortRange ports(String text, String pattern) throws Untrusted {
        if (text.equals("*")) {
            return new PortRange(1, PortRange.MAX_PORT);
        }
        int dash = text.indexOf('-');
        int low = port(dash < 0 ? text : text.substring(0, dash), pattern);
        int high = dash < 0 ? low : port(text.substring(dash + 1), pattern);
        if (low > high) {
            throw new Untrusted("'" + pattern + "': the ports end before they begin");
        }
        return new PortRange(low, high);
    }

    private static int port(String text, String pattern) throws Untrusted {
        if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new Untrusted("'" + pattern + "': '" + text + "' is not a port");
        }
        int port = Integer.parseInt(text);
        if (port < 1 || port > PortRange.MAX_PORT) {
            throw new Untrusted("'" + pattern + "': '" + text + "' is not a port");
        }
        return port;
    }

    private static InetAddress address(String text, String pattern) throws Untrusted {
        try {
            return Endpoint.parseAddress(text);
        } catch (IllegalArgumentException notAnAddress) {
            throw new Untrusted("'" + pattern + "': '" + text + "' is not an address", notAnAddress);
        }
    }

    private static int bits(@Nullable String mask, InetAddress address, String pattern) throws Untrusted {
        int most = 8 * address.getAddress().length;
        if (mask == null) {
            return most;
        }
        if (mask.indexOf('.') >= 0 && most == 32) {
            return dottedBits(address(mask, pattern).getAddress(), pattern);
        }
        if (mask.isEmpty() || mask.length() > 3 || !mask.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new Untrusted("'" + pattern + "': '" + mask + "' is not a mask");
        }
        int bits = Integer.parseInt(mask);
        if (bits > most) {
            throw new Untrusted("'" + pattern + "': an address has " + most + " bits");
        }
        return bits;
    }

    /** The number of leading ones in a mask such as 255.255.0.0. */
    private static int dottedBits(byte[] mask, String pattern) throws Untrusted {
        int value = (mask[0] & 0xff) << 24 | (mask[1] & 0xff) << 16 | (mask[2] & 0xff) << 8 | (mask[3] & 0xff);
        int bits = Integer.numberOfLeadingZeros(~value);
        if (bits < 32 && value << bits != 0) {
            throw new Untrusted("'" + pattern + "': the mask has ones after a zero");
        }
        return bits;
    }

    private static InetAddress masked(InetAddress address, int bits) {
        byte[] raw = address.getAddress();
        for (int bit = bits; bit < 8 * raw.length; bit++) {
            raw[bit / 8] &= (byte) ~(0x80 >>> bit % 8);
        }
        return inet(raw);
    }

    private static boolean samePrefix(byte[] one, byte[] other, int bits) {
        for (int i = 0; i < bits / 8; i++) {
            if (one[i] != other[i]) {
                return false;
            }
        }
        int left = bits % 8;
        return left == 0 || ((one[bits / 8] ^ other[bits / 8]) & 0xff) >>> 8 - left == 0;
    }

    private static InetAddress inet(byte[] raw) {
        try {
            return InetAddress.getByAddress(raw);
        } catch (UnknownHostException impossible) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes", impossible);
        }
    }

    private static final int IPV6_LENGTH = 16;
    private static final InetAddress ALL_IPV4 = inet(new byte[4]);
    private static final InetAddress ALL_IPV6 = inet(new byte[IPV6_LENGTH]);

    /** The parts of {@code ADDRESS[/MASK][:PORTS]}; no ports are all ports. */
    record Split(String address, @Nullable String mask, String ports) {
        static Split of(String pattern) throws Untrusted {
            int addressEnd = 0;
            if (pattern.startsWith("[")) {
                addressEnd = pattern.indexOf(']');
                if (addressEnd < 0) {
                    throw new Untrusted("'" + pattern + "' has no ] after its address");
                }
            }
            int slash = pattern.indexOf('/', addressEnd);
            int colon = pattern.indexOf(':', Math.max(slash, addressEnd));
            int end = colon < 0 ? pattern.length() : colon;
            String ports = colon < 0 ? "*" : pattern.substring(colon + 1);
            return slash < 0
                    ? new Split(pattern.substring(0, end), null, ports)
                    : new Split(pattern.substring(0, slash), pattern.substring(slash + 1, end), ports);
        }
    }
}
