package io.allium.app;

import io.allium.authority.Authority;
import io.allium.authority.AuthorityKeys;
import io.allium.authority.AuthorityOptions;
import io.allium.authority.BridgeAuthority;
import io.allium.authority.Verdicts;
import io.allium.base.ByteStream;
import io.allium.base.Disk;
import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Names;
import io.allium.base.Network;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.Unreachable;
import io.allium.base.Untrusted;
import io.allium.channel.Channels;
import io.allium.channel.ConnectionCount;
import io.allium.client.StateFile;
import io.allium.control.CString;
import io.allium.control.StatusEvents;
import io.allium.crypto.Fingerprint;
import io.allium.directory.BootstrapPhase;
import io.allium.directory.BootstrapReport;
import io.allium.directory.DirectoryAuthority;
import io.allium.directory.DirectoryClient;
import io.allium.directory.DirectoryEvents;
import io.allium.directory.DirectoryPlan;
import io.allium.directory.DocumentFetcher;
import io.allium.directory.DocumentStore;
import io.allium.directory.HttpFetcher;
import io.allium.directory.NetworkView;
import io.allium.directory.Parameters;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.ExitPolicy;
import io.allium.relay.CachedDescriptors;
import io.allium.relay.CachedDirectory;
import io.allium.relay.CachedMicrodescriptors;
import io.allium.relay.ConsensusDiffs;
import io.allium.relay.DescriptorUpload;
import io.allium.relay.DirectoryHandler;
import io.allium.relay.DirectoryLoad;
import io.allium.relay.DirectoryServer;
import io.allium.relay.ExitRules;
import io.allium.relay.ObservedBandwidth;
import io.allium.relay.OnionDirectory;
import io.allium.relay.OnionStatistics;
import io.allium.relay.Relay;
import io.allium.relay.RelayEvents;
import io.allium.relay.RelayKeys;
import io.allium.relay.RelayOptions;
import io.allium.relay.SelfDescriptor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The relay in a running Tor, with its directory, and the authority where it is one. It puts the parts together in the
 * order in which they need each other. Used under the lock of {@link Tor}.
 */
final class RelaySide implements AutoCloseable {
    /** How long an authority may take to answer a cache. */
    private static final Duration FETCH_PATIENCE = Duration.ofMinutes(2);

    private final Options options;
    private final Path dataDirectory;
    private final Ports ports;
    private final Channels channels;
    private final DescriptorUpload.Post anonymously;
    private final RelayEvents events;
    private final StatusEvents status;
    private final Time time;
    private final Entropy entropy;
    private final Network network;
    private final Disk disk;
    private final Tasks tasks;
    private final Names names;
    private final Log log;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Map<ConsensusFlavor, Consensus> published = new ConcurrentHashMap<>();
    private List<DirectoryHandler> handlers = List.of();
    private Fingerprint fingerprint = Fingerprint.of(new byte[Fingerprint.LENGTH]);
    private List<Endpoint> advertised = List.of();
    private volatile @Nullable DirectoryClient following;
    private volatile @Nullable Relay running;
    private volatile @Nullable CachedDirectory serving;
    private @Nullable Authority deciding;
    private @Nullable BridgeAuthority keeping;
    private @Nullable Verdicts verdicts;

    /** @param anonymously posts a bridge's descriptor, so that nobody sees where it comes from */
    RelaySide(
            Options options,
            Path dataDirectory,
            Ports ports,
            Channels channels,
            DescriptorUpload.Post anonymously,
            RelayEvents events,
            StatusEvents status,
            Time time,
            Entropy entropy,
            Network network,
            Disk disk,
            Tasks tasks,
            Names names,
            Log log) {
        this.options = options;
        this.dataDirectory = dataDirectory;
        this.ports = ports;
        this.channels = channels;
        this.anonymously = anonymously;
        this.events = events;
        this.status = status;
        this.time = time;
        this.entropy = entropy;
        this.network = network;
        this.disk = disk;
        this.tasks = tasks;
        this.names = names;
        this.log = log;
    }

