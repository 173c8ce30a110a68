package io.allium.circuit;

/**
 * What congestion control goes by, from the consensus. Cells unless said otherwise. Immutable.
 *
 * @param enabled {@code cc_alg}: whether Vegas is to be agreed on with a circuit's last hop, or fixed windows do
 * @param sendmeIncrement {@code cc_sendme_inc}: DATA cells that a SENDME acknowledges, where we grant it
 * @param windowAtFirst {@code cc_cwnd_init}
 * @param windowMin {@code cc_cwnd_min}: after slow start
 * @param windowMax {@code cc_cwnd_max}
 * @param step {@code cc_cwnd_inc}: by how much the window changes after slow start
 * @param stepsEachWindow {@code cc_cwnd_inc_rate}: how often it may change while a window is sent
 * @param slowStartPercent {@code cc_cwnd_inc_pct_ss}: growth in slow start, in percent of a SENDME's cells
 * @param slowStartCap {@code cc_sscap_exit} or {@code cc_sscap_onion}: above it, slow start becomes slower: RFC 3742
 * @param slowStartMax {@code cc_ss_max}: slow start ends there
 * @param fullGap {@code cc_cwnd_full_gap}: the window counts as full with as many SENDMEs' cells to spare
 * @param fullMinPercent {@code cc_cwnd_full_minpct}: with less in flight it does not count as full any more
 * @param fullForWindow {@code cc_cwnd_full_per_cwnd}: whether being full counts for a window, or for one change of it
 * @param smoothingPercent {@code cc_ewma_cwnd_pct}: how many of a window's SENDMEs the round trip is averaged over
 * @param smoothingMax {@code cc_ewma_max}: at most so many
 * @param smoothingSlowStart {@code cc_ewma_ss}: so many in slow start
 * @param roundTripResetPercent {@code cc_rtt_reset_pct}: how far the least round trip is raised at the least window
 * @param alpha {@code cc_vegas_alpha_exit} or {@code _onion}: with less in queues the window grows
 * @param beta {@code cc_vegas_beta_exit} or {@code _onion}: with more in queues it shrinks
 * @param gamma {@code cc_vegas_gamma_exit} or {@code _onion}: with as much in queues slow start ends
 * @param delta {@code cc_vegas_delta_exit} or {@code _onion}: with more in queues it shrinks at once to that
 * @spec proposal 324, 6.5
 */
public record CongestionParameters(
        boolean enabled,
        int sendmeIncrement,
        int windowAtFirst,
        int windowMin,
        int windowMax,
        int step,
        int stepsEachWindow,
        int slowStartPercent,
        int slowStartCap,
        int slowStartMax,
        int fullGap,
        int fullMinPercent,
        boolean fullForWindow,
        int smoothingPercent,
        int smoothingMax,
        int smoothingSlowStart,
        int roundTripResetPercent,
        int alpha,
        int beta,
        int gamma,
        int delta) {
    /** {@code cc_sendme_inc} without a consensus: the cells that a TLS record holds. */
    public static final int SENDME_INCREMENT = 31;

    /** Without a consensus; the values of C tor 0.4.9. */
    public static final CongestionParameters DEFAULT = new CongestionParameters(
            true,
            SENDME_INCREMENT,
            4 * SENDME_INCREMENT,
            4 * SENDME_INCREMENT,
            Integer.MAX_VALUE,
            1,
            SENDME_INCREMENT,
            100,
            600,
            5000,
            4,
            25,
            true,
            50,
            10,
            2,
            100,
            186,
            248,
            186,
            310);

    /** The same for circuits that are joined by a rendezvous point. */
    public static final CongestionParameters DEFAULT_ONION = new CongestionParameters(
            true,
            SENDME_INCREMENT,
            4 * SENDME_INCREMENT,
            4 * SENDME_INCREMENT,
            Integer.MAX_VALUE,
            1,
            SENDME_INCREMENT,
            100,
            475,
            5000,
            4,
            25,
            true,
            50,
            10,
            2,
            100,
            186,
            372,
            248,
            434);

    /** The same, switched off: {@code cc_alg=0}. */
    public CongestionParameters disabled() {
        return new CongestionParameters(
                false,
                sendmeIncrement,
                windowAtFirst,
                windowMin,
                windowMax,
                step,
                stepsEachWindow,
                slowStartPercent,
                slowStartCap,
                slowStartMax,
                fullGap,
                fullMinPercent,
                fullForWindow,
                smoothingPercent,
                smoothingMax,
                smoothingSlowStart,
                roundTripResetPercent,
                alpha,
                beta,
                gamma,
                delta);
    }

    /**
     * Whether we go along with a relay or an onion service that names this increment: all who are honest have nearly the
     * same consensus.
     */
    public boolean accepts(int increment) {
        return increment > 0 && Math.abs(increment - sendmeIncrement) <= 1;
    }
}
