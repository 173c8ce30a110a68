package io.allium.crypto;

import io.allium.base.Untrusted;

/**
 * Base32 as onion services write addresses and keys: letters of either case, without padding.
 *
 * @spec RFC 4648 6
 */
public final class Base32 {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
    private static final int LETTER_BITS = 5;

    private Base32() {}

    /** In lower case. */
    public static String encode(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        int bits = 0;
        int held = 0;
        for (byte b : bytes) {
            bits = bits << 8 | (b & 0xff);
            held += 8;
            while (held >= LETTER_BITS) {
                held -= LETTER_BITS;
                text.append(ALPHABET.charAt(bits >>> held & 31));
            }
        }
        if (held > 0) {
            text.append(ALPHABET.charAt(bits << LETTER_BITS - held & 31));
        }
        return text.toString();
    }

    /** The bytes that the letters hold; refuses other letters, and bits left over that are not zero. The text may be a secret. */
    public static byte[] decode(String text) throws Untrusted {
        byte[] bytes = new byte[text.length() * LETTER_BITS / 8];
        int bits = 0;
        int held = 0;
        int at = 0;
        for (int i = 0; i < text.length(); i++) {
            int letter = letter(text.charAt(i));
            if (letter < 0) {
                throw new Untrusted("base32: character " + (i + 1) + " is none of a to z and 2 to 7");
            }
            bits = bits << LETTER_BITS | letter;
            held += LETTER_BITS;
            if (held >= 8) {
                held -= 8;
                bytes[at++] = (byte) (bits >>> held);
            }
        }
        if (held >= LETTER_BITS || (bits & (1 << held) - 1) != 0) {
            throw new Untrusted("base32: cut off, or too long");
        }
        return bytes;
    }

    /** Its number, or -1; no letter that only looks like one of these, or becomes one in lower case. */
    private static int letter(char c) {
        return ALPHABET.indexOf(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
}
