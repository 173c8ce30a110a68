package io.allium.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How much one relay could carry with all cores of this machine to itself.
 *
 * <p>That cannot be had on the machine that also runs the client and the other hops, so it is computed from what a relay
 * uses while eight streams pass through the network: a thread carries at most what it can in a second of processor time,
 * and what one thread does alone no other core can help with. C tor moves all cells in its main thread; ours shares
 * links and streams among all cores. So a relay of n cores can carry a byte for each {@code max(busiest indivisible
 * thread, all threads / n)} seconds of processor time. Ours has one loop a core, whose links are divisible among loops.
 */
final class Capacity implements Scenario {
    private static final int STREAMS = 8;

    private static final Figure CAPACITY =
            new Figure("capacity", "one relay on all cores, bulk, computed from CPU", "MB/s", new Goal.AtLeastTimes(4));

    @Override
    public String name() {
        return "capacity";
    }

    @Override
    public String what() {
        return "what one relay could carry on all cores of this machine, from the processor time of its threads";
    }

    @Override
    public void run(Networks networks, Findings findings) throws IOException, InterruptedException {
        long bytes = networks.settings().megabytes().orElse(networks.settings().quick() ? 10 : 100) * 1_000_000L;
        int cores = Runtime.getRuntime().availableProcessors();
        for (Implementation each : Implementation.values()) {
            PrivateNetwork network = networks.warm(each);
            try (OpenStreams streams = OpenStreams.open(network, networks.server(), "capacity", STREAMS)) {
                List<Load.Work> fetches = new ArrayList<>();
                streams.all().forEach(stream -> fetches.add(() -> stream.fetch(bytes)));
                Map<String, Double> before = Load.threads(network, network.relays());
                long relayed = 3 * Load.atOnce(fetches);
                Map<String, Double> used = new TreeMap<>(Load.threads(network, network.relays()));
                before.forEach((name, seconds) -> used.merge(name, -seconds, Double::sum));
                double all =
                        used.values().stream().mapToDouble(Double::doubleValue).sum();
                double alone = used.getOrDefault("tor", 0.0); // C tor's main thread has the program's name
                findings.add(CAPACITY, each, relayed / 1e6 / Math.max(alone, all / cores));
            }
        }
    }
}
