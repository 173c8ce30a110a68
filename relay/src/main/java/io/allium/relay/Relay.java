package io.allium.relay;

import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Names;
import io.allium.base.Network;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.channel.Channels;
import io.allium.channel.CircuitOpener;
import io.allium.channel.LinkIdentity;
import io.allium.channel.RelayRole;
import io.allium.circuit.FlowParameters;
import io.allium.circuit.HopTarget;
import io.allium.circuit.OriginCircuits;
import io.allium.client.ConsensusFlow;
import io.allium.client.StateFile;
import io.allium.directory.NetworkView;
import io.allium.directory.Parameters;
import io.allium.netdoc.ExitPolicy;
import io.allium.netdoc.RouterStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A running relay: takes its channels' circuits in, keeps its keys and its descriptor fresh, and tells the authorities.
 * Its parts are made by whoever makes it, since others need them too. Safe from any thread.
 */
public final class Relay implements AutoCloseable {
    /** How often keys are looked at; the certificates of links are renewed by {@link Channels} itself. */
    static final Duration KEYS_ROUND = Duration.ofHours(1);

    /** How often the state is written: what is lost by a crash is a little of the bandwidth's history. */
    static final Duration STATE_ROUND = Duration.ofMinutes(15);

    /** How often we ask ourselves whether a new descriptor is due: as in C tor. */
    static final Duration DESCRIPTOR_ROUND = Duration.ofMinutes(1);

    private final RelayOptions options;
    private final RelayKeys keys;
    private final SelfDescriptor self;
    private final Channels channels;
    private final Supplier<Optional<NetworkView>> view;
    private final Time time;
    private final Log log;
    private final ObservedBandwidth bandwidth;
    private final OnionStatistics statistics;
    private final DescriptorUpload upload;
    private final StateFile state;
    private final RelayFigures figures = new RelayFigures();
    private final TransitCircuits circuits;
    private final SelfTest selfTest;
    private final ExitPolicy policy;
    private final OnionSkins skins;
    private final RelayEvents events;
    private final ClientsSeen clients;
    private final TaskGroup running;
    private volatile boolean reachable;

    /**
     * @param state remembers from one run to the next how much we can carry
     * @param directory answers BEGIN_DIR; empty where we are no directory
     * @param names looks names up for streams that leave here
     * @param view what we know of the network, once we know it
     */
    public Relay(
            RelayOptions options,
            RelayKeys keys,
            ExitPolicy policy,
            SelfDescriptor self,
            ObservedBandwidth bandwidth,
            OnionStatistics statistics,
            DescriptorUpload upload,
            RelayEvents events,
            StateFile state,
            Optional<DirectoryServer> directory,
            Channels channels,
            Names names,
            Supplier<Optional<NetworkView>> view,
            Network network,
            Time time,
            Entropy entropy,
            Tasks tasks,
            Log log) {
        this.options = options;
        this.keys = keys;
        this.self = self;
        this.channels = channels;
        this.view = view;
        this.time = time;
        this.log = log;
        this.bandwidth = bandwidth;
        this.statistics = statistics;
        this.policy = policy;
        this.events = events;
        this.clients = new ClientsSeen(time);
        this.upload = upload;
        this.state = state;
        this.running = new TaskGroup(tasks, "relay");
        KnownRelays known = new KnownRelays(options.refuseUnknownExits(), view);
        Exit exit = new Exit(
                policy, options.ipv6Exit(), names, network, directory.orElse(null), tasks, known, channels, figures);
        Extender extender =
                new Extender(keys.fingerprint(), channels::to, tasks, options.extendAllowPrivateAddresses());
        OnionSkinLoad load = new OnionSkinLoad(time, log, self::overloaded);
        this.skins = new OnionSkins(keys, tasks, time, entropy, this::onionSkinLimits, load);
        ConfluxSets sets = new ConfluxSets(exit, options.confluxEnabled(), this::parameters, time);
        OnionTables onions = new OnionTables(
                new IntroductionTable(tasks, time, log, figures, this::parameters),
                new RendezvousTable(options.refuseSingleHopRendezvous(), this::parameters),
                statistics,
                figures);
        this.circuits = new TransitCircuits(
                skins, extender, exit, sets, onions, bandwidth, figures, this::flow, time, entropy, log);
        this.selfTest = new SelfTest(
                channels::to,
                new OriginCircuits(time, entropy, log),
                view,
                this::ourselves,
                time,
                entropy,
                events,
                log);
    }

    /** Begins: from now on {@link Channels#serve} takes links for us, and authorities hear of us. */
    public void start() {
        bandwidth.restore(state);
        assumeRole();
        running.fork("bandwidth", this::measure);
        running.fork("state", this::keepState);
        running.fork("keys", this::keepKeys);
        running.fork("descriptor", this::publish);
        if (options.countClients()) {
            running.fork("clients", this::tellClients);
        }
    }

    private void assumeRole() {
        SigningKey signing = keys.signing();
        LinkIdentity identity =
                new LinkIdentity(keys.rsaIdentity(), keys.identity(), signing.certificate(), signing.pair());
        channels.relayAs(new RelayRole(
                identity, options.orPorts().stream().map(Endpoint::address).toList(), opener()));
    }

