package io.allium.crypto;

import io.allium.base.Untrusted;
import java.util.Base64;

/** Base64 as Tor's documents write keys: on one line, without padding. */
final class Base64Text {
    private Base64Text() {}

    static String unpadded(byte[] bytes) {
        return Base64.getEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Decodes what must come out as {@code length} bytes, which {@code what} names in the error. */
    static byte[] decode(String text, int length, String what) throws Untrusted {
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            if (bytes.length == length) {
                return bytes;
            }
            throw new Untrusted("'" + text + "' is not " + what + ": " + bytes.length + " bytes, not " + length);
        } catch (IllegalArgumentException notBase64) {
            throw new Untrusted("'" + text + "' is not " + what + " in base64", notBase64);
        }
    }
}
