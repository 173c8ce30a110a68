package io.allium.bench;

import java.io.IOException;
import java.util.List;

/** One stream fetches much through three hops. */
final class Bulk implements Scenario {
    private static final Figure THROUGHPUT =
            new Figure("bulk", "one stream over three hops", "MB/s", new Goal.AtLeastTimes(8));
    private static final Figure RELAY =
            new Figure("bulk", "relay, bulk: CPU a GB relayed", "s/GB", new Goal.AtMostTimes(1 / 3.0));
    private static final Figure CLIENT =
            new Figure("bulk", "client, bulk: CPU a GB downloaded", "s/GB", new Goal.AtMostTimes(1 / 2.0));

    @Override
    public String name() {
        return "bulk";
    }

    @Override
    public String what() {
        return "one stream of 200 MB through three hops, and what it costs each relay and the client";
    }

    @Override
    public void run(Networks networks, Findings findings) throws IOException, InterruptedException {
        long bytes = networks.settings().megabytes().orElse(networks.settings().quick() ? 20 : 200) * 1_000_000L;
        for (Implementation each : Implementation.values()) {
            PrivateNetwork network = networks.warm(each);
            try (LoadStream stream = LoadStream.through(network, networks.server(), "bulk")) {
                Load load = Load.measure(network, networks.time(), List.of(() -> stream.fetch(bytes)));
                findings.add(THROUGHPUT, each, load.megabytesPerSecond());
                findings.add(RELAY, each, load.relaySecondsPerGigabyte());
                findings.add(CLIENT, each, load.clientSecondsPerGigabyte());
                findings.addShares(name(), each, load);
            }
        }
    }
}
