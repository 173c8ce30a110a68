package io.allium.client;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.channel.Channels;
import io.allium.circuit.OriginCircuits;
import io.allium.directory.BootstrapPhase;
import io.allium.directory.BootstrapReport;
import io.allium.directory.DirectoryClient;
import io.allium.directory.DirectoryEvents;
import io.allium.directory.DirectoryPlan;
import io.allium.directory.DirectoryRequest;
import io.allium.directory.DocumentStore;
import io.allium.directory.NetworkView;
import io.allium.netdoc.ConsensusFlavor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A Tor client: it learns of the network, keeps guards and circuits, and carries streams. It puts its parts together and
 * has no decisions of its own. Safe from any task.
 */
public final class Client implements AutoCloseable {
    /** How often the guards are saved, if they changed, and unused directory circuits closed. */
    private static final Duration UPKEEP = Duration.ofSeconds(30);

    /** Whom to tell of what. */
    public record Events(CircuitEvents circuits, StreamEvents streams, GuardEvents guards, DirectoryEvents directory) {
        public static final Events NONE =
                new Events(CircuitEvents.NONE, StreamEvents.NONE, GuardEvents.NONE, DirectoryEvents.NONE);
    }

    private final Time time;
    private final Log log;
    private final TaskGroup group;
    private final StateFile state;
    private final BootstrapReport report;
    private final GuardSet guards;
    private final BuildTimes times;
    private final TunnelledFetcher fetcher;
    private final DirectoryClient directory;
    private final Tunnels tunnels;
    private final Vanguards vanguards;
    private final OnionCircuits onionCircuits;
    private final AnonymousDirectory anonymousDirectory;

    /**
     * Reads what is saved and prepares; nothing goes to the network before {@link #start}.
     *
     * @param channels shared with our relay, if there is one
     * @param dataDirectory where {@code state} is
     * @param cacheDirectory where {@code cached-*} are
     */
    public Client(
            Time time,
            Entropy entropy,
            Tasks tasks,
            Disk disk,
            Log log,
            Channels channels,
            Path dataDirectory,
            Path cacheDirectory,
            ClientOptions options,
            Events events)
            throws LocalFailure {
        this.time = time;
        this.log = log;
        this.group = new TaskGroup(tasks, "client");
        this.state = StateFile.load(disk, dataDirectory.resolve("state"), time, log, "Tor " + options.version());
        this.report = new BootstrapReport(time, log, events.directory());
        this.guards = new GuardSet(time, entropy, log, options, events.guards(), state.values("Guard"));
        OriginCircuits circuits = new OriginCircuits(time, entropy, log);
        this.times = new BuildTimes(entropy, log, events.circuits()::buildTimeoutSet);
        times.configure(options.learnCircuitBuildTimeout(), options.configuredBuildTimeout());
        times.restore(state.values("CircuitBuildTimeBin"));
        CircuitBuilder builder =
                new CircuitBuilder(time, tasks, channels, circuits, guards, times, report, events.circuits());
        StreamBook streams = new StreamBook(time, events.streams());
        this.fetcher = new TunnelledFetcher(
                time, entropy, builder, guards, report, this::view, this::arriving, streams, options);
        DirectoryPlan plan = DirectoryPlan.ofClient(
                options.dirAuthorities(),
                !options.fallbackDirs().isEmpty(),
                options.pathsNeededToBuildCircuits(),
                options.testingTorNetwork());
        this.directory = new DirectoryClient(
                time,
                entropy,
                tasks,
                log,
                plan,
                new DocumentStore(disk, cacheDirectory, log),
                fetcher,
                new Following(events.directory()),
                report,
                this::missingGuards);
        this.tunnels = new Tunnels(time, entropy, tasks, log, builder, guards, this::usableView, streams, options);
        this.vanguards = new Vanguards(time, entropy, log, options, events.guards(), state.values("Vanguard"));
        this.onionCircuits =
                new OnionCircuits(time, entropy, tasks, log, builder, guards, vanguards, this::usableView, options);
        tunnels.whenNewIdentity(onionCircuits::renew);
        this.anonymousDirectory =
                new AnonymousDirectory(time, entropy, builder, guards, this::usableView, streams, options);
    }

