package io.allium.onionservice;

import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Refused;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.cell.BeginFlags;
import io.allium.circuit.OnionStream;
import io.allium.circuit.OriginCircuit;
import io.allium.client.HsPurpose;
import io.allium.client.Isolation;
import io.allium.client.OnionCircuits;
import io.allium.crypto.HashXRuntime;
import io.allium.crypto.OnionAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * Streams to onion services: what an application's request for a {@code .onion} name is served by. Safe from any task.
 *
 * @spec rend-spec-v3 1.1
 */
public final class OnionConnector implements AutoCloseable {
    /** For the service's answer to one stream; as for an exit's in C tor's later tries. */
    private static final Duration STREAM_PATIENCE = Duration.ofSeconds(15);

    /** Circuits on which one stream is tried. */
    private static final int ATTEMPTS_MAX = 3;

    /** How often circuits that nobody uses any longer are closed. */
    private static final Duration UPKEEP = Duration.ofSeconds(10);

    /**
     * What of the options matters here.
     *
     * @param patience for everything until a stream is there but for work on puzzles; C tor's SocksTimeout
     * @param circuitPatience for building a circuit
     * @param dirtiness how long after its last new stream a circuit takes others
     * @param puzzles how those of services that ask for work are solved
     * @param fetches whether descriptors are fetched; else no service can be reached
     */
    public record Settings(
            Duration patience, Duration circuitPatience, Duration dirtiness, HashXRuntime puzzles, boolean fetches) {}

    private final Time time;
    private final TaskGroup group;
    private final OnionCircuits circuits;
    private final ServiceDescriptors descriptors;
    private final DescriptorErrands errands;
    private final IntroductionFailures failures;
    private final ClientEffort efforts;
    private final ServiceCircuits<OriginCircuit> joined;
    private final Meetings meetings;
    private volatile Settings settings;

    /**
     * Does nothing yet.
     *
     * @param keys those that services have let us in with, at any time
     * @param events hears where descriptors come from
     */
    public OnionConnector(
            Time time,
            Entropy entropy,
            Tasks tasks,
            Log log,
            KnownNetwork network,
            OnionCircuits circuits,
            Supplier<ClientAuthorization> keys,
            DescriptorEvents events,
            Settings settings) {
        this.time = time;
        this.group = new TaskGroup(tasks, "onions");
        this.circuits = circuits;
        this.failures = new IntroductionFailures(time);
        this.efforts = new ClientEffort(time);
        this.joined = new ServiceCircuits<>(time);
        this.descriptors = new ServiceDescriptors(
                time,
                group,
                network,
                new DescriptorFetch(
                        time, entropy, log, network, new HsDirExchange(time, circuits, HsPurpose.CLIENT_HSDIR), events),
                keys);
        this.errands = new DescriptorErrands(
                time,
                log,
                group,
                network,
                descriptors,
                new HsDirExchange(time, circuits, HsPurpose.SERVICE_HSDIR),
                events);
        Introducer introducer = new Introducer(
                time,
                entropy,
                network,
                circuits,
                failures,
                efforts,
                new ClientPuzzles(settings.puzzles(), time, tasks, entropy),
                settings.circuitPatience());
        this.meetings = new Meetings(
                time, entropy, log, group, circuits, descriptors, introducer, failures, settings.circuitPatience());
        this.settings = settings;
        descriptors.mayFetch(settings.fetches());
    }

    /** Begins to look after its circuits. */
    public void start() {
        group.fork("upkeep", () -> {
            while (true) {
                time.sleep(UPKEEP);
                joined.takeIdle(settings.dirtiness()).forEach(OriginCircuit::close);
            }
        });
    }

    /** Other settings from now on; for circuits that are to be built they stay. */
    public void configure(Settings newSettings) {
        settings = newSettings;
        descriptors.mayFetch(newSettings.fetches());
    }

    /** What controllers want to know of descriptors, and have done with them. */
    DescriptorErrands errands() {
        return errands;
    }

    /**
     * Opens a stream to a service and waits until it has connected. The service is met where it was not for streams of the same
     * isolation.
     *
     * @param sent is told each circuit on which the stream is asked for
     * @param closed completes when nobody wants the stream any more, with what to throw then
     * @throws Refused when it cannot be reached, of a kind that says which step failed, or says no
     */
    public OnionStream connect(
            OnionAddress service, int port, Isolation isolation, IntConsumer sent, CompletableFuture<Refused> closed)
            throws TorException, InterruptedException {
        ServiceCircuits.Key key = new ServiceCircuits.Key(service, isolation);
        long deadline = time.nanos() + settings.patience().toNanos();
        for (int attempt = 1; ; attempt++) {
            ComingCircuit<OriginCircuit> coming = joined.find(key, settings.dirtiness(), () -> begin(service))
                    .orElseThrow(() -> new Refused(
                            Refused.Kind.RESOURCE_LIMIT, "too many onion services are being visited at once"));
            OriginCircuit circuit = coming.await(deadline, time, closed);
            circuits.isolate(circuit, isolation);
            try {
                sent.accept(circuit.id());
                return circuit.connect("", port, BeginFlags.NONE, STREAM_PATIENCE);
            } catch (Unreachable failed) {
                joined.forget(key, circuit);
                if (attempt >= ATTEMPTS_MAX) {
                    throw failed;
                }
            }
        }
    }

    private ComingCircuit<OriginCircuit> begin(OnionAddress service) {
        Patience patience = new Patience(time, settings.patience());
        ComingCircuit<OriginCircuit> made = new ComingCircuit<>(patience);
        group.fork("meeting", () -> {
            try {
                OriginCircuit circuit = meetings.with(service, patience);
                if (!made.complete(circuit)) {
                    circuit.close();
                }
            } catch (TorException failed) {
                made.completeExceptionally(failed);
            } finally {
                made.completeExceptionally(new Unreachable("given up")); // nothing where it is complete
            }
        });
        return made;
    }

    /** From now on nothing that was learned or built before is used for new streams: {@code SIGNAL NEWNYM}. */
    public void newIdentity() {
        joined.forgetAll();
        descriptors.forgetAll();
        failures.forgetAll();
        efforts.forgetAll();
    }

    /** Ends all circuits to services, and with them all streams. */
    @Override
    public void close() {
        group.close();
        joined.close();
    }
}
