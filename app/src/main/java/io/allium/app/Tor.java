package io.allium.app;

import io.allium.base.Disk;
import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log.Domain;
import io.allium.base.Names;
import io.allium.base.Network;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.channel.ChannelControl;
import io.allium.channel.Channels;
import io.allium.client.Client;
import io.allium.client.ClientControl;
import io.allium.control.ControlAuthentication;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlEvents;
import io.allium.control.ControlPort;
import io.allium.directory.DirectoryControl;
import io.allium.directory.NetworkView;
import io.allium.onionservice.OnionService;
import io.allium.onionservice.ServiceControl;
import io.allium.relay.RelayControl;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A running Tor: what its options say it is, a client, a relay, an authority, or all of them, and its control port. It
 * is put together here and decides nothing else. Guarded by {@code lock}.
 */
public final class Tor implements Controlled, AutoCloseable {
    /** Where the configuration came from, to be read again. */
    public interface Source {
        Options read() throws LocalFailure;

        /** The torrc's path; empty where there is none. */
        default String torrc() {
            return "";
        }

        /** The path of the defaults-torrc; empty where there is none. */
        default String defaultsTorrc() {
            return "";
        }
    }

    private static final Duration BANDWIDTH_INTERVAL = Duration.ofSeconds(1);
    /** How often to look whether the process that started us still lives; as often as C tor. */
    private static final Duration OWNER_INTERVAL = Duration.ofSeconds(15);

    private final ReentrantLock lock = new ReentrantLock();
    private final Source source;
    private final Path home;
    private final Time time;
    private final Entropy entropy;
    private final Network network;
    private final Disk disk;
    private final Tasks tasks;
    private final Names names;
    private final TorLog log;
    private final long started;
    private final ControlEvents events = new ControlEvents();
    private final Connected.Seen seen;
    private final BootstrapStatus bootstrap;
    private final Ports ports;
    private final ProcessControl process;
    private final ConfigurationControl configuration;
    private final TaskGroup running;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final List<ControlPort> controlPorts = new ArrayList<>();
    private volatile Options options;
    private volatile @Nullable Connected connected;
    private @Nullable DataFolder folder;
    private boolean shuttingDown;

    /**
     * Checks nothing and opens nothing yet.
     *
     * @param options as {@link OptionRules} found them good
     * @param home for what lies in the user's home unless configured
     */
    public Tor(
            Options options,
            Source source,
            Path home,
            Time time,
            Entropy entropy,
            Network network,
            Disk disk,
            Tasks tasks,
            Names names,
            TorLog log) {
        this.options = options;
        this.source = source;
        this.home = home;
        this.time = time;
        this.entropy = entropy;
        this.network = network;
        this.disk = disk;
        this.tasks = tasks;
        this.names = names;
        this.log = log;
        this.started = time.nanos();
        this.seen = new Connected.Seen(
                new ChannelControl(this::channels, events),
                new DirectoryControl(this::view, events),
                new ClientControl(this::client, events),
                new ServiceControl(this::onionServices, events),
                events);
        this.bootstrap = new BootstrapStatus(events, seen.directory());
        this.ports = new Ports(network, disk, log);
        this.process = new ProcessControl(this, ports, bootstrap, time, started, events);
        this.configuration = new ConfigurationControl(this, source, events);
        this.running = new TaskGroup(tasks, "tor");
    }

    /** Takes the data directory, opens the ports, and begins. The message says what is in the way. */
    public void start() throws LocalFailure {
        lock.lock();
        try {
            log.configure(options, Connected.isRelay(options));
            log.listen(process);
            folder = DataFolder.take(
                    options, home, disk, log, ProcessHandle.current().pid());
            openControlPorts(folder.path());
            if (options.flag("DisableNetwork")) {
                log.notice(
                        Domain.NET,
                        "DisableNetwork is set. Tor will not make or accept non-control network connections.");
            } else {
                connect(options);
            }
            if (!controlPorts.isEmpty()) {
                running.fork("bandwidth", this::tellBandwidth);
            }
            running.fork("heartbeat", this::beat);
            running.fork("owner", this::watchOwner);
        } catch (LocalFailure inTheWay) {
            close();
            throw inTheWay;
        } finally {
            lock.unlock();
        }
    }

    /** Completes when this Tor is to end: after a signal, or when its owner has gone. */
    public CompletableFuture<Void> ended() {
        return ended;
    }

    /** Completes when circuits can be built and one has been. */
    public CompletableFuture<Void> bootstrapped() {
        return bootstrap.done();
    }

