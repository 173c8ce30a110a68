package io.allium.onionservice;

import io.allium.base.TaskGroup;
import io.allium.base.TorException;
import io.allium.client.HsPurpose;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.OnionAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * Visits services of ours as a client that never heard of them: with circuits of clients that are used for nothing else,
 * and with nothing in mind from one visit to the next. Whoever sees one of these circuits sees a client. Safe from any task.
 */
final class SelfVisits implements SelfTest.Visitor {
    /** Visits at once in this process: with many services, theirs are not to keep circuits from being built for others. */
    static final int AT_ONCE = 4;

    /** For all of it: C tor's default of SocksTimeout. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Surroundings in;
    private final ClientPuzzles puzzles;
    private final Semaphore room = new Semaphore(AT_ONCE, true);

    SelfVisits(Surroundings in) {
        this.in = in;
        this.puzzles = new ClientPuzzles(in.puzzles(), in.time(), in.tasks(), in.entropy());
    }

    @Override
    public void visit(OnionAddress service, Optional<Curve25519KeyPair> key) throws TorException, InterruptedException {
        room.acquire();
        try (TaskGroup group = new TaskGroup(in.tasks(), "visit")) {
            meetings(service, key, group)
                    .with(service, new Patience(in.time(), PATIENCE))
                    .close();
        } finally {
            room.release();
        }
    }

    private Meetings meetings(OnionAddress service, Optional<Curve25519KeyPair> key, TaskGroup group) {
        IntroductionFailures failures = new IntroductionFailures(in.time());
        DescriptorFetch fetch = new DescriptorFetch(
                in.time(),
                in.entropy(),
                in.log(),
                in.network(),
                new HsDirExchange(in.time(), in.circuits(), HsPurpose.CLIENT_HSDIR),
                DescriptorEvents.NONE); // no user's visits
        ClientAuthorization keys = key.map(ours -> ClientAuthorization.of(service.identity(), ours))
                .orElse(ClientAuthorization.NONE);
        ServiceDescriptors descriptors = new ServiceDescriptors(in.time(), group, in.network(), fetch, () -> keys);
        Introducer introducer = new Introducer(
                in.time(),
                in.entropy(),
                in.network(),
                in.circuits(),
                failures,
                new ClientEffort(in.time()),
                puzzles,
                in.circuitPatience());
        return new Meetings(
                in.time(),
                in.entropy(),
                in.log(),
                group,
                in.circuits(),
                descriptors,
                introducer,
                failures,
                in.circuitPatience());
    }
}
