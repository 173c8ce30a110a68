package io.allium.bench;

import java.io.IOException;

/** One thing that is measured, of both implementations. */
interface Scenario {
    /** How the command line calls it. */
    String name();

    /** What it measures, for {@code --help}. */
    String what();

    /** Measures once, C tor first, and adds what it found. */
    void run(Networks networks, Findings findings) throws IOException, InterruptedException;
}
