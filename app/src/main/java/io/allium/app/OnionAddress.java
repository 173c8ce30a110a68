package io.allium.app;

import io.allium.crypto.Digests;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * The form of an onion service's name.
 *
 * @spec rend-spec-v3 6
 */
final class OnionAddress {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
    private static final String SUFFIX = ".onion";
    private static final int LETTERS = 56;
    private static final int KEY = 32;
    private static final int CHECKSUM = 2;
    private static final byte VERSION = 3;

    private OnionAddress() {}

    /** Whether a host name ending in {@code .onion} can be that of a service: of version 3, its checksum right. */
    static boolean isValid(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        String label = name.substring(0, name.length() - SUFFIX.length());
        label = label.substring(label.lastIndexOf('.') + 1); // what stands before is the service's own affair
        if (label.length() != LETTERS || label.chars().anyMatch(c -> ALPHABET.indexOf(c) < 0)) {
            return false;
        }
        byte[] raw = decode(label);
        byte[] checksum = Digests.sha3_256(
                ".onion checksum".getBytes(StandardCharsets.US_ASCII), Arrays.copyOf(raw, KEY), new byte[] {VERSION});
        return raw[KEY + CHECKSUM] == VERSION
                && Arrays.equals(Arrays.copyOf(checksum, CHECKSUM), Arrays.copyOfRange(raw, KEY, KEY + CHECKSUM));
    }

    private static byte[] decode(String label) {
        byte[] raw = new byte[LETTERS * 5 / 8];
        int bits = 0;
        int held = 0;
        int at = 0;
        for (int i = 0; i < label.length(); i++) {
            bits = bits << 5 | ALPHABET.indexOf(label.charAt(i));
            held += 5;
            if (held >= 8) {
                held -= 8;
                raw[at++] = (byte) (bits >>> held);
            }
        }
        return raw;
    }
}
