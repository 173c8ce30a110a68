package io.allium.cell;

/**
 * What names a stream on one circuit: 16 bits. Zero stands for the circuit itself.
 *
 * @spec tor-spec 6.1
 */
public record StreamId(int value) implements Comparable<StreamId> {
    /** Of messages about the whole circuit. */
    public static final StreamId CIRCUIT = new StreamId(0);

    public StreamId {
        if (value < 0 || value > 0xffff) {
            throw new IllegalArgumentException("stream ID " + value + " has more than 16 bits");
        }
    }

    public boolean isCircuit() {
        return value == 0;
    }

    @Override
    public int compareTo(StreamId that) {
        return Integer.compare(value, that.value);
    }

    @Override
    public String toString() {
        return Integer.toString(value);
    }
}
