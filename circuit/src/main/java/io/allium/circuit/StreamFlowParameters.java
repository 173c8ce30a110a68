package io.allium.circuit;

/**
 * What XON and XOFF go by, from the consensus; in DATA cells unless said otherwise. Immutable.
 *
 * @param xoffClient {@code cc_xoff_client}: a client or an onion service that has more waiting for its application
 *     asks for a pause
 * @param xoffExit {@code cc_xoff_exit}: the same of an exit and its server
 * @param xonRate {@code cc_xon_rate}: how much is delivered between two measurements of the rate
 * @param xonChangePercent {@code cc_xon_change_pct}: a rate that differs by more is told anew
 * @param xonSmoothing {@code cc_xon_ewma_cnt}: measurements that the rate is averaged over
 * @spec proposal 324, 4.1, 6.5
 */
public record StreamFlowParameters(int xoffClient, int xoffExit, int xonRate, int xonChangePercent, int xonSmoothing) {
    /** Without a consensus; the values of C tor 0.4.9. */
    public static final StreamFlowParameters DEFAULT = new StreamFlowParameters(500, 500, 500, 25, 2);

    /** What a DATA cell holds in the format that leaves it least, in bytes: proposal 340. All ends count with that. */
    private static final int CELL_BYTES = 488;

    /** What so many cells hold, in bytes. */
    static int bytes(int cells) {
        return Math.multiplyExact(cells, CELL_BYTES);
    }
}
