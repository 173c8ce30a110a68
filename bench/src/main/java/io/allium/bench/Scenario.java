package io.allium.bench;

import java.io.IOException;
import java.time.Duration;

/** One thing that is measured, of both implementations. */
interface Scenario {
    /** How the command line calls it. */
    String name();

    /** What it measures, for {@code --help}. */
    String what();

    /** Whether it takes so long that it runs only if the command line names it. */
    default boolean isOnlyWhereNamed() {
        return false;
    }

    /** It never takes this long; one that does hangs, and the networks are taken from under it. */
    default Duration limit() {
        return Duration.ofMinutes(8);
    }

    /** Measures once, C tor first, and adds what it found. */
    void run(Networks networks, Findings findings) throws IOException, InterruptedException;
}
