package io.allium.app;

/**
 * One setting as somebody wrote it.
 *
 * @param name as written, not yet looked up
 * @param where for error messages: {@code /etc/tor/torrc line 3}, or {@code command line}; empty where that is plain
 */
record ConfigLine(Command command, String name, String value, String where) {

    /** What the line does to the option. */
    enum Command {
        /** Replaces what an earlier source said. */
        SET,
        /** {@code +Option}: adds to what an earlier source said. */
        APPEND,
        /** {@code /Option}: takes back what an earlier source said. */
        CLEAR
    }

    /** What an error message begins with. */
    String origin() {
        return origin(where);
    }

    static String origin(String where) {
        return where.isEmpty() ? "" : where + ": ";
    }

    /** Reads the sign before an option's name: {@code +Log}, {@code /Log}. */
    static ConfigLine of(String signed, String value, String where) {
        if (signed.startsWith("+")) {
            return new ConfigLine(Command.APPEND, signed.substring(1), value, where);
        }
        if (signed.startsWith("/")) {
            return new ConfigLine(Command.CLEAR, signed.substring(1), value, where);
        }
        return new ConfigLine(Command.SET, signed, value, where);
    }
}