    /** Lets the guards know of each view before anybody else does. */
    private final class Following implements DirectoryEvents {
        private final DirectoryEvents others;

        Following(DirectoryEvents others) {
            this.others = others;
        }

        @Override
        public void viewChanged(NetworkView view) {
            guards.update(view);
            others.viewChanged(view);
        }

        @Override
        public void bootstrapped(BootstrapPhase phase, int percent) {
            others.bootstrapped(phase, percent);
        }

        @Override
        public void bootstrapProblem(BootstrapPhase phase, int percent, int problems, String reason, String why) {
            others.bootstrapProblem(phase, percent, problems, reason, why);
        }

        @Override
        public void consensusArrived(NetworkView view) {
            others.consensusArrived(view);
        }

        @Override
        public void consensusRenewed(ConsensusFlavor flavor) {
            others.consensusRenewed(flavor);
        }

        @Override
        public void enoughInformation(boolean enough) {
            tunnels.reconsider();
            others.enoughInformation(enough);
        }

        @Override
        public void clockSkew(Duration skew, String source) {
            others.clockSkew(skew, source);
        }
    }

    private Optional<String> missingGuards() {
        int missing = guards.missingPrimaries();
        return missing == 0
                ? Optional.empty()
                : Optional.of("We're missing descriptors for " + missing + " of our primary entry guards.");
    }

    private void arriving(DirectoryRequest request) {
        directory.arriving(request);
    }

    /** What we believe about the network, once that is enough to build circuits. */
    public Optional<NetworkView> usableView() {
        return directory.hasEnough() ? directory.view() : Optional.empty();
    }

    /** Begins to bootstrap, or to use what the cache holds. */
    public void start() {
        directory.start();
        tunnels.start();
        onionCircuits.start();
        group.fork("upkeep", () -> {
            while (true) {
                time.sleep(UPKEEP);
                fetcher.sweep();
                saveIfChanged();
            }
        });
    }

    /** Streams go through here. */
    public Tunnels tunnels() {
        return tunnels;
    }

    /** Circuits of onion services. */
    public OnionCircuits onionCircuits() {
        return onionCircuits;
    }

    /** Directories are asked through here that should not know who asks. */
    public AnonymousDirectory anonymousDirectory() {
        return anonymousDirectory;
    }

    /** Our guards. */
    public GuardSet guards() {
        return guards;
    }

    /** How long circuits take to build. */
    BuildTimes buildTimes() {
        return times;
    }

    /** The documents, for the control port. */
    public DirectoryClient directory() {
        return directory;
    }

    /** How far we are. */
    public BootstrapReport bootstrap() {
        return report;
    }

    /** What we believe about the network, once we believe anything. */
    public Optional<NetworkView> view() {
        return directory.view();
    }

    /** Other options from now on; authorities and fallback directories stay, and so do circuits that exist. */
    public void configure(ClientOptions options) {
        guards.configure(options);
        times.configure(options.learnCircuitBuildTimeout(), options.configuredBuildTimeout());
        tunnels.configure(options);
        vanguards.configure(options);
        onionCircuits.configure(options);
        anonymousDirectory.configure(options);
        directory.reconsider();
    }

    /** Fetches no directory documents from now on, because nobody uses us; or does so again. */
    public void rest(boolean rests) {
        directory.rest(rests);
        tunnels.reconsider();
    }

    /** What is kept from one process to the next; it is saved with our own part of it. */
    public StateFile state() {
        return state;
    }

    /** Saves the state, and ends all streams, circuits and tasks of this client; the channels are the caller's. */
    @Override
    public void close() {
        group.close();
        directory.close();
        onionCircuits.close();
        tunnels.close();
        saveIfChanged();
    }

    private void saveIfChanged() {
        List<String> guardLines = guards.lines();
        List<String> vanguardLines = vanguards.lines();
        state.replace("Guard", guardLines);
        state.replace("Vanguard", vanguardLines);
        state.replace("CircuitBuildTimeBin", times.lines());
        state.replace("TotalBuildTimes", times.total());
        state.replace("CircuitBuildAbandonedCount", List.of()); // we count none, where C tor may have
        try {
            state.saveIfChanged();
        } catch (LocalFailure failed) {
            log.warn(Domain.FS, "The state was not saved: " + failed.getMessage());
        }
    }
}
