package io.allium.crypto;

import io.allium.base.Untrusted;
import java.util.Arrays;
import java.util.Locale;

/**
 * The name of an onion service, which is its identity key in other letters.
 *
 * @spec rend-spec-v3 6, 2.2.7
 */
public record OnionAddress(Ed25519Identity identity) implements Comparable<OnionAddress> {
    /** What all of these names end in. */
    public static final String SUFFIX = ".onion";

    /** How many letters stand before that. */
    public static final int LABEL_LENGTH = 56;

    private static final int LABEL_LENGTH_V2 = 16;
    private static final int CHECKSUM_LENGTH = 2;
    private static final byte VERSION = 3;
    private static final byte[] CHECKSUM_TAG = Bytes.ascii(".onion checksum");

    /** Whether a host's name is an onion service's, well formed or not. */
    public static boolean isOnion(String host) {
        return host.toLowerCase(Locale.ROOT).endsWith(SUFFIX);
    }

    /**
     * Reads a host's name that ends in {@code .onion}, in letters of either case. Labels before the service's own are its own
     * affair, and ignored. The error says what is wrong: the length, a letter, the version, the checksum, or the key.
     */
    public static OnionAddress parse(String host) throws Untrusted {
        if (!isOnion(host)) {
            throw new Untrusted("onion address: does not end in .onion");
        }
        String names = host.substring(0, host.length() - SUFFIX.length());
        return parseLabel(names.substring(names.lastIndexOf('.') + 1));
    }

    /** Reads the {@value #LABEL_LENGTH} letters alone. */
    public static OnionAddress parseLabel(String label) throws Untrusted {
        if (label.length() == LABEL_LENGTH_V2) {
            throw new Untrusted("onion address: of version 2, whose services are gone");
        }
        if (label.length() != LABEL_LENGTH) {
            throw new Untrusted("onion address: " + label.length() + " letters, not " + LABEL_LENGTH);
        }
        byte[] raw = decode(label);
        if (raw[raw.length - 1] != VERSION) {
            throw new Untrusted("onion address: of version " + (raw[raw.length - 1] & 0xff) + ", not " + VERSION);
        }
        OnionAddress address = new OnionAddress(Ed25519Identity.of(Arrays.copyOf(raw, Ed25519Identity.LENGTH)));
        if (!Arrays.equals(raw, address.encoded())) {
            throw new Untrusted("onion address: wrong checksum, probably a typing error");
        }
        if (!Ed25519.isOfPrimeOrder(address.identity)) {
            throw new Untrusted("onion address: its key is not one that a service can have");
        }
        return address;
    }

    private static byte[] decode(String label) throws Untrusted {
        try {
            return Base32.decode(label);
        } catch (Untrusted wrongLetter) {
            throw wrongLetter.in("onion address");
        }
    }

    private byte[] encoded() {
        byte[] version = {VERSION};
        byte[] checksum = Digests.sha3_256(CHECKSUM_TAG, identity.raw(), version);
        return Bytes.concat(identity.raw(), Arrays.copyOf(checksum, CHECKSUM_LENGTH), version);
    }

    /** The {@value #LABEL_LENGTH} letters, in lower case. */
    public String label() {
        return Base32.encode(encoded());
    }

    /** The name, in lower case. */
    public String host() {
        return label() + SUFFIX;
    }

    @Override
    public int compareTo(OnionAddress other) {
        return identity.compareTo(other.identity);
    }

    /** Who visits whom is for users to tell: what is logged goes through {@code log.scrub}. */
    @Override
    public String toString() {
        return host();
    }
}