    /** A bridge counts who opens circuits and is no relay. */
    private CircuitOpener opener() {
        if (!options.countClients()) {
            return circuits;
        }
        return (from, id, command, buffer, bodyOffset) -> {
            if (!from.peer().isRelay()) {
                from.peer().endpoint().ifPresent(client -> clients.saw(client.address()));
            }
            circuits.create(from, id, command, buffer, bodyOffset);
        };
    }

    private void tellClients() throws InterruptedException {
        while (true) {
            time.sleep(ClientsSeen.INTERVAL);
            events.clientsSeen(clients.next());
        }
    }

    /** What the consensus says of flow control, or what holds without one. */
    private FlowParameters flow() {
        return ConsensusFlow.of(parameters());
    }

    private OnionSkins.Limits onionSkinLimits() {
        return OnionSkins.Limits.of(parameters(), options.maxOnionQueueDelay());
    }

    private Parameters parameters() {
        return view.get().map(NetworkView::parameters).orElse(Parameters.STANDARD);
    }

    private void measure() throws InterruptedException {
        while (true) {
            time.sleep(ObservedBandwidth.TICK);
            bandwidth.tick();
        }
    }

    private void keepState() throws InterruptedException {
        while (true) {
            time.sleep(STATE_ROUND);
            saveState();
        }
    }

    private void saveState() {
        bandwidth.save(state, time.now());
        try {
            state.save();
        } catch (LocalFailure full) {
            log.warn(Log.Domain.FS, "The state was not written: " + full.getMessage());
        }
    }

    private void keepKeys() throws InterruptedException {
        while (true) {
            time.sleep(KEYS_ROUND);
            try {
                if (keys.renew()) {
                    rebuild("rotated keys");
                    assumeRole();
                }
            } catch (LocalFailure unwritable) {
                log.err(Log.Domain.FS, "Keys could not be renewed: " + unwritable.getMessage());
            }
        }
    }

    /** Takes keys that the operator put into the key directory. Waits for the disk. */
    public void reloadKeys() throws LocalFailure {
        if (keys.reload()) {
            rebuild("the operator brought keys");
            assumeRole();
        }
    }

    /** What we have counted. */
    RelayFigures figures() {
        return figures;
    }

    /** How many circuits of others lead through us. */
    int circuits() {
        return circuits.open();
    }

    /** What the consensus says of us. */
    Optional<RouterStatus> listed() {
        return view.get().flatMap(network -> network.relay(keys.fingerprint())).map(io.allium.directory.Relay::status);
    }

    /** When the key that signs for us stops doing so, where the identity that could make another lies elsewhere. */
    Optional<Instant> signingKeyExpires() {
        return options.ed25519Keys().offline()
                ? Optional.of(keys.signing().certificate().expires())
                : Optional.empty();
    }

    /** How a circuit would be extended to us. */
    private HopTarget ourselves() {
        return new HopTarget(
                keys.fingerprint(),
                Optional.of(keys.identity()),
                keys.onionKeys().ntor().publicKey(),
                options.orPorts(),
                true,
                false);
    }

    private void publish() throws InterruptedException {
        if (!options.assumeReachable()) {
            selfTest.awaitReachable();
        }
        announce();
        events.descriptorChanged();
        while (true) {
            statistics.round();
            Optional<String> due = self.isDue(view.get().map(this::listing));
            if (due.isPresent()) {
                rebuild(due.get());
            }
            if (options.publish()) {
                upload.publish(self.current());
            }
            time.sleep(DESCRIPTOR_ROUND);
        }
    }

    private void rebuild(String why) {
        self.rebuild(why);
        events.descriptorChanged();
    }

    private void announce() {
        reachable = true;
        for (Endpoint orPort : options.orPorts()) {
            events.reachable(orPort);
            log.notice(
                    Log.Domain.OR,
                    "Self-testing indicates your ORPort " + orPort + " is reachable from the outside. Excellent."
                            + (options.publish() ? " Publishing server descriptor." : ""));
        }
    }

    /** Who came in this interval; of one that does not count, nothing. */
    Optional<ClientsSeen.Interval> clients() {
        return options.countClients() ? Optional.of(clients.current()) : Optional.empty();
    }

    /** What was found out of ourselves, for controllers. */
    boolean isReachable() {
        return reachable;
    }

    boolean isDescriptorAccepted() {
        return upload.isAccepted();
    }

    RelayOptions options() {
        return options;
    }

    ExitPolicy exitPolicy() {
        return policy;
    }

    SelfDescriptor self() {
        return self;
    }

    OnionSkins onionSkins() {
        return skins;
    }

    private SelfDescriptor.Listing listing(NetworkView network) {
        return new SelfDescriptor.Listing(
                network.consensus().header().times().validAfter(),
                network.relay(keys.fingerprint()).map(io.allium.directory.Relay::status));
    }

    @Override
    public void close() {
        running.close();
        saveState();
    }
}
