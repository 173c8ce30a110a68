package io.allium.client;

import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.Refused;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.circuit.ConfluxSet;
import io.allium.circuit.OriginCircuit;
import io.allium.crypto.Fingerprint;
import io.allium.directory.NetworkView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Builds a set of linked circuits, leg by leg, on the task of whoever wants one. A leg that fails is tried again on
 * another path, so often that it makes up for bad luck and no oftener. Safe from any task.
 *
 * @spec prop329 2.2, 2.4, 4.2.2
 */
final class SetBuilder {
    /** A leg's circuit and how it goes. */
    record Leg(TrackedCircuit tracked, PathChooser.Path path) {}

    /** A set that is linked. */
    record Built(ConfluxSet set, List<Leg> legs) {
        Built {
            legs = List.copyOf(legs);
        }
    }

    private final Time time;
    private final Entropy entropy;
    private final Log log;
    private final CircuitBuilder builder;
    private final GuardSet guards;

    SetBuilder(Time time, Entropy entropy, Log log, CircuitBuilder builder, GuardSet guards) {
        this.time = time;
        this.entropy = entropy;
        this.log = log;
        this.builder = builder;
        this.guards = guards;
    }

    /** Chooses the path of a set's first leg, and enters its circuit into the list. */
    Leg begin(NetworkView view, ClientOptions options, Demand demand, Set<Fingerprint> avoid)
            throws Refused, Unreachable {
        return next(view, options, demand, avoid, List.of());
    }

    private Leg next(
            NetworkView view,
            ClientOptions options,
            Demand demand,
            Set<Fingerprint> avoid,
            List<PathChooser.Path> others)
            throws Refused, Unreachable {
        PathChooser.Path path = new PathChooser(options, entropy).chooseLeg(view, guards, demand, avoid, others);
        return new Leg(builder.launch(CircuitEvents.Purpose.CONFLUX_UNLINKED, false, demand), path);
    }

    /**
     * Builds the set that this leg begins.
     *
     * @throws TorException when it cannot be had; nothing is left of it
     */
    Built build(Leg first, NetworkView view, ClientOptions options, ConfluxPlan plan)
            throws TorException, InterruptedException {
        ConfluxSet set = new ConfluxSet(options.confluxClientUx(), plan.keptMax(), time, entropy);
        List<Leg> legs = new ArrayList<>();
        boolean complete = false;
        try {
            Leg leg = first;
            for (int launches = 1; ; launches++) {
                if (join(set, leg, view, builder.patience(options))) {
                    legs.add(leg);
                }
                if (legs.size() == plan.legs() || launches == plan.launches()) {
                    break;
                }
                List<PathChooser.Path> others = legs.isEmpty()
                        ? List.of()
                        : legs.stream().map(Leg::path).toList();
                leg = next(view, options, first.tracked.demand, Set.of(), others);
            }
            complete = legs.size() == plan.legs() && set.circuits().size() == plan.legs();
            if (!complete) {
                throw new Unreachable("of " + plan.legs() + " legs, " + legs.size() + " could be linked");
            }
            return new Built(set, legs);
        } finally {
            if (!complete) {
                set.close();
                legs.forEach(each -> guards.over(each.path.guard()));
            }
        }
    }

    /** Whether this leg could be built and linked. */
    private boolean join(ConfluxSet set, Leg leg, NetworkView view, Duration timeout) throws InterruptedException {
        try {
            leg.tracked.linking(set);
            OriginCircuit circuit = builder.build(leg.tracked, leg.path, view.parameters(), timeout);
            try {
                CircuitEvents.Use before = leg.tracked.use();
                leg.tracked.linked(set, set.join(circuit, timeout));
                builder.tellUse(leg.tracked, before, Optional.empty());
                return true;
            } catch (TorException notLinked) {
                guards.over(leg.path.guard());
                throw notLinked;
            }
        } catch (TorException failed) {
            log.info(Domain.CIRC, "Circuit " + leg.tracked.id + " became no leg: " + failed.getMessage());
            return false;
        }
    }
}
