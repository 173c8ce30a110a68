package io.allium.app;

import io.allium.base.Log;
import io.allium.control.MetricFamily;
import io.allium.control.MetricsPart;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** How often a bug of ours was met: whoever meets one warns in the log. Safe from any thread. */
final class BugMetrics implements MetricsPart, TorLog.Listener {
    private final LongAdder bugs = new LongAdder();

    @Override
    public boolean wants(Log.Severity severity) {
        return severity == Log.Severity.WARN || severity == Log.Severity.ERR;
    }

    @Override
    public void line(Log.Severity severity, Log.Domain domain, String text) {
        if (domain == Log.Domain.BUG) {
            bugs.increment();
        }
    }

    @Override
    public List<MetricFamily> families() {
        return List.of(
                MetricFamily.counter("tor_bug_reached_count", "Total number of BUG() and similar assertion reached")
                        .with(bugs.sum()));
    }
}
