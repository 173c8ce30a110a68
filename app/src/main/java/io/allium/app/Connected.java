package io.allium.app;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Names;
import io.allium.base.Network;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Wire;
import io.allium.cell.RelayMessage;
import io.allium.channel.ChannelControl;
import io.allium.channel.Channels;
import io.allium.circuit.Splice;
import io.allium.client.AddressMap;
import io.allium.client.AttachedStream;
import io.allium.client.Client;
import io.allium.client.ClientControl;
import io.allium.client.ClientOptions;
import io.allium.client.Destination;
import io.allium.client.Isolation;
import io.allium.client.StreamEvents;
import io.allium.client.Tunnels;
import io.allium.control.StatusEvents;
import io.allium.crypto.OnionAddress;
import io.allium.directory.DirectoryClient;
import io.allium.directory.DirectoryControl;
import io.allium.directory.DirectoryEvents;
import io.allium.directory.NetworkView;
import io.allium.directory.Parameters;
import io.allium.onionservice.ServiceControl;
import io.allium.relay.CachedDirectory;
import io.allium.relay.Relay;
import io.allium.relay.RelayControl;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The part of a running Tor that uses the network: from the start, or from when DisableNetwork is lifted, until it is
 * set again. Used under the lock of {@link Tor}.
 */
final class Connected implements AutoCloseable {
    /** Where controllers see what it does. */
    record Seen(
            ChannelControl channels,
            DirectoryControl directory,
            ClientControl client,
            AddressMap addresses,
            ServiceControl services,
            RelayControl relay,
            StatusEvents status) {}

    private final Channels channels;
    private final Client client;
    private final OnionSide onions;
    private final Optional<RelaySide> relay;
    private final Ports ports;
    private final AddressMap addresses;
    private final SocksPorts socks;
    private final Dormancy dormancy;
    private final StatusEvents events;
    private final Time time;
    private final Tasks tasks;
    private final Log log;
    private boolean clientStarted;

    private Connected(
            Channels channels,
            Client client,
            OnionSide onions,
            Optional<RelaySide> relay,
            Ports ports,
            AddressMap addresses,
            Dormancy dormancy,
            StatusEvents events,
            Time time,
            Tasks tasks,
            Log log) {
        this.channels = channels;
        this.client = client;
        this.onions = onions;
        this.relay = relay;
        this.ports = ports;
        this.addresses = addresses;
        this.dormancy = dormancy;
        this.events = events;
        this.time = time;
        this.tasks = tasks;
        this.log = log;
        this.socks = new SocksPorts(ports, this::socksPort);
    }

    /** Where a relay's own client keeps its documents: the cache that the relay serves from has others. */
    private static final String CLIENT_CACHE = "client-cache";

    /** Whether the options make a relay of this Tor. */
    static boolean isRelay(Options options) {
        return !options.flag("ClientOnly")
                && options.lines("ORPort").stream()
                        .anyMatch(line -> !line.strip().equals("0"));
    }

    static Connected start(
            Options options,
            Path dataDirectory,
            Ports ports,
            Seen seen,
            OnionSide.Lasting lasting,
            BootstrapStatus bootstrap,
            Dormancy dormancy,
            Time time,
            Entropy entropy,
            Network network,
            Disk disk,
            Tasks tasks,
            Names names,
            Log log)
            throws LocalFailure {
        Channels channels = new Channels(time, entropy, network, tasks, log, seen.channels());
        Connected connected;
        try {
            boolean isRelay = isRelay(options);
            Client client = new Client(
                    time,
                    entropy,
                    tasks,
                    disk,
                    log,
                    channels,
                    dataDirectory,
                    isRelay ? dataDirectory.resolve(CLIENT_CACHE) : dataDirectory,
                    ClientConfiguration.of(options),
                    seen.client().events(isRelay ? DirectoryEvents.NONE : bootstrap));
            Optional<RelaySide> relay = isRelay
                    ? Optional.of(new RelaySide(
                            options,
                            dataDirectory,
                            ports,
                            channels,
                            (whom, request) -> client.anonymousDirectory().exchange(whom.fingerprint(), request),
                            seen.relay(),
                            seen.status(),
                            time,
                            entropy,
                            network,
                            disk,
                            tasks,
                            names,
                            log))
                    : Optional.empty();
            OnionSide onions =
                    new OnionSide(options, client, time, entropy, network, disk, tasks, lasting, seen.services(), log);
            connected = new Connected(
                    channels,
                    client,
                    onions,
                    relay,
                    ports,
                    seen.addresses(),
                    dormancy,
                    seen.status(),
                    time,
                    tasks,
                    log);
        } catch (LocalFailure inTheWay) {
            channels.close();
            throw inTheWay;
        }
        try {
            connected.begin(options, bootstrap);
            return connected;
        } catch (LocalFailure inTheWay) {
            connected.close();
            throw inTheWay;
        }
    }

    private void begin(Options options, BootstrapStatus bootstrap) throws LocalFailure {
        configureChannels(options);
        socks.configure(SocksPorts.lines(options), SocksRules.of(options, addresses));
        if (relay.isPresent()) {
            relay.get().start(bootstrap);
            client.configure(clientOptions(options)); // now that it is known which relay we are
        }
        startClientIfUsed(options);
        onions.start(options);
    }

    /** A relay's own client learns of the network only once somebody uses it: who goes through it, or waits behind it. */
    private void startClientIfUsed(Options options) throws LocalFailure {
        boolean isUsed =
                relay.isEmpty() || !socks.isNoneOpen() || options.flag("BridgeRelay") || onions.hasServices(options);
        if (isUsed) {
            useClient(options);
        }
    }

