package io.allium.testing;

import io.allium.base.Log;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A log whose lines a test reads, each with its severity before it: {@code WARN It's late}. Safe from any thread. */
public final class RecordedLog implements Log {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    /** What was written so far, and will be. */
    public List<String> lines() {
        return lines;
    }

    @Override
    public void write(Severity severity, Domain domain, String text) {
        lines.add(severity + " " + text);
    }

    @Override
    public boolean wants(Severity severity, Domain domain) {
        return true;
    }

    @Override
    public String scrub(Object sensitive) {
        return "[scrubbed]";
    }

    @Override
    public void protocolWarning(Domain domain, String text) {
        lines.add("PROTOCOL " + text);
    }
}
