package io.allium.app;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Network;
import io.allium.base.Refused;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Untrusted;
import io.allium.client.AttachedStream;
import io.allium.client.Client;
import io.allium.client.ClientOptions;
import io.allium.client.Destination;
import io.allium.client.Isolation;
import io.allium.client.Tunnels;
import io.allium.crypto.HashXRuntime;
import io.allium.crypto.OnionAddress;
import io.allium.onionservice.AddedServices;
import io.allium.onionservice.ClientAuthorization;
import io.allium.onionservice.ClientKeyring;
import io.allium.onionservice.KnownNetwork;
import io.allium.onionservice.OnionConnector;
import io.allium.onionservice.OnionService;
import io.allium.onionservice.OnionServices;
import io.allium.onionservice.Revisions;
import io.allium.onionservice.ServiceControl;
import io.allium.onionservice.Surroundings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a running Tor has to do with onion services: it visits those of others, and offers its own. Used under the lock of
 * {@link Tor}, but for {@link #connect}.
 */
final class OnionSide implements AutoCloseable {
    /**
     * What outlives the connection to the network.
     *
     * @param services the onion services that controllers added
     * @param keys those of services that let us in, from controllers and from files
     * @param revisions those of the descriptors of our services
     */
    record Lasting(AddedServices services, ClientKeyring keys, Revisions revisions) {
        static Lasting none() {
            return new Lasting(new AddedServices(), new ClientKeyring(), new Revisions());
        }
    }

    private final Client client;
    private final Lasting lasting;
    private final Disk disk;
    private final Log log;
    private final OnionConnector connector;
    private final OnionServices services;

    OnionSide(
            Options options,
            Client client,
            Time time,
            Entropy entropy,
            Network network,
            Disk disk,
            Tasks tasks,
            Lasting lasting,
            ServiceControl events,
            Log log)
            throws LocalFailure {
        this.client = client;
        this.lasting = lasting;
        this.disk = disk;
        this.log = log;
        KnownNetwork known = new KnownNetwork(time, client::usableView, options.flag("TestingTorNetwork"));
        OnionConnector.Settings settings = settings(options);
        this.connector = new OnionConnector(
                time, entropy, tasks, log, known, client.onionCircuits(), lasting.keys()::all, events, settings);
        client.tunnels().whenNewIdentity(connector::newIdentity);
        this.services = new OnionServices(
                disk,
                new Surroundings(
                        time,
                        entropy,
                        network,
                        tasks,
                        log,
                        known,
                        client.onionCircuits(),
                        client.onionCircuits()::mayChoose,
                        settings.circuitPatience(),
                        options.flag("PublishHidServDescriptors"),
                        lasting.revisions(),
                        settings.puzzles(),
                        events,
                        events),
                lasting.services());
    }

    /** Whether there are to be services of ours. */
    boolean hasServices(Options options) throws LocalFailure {
        return !lasting.services().isEmpty()
                || !OnionServiceConfiguration.of(options).isEmpty();
    }

    /** Begins to visit services, and to offer those that are configured. */
    void start(Options options) throws LocalFailure {
        lasting.keys().load(authorization(options));
        connector.start();
        services.start(OnionServiceConfiguration.of(options));
    }

    /** Loads what other options need, and changes nothing yet: running what it returns takes them over, and cannot fail. */
    Runnable prepare(Options next) throws LocalFailure {
        OnionConnector.Settings settings = settings(next);
        ClientAuthorization keys = authorization(next);
        Runnable otherServices = services.prepare(OnionServiceConfiguration.of(next));
        return () -> {
            connector.configure(settings);
            lasting.keys().load(keys);
            otherServices.run();
            services.reload();
        };
    }

    /** Opens a stream to a service. Safe from any task. */
    AttachedStream connect(Destination to, Isolation isolation, Tunnels.Origin origin)
            throws TorException, InterruptedException {
        OnionAddress service = address(to);
        return client.tunnels()
                .connect(
                        to,
                        isolation,
                        origin,
                        (sent, closed) -> connector.connect(service, to.port(), isolation, sent, closed));
    }

    private static OnionAddress address(Destination to) throws Refused {
        try {
            return OnionAddress.parse(to.host());
        } catch (Untrusted malformed) {
            throw new Refused(Refused.Kind.ONION_ADDRESS_INVALID, malformed.getMessage());
        }
    }

    /** What visits the services of others. */
    OnionConnector connector() {
        return connector;
    }

    /** The services that run. */
    List<OnionService> services() {
        return services.running();
    }

    private static OnionConnector.Settings settings(Options options) throws LocalFailure {
        ClientOptions client = ClientConfiguration.of(options);
        return new OnionConnector.Settings(
                client.socksTimeout(),
                client.circuitBuildTimeout(),
                client.maxCircuitDirtiness(),
                options.flagOrAuto("CompiledProofOfWorkHash")
                        .map(compiled -> compiled ? HashXRuntime.COMPILED : HashXRuntime.INTERPRETED)
                        .orElse(HashXRuntime.AUTOMATIC),
                options.flag("FetchHidServDescriptors"));
    }

    private ClientAuthorization authorization(Options options) throws LocalFailure {
        Optional<Path> folder = options.file("ClientOnionAuthDir");
        return folder.isPresent() ? ClientAuthorization.load(disk, folder.get(), log) : ClientAuthorization.NONE;
    }

    @Override
    public void close() {
        services.close();
        connector.close();
    }
}
