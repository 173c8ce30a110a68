package io.allium.bench;

import io.allium.base.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Somebody who asks for a page of an onion service through a client, until there is one. Safe from any thread. */
final class Visitor {
    /** Between one try and the next, as a program would that waits for a service. */
    private static final Duration PAUSE = Duration.ofMillis(200);

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Node client;
    private final Time time;
    private final Duration patience;
    private final Supplier<String> isolation;

    private Visitor(Node client, Time time, Duration patience, Supplier<String> isolation) {
        this.client = client;
        this.time = time;
        this.patience = patience;
        this.isolation = isolation;
    }

    /**
     * One whose visits each have circuits of their own.
     *
     * @param name that no other visitor of this client has
     */
    static Visitor through(Node client, String name, Time time) {
        AtomicInteger visits = new AtomicInteger();
        return new Visitor(client, time, PATIENCE, () -> name + "-" + visits.incrementAndGet());
    }

    /** One whose visits share a circuit, as long as there is one. */
    static Visitor who(Node client, String isolation, Time time) {
        return new Visitor(client, time, PATIENCE, () -> isolation);
    }

    /** The same who waits for so long for a connection before trying again. */
    Visitor withPatience(Duration longer) {
        return new Visitor(client, time, longer, isolation);
    }

    /** One page. */
    void visit(String host) throws IOException {
        try (LoadStream stream = LoadStream.toOnion(client, host, isolation.get(), patience)) {
            stream.fetch(1);
        }
    }

    /**
     * Asks again and again until a page comes.
     *
     * @param limit after which it fails
     */
    void awaitPage(OnionSite site, Duration limit) throws IOException, InterruptedException {
        long deadline = time.nanos() + limit.toNanos();
        while (!site.hasName()) {
            failAfter(deadline, new IOException("no file with its name"));
            time.sleep(Duration.ofMillis(20));
        }
        while (true) {
            try {
                visit(site.host());
                return;
            } catch (IOException notYet) {
                failAfter(deadline, notYet);
                time.sleep(PAUSE);
            }
        }
    }

    private void failAfter(long deadline, IOException notYet) throws IOException {
        if (time.nanos() - deadline > 0) {
            throw new IOException(
                    "an onion service was not reached through the client of "
                            + client.implementation().title() + ": " + notYet.getMessage(),
                    notYet);
        }
    }
}
