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

    /** Whether there is an object of that label in {@code text}. */
    static boolean contains(String text, String label) {
        return text.contains("-----BEGIN " + label + "-----");
    }

    /** The content of the first object of that label in {@code text}. */
    static byte[] parse(String text, String label) throws Untrusted {
        return decode(body(text, label), label);
    }

    /** What stands between the two lines. */
    static String body(String text, String label) throws Untrusted {
        String begin = "-----BEGIN " + label + "-----";
        int from = text.indexOf(begin);
        int to = text.indexOf("-----END " + label + "-----");
        if (from < 0 || to < from + begin.length()) {
            throw new Untrusted("no " + label + " in PEM");
        }
        return text.substring(from + begin.length(), to);
    }

    static byte[] decode(String body, String label) throws Untrusted {
        try {
            return Base64.getDecoder().decode(body.replaceAll("\\s", "").getBytes(StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException notBase64) {
            throw new Untrusted(label + ": not base64", notBase64);
        }
    }
}
