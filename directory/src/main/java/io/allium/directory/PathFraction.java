package io.allium.directory;

import io.allium.directory.Weights.Position;
import io.allium.netdoc.RouterFlag;

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
        int present = 0;
        int usable = 0;
        Share guards = new Share();
        Share middles = new Share();
        Share exits = new Share();
        for (Relay relay : view.relays()) {
            if (!relay.has(RouterFlag.RUNNING) || !relay.has(RouterFlag.VALID)) {
                continue;
            }
            boolean here = relay.isUsable();
            usable++;
            present += here ? 1 : 0;
            middles.add(view.weights().of(relay, Position.MIDDLE), here);
            if (relay.has(RouterFlag.GUARD)) {
                guards.add(view.weights().of(relay, Position.GUARD), here);
            }
            if (relay.has(RouterFlag.EXIT) && (!here || relay.isExit())) {
                exits.add(view.weights().of(relay, Position.EXIT), here);
            }
        }
        return new PathFraction(
                present, usable, guards.value(), middles.value(), exits.relays == 0 ? middles.value() : exits.value());
    }

    /** How much of the bandwidth of some relays is here, or of their number where they have none. */
    private static final class Share {
        private double total;
        private double totalHere;
        private int relays;
        private int relaysHere;

        void add(double weight, boolean here) {
            total += weight;
            totalHere += here ? weight : 0;
            relays++;
            relaysHere += here ? 1 : 0;
        }

        double value() {
            if (total > 0) {
                return totalHere / total;
            }
            return relays == 0 ? 0 : (double) relaysHere / relays;
        }
    }

    /** The share of all paths. */
    public double ofPaths() {
        return guard * middle * exit;
    }

    /** The shares in the words of C tor. */
    public String sentence() {
        return percent(guard) + "% of guards bw, " + percent(middle) + "% of midpoint bw, and " + percent(exit)
                + "% of exit bw = " + percent(ofPaths()) + "% of path bw";
    }

    private static int percent(double share) {
        return (int) (share * 100);
    }
}
