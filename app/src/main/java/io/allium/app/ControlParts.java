package io.allium.app;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Time;
import io.allium.channel.CellStatsControl;
import io.allium.channel.ChannelControl;
import io.allium.channel.ChannelMetrics;
import io.allium.channel.Channels;
import io.allium.channel.TrafficControl;
import io.allium.client.AddressControl;
import io.allium.client.Client;
import io.allium.client.ClientControl;
import io.allium.client.ClientMetrics;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlEvents;
import io.allium.control.ControlPart;
import io.allium.control.Metrics;
import io.allium.control.MetricsPart;
import io.allium.crypto.Fingerprint;
import io.allium.directory.CountryControl;
import io.allium.directory.CountryFiles;
import io.allium.directory.DirectoryClient;
import io.allium.directory.DirectoryControl;
import io.allium.directory.DocumentControl;
import io.allium.directory.DownloadControl;
import io.allium.directory.NetworkView;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.onionservice.AddedServiceControl;
import io.allium.onionservice.ClientKeyControl;
import io.allium.onionservice.DescriptorControl;
import io.allium.onionservice.OnionConnector;
import io.allium.onionservice.OnionService;
import io.allium.onionservice.ServiceControl;
import io.allium.onionservice.ServiceMetrics;
import io.allium.relay.AccountingControl;
import io.allium.relay.CachedDirectory;
import io.allium.relay.ExitPolicyControl;
import io.allium.relay.Relay;
import io.allium.relay.RelayControl;
import io.allium.relay.RelayMetrics;
import io.allium.relay.ServerDescriptorControl;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the modules show of a running Tor to its controllers and in its metrics. They last as long as the Tor; what they
 * look at is there only while the network is enabled. Safe from any thread; the parts guard themselves.
 */
final class ControlParts {
    private final Supplier<Optional<Connected>> connected;
    private final Supplier<List<OnionService>> onionServices;
    private final Runnable useClient;
    private final Supplier<Options> options;
    private final Time time;
    private final Entropy entropy;
    private final Disk disk;
    private final ControlEvents events;
    private final Log log;
    private final AddressControl addresses;
    private final CountryFiles countries;
    private final TrafficControl traffic;
    private final CellStatsControl cells;
    private final Connected.Seen seen;
    /** What was believed of the network when it was last given up: what still ends then has a name. */
    private volatile Optional<NetworkView> left = Optional.empty();

    private final OnionSide.Lasting lasting = OnionSide.Lasting.none();

    /**
     * @param connected empty while the network is disabled
     * @param onionServices our own
     * @param useClient begins a relay's own client, which may not have learnt of the network yet
     */
    ControlParts(
            Supplier<Optional<Connected>> connected,
            Supplier<List<OnionService>> onionServices,
            Runnable useClient,
            Supplier<Options> options,
            Time time,
            Entropy entropy,
            Disk disk,
            ControlEvents events,
            Log log) {
        this.connected = connected;
        this.onionServices = onionServices;
        this.useClient = useClient;
        this.options = options;
        this.time = time;
        this.entropy = entropy;
        this.disk = disk;
        this.events = events;
        this.log = log;
        this.addresses = new AddressControl(entropy, this::client, time, ZoneId.systemDefault(), events);
        this.countries = new CountryFiles(
                disk, () -> options.get().file("GeoIPFile"), () -> options.get().file("GeoIPv6File"), log);
        this.traffic = new TrafficControl(this::channels, () -> options.get().flag("TestingEnableConnBwEvent"), events);
        this.cells =
                new CellStatsControl(this::channels, () -> options.get().flag("TestingEnableCellStatsEvent"), events);
        this.seen = new Connected.Seen(
                new ChannelControl(this::channels, this::nickname, cells, events),
                new DirectoryControl(
                        this::view, () -> directory().flatMap(now -> now.consensus(ConsensusFlavor.NS)), events),
                new ClientControl(this::client, events),
                addresses.map(),
                new ServiceControl(onionServices, events),
                new RelayControl(this::relay, countries, events),
                events);
    }

    /** Those that hear from the modules what happens. */
    Connected.Seen seen() {
        return seen;
    }

    /** What controllers gave to the onion services and their clients; it stays while the network is disabled. */
    OnionSide.Lasting lasting() {
        return lasting;
    }

    /** Tells what controllers hear every second. */
    void second() {
        traffic.second();
        client().ifPresent(client -> client.tunnels().tellTraffic());
        cells.second();
    }

    /** The network is about to be given up. */
    void leaving() {
        left = view();
    }

    /** What controllers may ask and command, with what the process itself adds. */
    ControlCatalogue catalogue(List<ControlPart> own) {
        List<ControlPart> parts = new ArrayList<>(own);
        parts.addAll(List.of(
                traffic,
                seen.channels(),
                seen.directory(),
                new DocumentControl(this::directory),
                new DownloadControl(this::directory),
                new CountryControl(countries),
                new VersionControl(this::view, () -> Connected.isRelay(options.get())),
                seen.client(),
                addresses,
                seen.services(),
                new AddedServiceControl(
                        lasting.services(),
                        useClient,
                        () -> options.get().flag("HiddenServiceNonAnonymousMode"),
                        () -> options.get().flag("FetchHidServDescriptors"),
                        entropy),
                new DescriptorControl(this::onionConnector, onionServices, this::view, useClient, time),
                new ClientKeyControl(
                        lasting.keys(),
                        this::onionConnector,
                        () -> options.get().file("ClientOnionAuthDir"),
                        disk,
                        log),
                seen.relay(),
                new ExitPolicyControl(this::relay),
                new AccountingControl(),
                new ServerDescriptorControl(this::descriptors, this::view, time, events)));
        return ControlCatalogue.of(parts);
    }

    /** What the metrics port tells, with what the process itself adds. */
    Metrics metrics(List<MetricsPart> own) {
        List<MetricsPart> parts = new ArrayList<>(own);
        parts.addAll(List.of(
                new ChannelMetrics(this::channels),
                new ClientMetrics(this::client),
                new RelayMetrics(this::relay),
                new ServiceMetrics(onionServices)));
        return new Metrics(parts);
    }

    Optional<Client> client() {
        return connected.get().map(Connected::client);
    }

    Optional<NetworkView> view() {
        return connected.get().flatMap(Connected::view);
    }

    Optional<Channels> channels() {
        return connected.get().map(Connected::channels);
    }

    private Optional<OnionConnector> onionConnector() {
        return connected.get().map(now -> now.onions().connector());
    }

    private Optional<DirectoryClient> directory() {
        return connected.get().map(Connected::directory);
    }

    private Optional<Relay> relay() {
        return connected.get().flatMap(Connected::relay);
    }

    private Optional<CachedDirectory> descriptors() {
        return connected.get().flatMap(Connected::descriptors);
    }

    private Optional<String> nickname(Fingerprint relay) {
        return view().or(() -> left).flatMap(now -> now.relay(relay)).map(io.allium.directory.Relay::nickname);
    }
}
