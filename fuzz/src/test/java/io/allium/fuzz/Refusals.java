package io.allium.fuzz;

import io.allium.base.TorException;

/** A refusal is a sentence that says what is wrong. */
final class Refusals {
    private Refusals() {}

    static void check(TorException refused) {
        String message = refused.getMessage();
        if (message.isBlank() || message.contains("Exception") || message.length() > 2000) {
            throw new IllegalStateException("not a sentence: " + message, refused);
        }
    }
}
