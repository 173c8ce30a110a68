package io.allium.app;

import io.allium.base.LocalFailure;
import io.allium.control.CString;
import java.util.Optional;

/**
 * Takes one setting after another off the text of a torrc. A value goes to the end of its line or to a comment; a
 * backslash before the line's end continues it, and comments may stand between; a value in double quotes has the
 * escapes of C. Confined to whoever made it.
 */
final class TorrcText {
    private final String text;
    private final String name;
    private int at;
    private int line = 1;

    TorrcText(String text, String name) {
        this.text = text;
        this.name = name;
    }

    /** The next setting, or nothing at the end. */
    Optional<ConfigLine> next() throws LocalFailure {
        if (at == 0) {
            refuseNul();
        }
        skipEmptyLines();
        if (at == text.length()) {
            return Optional.empty();
        }
        String where = name.isEmpty() ? "" : name + " line " + line;
        int begin = at;
        while (at < text.length() && !isSpace(text.charAt(at)) && text.charAt(at) != '#' && !atContinuation()) {
            at++;
        }
        String option = text.substring(begin, at);
        skipBlanks();
        String value = at < text.length() && text.charAt(at) == '"' ? quoted(where) : plain();
        return Optional.of(ConfigLine.of(option, value, where));
    }

    /** No text has one, but what was cut short may. C tor takes it for the end, and what follows would be lost unsaid. */
    private void refuseNul() throws LocalFailure {
        int nul = text.indexOf('\0');
        if (nul >= 0) {
            long before = text.substring(0, nul).chars().filter(c -> c == '\n').count();
            String where = name.isEmpty() ? "" : name + " ";
            throw new LocalFailure(where + "line " + (before + 1) + ": a torrc must not have a NUL byte");
        }
    }

    private void skipEmptyLines() {
        while (at < text.length()) {
            if (text.charAt(at) == '#') {
                skipComment();
            } else if (isSpace(text.charAt(at))) {
                step();
            } else {
                return;
            }
        }
    }

    private void skipBlanks() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }

    private void skipComment() {
        while (at < text.length() && text.charAt(at) != '\n') {
            at++;
        }
    }

    /** Up to the end of the line or a comment, without the blanks before it. */
    private String plain() {
        StringBuilder value = new StringBuilder();
        boolean continued = false;
        while (at < text.length() && text.charAt(at) != '\n') {
            if (atContinuation()) {
                continued = true;
                step();
                step();
            } else if (text.charAt(at) == '#') {
                skipComment();
                if (!continued) {
                    break;
                }
                step(); // a comment inside a continued value does not end it
            } else {
                value.append(text.charAt(at));
                at++;
            }
        }
        return value.toString().stripTrailing();
    }

    private String quoted(String where) throws LocalFailure {
        int end = CString.end(text, at);
        if (end < 0) {
            throw new LocalFailure(ConfigLine.origin(where)
                    + "a quoted value has no closing quote, or an escape that C does not know");
        }
        String value = CString.unescape(text.substring(at, end));
        at = end;
        skipBlanks();
        if (at < text.length() && text.charAt(at) == '\r') {
            at++;
        }
        if (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '#') {
            throw new LocalFailure(ConfigLine.origin(where) + "something follows the closing quote of a value");
        }
        return value;
    }

    private boolean atContinuation() {
        return text.startsWith("\\\n", at);
    }

    private void step() {
        if (at < text.length() && text.charAt(at++) == '\n') {
            line++;
        }
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\u000b' || c == '\f';
    }
}
