package io.allium.sim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Bad days for a network: every minute something that chance picks. Relays and authorities crash and come back with
 * their disks, parts of the network are cut off from the others, connections are reset, hosts get slow. Confined to the
 * thread of the simulation.
 */
final class Storm {
    private static final int BYTES_A_SECOND_MIN = 20_000;
    private static final int BYTES_A_SECOND_MAX = 2_000_000;
    private static final int CUT_OFF_EVERY = 4;
    private static final Duration BETWEEN = Duration.ofMinutes(1);

    private final TorNetwork network;
    private final Simulation simulation;
    private final SimEntropy chance;
    private final List<SimulatedTor> down = new ArrayList<>();

    Storm(TorNetwork network) {
        this.network = network;
        this.simulation = network.simulation();
        this.chance = SimEntropy.of(simulation.seed(), "storm");
    }

    /** Lets so many minutes pass, with something bad in each. */
    void rage(int minutes) {
        Duration latency = Duration.ofMillis(10 + chance.below(90));
        simulation.network().usual(new LinkQuality(latency, latency.dividedBy(5), 0.01));
        for (int i = 0; i < minutes; i++) {
            strike();
            simulation.run(BETWEEN);
        }
    }

    /** Everything is well again. */
    void pass() {
        simulation.network().heal();
        simulation.network().usual(LinkQuality.USUAL);
        down.forEach(SimulatedTor::start);
        down.clear();
        network.nodes().forEach(node -> node.host().bandwidth(0, 0));
    }

    private void strike() {
        switch (chance.below(6)) {
            case 0 -> crash();
            case 1 -> comeBack();
            case 2 -> cutOff();
            case 3 -> simulation.network().heal();
            case 4 -> simulation.network().reset(any().host(), any().host());
            default -> any().host().bandwidth(bandwidth(), bandwidth());
        }
    }

    private void crash() {
        SimulatedTor victim = any();
        if (victim.isRunning() && !network.clients().contains(victim)) {
            victim.crash();
            down.add(victim);
        }
    }

    private void comeBack() {
        if (!down.isEmpty()) {
            down.removeFirst().start();
        }
    }

    private void cutOff() {
        Set<String> side = new TreeSet<>();
        for (SimulatedTor node : network.nodes()) {
            if (chance.below(CUT_OFF_EVERY) == 0) {
                side.add(node.host().name());
            }
        }
        simulation.network().partition(host -> side.contains(host.name()));
    }

    private SimulatedTor any() {
        return chance.pick(network.nodes());
    }

    private long bandwidth() {
        return BYTES_A_SECOND_MIN + chance.below(BYTES_A_SECOND_MAX - BYTES_A_SECOND_MIN);
    }
}
