package io.allium.cell;

/**
 * What names a circuit on one link: 32 bits, or 16 below link protocol 4, as an unsigned number. Zero is no circuit.
 *
 * @spec tor-spec 5.1.1
 */
public record CircuitId(int value) implements Comparable<CircuitId> {
    /** Of cells that belong to the link itself. */
    public static final CircuitId NONE = new CircuitId(0);

    public boolean isNone() {
        return value == 0;
    }

    @Override
    public int compareTo(CircuitId that) {
        return Integer.compareUnsigned(value, that.value);
    }

    @Override
    public String toString() {
        return Integer.toUnsignedString(value);
    }
}
