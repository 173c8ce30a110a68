package io.allium.sim;

import io.allium.base.Log;

/** One host's log, whose lines become lines of the trace; a line about a bug ends the run. Confined to the carrier. */
final class SimLog implements Log {
    private final SimHost host;
    private Severity least = Severity.NOTICE;

    SimLog(SimHost host) {
        this.host = host;
    }

    void least(Severity severity) {
        least = severity;
    }

    @Override
    public void write(Severity severity, Domain domain, String text) {
        if (wants(severity, domain)) {
            host.trace("[" + severity + "] " + text);
        }
        if (domain == Domain.BUG) {
            host.bug(text);
        }
    }

    @Override
    public boolean wants(Severity severity, Domain domain) {
        return severity.compareTo(least) <= 0;
    }

    @Override
    public String scrub(Object sensitive) {
        return sensitive.toString();
    }

    @Override
    public void protocolWarning(Domain domain, String text) {
        write(Severity.WARN, domain, text);
    }
}
