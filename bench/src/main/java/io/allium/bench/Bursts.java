package io.allium.bench;

import io.allium.base.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Hundreds of circuits that each carry a few cells now and then, as most of Tor's traffic is. */
final class Bursts implements Scenario {
    private static final int CIRCUITS = 200;

    /** About ten cells: a small page, or a message. */
    private static final int BURST_BYTES = 5_000;

    /** So many bursts on each circuit, at times drawn evenly from the whole load. */
    private static final int BURSTS = 30;

    /** Slow enough for either: it is the cost that is measured, and not how much can be had. */
    private static final double SECONDS = 20;

    private static final Figure RELAY =
            new Figure("bursts", "relay, small bursts: CPU a GB relayed", "s/GB", new Goal.AtMostTimes(1 / 2.0));
    private static final Figure CLIENT =
            new Figure("bursts", "client, small bursts: CPU a GB downloaded", "s/GB", new Goal.None());

    @Override
    public String name() {
        return "bursts";
    }

    @Override
    public String what() {
        return "200 circuits with a burst of 5 kB every 0.7 s each";
    }

    @Override
    public void run(Networks networks, Findings findings) throws IOException, InterruptedException {
        boolean quick = networks.settings().quick();
        int circuits = quick ? CIRCUITS / 10 : CIRCUITS;
        for (Implementation each : Implementation.values()) {
            PrivateNetwork network = networks.warm(each);
            Random chance = new Random(networks.settings().seed()); // the same times for both
            try (OpenStreams streams = OpenStreams.open(network, networks.server(), "burst", circuits)) {
                if (!quick) {
                    Load.atOnce(bursts(streams, chance, networks.time())); // so much work is new to the JVM
                }
                Load load = Load.measure(network, networks.time(), bursts(streams, chance, networks.time()));
                findings.add(RELAY, each, load.relaySecondsPerGigabyte());
                findings.add(CLIENT, each, load.clientSecondsPerGigabyte());
                findings.addShares(name(), each, load);
            }
        }
    }

    private static List<Load.Work> bursts(OpenStreams streams, Random chance, Time time) {
        long began = time.nanos();
        List<Load.Work> all = new ArrayList<>();
        for (LoadStream stream : streams.all()) {
            long[] starts = chance.doubles(BURSTS)
                    .sorted()
                    .mapToLong(share -> began + (long) (share * SECONDS * 1e9))
                    .toArray();
            all.add(() -> {
                for (long start : starts) {
                    time.sleep(Duration.ofNanos(Math.max(0, start - time.nanos())));
                    stream.fetch(BURST_BYTES);
                }
                return (long) BURSTS * BURST_BYTES;
            });
        }
        return all;
    }
}
