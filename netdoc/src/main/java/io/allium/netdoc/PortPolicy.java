package io.allium.netdoc;

import io.allium.base.Untrusted;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The summary of an exit policy by ports alone, as on {@code p}, {@code p6} and {@code ipv6-policy} lines: a relay accepts
 * most addresses at the listed ports, or at all but them. Immutable.
 *
 * @spec dir-spec 3.8.2
 */
public record PortPolicy(boolean accepts, List<PortRange> ranges) {
    public static final PortPolicy REJECT_ALL = new PortPolicy(false, List.of(new PortRange(1, PortRange.MAX_PORT)));
    public static final PortPolicy ACCEPT_ALL = new PortPolicy(true, List.of(new PortRange(1, PortRange.MAX_PORT)));

    public PortPolicy {
        ranges = List.copyOf(ranges);
    }

    /**
     * Reads {@code accept 80,443-445} or {@code reject 1-65535}. An entry that begins with no digit is of a version to
     * come and passed over.
     */
    public static PortPolicy parse(String text) throws Untrusted {
        boolean accepts = text.startsWith("accept ");
        if (!accepts && !text.startsWith("reject ")) {
            throw new Untrusted("'" + text + "' begins with neither accept nor reject");
        }
        List<PortRange> ranges = new ArrayList<>();
        for (String entry : text.substring("accept ".length()).split(",", -1)) {
            if (!entry.isEmpty() && Character.isDigit(entry.charAt(0))) {
                ranges.add(range(entry));
            }
        }
        if (ranges.isEmpty()) {
            throw new Untrusted("'" + text + "' lists no ports");
        }
        return new PortPolicy(accepts, ranges);
    }

    /** Like {@link #parse}; what cannot be read accepts nothing. */
    static PortPolicy parseOrRejectAll(String text) {
        try {
            PortPolicy policy = parse(text);
            return policy.equals(REJECT_ALL) ? REJECT_ALL : policy.equals(ACCEPT_ALL) ? ACCEPT_ALL : policy;
        } catch (Untrusted unreadable) {
            return REJECT_ALL;
        }
    }

    /** Whether most addresses may be reached at this port. */
    public boolean allows(int port) {
        for (PortRange range : ranges) {
            if (range.contains(port)) {
                return accepts;
            }
        }
        return !accepts;
    }

    /** Whether no port is accepted. */
    public boolean rejectsAll() {
        return equals(REJECT_ALL);
    }

    public String text() {
        return (accepts ? "accept " : "reject ")
                + ranges.stream().map(PortRange::toString).collect(Collectors.joining(","));
    }

    @Override
    public String toString() {
        return text();
    }

    private static PortRange range(String entry) throws Untrusted {
        int dash = entry.indexOf('-');
        int low = port(dash < 0 ? entry : entry.substring(0, dash), entry);
        int high = dash < 0 ? low : port(entry.substring(dash + 1), entry);
        if (low > high) {
            throw new Untrusted("'" + entry + "' ends before it begins");
        }
        return new PortRange(low, high);
    }

    private static int port(String text, String entry) throws Untrusted {
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9' || value > PortRange.MAX_PORT) {
                throw new Untrusted("'" + entry + "' is not a range of ports");
            }
            value = value * 10 + (c - '0');
        }
        if (value < 1 || value > PortRange.MAX_PORT) {
            throw new Untrusted("'" + entry + "' is not a range of ports");
        }
        return value;
    }
}
