package io.allium.fuzz;

import io.allium.base.TorException;
import java.util.regex.Pattern;

/** A refusal is a sentence that says what is wrong. */
final class Refusals {
    /** What the JDK calls its failures: a refusal puts them into words. An input may well have "Exception" in it. */
    private static final Pattern NAME_OF_FAILURE =
            Pattern.compile("javax?\\.[a-z.]+\\.[A-Z][A-Za-z]+(Exception|Error)");

    private Refusals() {}

    static void check(TorException refused) {
        String message = refused.getMessage();
        if (message.isBlank() || NAME_OF_FAILURE.matcher(message).find() || message.length() > 2000) {
            throw new IllegalStateException("not a sentence: " + message, refused);
        }
    }
}
