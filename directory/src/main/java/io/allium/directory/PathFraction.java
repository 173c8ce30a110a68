package io.allium.directory;

import io.allium.directory.Weights.Position;
import io.allium.netdoc.RouterFlag;
import java.util.List;
import java.util.function.Predicate;

/**
 * How many of the likely paths can be built with the descriptors at hand, so that no directory can make us use only the
 * relays that it lets us know of. Immutable.
 *
 * @param present relays whose descriptor is here
 * @param usable relays that we would use
 * @param guard share of the guards' bandwidth whose descriptors are here
 * @param middle share of the middle relays' bandwidth
 * @param exit share of the exits' bandwidth
 * @spec path-spec 2.1.0
 */
public record PathFraction(int present, int usable, double guard, double middle, double exit) {
    static PathFraction of(NetworkView view) {
        List<Relay> usable = view.relays().stream()
                .filter(relay -> relay.has(RouterFlag.RUNNING) && relay.has(RouterFlag.VALID))
                .toList();
        List<Relay> guards = with(usable, relay -> relay.has(RouterFlag.GUARD));
        List<Relay> exits = with(usable, relay -> relay.has(RouterFlag.EXIT) && (!relay.isUsable() || relay.isExit()));
        double middle = share(view, usable, Position.MIDDLE);
        return new PathFraction(
                (int) usable.stream().filter(Relay::isUsable).count(),
                usable.size(),
                share(view, guards, Position.GUARD),
                middle,
                exits.isEmpty() ? middle : share(view, exits, Position.EXIT));
    }

    /** The share of all paths. */
    public double ofPaths() {
        return guard * middle * exit;
    }

    /** The shares in the words of C tor. */
    public String sentence() {
        return "%d%% of guards bw, %d%% of midpoint bw, and %d%% of exit bw = %d%% of path bw"
                .formatted(percent(guard), percent(middle), percent(exit), percent(ofPaths()));
    }

    private static int percent(double share) {
        return (int) (share * 100);
    }

    private static List<Relay> with(List<Relay> relays, Predicate<Relay> wanted) {
        return relays.stream().filter(wanted).toList();
    }

    private static double share(NetworkView view, List<Relay> relays, Position position) {
        double total = 0;
        double here = 0;
        long count = 0;
        for (Relay relay : relays) {
            double weight = view.weights().of(relay, position);
            total += weight;
            here += relay.isUsable() ? weight : 0;
            count += relay.isUsable() ? 1 : 0;
        }
        if (total > 0) {
            return here / total;
        }
        return relays.isEmpty() ? 0 : (double) count / relays.size();
    }
}
