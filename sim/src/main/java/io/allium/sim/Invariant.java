package io.allium.sim;

import java.util.Optional;

/** What must hold at every minute of a run, such as that no cell is lost between two ends of a circuit. */
@FunctionalInterface
public interface Invariant {
    /** What is wrong, as a sentence, or nothing. Runs as a simulated task and should not wait. */
    Optional<String> violation();
}
