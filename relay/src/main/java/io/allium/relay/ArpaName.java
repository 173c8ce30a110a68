package io.allium.relay;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;

/** Names that stand for addresses, in order to ask for the addresses' names. Pure. */
final class ArpaName {
    private static final String V4 = ".in-addr.arpa";
    private static final String V6 = ".ip6.arpa";

    private ArpaName() {}

    /** Whether the name stands, well formed or not, for an address. */
    static boolean isArpa(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(V4) || lower.endsWith(V6);
    }

    /** The address that a well-formed one stands for. */
    static Optional<InetAddress> address(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith(V4)) {
            return parse(lower.substring(0, lower.length() - V4.length()), 4, "[0-9]{1,3}", 10);
        }
        if (lower.endsWith(V6)) {
            return parse(lower.substring(0, lower.length() - V6.length()), 32, "[0-9a-f]", 16);
        }
        return Optional.empty();
    }

    /** Reads the parts last to first: bytes of IPv4, nibbles of IPv6. */
    private static Optional<InetAddress> parse(String dotted, int parts, String pattern, int radix) {
        String[] labels = dotted.split("\\.", -1);
        if (labels.length != parts) {
            return Optional.empty();
        }
        byte[] raw = new byte[parts == 4 ? 4 : 16];
        for (int i = 0; i < parts; i++) {
            String label = labels[parts - 1 - i];
            int value = label.matches(pattern) ? Integer.parseInt(label, radix) : 256;
            if (value > 255) {
                return Optional.empty();
            }
            if (parts == 4) {
                raw[i] = (byte) value;
            } else {
                raw[i / 2] |= (byte) (i % 2 == 0 ? value << 4 : value);
            }
        }
        try {
            return Optional.of(InetAddress.getByAddress(raw));
        } catch (UnknownHostException impossible) {
            return Optional.empty();
        }
    }
}
