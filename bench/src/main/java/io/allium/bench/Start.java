package io.allium.bench;

import java.io.IOException;
import java.time.Duration;

/** A client that has been here before starts: how long until the first byte of a page? */
final class Start implements Scenario {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private static final Figure FIRST_BYTE =
            new Figure("start", "client with a cached directory, start to first byte", "s", new Goal.AtMostMore(2));

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String what() {
        return "a client with a cached directory, from its start to the first byte of a page";
    }

    @Override
    public void run(Networks networks, Findings findings) throws IOException, InterruptedException {
        for (Implementation each : Implementation.values()) {
            PrivateNetwork network = networks.of(each);
            network.stop(network.client());
            long began = networks.time().nanos();
            network.start(network.client());
            awaitFirstByte(network, networks, began + LIMIT.toNanos());
            findings.add(FIRST_BYTE, each, (networks.time().nanos() - began) / 1e9);
        }
    }

    /** Asks again as long as there is no SOCKS port, or it refuses, as a user would who waits for it. */
    private static void awaitFirstByte(PrivateNetwork network, Networks networks, long deadline)
            throws IOException, InterruptedException {
        while (true) {
            try (LoadStream stream = LoadStream.attempt(network, networks.server(), "start")) {
                stream.fetch(1);
                return;
            } catch (IOException notYet) {
                if (networks.time().nanos() > deadline) {
                    throw new IOException(
                            network.client().implementation().title() + " had no page within " + LIMIT, notYet);
                }
                networks.time().sleep(Duration.ofMillis(20));
            }
        }
    }
}
