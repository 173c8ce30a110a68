package io.allium.sim;

import io.allium.base.Entropy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Relays that restart, are away for a while, leave for good while others join, or come back as somebody else, by chance. So
 * many run at any time that a network is left. Confined to the carrier.
 */
final class Churn {
    /** Of relays that should run, so many may be away at once. */
    private static final int AWAY_MAX = 2;

    /** In an hour something happens with this chance, in percent. */
    private static final int CHANCE = 30;

    private static final int AWAY_HOURS_MAX = 30;

    private final Simulation simulation;
    private final Entropy entropy;
    private final Outages outages;
    private final List<SimulatedTor> running;
    private final List<SimulatedTor> spare;
    private final Map<SimulatedTor, Long> away = new LinkedHashMap<>(); // until when
    private final Map<String, Integer> counts = new TreeMap<>();

    /** @param spare those that have not joined yet */
    Churn(Simulation simulation, Outages outages, List<SimulatedTor> running, List<SimulatedTor> spare) {
        this.simulation = simulation;
        this.entropy = SimEntropy.of(simulation.seed(), "churn");
        this.outages = outages;
        this.running = new ArrayList<>(running);
        this.spare = new ArrayList<>(spare);
    }

    /** What happened, how often. */
    Map<String, Integer> counts() {
        return counts;
    }

    /** What happens in an hour. */
    void turn() {
        long now = simulation.time().nanos();
        for (SimulatedTor back : List.copyOf(away.keySet())) {
            if (away.get(back) <= now) {
                away.remove(back);
                running.add(back);
                start(back);
            }
        }
        if (entropy.below(100) >= CHANCE || away.size() >= AWAY_MAX) {
            return;
        }
        SimulatedTor relay = entropy.pick(running);
        switch (entropy.below(5)) {
            case 0, 1 -> restart(relay);
            case 2 -> goAway(relay);
            case 3 -> leave(relay);
            default -> becomeAnother(relay);
        }
    }

    private void restart(SimulatedTor relay) {
        note("restarts", relay);
        outages.began(relay, simulation.time().nanos());
        relay.crash();
        simulation.run(Duration.ofSeconds(1 + entropy.below(600)));
        start(relay);
    }

    private void goAway(SimulatedTor relay) {
        note("away for a while", relay);
        stop(relay);
        running.remove(relay);
        away.put(
                relay,
                simulation.time().nanos()
                        + Duration.ofHours(1 + entropy.below(AWAY_HOURS_MAX)).toNanos());
    }

    /** Another takes its place; of those that have left, each may come back in its turn. */
    private void leave(SimulatedTor relay) {
        note("left, and another came", relay);
        stop(relay);
        running.remove(relay);
        spare.add(relay);
        SimulatedTor next = spare.removeFirst();
        running.add(next);
        start(next);
    }

    private void becomeAnother(SimulatedTor relay) {
        note("came back with other keys", relay);
        stop(relay);
        delete(relay, SimulatedTor.DATA);
        start(relay);
    }

    private static void delete(SimulatedTor relay, Path path) {
        SimDisk disk = relay.host().disk();
        for (Path inside : disk.list(path)) {
            delete(relay, inside);
        }
        disk.delete(path);
    }

    private void stop(SimulatedTor relay) {
        outages.began(relay, simulation.time().nanos());
        relay.stop();
        simulation.run(Duration.ofMinutes(1));
        relay.crash();
    }

    private void start(SimulatedTor relay) {
        relay.start();
        simulation.run(Duration.ofSeconds(5));
        outages.ended(relay, simulation.time().nanos());
    }

    private void note(String what, SimulatedTor relay) {
        simulation.trace().add(relay + " " + what);
        counts.merge(what, 1, Integer::sum);
    }
}
