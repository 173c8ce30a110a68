package io.allium.app;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One option of a torrc, as the whole program knows it: the manual, {@code GETINFO config/names},
 * {@code --list-torrc-options} and the suggestions for a mistyped name all come from the lists of these.
 *
 * @param defaultText what it is when nobody sets it, as a torrc would say it; absent for nothing at all
 * @param testingText the default once TestingTorNetwork is set
 * @param doc one line for the manual
 */
record Option(
        String name,
        OptionType type,
        @Nullable String defaultText,
        @Nullable String testingText,
        Effect effect,
        Change change,
        String doc) {

    /** The slot of all options of onion services, by whose name dumps sort them. */
    static final String ONION_SERVICES = "HiddenServiceOptions";

    /** What setting an option does here. */
    enum Effect {
        /** It has its full meaning. */
        WORKS,
        /** Accepted, with a line that says it has no effect yet. */
        NOT_YET,
        /** Accepted, with a line that says it can have no meaning in a JVM. */
        MEANINGLESS,
        /** Refused, because going on as if it were not there could hurt whoever set it. */
        REFUSED
    }

    /** When a changed value takes effect. */
    enum Change {
        /** When the configuration is read again. */
        LIVE,
        /** When the use of the network begins anew: for a relay at the next start. */
        RESTART,
        /** At the next start. */
        START,
        /** It cannot change while the process runs; an attempt to is an error. */
        FIXED
    }

    static Option option(String name, OptionType type, @Nullable String defaultText, Effect effect, String doc) {
        return new Option(name, type, defaultText, null, effect, Change.RESTART, doc);
    }

    Option live() {
        return new Option(name, type, defaultText, testingText, effect, Change.LIVE, doc);
    }

    Option atStart() {
        return new Option(name, type, defaultText, testingText, effect, Change.START, doc);
    }

    Option fixed() {
        return new Option(name, type, defaultText, testingText, effect, Change.FIXED, doc);
    }

    Option inTesting(String text) {
        return new Option(name, type, defaultText, text, effect, change, doc);
    }

    /** Options that are not saved and not dumped: a controller sets them for this process only. */
    boolean isVolatile() {
        return name.startsWith("__");
    }

    /**
     * Under which name its lines are kept. {@code SocksPort} and {@code __SocksPort} share one list, and all onion
     * service options do, because their order matters.
     */
    String slot() {
        if (type != OptionType.DEPENDENT) {
            return name;
        }
        if (isOfOnionService()) {
            return ONION_SERVICES;
        }
        return (isVolatile() ? name.substring(2) : name) + "Lines";
    }

    /** Whether it is about the onion service whose {@code HiddenServiceDir} stands before it. */
    boolean isOfOnionService() {
        return type == OptionType.DEPENDENT && name.startsWith("HiddenService");
    }

    String key() {
        return name.toLowerCase(Locale.ROOT);
    }
}
