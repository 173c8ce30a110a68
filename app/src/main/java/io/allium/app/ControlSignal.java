package io.allium.app;

import java.util.Locale;
import java.util.Optional;

/**
 * What a signal of the operating system, or SIGNAL on the control port, asks for.
 *
 * @spec control-spec 3.7
 */
enum ControlSignal {
    RELOAD,
    SHUTDOWN,
    DUMP,
    DEBUG,
    HALT,
    NEWNYM,
    CLEARDNSCACHE,
    HEARTBEAT,
    ACTIVE,
    DORMANT;

    /** What {@code GETINFO signal/names} says. */
    static final String NAMES =
            "RELOAD HUP SHUTDOWN DUMP USR1 DEBUG USR2 HALT TERM INT NEWNYM CLEARDNSCACHE HEARTBEAT ACTIVE DORMANT";

    /** The signal of that name; those of the operating system are known too. */
    static Optional<ControlSignal> named(String name) {
        return switch (name.toUpperCase(Locale.ROOT)) {
            case "RELOAD", "HUP" -> Optional.of(RELOAD);
            case "SHUTDOWN", "INT" -> Optional.of(SHUTDOWN);
            case "DUMP", "USR1" -> Optional.of(DUMP);
            case "DEBUG", "USR2" -> Optional.of(DEBUG);
            case "HALT", "TERM" -> Optional.of(HALT);
            case "NEWNYM" -> Optional.of(NEWNYM);
            case "CLEARDNSCACHE" -> Optional.of(CLEARDNSCACHE);
            case "HEARTBEAT" -> Optional.of(HEARTBEAT);
            case "ACTIVE" -> Optional.of(ACTIVE);
            case "DORMANT" -> Optional.of(DORMANT);
            default -> Optional.empty();
        };
    }
}
