package io.allium.circuit;

/**
 * What a circuit has carried so far, in bytes.
 *
 * @param read bodies of the cells that came
 * @param written bodies of the cells that were sent
 * @param deliveredRead data fields of the valid relay messages among those that came
 * @param overheadRead what those messages left of their cells to padding
 * @param deliveredWritten data fields of the relay messages sent
 * @param overheadWritten what those left to padding
 * @spec control-spec 4.1.22
 */
public record CircuitTraffic(
        long read, long written, long deliveredRead, long overheadRead, long deliveredWritten, long overheadWritten) {
    public static final CircuitTraffic NONE = new CircuitTraffic(0, 0, 0, 0, 0, 0);

    /** What was carried after that. */
    public CircuitTraffic since(CircuitTraffic earlier) {
        return new CircuitTraffic(
                read - earlier.read,
                written - earlier.written,
                deliveredRead - earlier.deliveredRead,
                overheadRead - earlier.overheadRead,
                deliveredWritten - earlier.deliveredWritten,
                overheadWritten - earlier.overheadWritten);
    }
}