    /** Opens the ports and begins; {@code bootstrap} hears of the directory. */
    void start(DirectoryEvents bootstrap) throws LocalFailure {
        List<Network.Listener> orListeners = new ArrayList<>();
        advertised = RelayConfiguration.advertised(options, open("ORPort", Ports.Kind.OR, orListeners));
        boolean isBridge = options.flag("BridgeRelay");
        List<Network.Listener> dirListeners = new ArrayList<>();
        Optional<Endpoint> dirPort = isBridge // it would show itself to who scans addresses
                ? Optional.empty()
                : RelayConfiguration.advertised(options, open("DirPort", Ports.Kind.DIR, dirListeners)).stream()
                        .findFirst();
        RelayOptions relayOptions = RelayConfiguration.of(options, dataDirectory, advertised, dirPort);
        RelayKeys keys = new RelayKeys(disk, time, entropy, log, relayOptions);
        fingerprint = keys.fingerprint();
        ExitPolicy policy = ExitRules.policy(relayOptions);
        ObservedBandwidth bandwidth = new ObservedBandwidth(time);
        OnionStatistics statistics = new OnionStatistics(
                time, entropy, options.flag("HiddenServiceStatistics"), OnionStatistics.file(disk, dataDirectory, log));
        SelfDescriptor self = new SelfDescriptor(
                time,
                log,
                relayOptions,
                keys,
                policy,
                bandwidth,
                statistics,
                "(Allium " + Version.ALLIUM + ") on " + System.getProperty("os.name"));
        List<DirectoryAuthority> authorities = ClientConfiguration.authorities(options);
        HttpFetcher http = new HttpFetcher(
                time,
                entropy,
                this::dialDirectory,
                authorities.stream()
                        .filter(one -> !one.bridge() && !dirPort.equals(Optional.of(one.dirPort()))) // not ourselves
                        .toList(),
                FETCH_PATIENCE);
        boolean isAuthority = options.flag("AuthoritativeDirectory");
        Optional<Authority> authority = isAuthority && options.flag("V3AuthoritativeDirectory")
                ? Optional.of(authority(dirPort.orElseThrow()))
                : Optional.empty();
        Optional<BridgeAuthority> bridges = isAuthority && options.flag("BridgeAuthoritativeDir")
                ? Optional.of(bridgeAuthority(dirPort.orElseThrow()))
                : Optional.empty();
        List<DirectoryHandler> ofAuthority = new ArrayList<>();
        authority.ifPresent(one -> ofAuthority.addAll(one.handlers()));
        bridges.ifPresent(one -> ofAuthority.addAll(one.handlers()));
        DocumentFetcher fetcher = authority.isPresent() ? new OwnDirectory(() -> handlers, http) : http;
        DirectoryClient directory = directoryClient(authorities, fetcher, bootstrap, authority);
        DirectoryServer server = directoryServer(directory, fetcher, self, statistics, ofAuthority);
        DescriptorUpload upload = own(new DescriptorUpload(
                time,
                entropy,
                tasks,
                log,
                isBridge ? anonymously : (whom, request) -> http.exchange(whom.dirPort(), request),
                authorities.stream()
                        .filter(one -> RelayConfiguration.isPublished(options, one.bridge()))
                        .toList(),
                events));
        Relay relay = own(new Relay(
                relayOptions,
                keys,
                policy,
                self,
                bandwidth,
                statistics,
                upload,
                events,
                StateFile.load(disk, dataDirectory.resolve("state"), time, log, "Tor " + SelfDescriptor.TOR_VERSION),
                Optional.of(server),
                channels,
                names,
                directory::view,
                network,
                time,
                entropy,
                tasks,
                log));
        tellAddresses();
        names.watch(events);
        relay.start();
        orListeners.forEach(channels::serve);
        dirListeners.forEach(server::listen);
        authority.ifPresent(Authority::start);
        bridges.ifPresent(BridgeAuthority::start);
        directory.start();
        following = directory;
        running = relay;
        deciding = authority.orElse(null);
        keeping = bridges.orElse(null);
    }

    /** The network as the relay knows it; none before it has started. */
    Optional<NetworkView> view() {
        DirectoryClient known = following;
        return known == null ? Optional.empty() : known.view();
    }

    /** What it knows it from; nothing before it has started. */
    Optional<DirectoryClient> directory() {
        return Optional.ofNullable(following);
    }

    /** By which others know it; nobody's before it has started. */
    Fingerprint fingerprint() {
        return fingerprint;
    }

    /** The relay itself; nothing before it has started. */
    Optional<Relay> relay() {
        return Optional.ofNullable(running);
    }

    /** The server descriptors that it serves; nothing before it has started. */
    Optional<CachedDirectory> descriptors() {
        return Optional.ofNullable(serving);
    }

    private void tellAddresses() {
        String method = options.lines("Address").isEmpty() ? "CONFIGURED_ORPORT" : "CONFIGURED";
        advertised.stream()
                .map(port -> Endpoint.text(port.address()))
                .distinct()
                .forEach(address -> status.status(
                        StatusEvents.Scope.SERVER,
                        Log.Severity.NOTICE,
                        "EXTERNAL_ADDRESS ADDRESS=" + address + " METHOD=" + method));
    }

