package io.allium.app;

import io.allium.base.LocalFailure;
import io.allium.control.CString;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The way from what an operator or a controller wrote to the path of a file. Pure functions. */
final class ConfiguredPath {
    private ConfiguredPath() {}

    /** The path, or why this can be none here; whoever asks says in what. */
    static Path of(String text) throws LocalFailure {
        try {
            return Path.of(text);
        } catch (InvalidPathException impossible) {
            throw new LocalFailure(CString.quote(text) + " cannot be the name of a file" + why(text), impossible);
        }
    }

    /** The same, a leading {@code ~/} being the user's home. */
    static Path expanded(String text) throws LocalFailure {
        return of(text.startsWith("~/") ? System.getProperty("user.home", ".") + text.substring(1) : text);
    }

    /** A JVM names files in the encoding of the locale that it was started in. */
    private static String why(String text) {
        return text.indexOf('\0') >= 0
                ? ": it has a NUL byte"
                : " in this locale, whose encoding is " + System.getProperty("sun.jnu.encoding")
                        + ": LC_ALL=C.UTF-8 lets files have any name";
    }
}