    /** Begins to learn of the network, in a relay whose own client has not been used yet. */
    void useClient(Options options) throws LocalFailure {
        if (!clientStarted) {
            clientStarted = true;
            dormancy.resume(options, client.state());
            if (dormancy.isAsleep()) {
                rest(options);
            }
            client.start();
        }
    }

    /** Takes over whether we sleep. */
    void rest(Options options) throws LocalFailure {
        boolean asleep = dormancy.isAsleep();
        client.configure(clientOptions(options));
        client.rest(asleep);
    }

    private ClientOptions clientOptions(Options options) throws LocalFailure {
        return ClientConfiguration.of(options, dormancy.isAsleep(), relay.map(RelaySide::fingerprint));
    }

    /** Whether somebody uses this Tor just now, so that it must not fall asleep. */
    boolean isBusy(Options options) {
        boolean streams = options.flag("DormantTimeoutDisabledByIdleStreams")
                && !client.tunnels().streams().isEmpty();
        return relay.isPresent() || streams || !onions.services().isEmpty();
    }

    Channels channels() {
        return channels;
    }

    Client client() {
        return client;
    }

    /** What is believed of the network: by the relay, where this is one. */
    Optional<NetworkView> view() {
        return relay.map(RelaySide::view).orElseGet(client::view);
    }

    /** Onion services, others' and ours. */
    OnionSide onions() {
        return onions;
    }

    /** Where that comes from. */
    DirectoryClient directory() {
        return relay.flatMap(RelaySide::directory).orElseGet(client::directory);
    }

    /** We as a relay. */
    Optional<Relay> relay() {
        return relay.flatMap(RelaySide::relay);
    }

    /** The server descriptors that we keep as a relay. */
    Optional<CachedDirectory> descriptors() {
        return relay.flatMap(RelaySide::descriptors);
    }

    /**
     * Takes other options over as far as they can change.
     *
     * @throws LocalFailure when something of them cannot be had; then all is as before
     */
    void configure(Options before, Options next) throws LocalFailure {
        ClientOptions clientOptions = clientOptions(next);
        SocksRules rules = SocksRules.of(next, addresses);
        Runnable otherOnions = onions.prepare(next);
        socks.configure(SocksPorts.lines(next), rules);
        client.configure(clientOptions);
        configureChannels(next);
        startClientIfUsed(next);
        otherOnions.run();
    }

    /** Whether something changed that is read only where the network is begun with. */
    static boolean isOnlyHadAnew(Options before, Options next) {
        boolean isClient = !isRelay(before) && !isRelay(next);
        return changed(before, next, Option.Change.RESTART)
                .anyMatch(option -> !isClient || !OptionTable.isOfRelay(option));
    }

    /**
     * What changed and can only be had at the next start.
     *
     * @param running whether the network is in use before and after: then a relay does not end the connections of others
     */
    static List<String> onlyHadAtStart(Options before, Options next, boolean running) {
        Stream<Option> late = changed(before, next, Option.Change.START);
        Stream<Option> anew = running && isRelay(before) ? changed(before, next, Option.Change.RESTART) : Stream.of();
        return Stream.concat(late, anew).map(Option::name).toList();
    }

    private static Stream<Option> changed(Options before, Options next, Option.Change change) {
        return before.changed(next).stream()
                .filter(option -> option.effect() == Option.Effect.WORKS && option.change() == change);
    }

    /** Looks whether the operator brought other keys, and what an authority's operator thinks of single relays now. */
    void reloadFiles() {
        relay.ifPresent(RelaySide::reloadKeys);
        relay.ifPresent(RelaySide::reloadVerdicts);
    }

    @Override
    public void close() {
        socks.close();
        ports.close(Ports.Kind.OR);
        ports.close(Ports.Kind.DIR);
        relay.ifPresent(RelaySide::close);
        onions.close();
        dormancy.remember(client.state());
        client.close();
        channels.close();
    }

    private void configureChannels(Options options) {
        channels.countConnections(options.flag("TestingEnableConnBwEvent"));
        channels.configure(() -> ChannelConfiguration.of(
                options, view().map(NetworkView::parameters).orElse(Parameters.STANDARD)));
    }

    private SocksListener socksPort(PortLine line, Network.Listener socket, SocksRules rules, int number) {
        return new SocksListener(
                line,
                socket,
                rules,
                new Tunnelled(client.tunnels(), onions, dormancy, time),
                events,
                tasks,
                time,
                log,
                StreamEvents.FIRST_SESSION_GROUP - number);
    }

    /** Serves applications by our circuits. */
    private record Tunnelled(Tunnels tunnels, OnionSide onions, Dormancy dormancy, Time time) implements Streams {
        @Override
        public Opened connect(Destination to, Isolation isolation, Tunnels.Origin origin)
                throws TorException, InterruptedException {
            dormancy.used();
            boolean isOnion = OnionAddress.isOnion(to.host());
            return new Spliced(
                    isOnion ? onions.connect(to, isolation, origin) : tunnels.connect(to, isolation, origin), time);
        }

        @Override
        public RelayMessage.Resolved resolve(String nameOrAddress, Isolation isolation, Tunnels.Origin origin)
                throws TorException, InterruptedException {
            dormancy.used();
            return tunnels.resolve(nameOrAddress, isolation, origin);
        }
    }

    private record Spliced(AttachedStream stream, Time time) implements Streams.Opened {
        @Override
        public void splice(Wire application) throws InterruptedException {
            Splice.bothWays(application, stream.onion(), stream::delivered, time);
        }

        @Override
        public void close() {
            stream.close();
        }
    }
}
