package io.allium.app;

import io.allium.base.Time;
import java.io.PrintStream;
import java.time.Duration;

/** Tells whoever waits what happens, each line with the seconds since the start. Immutable: lines of several tasks don't mix. */
final class Steps {
    private final PrintStream out;
    private final Time time;
    private final long began;

    Steps(PrintStream out, Time time) {
        this.out = out;
        this.time = time;
        this.began = time.nanos();
    }

    void say(String text) {
        long tenths = Duration.ofNanos(time.nanos() - began).toMillis() / 100;
        out.println(" ".repeat(Math.max(0, 5 - Long.toString(tenths).length())) + tenths / 10 + "." + tenths % 10
                + " s  " + text);
        out.flush();
    }

    /** A line that belongs to the one before. */
    void add(String text) {
        out.println("          " + text);
        out.flush();
    }
}
