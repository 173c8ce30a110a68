package io.allium.circuit;

/**
 * What a circuit's flow control goes by, from the consensus. Immutable.
 *
 * @param circuitWindow {@code circwindow}: DATA cells that we send before the first SENDME, 100 to 1000
 * @param sendmeEmitVersion {@code sendme_emit_min_version}: the version of the circuit-level SENDMEs that we send, 0 or 1
 * @param sendmeAcceptVersion {@code sendme_accept_min_version}: the lowest version that we take, 0 or 1
 * @param congestion for circuits on which congestion control was agreed
 * @param onion the same for circuits that are joined by a rendezvous point, and so twice as long
 * @param streams for the streams on them
 * @spec param-spec 2; tor-spec 7.3.1
 */
public record FlowParameters(
        int circuitWindow,
        int sendmeEmitVersion,
        int sendmeAcceptVersion,
        CongestionParameters congestion,
        CongestionParameters onion,
        StreamFlowParameters streams) {
    /** Without a consensus; the values of C tor 0.4.9. */
    public static final FlowParameters DEFAULT = new FlowParameters(SendWindow.CIRCUIT_START, 1, 0);

    /** With what holds for congestion control without a consensus. */
    public FlowParameters(int circuitWindow, int sendmeEmitVersion, int sendmeAcceptVersion) {
        this(
                circuitWindow,
                sendmeEmitVersion,
                sendmeAcceptVersion,
                CongestionParameters.DEFAULT,
                CongestionParameters.DEFAULT_ONION,
                StreamFlowParameters.DEFAULT);
    }

    public FlowParameters {
        circuitWindow = Math.clamp(circuitWindow, SendWindow.CIRCUIT_INCREMENT, SendWindow.CIRCUIT_START);
        sendmeEmitVersion = Math.clamp(sendmeEmitVersion, 0, 1);
        sendmeAcceptVersion = Math.clamp(sendmeAcceptVersion, 0, 1);
    }

    /** What holds between the ends of two circuits that are joined. */
    FlowParameters joined() {
        return new FlowParameters(circuitWindow, sendmeEmitVersion, sendmeAcceptVersion, onion, onion, streams);
    }
}
