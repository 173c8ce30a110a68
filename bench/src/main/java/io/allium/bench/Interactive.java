package io.allium.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Somebody types while eight others download through the same relays: how long until each answer is there? */
final class Interactive implements Scenario {
    private static final int BULK_STREAMS = 8;

    /** A key press and what it changes on the screen. */
    private static final int MESSAGE_BYTES = 500;

    private static final int MESSAGES = 300;

    /** The bulk streams ask for this much at a time, until the last message is answered. */
    private static final long BULK_BYTES = 2_000_000;

    private static final Figure P50 =
            new Figure("interactive", "answer beside eight bulk streams, p50", "ms", new Goal.None());
    private static final Figure P99 =
            new Figure("interactive", "answer beside eight bulk streams, p99", "ms", new Goal.AtMostTimes(1 / 2.0));
    private static final Figure BULK =
            new Figure("interactive", "the eight bulk streams meanwhile, in all", "MB/s", new Goal.None());

    @Override
    public String name() {
        return "interactive";
    }

    @Override
    public String what() {
        return "answers of 500 bytes on a circuit of their own, beside eight bulk streams";
    }

    @Override
    public void run(Networks networks, Findings findings) throws IOException, InterruptedException {
        int messages = networks.settings().quick() ? MESSAGES / 10 : MESSAGES;
        for (Implementation each : Implementation.values()) {
            PrivateNetwork network = networks.warm(each);
            double[] milliseconds = new double[messages];
            AtomicBoolean done = new AtomicBoolean();
            try (LoadStream typing = LoadStream.through(network, networks.server(), "typing");
                    OpenStreams bulk = OpenStreams.open(network, networks.server(), "beside", BULK_STREAMS)) {
                List<Load.Work> all = new ArrayList<>();
                for (LoadStream stream : bulk.all()) {
                    all.add(() -> {
                        long bytes = 0;
                        while (!done.get()) {
                            bytes += stream.fetch(BULK_BYTES);
                        }
                        return bytes;
                    });
                }
                all.add(() -> {
                    try {
                        return ask(typing, milliseconds, networks);
                    } finally {
                        done.set(true);
                    }
                });
                Load load = Load.measure(network, networks.time(), all);
                findings.add(BULK, each, load.megabytesPerSecond());
            }
            findings.add(P50, each, Findings.quantile(milliseconds, 0.5));
            findings.add(P99, each, Findings.quantile(milliseconds, 0.99));
            findings.addDistribution("latency beside bulk", each, milliseconds);
        }
    }

    private static long ask(LoadStream typing, double[] milliseconds, Networks networks) throws IOException {
        typing.fetch(MESSAGE_BYTES); // the first waits for the stream to be connected, too
        for (int i = 0; i < milliseconds.length; i++) {
            long asked = networks.time().nanos();
            typing.fetch(MESSAGE_BYTES);
            milliseconds[i] = (networks.time().nanos() - asked) / 1e6;
        }
        return (long) milliseconds.length * MESSAGE_BYTES;
    }
}
