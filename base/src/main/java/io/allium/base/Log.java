package io.allium.base;

/** Where a line of the log goes. One for each running Tor, handed to whoever has something to say. Safe from any thread. */
public interface Log {
    /** The severities, the most severe first. */
    enum Severity {
        ERR,
        WARN,
        NOTICE,
        INFO,
        DEBUG
    }

    /** The domains of C tor's {@code Log} option. */
    enum Domain {
        GENERAL,
        CRYPTO,
        NET,
        CONFIG,
        FS,
        PROTOCOL,
        MM,
        HTTP,
        APP,
        CONTROL,
        CIRC,
        REND,
        BUG,
        DIR,
        DIRSERV,
        OR,
        EDGE,
        ACCT,
        HIST,
        HANDSHAKE,
        HEARTBEAT,
        CHANNEL,
        SCHED,
        GUARD,
        CONSDIFF,
        DOS,
        PROCESS,
        PT,
        BTRACK,
        MESG
    }

    /** Writes one line. {@code text} carries no secret, and no user's address but through {@link #scrub}. */
    void write(Severity severity, Domain domain, String text);

    /** Whether such a line goes anywhere; asked before a costly text is made. */
    boolean wants(Severity severity, Domain domain);

    /** The text of an address or name of a user or of where a user goes, or {@code [scrubbed]}, as SafeLogging says. */
    String scrub(Object sensitive);

    default void err(Domain domain, String text) {
        write(Severity.ERR, domain, text);
    }

    default void warn(Domain domain, String text) {
        write(Severity.WARN, domain, text);
    }

    default void notice(Domain domain, String text) {
        write(Severity.NOTICE, domain, text);
    }

    default void info(Domain domain, String text) {
        write(Severity.INFO, domain, text);
    }

    default void debug(Domain domain, String text) {
        write(Severity.DEBUG, domain, text);
    }

    /** A peer's misbehaviour: a warning where {@code ProtocolWarnings} is set, info otherwise. */
    void protocolWarning(Domain domain, String text);

    /** Nobody listens. */
    Log NONE = new Log() {
        @Override
        public void write(Severity severity, Domain domain, String text) {}

        @Override
        public boolean wants(Severity severity, Domain domain) {
            return false;
        }

        @Override
        public String scrub(Object sensitive) {
            return "[scrubbed]";
        }

        @Override
        public void protocolWarning(Domain domain, String text) {}
    };
}
