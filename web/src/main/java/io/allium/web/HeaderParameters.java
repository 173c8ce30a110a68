package io.allium.web;

import java.util.Locale;
import java.util.Optional;

/** The parameters behind a header's value: {@code form-data; name="file"; filename="a \"b\".txt"}. Confined to one call. */
final class HeaderParameters {
    private final String text;
    private int at;

    private HeaderParameters(String text) {
        this.text = text;
    }

    /** What stands before the first semicolon, in lower case. */
    static String value(String header) {
        return header.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    /** The first parameter of that name. Browsers escape nothing in it but quotes, curl backslashes as well. */
    static Optional<String> find(String header, String name) {
        HeaderParameters parameters = new HeaderParameters(header);
        parameters.take(';');
        while (parameters.at < header.length()) {
            String each = parameters.take('=', ';').strip();
            String value = parameters.ended('=') ? parameters.parameterValue() : "";
            if (each.equalsIgnoreCase(name)) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }

    private String parameterValue() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        if (at == text.length() || text.charAt(at) != '"') {
            return take(';').strip();
        }
        at++;
        StringBuilder value = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '"') {
            boolean escapes = text.charAt(at) == '\\'
                    && at + 1 < text.length()
                    && (text.charAt(at + 1) == '"' || text.charAt(at + 1) == '\\');
            at += escapes ? 1 : 0;
            value.append(text.charAt(at++));
        }
        take(';');
        return value.toString();
    }

    /** What stands before the next of these characters, which is passed. */
    private String take(char... ends) {
        int from = at;
        while (at < text.length() && String.valueOf(ends).indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String taken = text.substring(from, at);
        at++;
        return taken;
    }

    private boolean ended(char end) {
        return at <= text.length() && text.charAt(at - 1) == end;
    }
}
