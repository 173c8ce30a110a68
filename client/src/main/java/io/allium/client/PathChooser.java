package io.allium.client;

import io.allium.base.Entropy;
import io.allium.base.Refused;
import io.allium.base.Unreachable;
import io.allium.crypto.Fingerprint;
import io.allium.directory.NetworkView;
import io.allium.directory.Relay;
import io.allium.directory.Weights.Position;
import io.allium.netdoc.RouterFlag;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Chooses the relays of a circuit: the exit first, then the guard, then the relay between them. Decides by what it is
 * given and by chance alone. Immutable.
 *
 * @spec path-spec 2.2
 */
final class PathChooser {
    /** How many hops a circuit has: as in C tor's DEFAULT_ROUTE_LEN. */
    static final int HOPS = 3;

    /**
     * The relays of a circuit to be.
     *
     * @param guard the attempt that counts for the first of them
     */
    record Path(GuardSet.Attempt guard, List<Relay> relays) {
        Path {
            relays = List.copyOf(relays);
        }

        Relay last() {
            return relays.getLast();
        }
    }

    private final ClientOptions options;
    private final Entropy entropy;

    PathChooser(ClientOptions options, Entropy entropy) {
        this.options = options;
        this.entropy = entropy;
    }

    /**
     * A path for this demand.
     *
     * @param avoid exits not to use, because they have refused
     * @throws Refused when no exit that the consensus lists and the configuration allows would do
     * @throws Unreachable when no guard or middle relay is to be had just now
     */
    Path choose(NetworkView view, GuardSet guards, Demand demand, Set<Fingerprint> avoid) throws Refused, Unreachable {
        return through(view, guards, demand, last(view, demand, avoid, any -> true), any -> true, any -> true);
    }

    private Path through(
            NetworkView view,
            GuardSet guards,
            Demand demand,
            Relay exit,
            Predicate<Relay> asGuard,
            Predicate<Relay> asMiddle)
            throws Unreachable {
        GuardSet.Attempt guard = guards.choose(
                        GuardSet.Use.CIRCUIT, relay -> mayJoin(view, relay, List.of(exit)) && asGuard.test(relay))
                .orElseThrow(() -> new Unreachable("no guard can be used together with exit " + exit));
        try {
            Relay middle = middle(view, demand, List.of(guard.relay(), exit), asMiddle);
            return new Path(guard, List.of(guard.relay(), middle, exit));
        } catch (Unreachable none) {
            guards.over(guard);
            throw none;
        }
    }

    /**
     * A path for a leg of a set of linked circuits. The legs have their exit in common and no guard or middle relay, so
     * that none of these is a bottleneck for both.
     *
     * @param others the paths of the legs so far; the first leg's exit is one that can link circuits
     * @throws Refused when no exit would do
     * @throws Unreachable when there is no further guard or middle relay just now
     * @spec prop329 2.2
     */
    Path chooseLeg(NetworkView view, GuardSet guards, Demand demand, Set<Fingerprint> avoid, List<Path> others)
            throws Refused, Unreachable {
        Relay exit = others.isEmpty()
                ? last(view, demand, avoid, PathChooser::canLink)
                : others.getFirst().last();
        Set<Fingerprint> first = new TreeSet<>();
        Set<Fingerprint> second = new TreeSet<>();
        for (Path other : others) {
            first.add(other.relays().get(0).fingerprint());
            second.add(other.relays().get(1).fingerprint());
        }
        return through(
                view,
                guards,
                demand,
                exit,
                relay -> !first.contains(relay.fingerprint()),
                relay -> !second.contains(relay.fingerprint()));
    }

    /** Whether circuits to this exit can be linked: that needs congestion control too. */
    static boolean canLink(Relay relay) {
        return relay.protocols().supports("Conflux", 1) && relay.protocols().supports("FlowCtrl", 2);
    }

    /**
     * A path to this relay, which need not be an exit. It has a hop more than others where there are relays enough: the
     * last one is not ours to choose, and may be in league with whoever made us go there; as in C tor.
     */
    Path to(Relay last, NetworkView view, GuardSet guards) throws Unreachable {
        Demand demand = Demand.internal();
        Path path = through(view, guards, demand, last, any -> true, any -> true);
        return between(view, demand, path.relays(), any -> true)
                .map(second -> new Path(
                        path.guard(),
                        List.of(path.relays().get(0), path.relays().get(1), second, last)))
                .orElse(path);
    }

    /** A path that somebody else chose. Its first relay counts as a guard only if it happens to be one of ours. */
    Path along(List<Relay> relays, GuardSet guards) {
        return new Path(guards.outside(relays.getFirst()), relays);
    }

    private Relay last(NetworkView view, Demand demand, Set<Fingerprint> avoid, Predicate<Relay> able) throws Refused {
        Predicate<Relay> wanted = relay -> serves(relay, demand)
                && able.test(relay)
                && !isExcluded(relay)
                && !avoid.contains(relay.fingerprint())
                && (!demand.exit() || isAllowedExit(relay));
        Position position = demand.exit() ? Position.EXIT : Position.MIDDLE;
        return view.draw(position, demand.stable(), wanted, entropy)
                .orElseThrow(() -> new Refused(
                        demand.exit() ? Refused.Kind.EXIT_POLICY : Refused.Kind.NETWORK_DOWN,
                        "no relay that we may use is good for: " + demand));
    }

    /** Whether the relay's own policy lets it be the end of such a circuit. */
    static boolean serves(Relay relay, Demand demand) {
        return !demand.exit()
                || (relay.isExit()
                        && !relay.has(RouterFlag.MIDDLE_ONLY)
                        && demand.ports().stream().allMatch(port -> relay.exitsTo(port, demand.ipv6())));
    }

    private boolean isAllowedExit(Relay relay) {
        return !options.excludeExitNodes().contains(relay)
                && (options.exitNodes().isEmpty() || options.exitNodes().contains(relay));
    }

    private Relay middle(NetworkView view, Demand demand, List<Relay> others, Predicate<Relay> able)
            throws Unreachable {
        return between(view, demand, others, able)
                .orElseThrow(() -> new Unreachable(
                        "no relay can stand between " + others.getFirst() + " and " + others.getLast()));
    }

    private Optional<Relay> between(NetworkView view, Demand demand, List<Relay> others, Predicate<Relay> able) {
        Predicate<Relay> wanted = relay -> mayJoin(view, relay, others)
                && able.test(relay)
                && !isExcluded(relay)
                && (options.middleNodes().isEmpty() || options.middleNodes().contains(relay));
        return view.draw(Position.MIDDLE, demand.stable(), wanted, entropy);
    }

    private boolean isExcluded(Relay relay) {
        return options.excludeNodes().contains(relay);
    }

    /** Whether the relay may be in one path with these: not the same, nor of one family or network. */
    boolean mayJoin(NetworkView view, Relay relay, List<Relay> others) {
        return others.stream().noneMatch(other -> conflict(view, relay, other));
    }

    private boolean conflict(NetworkView view, Relay one, Relay other) {
        return one.fingerprint().equals(other.fingerprint())
                || view.sameFamily(one, other)
                || (options.enforceDistinctSubnets() && one.sharesSubnetWith(other))
                || options.nodeFamilies().stream().anyMatch(family -> family.contains(one) && family.contains(other));
    }
}