    /** Where SOCKS ports are open. */
    public List<Endpoint> socksPorts() {
        return ports.places(Ports.Kind.SOCKS).stream()
                .filter(place -> !place.startsWith("unix:"))
                .map(Endpoint::parse)
                .toList();
    }

    /** The client that runs in every Tor, while the network is enabled. */
    public Optional<Client> client() {
        return Optional.ofNullable(connected).map(Connected::client);
    }

    /** What is believed of the network, while it is enabled. */
    public Optional<NetworkView> view() {
        return Optional.ofNullable(connected).flatMap(Connected::view);
    }

    /** Our own onion services, while the network is enabled. */
    public List<OnionService> onionServices() {
        Connected now = connected;
        lock.lock();
        try {
            return now == null ? List.of() : now.onions().services();
        } finally {
            lock.unlock();
        }
    }

    /** The neighbours, while the network is enabled. */
    public Optional<Channels> channels() {
        return Optional.ofNullable(connected).map(Connected::channels);
    }

    @Override
    public Options options() {
        return options;
    }

    @Override
    public void change(Options next) throws LocalFailure {
        lock.lock();
        try {
            OptionRules.check(next, System.getProperty("user.name", ""), warning -> {});
            OptionRules.checkChange(options, next);
            for (Option option : options.changed(next)) {
                if (option.change() != Option.Change.LIVE) {
                    throw new LocalFailure(option.name() + " takes effect only at the next start");
                }
            }
            take(next);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void signal(ControlSignal signal) {
        process.signalled(signal);
        switch (signal) {
            case HALT -> end();
            case SHUTDOWN -> shutDown();
            case RELOAD -> running.fork("reload", this::reload);
            case DEBUG -> log.debugEverything();
            case DUMP, HEARTBEAT -> log.notice(Domain.HEARTBEAT, heartbeat());
            case NEWNYM -> client().ifPresent(now -> now.tunnels().newIdentity());
            case CLEARDNSCACHE, ACTIVE -> {} // there is no cache, and we never sleep
            case DORMANT -> log.warn(Domain.CONTROL, "SIGNAL DORMANT is not supported yet.");
        }
    }

    /** Ends everything at once and gives the data directory back. */
    @Override
    public void close() {
        lock.lock();
        try {
            disconnect();
            running.close();
            controlPorts.forEach(ControlPort::close);
            controlPorts.clear();
            ports.close();
            log.unlisten(process);
            log.flush();
            if (folder != null) {
                folder.close();
                folder = null;
            }
            ended.complete(null);
        } finally {
            lock.unlock();
        }
    }

    private void openControlPorts(Path dataDirectory) throws LocalFailure {
        List<PortLine> lines = ControlConfiguration.lines(options);
        if (lines.isEmpty()) {
            return;
        }
        ControlAuthentication authentication =
                ControlConfiguration.authentication(options, dataDirectory, entropy, disk);
        ControlCatalogue catalogue = catalogue();
        for (PortLine line : ControlConfiguration.safe(lines, authentication, log)) {
            ControlPort port = new ControlPort(
                    ports.open(Ports.Kind.CONTROL, line),
                    Version.TEXT,
                    authentication,
                    catalogue,
                    events,
                    () -> signal(ControlSignal.HALT),
                    time,
                    tasks,
                    log);
            controlPorts.add(port);
            port.start();
        }
        Optional<Path> toFile = options.file("ControlPortWriteToFile");
        if (toFile.isPresent()) {
            ports.writeControlPorts(toFile.get());
        }
    }

    private ControlCatalogue catalogue() {
        return ControlCatalogue.of(List.of(
                process,
                configuration,
                seen.channels(),
                seen.directory(),
                seen.client(),
                seen.services(),
                new RelayControl(
                        () -> Optional.ofNullable(connected).flatMap(Connected::fingerprint),
                        () -> Optional.ofNullable(connected).flatMap(Connected::address))));
    }

    private void connect(Options with) throws LocalFailure {
        Path data = Objects.requireNonNull(folder).path();
        connected =
                Connected.start(with, data, ports, seen, bootstrap, time, entropy, network, disk, tasks, names, log);
    }

    private void disconnect() {
        Connected leaving = connected;
        connected = null;
        if (leaving != null) {
            leaving.close();
        }
    }

    /** The new options are good: everything that can take them does, or where something is in the way, nothing. */
    private void take(Options next) throws LocalFailure {
        Options before = options;
        reconnect(before, next);
        log.configure(next, Connected.isRelay(next));
        options = next;
        configuration.changed(next, before.changed(next));
    }

    private void reconnect(Options before, Options next) throws LocalFailure {
        Connected now = connected;
        if (next.flag("DisableNetwork")) {
            disconnect();
        } else if (now == null) {
            connect(next);
        } else {
            now.configure(before, next);
        }
    }

    private void reload() {
        log.notice(Domain.GENERAL, "Received reload signal (hup). Reloading config and resetting internal state.");
        if (!options.flag("__ReloadTorrcOnSIGHUP")) {
            log.notice(Domain.GENERAL, "Not reloading config file, on request.");
            return;
        }
        lock.lock();
        try {
            Options next = source.read();
            OptionRules.check(next, System.getProperty("user.name", ""), warning -> log.warn(Domain.CONFIG, warning));
            OptionRules.checkChange(options, next);
            for (Option option : options.changed(next)) {
                if (option.change() == Option.Change.RESTART) {
                    log.warn(Domain.CONFIG, option.name() + " was changed, which takes effect only at the next start.");
                }
            }
            take(next);
            Connected now = connected;
            if (now != null) {
                now.reloadFiles();
            }
        } catch (LocalFailure wrong) {
            log.warn(Domain.CONFIG, "Failed to parse/validate config: " + wrong.getMessage());
            log.err(Domain.CONFIG, "Reading config failed--see warnings above. The configuration from before stays.");
        } finally {
            lock.unlock();
        }
    }

    /** A client leaves at once; a relay lets those who use it finish. */
    private void shutDown() {
        Duration wait = options.interval("ShutdownWaitLength");
        lock.lock();
        try {
            if (shuttingDown || !Connected.isRelay(options) || wait.isZero()) {
                log.notice(Domain.GENERAL, "Interrupt: exiting cleanly.");
                end();
                return;
            }
            shuttingDown = true;
        } finally {
            lock.unlock();
        }
        log.notice(
                Domain.GENERAL,
                "Interrupt: we have stopped accepting new connections, and will shut down in " + wait.toSeconds()
                        + " seconds. Interrupt again to exit now.");
        ports.close(Ports.Kind.SOCKS);
        ports.close(Ports.Kind.OR);
        ports.close(Ports.Kind.DIR);
        running.fork("shutdown", () -> {
            time.sleep(wait);
            log.notice(Domain.GENERAL, "Clean shutdown finished. Exiting.");
            end();
        });
    }

    private void end() {
        ended.complete(null);
    }

    /** The BW event, each second: what the links carried since the last. */
    private void tellBandwidth() throws InterruptedException {
        long read = 0;
        long written = 0;
        while (true) {
            time.sleep(BANDWIDTH_INTERVAL);
            Connected now = connected;
            long nowRead = now == null ? 0 : now.channels().bytesRead();
            long nowWritten = now == null ? 0 : now.channels().bytesWritten();
            process.bandwidth(Math.max(0, nowRead - read), Math.max(0, nowWritten - written));
            read = nowRead;
            written = nowWritten;
        }
    }

    private void beat() throws InterruptedException {
        while (true) {
            Duration period = options.interval("HeartbeatPeriod");
            time.sleep(period.isZero() ? Duration.ofHours(1) : period);
            if (!period.isZero()) {
                log.notice(Domain.HEARTBEAT, heartbeat());
            }
        }
    }

    private String heartbeat() {
        Duration up = Duration.ofNanos(time.nanos() - started);
        int circuits = client().map(now -> now.tunnels().circuits().size()).orElse(0);
        int connections = Optional.ofNullable(connected)
                .map(now -> now.channels().all().size())
                .orElse(0);
        String late = channels()
                .map(Channels::figures)
                .filter(figures -> figures.late() > 0)
                .map(figures -> " Links had to wait longer than they should " + figures.late() + " times, once "
                        + figures.longest().toMillis() + " ms.")
                .orElse("");
        return "Heartbeat: Tor's uptime is " + up.toDays() + " days " + up.toHoursPart() + ":"
                + String.format(Locale.ROOT, "%02d", up.toMinutesPart()) + " hours, with " + circuits
                + " circuits open and "
                + connections + " connections." + late;
    }

    private void watchOwner() throws InterruptedException {
        while (true) {
            Optional<String> owner = options.text("__OwningControllerProcess");
            boolean gone = owner.isPresent()
                    && owner.get().matches("[0-9]{1,18}")
                    && ProcessHandle.of(Long.parseLong(owner.get())).isEmpty();
            if (gone) {
                log.notice(Domain.CONTROL, "Monitored process " + owner.get() + " is dead; exiting.");
                end();
                return;
            }
            time.sleep(OWNER_INTERVAL);
        }
    }
}