    /** Ends all parts, the last one made first. */
    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception alreadyEnding) {
                log.info(Log.Domain.GENERAL, "While ending: " + alreadyEnding.getMessage());
            }
        }
    }

    /** Makes a relay's keys where they are missing, without starting it: {@code --list-fingerprint}. */
    static RelayKeys keys(Options options, Path dataDirectory, Time time, Entropy entropy, Disk disk, Log log)
            throws LocalFailure {
        List<Endpoint> ports = PortLine.read(options, "ORPort", PortLine.Kind.SERVER).stream()
                .flatMap(line -> Optional.ofNullable(line.at()).stream())
                .toList();
        if (ports.isEmpty()) {
            throw new LocalFailure("Clients don't have long-term identity keys. Exiting. (Is ORPort set?)");
        }
        disk.privateFolder(dataDirectory);
        RelayOptions relayOptions = RelayConfiguration.of(options, dataDirectory, ports, Optional.empty());
        return new RelayKeys(disk, time, entropy, log, relayOptions);
    }

    private List<RelayConfiguration.OpenPort> open(String option, Ports.Kind kind, List<Network.Listener> listeners)
            throws LocalFailure {
        List<RelayConfiguration.OpenPort> opened = new ArrayList<>();
        for (PortLine line : PortLine.read(options, option, PortLine.Kind.SERVER)) {
            Endpoint at = Objects.requireNonNull(line.at());
            if (!line.has(PortLine.Flag.NO_LISTEN)) {
                Network.Listener listener = ports.open(kind, line);
                listeners.add(listener);
                at = Objects.requireNonNull(listener.endpoint());
            }
            opened.add(new RelayConfiguration.OpenPort(line, at));
        }
        return opened;
    }

    private BridgeAuthority bridgeAuthority(Endpoint dirPort) throws LocalFailure {
        return own(new BridgeAuthority(
                time,
                tasks,
                disk,
                log,
                authorityOptions(dirPort),
                fingerprint,
                channels::afresh,
                options.text("BridgePassword")));
    }

    private AuthorityOptions authorityOptions(Endpoint dirPort) throws LocalFailure {
        Verdicts read = new Verdicts(disk, dataDirectory, log);
        verdicts = read;
        return AuthorityConfiguration.of(options, dataDirectory, advertised.getFirst(), dirPort, read);
    }

    private Authority authority(Endpoint dirPort) throws LocalFailure {
        return own(new Authority(
                time,
                entropy,
                tasks,
                this::dialDirectory,
                disk,
                log,
                authorityOptions(dirPort),
                authorityKeys(options, dataDirectory, disk),
                fingerprint,
                channels::afresh,
                new Publication()));
    }

    private ByteStream dialDirectory(Endpoint dirPort, Duration patience) throws Unreachable, InterruptedException {
        ByteStream directory = network.dial(dirPort, patience);
        return channels.count(ConnectionCount.Kind.DIR).of(directory);
    }

    /** What {@code tor-gencert} made for this authority. */
    static AuthorityKeys authorityKeys(Options options, Path dataDirectory, Disk disk) throws LocalFailure {
        return AuthorityKeys.load(
                disk, RelayConfiguration.keyDirectory(options, dataDirectory), options.flag("V3AuthUseLegacyKey"));
    }

    /** Looks whether the operator brought other keys; what is wrong with them is said, and the old ones stay. */
    void reloadKeys() {
        try {
            Relay now = running;
            if (now != null) {
                now.reloadKeys();
            }
        } catch (LocalFailure wrong) {
            log.warn(Log.Domain.OR, "Problem reloading Ed25519 keys; still using old keys. " + wrong.getMessage());
        }
        try {
            if (deciding != null) {
                deciding.take(authorityKeys(options, dataDirectory, disk));
            }
        } catch (LocalFailure wrong) {
            log.warn(
                    Log.Domain.DIR, "Problem reloading v3 authority keys; still using old keys. " + wrong.getMessage());
        }
    }

    /** Looks what the operator thinks of single relays now. */
    void reloadVerdicts() {
        if (verdicts == null) {
            return;
        }
        try {
            verdicts.reload();
        } catch (LocalFailure unreadable) {
            log.warn(
                    Log.Domain.DIR,
                    "Error reloading fingerprints. Continuing with old list. " + unreadable.getMessage());
            return;
        }
        if (deciding != null) {
            deciding.reconsider();
        }
        if (keeping != null) {
            keeping.reconsider();
        }
    }

    private final class Publication implements Authority.Publication {
        /** A consensus of ours is served from now on; and we believe it ourselves. */
        @Override
        public void published(ConsensusFlavor flavor, byte[] document) {
            try {
                published.put(flavor, Consensus.parse(document).claimed()); // made and signed by ourselves
                look();
            } catch (Untrusted unreadable) {
                log.err(Log.Domain.BUG, "We published what we cannot read: " + unreadable.getMessage());
            }
        }

        /** Without the others' we would keep to another timetable than they. */
        @Override
        public void missed() {
            look();
        }

        private void look() {
            DirectoryClient known = following;
            if (known != null) {
                known.lookForConsensus();
            }
        }
    }

    private DirectoryClient directoryClient(
            List<DirectoryAuthority> authorities,
            DocumentFetcher fetcher,
            DirectoryEvents bootstrap,
            Optional<Authority> authority) {
        BootstrapReport report = new BootstrapReport(time, log, bootstrap);
        return own(new DirectoryClient(
                time,
                entropy,
                tasks,
                log,
                DirectoryPlan.ofCache(authorities, options.number("PathsNeededToBuildCircuits")),
                new DocumentStore(disk, dataDirectory, log),
                fetcher,
                new Finishing(report, bootstrap, status, log, authority, new AtomicReference<>(Optional.empty())),
                report,
                DirectoryClient.Readiness.ALWAYS));
    }

    private DirectoryServer directoryServer(
            DirectoryClient directory,
            DocumentFetcher fetcher,
            SelfDescriptor self,
            OnionStatistics statistics,
            List<DirectoryHandler> ofAuthority)
            throws LocalFailure {
        DocumentStore store = new DocumentStore(disk, dataDirectory, log);
        CachedDescriptors descriptors = own(new CachedDescriptors(
                time, tasks, log, fetcher, store, () -> consensus(directory, ConsensusFlavor.NS), events));
        ConsensusDiffs diffs =
                own(new ConsensusDiffs(time, tasks, log, disk, dataDirectory, flavor -> consensus(directory, flavor)));
        CachedDirectory cached = new CachedDirectory(
                time,
                flavor -> consensus(directory, flavor),
                directory::certificates,
                new CachedMicrodescriptors(time, store),
                descriptors,
                self,
                diffs);
        serving = cached;
        OnionDirectory onions = new OnionDirectory(
                time,
                tasks,
                log,
                () -> directory.view().map(NetworkView::parameters).orElse(Parameters.STANDARD),
                statistics,
                RelayConfiguration.onionDescriptorBytes(options),
                channels.backlog(),
                !options.flag("BridgeRelay"));
        List<DirectoryHandler> all = new ArrayList<>(ofAuthority);
        all.add(cached);
        all.add(onions);
        handlers = List.copyOf(all);
        descriptors.start();
        diffs.start();
        DirectoryLoad load =
                new DirPortLoad(channels, options, ClientConfiguration.authorities(options), directory::view);
        return new DirectoryServer(time, tasks, log, handlers, load);
    }

    private Optional<Consensus> consensus(DirectoryClient directory, ConsensusFlavor flavor) {
        Optional<Consensus> ours = Optional.ofNullable(published.get(flavor));
        Optional<Consensus> fetched = directory.consensus(flavor);
        // One that was made without us is newer than the last that was made with us.
        return ours.filter(one -> fetched.filter(other -> other.validAfter().isAfter(one.validAfter()))
                        .isEmpty())
                .or(() -> fetched);
    }

    private <T extends AutoCloseable> T own(T part) {
        parts.push(part);
        return part;
    }

    /** A relay is done with its start when it knows the network: it builds no circuits of its own. */
    private record Finishing(
            BootstrapReport report,
            DirectoryEvents events,
            StatusEvents status,
            Log log,
            Optional<Authority> authority,
            AtomicReference<Optional<String>> advised)
            implements DirectoryEvents {
        @Override
        public void enoughInformation(boolean enough) {
            events.enoughInformation(enough);
            if (enough) {
                report.reached(BootstrapPhase.DONE);
            }
        }

        @Override
        public void clockSkew(Duration skew, String source) {
            events.clockSkew(skew, source);
        }

        @Override
        public void consensusRenewed(ConsensusFlavor flavor) {
            events.consensusRenewed(flavor);
        }

        @Override
        public void consensusArrived(NetworkView view) {
            report.reached(BootstrapPhase.HANDSHAKE_DONE); // whoever answered was reached, though by no channel
            events.consensusArrived(view);
            authority.ifPresent(one -> one.heard(view.consensus().header().times()));
            adviseOfVersion(view);
        }

        /** Once for each advice. C tor too tells only those who follow the full consensus, which clients do not. */
        private void adviseOfVersion(NetworkView view) {
            VersionAdvice advice =
                    new VersionAdvice(Version.TOR, view.consensus().header().serverVersions());
            Optional<String> text = advice.text();
            if (text.isPresent() && !text.equals(advised.getAndSet(text))) {
                log.warn(Log.Domain.GENERAL, text.get());
                status.status(
                        StatusEvents.Scope.GENERAL,
                        Log.Severity.WARN,
                        "DANGEROUS_VERSION CURRENT=" + Version.TOR + " REASON=" + advice.reason() + " RECOMMENDED="
                                + CString.quote(String.join(",", advice.recommended())));
            }
        }
    }
}
