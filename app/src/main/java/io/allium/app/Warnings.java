package io.allium.app;

import io.allium.base.Log;
import io.allium.base.Time;
import java.io.PrintStream;
import java.time.Duration;

/** A log of which whoever waits at a terminal hears the warnings, and not more often than they can be read. Safe from any thread. */
final class Warnings implements Log {
    /** Visitors can cause one with each request. */
    static final Duration INTERVAL = Duration.ofSeconds(10);

    private final PrintStream err;
    private final LogRate rate;

    Warnings(PrintStream err, Time time) {
        this.err = err;
        this.rate = new LogRate(time, INTERVAL);
    }

    @Override
    public void write(Severity severity, Domain domain, String text) {
        if (wants(severity, domain) && rate.permits()) {
            err.println("allium: " + text);
        }
    }

    @Override
    public boolean wants(Severity severity, Domain domain) {
        return severity.compareTo(Severity.WARN) <= 0;
    }

    @Override
    public String scrub(Object sensitive) {
        return "[scrubbed]";
    }

    @Override
    public void protocolWarning(Domain domain, String text) {}
}
