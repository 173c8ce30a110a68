package io.allium.circuit;

/**
 * How many streams a client of an onion service may have on its circuit at once.
 *
 * @param most {@code HiddenServiceMaxStreams}; 0 for as many as there are stream IDs
 * @param endsCircuit {@code HiddenServiceMaxStreamsCloseCircuit}: whether a further one ends the circuit, or is only refused
 */
public record StreamLimit(int most, boolean endsCircuit) {
    public StreamLimit {
        if (most < 0 || most > StreamTable.MAX) {
            throw new IllegalArgumentException(most + " streams of a circuit");
        }
    }

    /** Whether there is room for one more beside so many. */
    boolean admits(int open) {
        return most == 0 || open < most;
    }
}
