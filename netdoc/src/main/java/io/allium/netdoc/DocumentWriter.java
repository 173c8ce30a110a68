package io.allium.netdoc;

import io.allium.crypto.RsaKeyPair;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** Writes items one after the other. Confined to the writing of one document. */
final class DocumentWriter {
    private final StringBuilder text = new StringBuilder();

    /** A keyword line with its arguments, a space before each. */
    DocumentWriter line(String keyword, Object... arguments) {
        text.append(keyword);
        for (Object argument : arguments) {
            text.append(' ').append(argument);
        }
        text.append('\n');
        return this;
    }

    /** Like {@link #line}, unless the argument is empty. */
    DocumentWriter lineIfAny(String keyword, String argument) {
        return argument.isEmpty() ? this : line(keyword, argument);
    }

    /** A keyword line of {@code key=value} arguments. */
    DocumentWriter pairs(String keyword, Map<String, ?> pairs) {
        text.append(keyword);
        pairs.forEach((key, value) -> text.append(' ').append(key).append('=').append(value));
        text.append('\n');
        return this;
    }

    /** The object of the line before, in lines of 64 characters. */
    DocumentWriter object(String label, byte[] content) {
        String base64 = Base64.getMimeEncoder(64, NEWLINE).encodeToString(content);
        text.append("-----BEGIN ").append(label).append("-----\n");
        text.append(base64).append(base64.isEmpty() ? "" : "\n");
        text.append("-----END ").append(label).append("-----\n");
        return this;
    }

    /** Text as it is. */
    DocumentWriter raw(String verbatim) {
        text.append(verbatim);
        return this;
    }

    /** Signs all before, by the SHA-1 digest of it, and puts the signature after it. */
    DocumentWriter sign(RsaKeyPair key) {
        return object("SIGNATURE", key.sign(Sha1Digest.over(Slice.of(bytes())).bytes()));
    }

    String text() {
        return text.toString();
    }

    byte[] bytes() {
        return text().getBytes(StandardCharsets.UTF_8);
    }

    private static final byte[] NEWLINE = {'\n'};
}
