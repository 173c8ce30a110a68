package io.allium.crypto;

import io.allium.base.Untrusted;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** One object between BEGIN and END lines, its base64 in lines of 64. */
final class Pem {
    private static final int LINE_LENGTH = 64;

    private Pem() {}

    static String write(String label, byte[] content) {
        String base64 = Base64.getMimeEncoder(LINE_LENGTH, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    }

    /** The content of the first object of that label in {@code text}. */
    static byte[] parse(String text, String label) throws Untrusted {
        String begin = "-----BEGIN " + label + "-----";
        int from = text.indexOf(begin);
        int to = text.indexOf("-----END " + label + "-----");
        if (from < 0 || to < from + begin.length()) {
            throw new Untrusted("no " + label + " in PEM");
        }
        String base64 = text.substring(from + begin.length(), to).replaceAll("\\s", "");
        try {
            return Base64.getDecoder().decode(base64.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException notBase64) {
            throw new Untrusted(label + ": not base64", notBase64);
        }
    }
}
