package io.allium.control;

import io.allium.base.Log;

/**
 * Who hears what the user should know of: the control port's STATUS_CLIENT, STATUS_GENERAL and STATUS_SERVER events.
 *
 * @spec control-spec 4.1.10
 */
public interface StatusEvents {
    /** Which of the three events it is. */
    enum Scope {
        GENERAL,
        CLIENT,
        SERVER
    }

    /**
     * Must return at once.
     *
     * @param severity NOTICE, WARN or ERR
     * @param action the action and its arguments: {@code DANGEROUS_PORT PORT=23 RESULT=WARN}
     */
    void status(Scope scope, Log.Severity severity, String action);

    StatusEvents NONE = (scope, severity, action) -> {};
}
