package io.allium.client;

import java.net.InetAddress;

/**
 * The name under which DNS keeps the names of an address.
 *
 * @spec tor-spec 6.4
 */
final class ReverseName {
    private static final String HEX = "0123456789abcdef";

    private ReverseName() {}

    /** {@code 1.2.0.192.in-addr.arpa}, or nibble by nibble in {@code ip6.arpa}. */
    static String of(InetAddress address) {
        byte[] raw = address.getAddress();
        StringBuilder name = new StringBuilder();
        for (int i = raw.length - 1; i >= 0; i--) {
            int value = raw[i] & 0xff;
            if (raw.length == 4) {
                name.append(value).append('.');
            } else {
                name.append(HEX.charAt(value & 15)).append('.');
                name.append(HEX.charAt(value >> 4)).append('.');
            }
        }
        return name.append(raw.length == 4 ? "in-addr.arpa" : "ip6.arpa").toString();
    }
}
