package io.allium.cell;

/**
 * Which addresses the client of a BEGIN wants. Reserved bits of a peer are ignored.
 *
 * @param ipv6Okay whether an IPv6 address may be used
 * @param ipv4NotOkay whether an IPv4 address may not be used
 * @param ipv6Preferred whether an IPv6 address is taken where there are both
 * @spec tor-spec 6.2
 */
public record BeginFlags(boolean ipv6Okay, boolean ipv4NotOkay, boolean ipv6Preferred) {
    /** IPv4 alone, which is what an absent field means. */
    public static final BeginFlags NONE = new BeginFlags(false, false, false);

    private static final int IPV6_OKAY = 1;
    private static final int IPV4_NOT_OKAY = 2;
    private static final int IPV6_PREFERRED = 4;

    public static BeginFlags of(long bits) {
        return new BeginFlags((bits & IPV6_OKAY) != 0, (bits & IPV4_NOT_OKAY) != 0, (bits & IPV6_PREFERRED) != 0);
    }

    public int bits() {
        return (ipv6Okay ? IPV6_OKAY : 0) | (ipv4NotOkay ? IPV4_NOT_OKAY : 0) | (ipv6Preferred ? IPV6_PREFERRED : 0);
    }
}
