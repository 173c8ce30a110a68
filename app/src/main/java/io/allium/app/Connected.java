package io.allium.app;

import io.allium.base.Disk;
import io.allium.base.Endpoint;
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
import io.allium.client.AttachedStream;
import io.allium.client.Client;
import io.allium.client.ClientControl;
import io.allium.client.ClientOptions;
import io.allium.client.Destination;
import io.allium.client.Isolation;
import io.allium.client.Tunnels;
import io.allium.control.StatusEvents;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.OnionAddress;
import io.allium.directory.DirectoryControl;
import io.allium.directory.DirectoryEvents;
import io.allium.directory.NetworkView;
import io.allium.directory.Parameters;
import io.allium.onionservice.ServiceControl;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
            ServiceControl services,
            StatusEvents status) {}

    private final Channels channels;
    private final Client client;
    private final OnionSide onions;
    private final Optional<RelaySide> relay;
    private final Ports ports;
    private final List<SocksListener> socks = new ArrayList<>();
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
            StatusEvents events,
            Time time,
            Tasks tasks,
            Log log) {
        this.channels = channels;
        this.client = client;
        this.onions = onions;
        this.relay = relay;
        this.ports = ports;
        this.events = events;
        this.time = time;
        this.tasks = tasks;
        this.log = log;
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
            BootstrapStatus bootstrap,
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
                    new Client.Events(
                            seen.client(), seen.client(), seen.client(), isRelay ? DirectoryEvents.NONE : bootstrap));
            Optional<RelaySide> relay = isRelay
                    ? Optional.of(new RelaySide(
                            options,
                            dataDirectory,
                            ports,
                            channels,
                            (whom, request) -> client.anonymousDirectory().exchange(whom.fingerprint(), request),
                            time,
                            entropy,
                            network,
                            disk,
                            tasks,
                            names,
                            log))
                    : Optional.empty();
            OnionSide onions =
                    new OnionSide(options, client, time, entropy, network, disk, tasks, seen.services(), log);
            connected = new Connected(channels, client, onions, relay, ports, seen.status(), time, tasks, log);
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
        openSocksPorts(options);
        if (relay.isPresent()) {
            relay.get().start(bootstrap);
        }
        startClientIfUsed(options);
        onions.start(options);
    }

    /** A relay's own client learns of the network only once somebody uses it: who goes through it, or waits behind it. */
    private void startClientIfUsed(Options options) throws LocalFailure {
        boolean isUsed =
                relay.isEmpty() || !socks.isEmpty() || options.flag("BridgeRelay") || OnionSide.hasServices(options);
        if (isUsed && !clientStarted) {
            clientStarted = true;
            client.start();
        }
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

    /** Who we are as a relay. */
    Optional<Fingerprint> fingerprint() {
        return relay.map(RelaySide::fingerprint);
    }

    /** The address that we publish. */
    Optional<String> address() {
        return relay.flatMap(side -> side.advertised().stream().findFirst())
                .map(endpoint -> Endpoint.text(endpoint.address()));
    }

    /**
     * Takes other options over as far as they can change.
     *
     * @throws LocalFailure when something of them cannot be had; then all is as before
     */
    void configure(Options before, Options next) throws LocalFailure {
        ClientOptions clientOptions = ClientConfiguration.of(next);
        SocksRules rules = SocksRules.of(next);
        Runnable otherOnions = onions.prepare(next);
        if (!before.lines("SocksPort").equals(next.lines("SocksPort"))) {
            changeSocksPorts(before, next);
        }
        client.configure(clientOptions);
        configureChannels(next);
        startClientIfUsed(next);
        otherOnions.run();
        socks.forEach(listener -> listener.configure(rules));
    }

    private void changeSocksPorts(Options before, Options next) throws LocalFailure {
        closeSocksPorts();
        try {
            openSocksPorts(next);
        } catch (LocalFailure inTheWay) {
            closeSocksPorts();
            openSocksPorts(before);
            throw inTheWay;
        }
    }

    /** Looks whether the operator brought other keys, and what an authority's operator thinks of single relays now. */
    void reloadFiles() {
        relay.ifPresent(RelaySide::reloadKeys);
        relay.ifPresent(RelaySide::reloadVerdicts);
    }

    @Override
    public void close() {
        closeSocksPorts();
        ports.close(Ports.Kind.OR);
        ports.close(Ports.Kind.DIR);
        relay.ifPresent(RelaySide::close);
        onions.close();
        client.close();
        channels.close();
    }

    private void configureChannels(Options options) {
        channels.configure(() -> ChannelConfiguration.of(
                options, view().map(NetworkView::parameters).orElse(Parameters.STANDARD)));
    }

    private void openSocksPorts(Options options) throws LocalFailure {
        boolean configured = !options.lines("SocksPort").isEmpty();
        List<PortLine> lines = configured
                ? PortLine.read(options, "SocksPort", PortLine.Kind.CLIENT)
                : PortLine.parse("9050", PortLine.Kind.CLIENT).stream().toList();
        SocksRules rules = SocksRules.of(options);
        for (PortLine line : lines) {
            SocksListener listener = new SocksListener(
                    line,
                    ports.open(Ports.Kind.SOCKS, line),
                    rules,
                    new Tunnelled(client.tunnels(), onions, time),
                    events,
                    tasks,
                    time,
                    log);
            socks.add(listener);
            listener.start();
        }
    }

    private void closeSocksPorts() {
        socks.forEach(SocksListener::close);
        socks.clear();
        ports.close(Ports.Kind.SOCKS);
    }

    /** Serves applications by our circuits. */
    private record Tunnelled(Tunnels tunnels, OnionSide onions, Time time) implements Streams {
        @Override
        public Opened connect(Destination to, Isolation isolation, Tunnels.Origin origin)
                throws TorException, InterruptedException {
            boolean isOnion = OnionAddress.isOnion(to.host());
            return new Spliced(
                    isOnion ? onions.connect(to, isolation, origin) : tunnels.connect(to, isolation, origin), time);
        }

        @Override
        public RelayMessage.Resolved resolve(String nameOrAddress, Isolation isolation, Tunnels.Origin origin)
                throws TorException, InterruptedException {
            return tunnels.resolve(nameOrAddress, isolation, origin);
        }
    }

    private record Spliced(AttachedStream stream, Time time) implements Streams.Opened {
        @Override
        public void splice(Wire application) throws InterruptedException {
            Splice.bothWays(application, stream.onion(), time);
        }

        @Override
        public void close() {
            stream.close();
        }
    }
}
