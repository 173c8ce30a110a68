package io.allium.client;

import io.allium.circuit.CongestionParameters;
import io.allium.circuit.FlowParameters;
import io.allium.circuit.StreamFlowParameters;
import io.allium.directory.Parameter;
import io.allium.directory.Parameters;

/**
 * How the consensus wants circuits and streams to flow. Pure.
 *
 * @spec proposal 324, 6.5; param-spec
 */
public final class ConsensusFlow {
    /** {@code cc_alg}: fixed windows, as before congestion control. */
    private static final int FIXED_WINDOWS = 0;

    private ConsensusFlow() {}

    /** What these parameters say, or their standard values do. */
    public static FlowParameters of(Parameters parameters) {
        return new FlowParameters(
                parameters.get(Parameter.CIRC_WINDOW),
                parameters.get(Parameter.SENDME_EMIT_MIN_VERSION),
                parameters.get(Parameter.SENDME_ACCEPT_MIN_VERSION),
                toExits(parameters),
                joined(parameters),
                streams(parameters));
    }

    private static CongestionParameters toExits(Parameters parameters) {
        return congestion(
                parameters,
                Parameter.CC_SSCAP_EXIT,
                Parameter.CC_VEGAS_ALPHA_EXIT,
                Parameter.CC_VEGAS_BETA_EXIT,
                Parameter.CC_VEGAS_GAMMA_EXIT,
                Parameter.CC_VEGAS_DELTA_EXIT);
    }

    private static CongestionParameters joined(Parameters parameters) {
        return congestion(
                parameters,
                Parameter.CC_SSCAP_ONION,
                Parameter.CC_VEGAS_ALPHA_ONION,
                Parameter.CC_VEGAS_BETA_ONION,
                Parameter.CC_VEGAS_GAMMA_ONION,
                Parameter.CC_VEGAS_DELTA_ONION);
    }

    private static CongestionParameters congestion(
            Parameters parameters,
            Parameter slowStartCap,
            Parameter alpha,
            Parameter beta,
            Parameter gamma,
            Parameter delta) {
        return new CongestionParameters(
                parameters.get(Parameter.CC_ALG) != FIXED_WINDOWS, // Vegas stands for those that are no more
                parameters.get(Parameter.CC_SENDME_INC),
                parameters.get(Parameter.CC_CWND_INIT),
                parameters.get(Parameter.CC_CWND_MIN),
                parameters.get(Parameter.CC_CWND_MAX),
                parameters.get(Parameter.CC_CWND_INC),
                parameters.get(Parameter.CC_CWND_INC_RATE),
                parameters.get(Parameter.CC_CWND_INC_PCT_SS),
                parameters.get(slowStartCap),
                parameters.get(Parameter.CC_SS_MAX),
                parameters.get(Parameter.CC_CWND_FULL_GAP),
                parameters.get(Parameter.CC_CWND_FULL_MINPCT),
                parameters.isOn(Parameter.CC_CWND_FULL_PER_CWND),
                parameters.get(Parameter.CC_EWMA_CWND_PCT),
                parameters.get(Parameter.CC_EWMA_MAX),
                parameters.get(Parameter.CC_EWMA_SS),
                parameters.get(Parameter.CC_RTT_RESET_PCT),
                parameters.get(alpha),
                parameters.get(beta),
                parameters.get(gamma),
                parameters.get(delta));
    }

    private static StreamFlowParameters streams(Parameters parameters) {
        return new StreamFlowParameters(
                parameters.get(Parameter.CC_XOFF_CLIENT),
                parameters.get(Parameter.CC_XOFF_EXIT),
                parameters.get(Parameter.CC_XON_RATE),
                parameters.get(Parameter.CC_XON_CHANGE_PCT),
                parameters.get(Parameter.CC_XON_EWMA_CNT));
    }
}
