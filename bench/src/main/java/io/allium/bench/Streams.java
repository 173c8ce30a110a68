package io.allium.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Eight streams fetch at once, each on a circuit of its own. */
final class Streams implements Scenario {
    private static final int STREAMS = 8;

    private static final Figure THROUGHPUT =
            new Figure("streams", "eight streams on eight circuits, in all", "MB/s", new Goal.AtLeastTimes(2.5));
    private static final Figure RELAY =
            new Figure("streams", "relay, eight streams: CPU a GB relayed", "s/GB", new Goal.AtMostTimes(1 / 3.0));
    private static final Figure CLIENT =
            new Figure("streams", "client, eight streams: CPU a GB downloaded", "s/GB", new Goal.AtMostTimes(1 / 2.0));

    @Override
    public String name() {
        return "streams";
    }

    @Override
    public String what() {
        return "eight streams of 100 MB at once on eight circuits";
    }

    @Override
    public void run(Networks networks, Findings findings) throws IOException, InterruptedException {
        long bytes = networks.settings().megabytes().orElse(networks.settings().quick() ? 10 : 100) * 1_000_000L;
        for (Implementation each : Implementation.values()) {
            PrivateNetwork network = networks.warm(each);
            try (OpenStreams streams = OpenStreams.open(network, networks.server(), "stream", STREAMS)) {
                List<Load.Work> fetches = new ArrayList<>();
                streams.all().forEach(stream -> fetches.add(() -> stream.fetch(bytes)));
                Load load = Load.measure(network, networks.time(), fetches);
                findings.add(THROUGHPUT, each, load.megabytesPerSecond());
                findings.add(RELAY, each, load.relaySecondsPerGigabyte());
                findings.add(CLIENT, each, load.clientSecondsPerGigabyte());
                findings.addShares(name(), each, load);
            }
        }
    }
}
