package io.allium.client;

import io.allium.directory.NetworkView;
import io.allium.directory.Parameter;
import io.allium.directory.Parameters;
import io.allium.directory.Relay;
import io.allium.netdoc.RouterFlag;
import java.util.List;

/**
 * How many sets of linked circuits a client has, and of how many legs. Pure.
 *
 * @param prebuilt sets that are kept ready, or under construction, for streams to come
 * @param setsMax sets at a time, with those in use
 * @param legs legs of a set
 * @param launches circuits that may be launched for one set: a hostile exit could else have us try guard after guard
 * @param keptMax bytes of a set that may wait for their turn
 * @spec prop329 2.4.1, 4.2.2, 5
 */
record ConfluxPlan(int prebuilt, int setsMax, int legs, int launches, long keptMax) {
    /** Nothing is linked. */
    static final ConfluxPlan NONE = new ConfluxPlan(0, 0, 0, 0, 0);

    /** {@code cfx_low_exit_threshold} is a share of so many. */
    private static final double SHARES = 10_000;

    /** What the consensus says, unless the configuration knows better. */
    static ConfluxPlan of(NetworkView view, ClientOptions options) {
        Parameters parameters = view.parameters();
        boolean enabled = options.confluxEnabled().orElse(parameters.isOn(Parameter.CFX_ENABLED));
        if (!enabled || !ConsensusFlow.of(parameters).congestion().enabled()) {
            return NONE;
        }
        int legs = parameters.get(Parameter.CFX_NUM_LEGS_SET);
        return legs == 0
                ? NONE
                : new ConfluxPlan(
                        prebuilt(view, parameters),
                        parameters.get(Parameter.CFX_MAX_LINKED_SET),
                        legs,
                        legs + parameters.get(Parameter.CFX_MAX_UNLINKED_LEG_RETRY),
                        parameters.get(Parameter.CFX_MAX_OOOQ_BYTES));
    }

    /** Where few exits can link circuits they are not to get all the traffic. */
    private static int prebuilt(NetworkView view, Parameters parameters) {
        List<Relay> exits = view.relays().stream()
                .filter(relay -> relay.has(RouterFlag.EXIT) && !relay.has(RouterFlag.BAD_EXIT))
                .toList();
        long able = exits.stream().filter(PathChooser::canLink).count();
        int wanted = parameters.get(Parameter.CFX_MAX_PREBUILT_SET);
        if (able == 0) {
            return 0;
        }
        boolean few = able * SHARES < exits.size() * (double) parameters.get(Parameter.CFX_LOW_EXIT_THRESHOLD);
        return few ? Math.min(1, wanted) : wanted;
    }
}
