package io.allium.client;

import io.allium.base.Entropy;
import io.allium.base.Unreachable;
import io.allium.crypto.Fingerprint;
import io.allium.directory.NetworkView;
import io.allium.directory.Relay;
import io.allium.directory.Weights.Position;
import io.allium.netdoc.RouterFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Chooses the relays of an onion service's circuit, from our side to the other. Somebody else may choose the last one, again
 * and again, and watch what comes before it: were the hops before it to avoid that relay's family and network, as they do
 * on other paths, he would learn from their choice who the others are. So these rules are not held here, and what is left of
 * them is that no cell goes back to where it came from: no relay follows itself, nor comes again after one other. Immutable but
 * for the vanguards.
 *
 * @spec vanguards-spec (path construction)
 */
final class HsPathChooser {
    /** From this hop on the guard may come again, so that its absence tells nothing of it. */
    private static final int GUARD_AGAIN = 4;

    private final ClientOptions options;
    private final Vanguards vanguards;
    private final Entropy entropy;

    HsPathChooser(ClientOptions options, Vanguards vanguards, Entropy entropy) {
        this.options = options;
        this.vanguards = vanguards;
        this.entropy = entropy;
    }

    /**
     * All relays but the last, which is given.
     *
     * @throws Unreachable when there is none for one of the places just now
     */
    PathChooser.Path to(Fingerprint last, HsPurpose purpose, NetworkView view, GuardSet guards) throws Unreachable {
        int hops = purpose.hops(vanguards.hasThirdLayer(purpose.isService(), view.parameters()));
        return choose(hops - 1, Optional.of(last), purpose.isService(), purpose.isLongLived(), view, guards);
    }

    /** All relays, of which the last is one where a client and a service can meet. */
    PathChooser.Path toAny(HsPurpose purpose, NetworkView view, GuardSet guards) throws Unreachable {
        int hops = purpose.hops(vanguards.hasThirdLayer(purpose.isService(), view.parameters()));
        return choose(hops, Optional.empty(), purpose.isService(), purpose.isLongLived(), view, guards);
    }

    /** All relays of a circuit that is built ahead: as for a rendezvous point. */
    PathChooser.Path ahead(boolean service, NetworkView view, GuardSet guards) throws Unreachable {
        int hops = HsPurpose.CLIENT_REND.hops(vanguards.hasThirdLayer(service, view.parameters()));
        return choose(hops, Optional.empty(), service, true, view, guards);
    }

    private PathChooser.Path choose(
            int hops, Optional<Fingerprint> last, boolean service, boolean stable, NetworkView view, GuardSet guards)
            throws Unreachable {
        Optional<Fingerprint> near = hops < GUARD_AGAIN - 1 ? last : Optional.empty();
        GuardSet.Attempt guard = guards.choose(
                        GuardSet.Use.CIRCUIT,
                        relay -> near.filter(relay.fingerprint()::equals).isEmpty())
                .orElseThrow(() -> new Unreachable("no guard can be used"));
        try {
            List<Relay> path = new ArrayList<>(List.of(guard.relay()));
            while (path.size() < hops) {
                boolean endsHere = last.isEmpty() && path.size() == hops - 1;
                path.add(next(path, last, endsHere, service, stable, view));
            }
            return new PathChooser.Path(guard, path);
        } catch (Unreachable none) {
            guards.over(guard);
            throw none;
        }
    }

    private Relay next(
            List<Relay> before,
            Optional<Fingerprint> last,
            boolean endsHere,
            boolean service,
            boolean stable,
            NetworkView view)
            throws Unreachable {
        int hop = before.size() + 1;
        List<Relay> taken = hop < GUARD_AGAIN ? before : before.subList(1, before.size());
        Predicate<Relay> may = relay -> last.filter(relay.fingerprint()::equals).isEmpty()
                && taken.stream().noneMatch(each -> each.fingerprint().equals(relay.fingerprint()))
                && !(endsHere && relay.has(RouterFlag.MIDDLE_ONLY));
        Optional<Relay> chosen;
        if (hop == 2 && !vanguards.isFree(Vanguards.Layer.SECOND, service, view.parameters())) {
            chosen = vanguards.draw(Vanguards.Layer.SECOND, view, stable, may);
        } else if (hop == 3 && !vanguards.isFree(Vanguards.Layer.THIRD, service, view.parameters())) {
            chosen = vanguards.draw(Vanguards.Layer.THIRD, view, stable, may);
        } else {
            chosen =
                    view.draw(Position.MIDDLE, stable, relay -> may.test(relay) && isAllowed(relay, endsHere), entropy);
        }
        return chosen.orElseThrow(() -> new Unreachable("no relay can be hop " + hop + " after " + before));
    }

    private boolean isAllowed(Relay relay, boolean endsHere) {
        return !options.excludeNodes().contains(relay)
                && (endsHere
                        || options.middleNodes().isEmpty()
                        || options.middleNodes().contains(relay));
    }
}
