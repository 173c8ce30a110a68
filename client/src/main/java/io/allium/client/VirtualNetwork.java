package io.allium.client;

import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * The network from which addresses are made up to stand for names: VirtualAddrNetworkIPv4 or VirtualAddrNetworkIPv6. Immutable.
 *
 * @spec control-spec 3.8
 */
public final class VirtualNetwork {
    /** C tor's default. */
    public static final VirtualNetwork IPV4 = new VirtualNetwork(new byte[] {127, (byte) 192, 0, 0}, 10);

    /** C tor's default. */
    public static final VirtualNetwork IPV6 =
            new VirtualNetwork(new byte[] {(byte) 0xfe, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 10);

    /** A smaller network of IPv4 would soon be used up: as in C tor. */
    private static final int IPV4_BITS_MAX = 16;

    private static final int IPV6_BITS_MAX = 104;

    private final byte[] prefix;
    private final int bits;

    private VirtualNetwork(byte[] prefix, int bits) {
        this.prefix = prefix;
        this.bits = bits;
    }

    /** Reads {@code 127.192.0.0/10}. The message is C tor's. */
    public static VirtualNetwork parseIpv4(String text) throws LocalFailure {
        return parse(text, "VirtualAddressNetwork", IPV4.prefix.length, IPV4_BITS_MAX);
    }

    /** Reads {@code [FE80::]/10}. The message is C tor's. */
    public static VirtualNetwork parseIpv6(String text) throws LocalFailure {
        return parse(text, "VirtualAddressNetworkIPv6", IPV6.prefix.length, IPV6_BITS_MAX);
    }

    private static VirtualNetwork parse(String text, String option, int length, int bitsMax) throws LocalFailure {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        String bits = slash < 0 ? "" + 8 * length : text.substring(slash + 1);
        if (!Endpoint.isAddress(address) || !bits.matches("[0-9]{1,3}") || Integer.parseInt(bits) > 8 * length) {
            throw new LocalFailure("Error parsing " + option + " " + text);
        }
        byte[] prefix = Endpoint.parseAddress(address).getAddress();
        if (prefix.length != length) {
            throw new LocalFailure("Incorrect address type for " + option);
        }
        if (Integer.parseInt(bits) > bitsMax) {
            throw new LocalFailure(option + " expects a /" + bitsMax + " network or larger");
        }
        return new VirtualNetwork(prefix, Integer.parseInt(bits));
    }

    boolean contains(InetAddress address) {
        byte[] raw = address.getAddress();
        return raw.length == prefix.length && Arrays.equals(fixed(raw), fixed(prefix));
    }

    /** The address with all but the bits of the network being 0. */
    private byte[] fixed(byte[] address) {
        byte[] fixed = new byte[address.length];
        for (int i = 0; i < fixed.length; i++) {
            fixed[i] = (byte) (address[i] & mask(i));
        }
        return fixed;
    }

    private int mask(int index) {
        int here = Math.clamp(bits - 8L * index, 0, 8);
        return 0xff00 >> here & 0xff;
    }

    /** One of its addresses; nothing if chance gave one of IPv4 that looks like that of a whole network. */
    Optional<InetAddress> draw(Entropy entropy) {
        byte[] drawn = entropy.bytes(prefix.length);
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = (byte) (drawn[i] & ~mask(i) | prefix[i] & mask(i));
        }
        int last = drawn[drawn.length - 1] & 0xff;
        if (drawn.length == IPV4.prefix.length && (last == 0 || last == 0xff)) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByAddress(drawn));
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("an address of " + drawn.length + " bytes", impossible);
        }
    }
}
