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
import io.allium.channel.Channels;
import io.allium.client.Client;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlEvents;
import io.allium.control.ControlPort;
import io.allium.directory.NetworkView;
import io.allium.onionservice.OnionService;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
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
    private static final Duration SECOND = Duration.ofSeconds(1);
    private final ReentrantLock lock = new ReentrantLock();
    private final ConfigurationSource source;
    private final Path home;
    private final Time time;
    private final Entropy entropy;
    private final Network network;
    private final Disk disk;
    private final Tasks tasks;
    private final Names names;
    private final TorLog log;
    private final ControlEvents events = new ControlEvents();
    private final ControlParts parts;
    private final BootstrapStatus bootstrap;
    private final Ports ports;
    private final BugMetrics bugs = new BugMetrics();
    private final MetricsPorts metricsPorts;
    private final ProcessControl process;
    private final ConfigurationControl configuration;
    private final TaskGroup running;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Dormancy dormancy;
    private final Heartbeat heartbeat;
    private @Nullable ControlPorts controlPorts;
    private boolean secondsTold;
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
            ConfigurationSource source,
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
        long started = time.nanos();
        this.heartbeat = new Heartbeat(
                this::channels, this::client, () -> this.options.interval("HeartbeatPeriod"), time, started, log);
        this.parts = new ControlParts(
                () -> Optional.ofNullable(connected),
                this::onionServices,
                this::useClient,
                () -> this.options,
                time,
                entropy,
                disk,
                events,
                log);
        this.bootstrap = new BootstrapStatus(
                events,
                parts.seen().directory(),
                () -> client().map(now -> now.tunnels().isCircuitEstablished()).orElse(false));
        this.ports = new Ports(network, disk, log);
        this.metricsPorts =
                new MetricsPorts(parts.metrics(List.of(bugs, new PortMetrics(ports))), ports, time, tasks, log);
        this.process = new ProcessControl(
                this, ports, bootstrap, OwnProcess.of(disk), ZoneId.systemDefault(), time, started, events);
        this.configuration = new ConfigurationControl(this, source, events, log);
        this.running = new TaskGroup(tasks, "tor");
        this.dormancy = new Dormancy(time, log, asleep -> running.fork("rest", this::rest));
    }

    /** Takes the data directory, opens the ports, and begins. The message says what is in the way. */
    public void start() throws LocalFailure {
        lock.lock();
        try {
            folder = DataFolder.take( // first, since logs may lie in it
                    options, home, disk, log, ProcessHandle.current().pid());
            log.configure(options, Connected.isRelay(options));
            log.listen(process);
            log.listen(bugs);
            controlPorts = controlPorts(folder.path());
            controlPorts.configure(options);
            SocksRules.configure(parts.seen().addresses(), options);
            if (options.flag("DisableNetwork")) {
                log.notice(
                        Domain.NET,
                        "DisableNetwork is set. Tor will not make or accept non-control network connections.");
            } else {
                connect(options);
            }
            tellSecondsIfHeard();
            running.fork("heartbeat", heartbeat::beat);
            running.fork("dormancy", this::watchUse);
            running.fork("owner", () -> {
                OwningProcess.awaitEnd(() -> options.text("__OwningControllerProcess"), time, log);
                end();
            });
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
        return parts.client();
    }

    /** What is believed of the network, while it is enabled. */
    public Optional<NetworkView> view() {
        return parts.view();
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

    /** A controller wants something of the client, which in a relay may not have begun to learn of the network yet. */
    private void useClient() {
        lock.lock();
        try {
            Connected now = connected;
            if (now != null) {
                now.useClient(options);
            }
        } catch (LocalFailure inTheWay) {
            log.warn(Domain.CONFIG, "Our own client cannot begin: " + inTheWay.getMessage());
        } finally {
            lock.unlock();
        }
    }

    /** The neighbours, while the network is enabled. */
    public Optional<Channels> channels() {
        return parts.channels();
    }

    @Override
    public Options options() {
        return options;
    }

    @Override
    public void change(Proposal proposal) throws LocalFailure {
        lock.lock();
        try {
            Optional<Options> next = proposal.following(options);
            if (next.isPresent()) {
                take(next.get(), false);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes other options over, all of them or none. */
    void change(Options next) throws LocalFailure {
        lock.lock();
        try {
            OptionRules.check(next, System.getProperty("user.name", ""), warning -> {});
            OptionRules.checkChange(options, next);
            take(next, false);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isDormant() {
        return dormancy.isAsleep();
    }

    @Override
    public void signal(ControlSignal signal) {
        boolean isToldOnceDone = signal == ControlSignal.RELOAD || signal == ControlSignal.NEWNYM;
        if (!isToldOnceDone) {
            process.signalled(signal);
        }
        switch (signal) {
            case HALT -> end();
            case SHUTDOWN -> shutDown();
            case RELOAD -> reload();
            case DEBUG -> log.debugEverything();
            case DUMP, HEARTBEAT -> heartbeat.tell();
            case NEWNYM -> newIdentity();
            case CLEARDNSCACHE -> {} // there is no cache
            case ACTIVE -> dormancy.used();
            case DORMANT -> dormancy.sleep();
        }
    }

    /** The client may let some seconds pass first. */
    private void newIdentity() {
        Optional<Client> now = client();
        if (now.isPresent()) {
            now.get().tunnels().newIdentity();
        } else {
            process.signalled(ControlSignal.NEWNYM);
        }
    }

    /** Ends everything at once and gives the data directory back. */
    @Override
    public void close() {
        lock.lock();
        try {
            disconnect();
            running.close();
            if (controlPorts != null) {
                controlPorts.close();
                controlPorts = null;
            }
            ports.close();
            log.unlisten(process);
            log.unlisten(bugs);
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

    private ControlPorts controlPorts(Path dataDirectory) {
        ControlCatalogue catalogue = parts.catalogue(List.of(process, configuration));
        ControlPorts.Opener opener = (line, authentication) -> new ControlPort(
                ports.open(Ports.Kind.CONTROL, line),
                Version.TEXT,
                authentication,
                catalogue,
                events,
                () -> signal(ControlSignal.HALT),
                time,
                tasks,
                log);
        return new ControlPorts(
                dataDirectory, opener, ports, new ControlConfiguration.Cookies(entropy, disk), disk, log);
    }

    private void connect(Options with) throws LocalFailure {
        Path data = Objects.requireNonNull(folder).path();
        Connected fresh = Connected.start(
                with,
                data,
                ports,
                parts.seen(),
                parts.lasting(),
                bootstrap,
                dormancy,
                time,
                entropy,
                network,
                disk,
                tasks,
                names,
                log);
        fresh.client().tunnels().whenNewIdentity(() -> process.signalled(ControlSignal.NEWNYM));
        connected = fresh;
        try {
            metricsPorts.configure(with);
        } catch (LocalFailure | RuntimeException inTheWay) {
            disconnect();
            throw inTheWay;
        }
    }

    private void disconnect() {
        metricsPorts.close();
        Connected leaving = connected;
        parts.leaving();
        connected = null;
        if (leaving != null) {
            leaving.close();
        }
    }

    /**
     * The new options are good: everything that can take them does, or where something is in the way, nothing.
     *
     * @param canWait whether what would end a relay's connections may wait for the next start
     */
    private void take(Options next, boolean canWait) throws LocalFailure {
        Options before = options;
        ControlPorts controllers = controlPorts;
        if (controllers == null) {
            throw new LocalFailure("it is ending");
        }
        Prepared otherLog = log.prepare(next, Connected.isRelay(next));
        otherLog.takeAfter(() -> controllers.prepare(next).takeAfter(() -> {
            reconnect(before, next, canWait);
            SocksRules.configure(parts.seen().addresses(), next);
            options = next;
        }));
        tellSecondsIfHeard();
    }

    private void reconnect(Options before, Options next, boolean canWait) throws LocalFailure {
        Connected now = connected;
        boolean running = now != null && !next.flag("DisableNetwork");
        List<String> late = Connected.onlyHadAtStart(before, next, running);
        if (!late.isEmpty() && !canWait) {
            throw new LocalFailure(String.join(", ", late) + " takes effect only at the next start");
        }
        late.forEach(
                option -> log.warn(Domain.CONFIG, option + " was changed, which takes effect only at the next start."));
        if (next.flag("DisableNetwork")) {
            disconnect();
        } else if (now == null) {
            connect(next);
        } else if (late.isEmpty() && Connected.isOnlyHadAnew(before, next)) {
            restart(before, next);
        } else {
            metricsPorts.prepare(next).takeAfter(() -> now.configure(before, next));
        }
    }

    /** Some options are read only where the network is begun with: all circuits end, and those of the new options follow. */
    private void restart(Options before, Options next) throws LocalFailure {
        log.notice(Domain.NET, "What changed needs new connections: all that there are, and their circuits, end.");
        disconnect();
        try {
            connect(next);
        } catch (LocalFailure | RuntimeException inTheWay) {
            connect(before);
            throw inTheWay;
        }
    }

    /** Somebody uses us again, or nobody has for long. */
    private void rest() throws InterruptedException, LocalFailure {
        lock.lockInterruptibly();
        try {
            Connected now = connected;
            if (now != null) {
                now.rest(options);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Done before whoever asked for it asks for more. */
    private void reload() {
        log.notice(Domain.GENERAL, "Received reload signal (hup). Reloading config and resetting internal state.");
        if (options.flag("__ReloadTorrcOnSIGHUP")) {
            readAgain();
        } else {
            log.notice(Domain.GENERAL, "Not reloading config file: the controller told us not to.");
        }
        process.signalled(ControlSignal.RELOAD);
    }

    private void readAgain() {
        lock.lock();
        try {
            Options next = source.read();
            OptionRules.check(next, System.getProperty("user.name", ""), warning -> log.warn(Domain.CONFIG, warning));
            OptionRules.checkChange(options, next);
            Options before = options;
            take(next, true);
            configuration.changed(before, next);
            Connected now = connected;
            if (now != null) {
                now.reloadFiles();
            }
        } catch (LocalFailure wrong) {
            log.warn(Domain.CONFIG, "Failed to parse/validate config: " + wrong.getMessage());
            log.err(Domain.CONFIG, "Reading config failed--see warnings above. The configuration from before stays.");
        } catch (RuntimeException bug) {
            log.err(Domain.BUG, "Reading config met a bug: " + bug);
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

    private void tellSecondsIfHeard() {
        if (!secondsTold && Objects.requireNonNull(controlPorts).isAnyOpen()) {
            secondsTold = true;
            running.fork("seconds", this::tellSeconds);
        }
    }

    /** Each second, what controllers hear every second. */
    private void tellSeconds() throws InterruptedException {
        ClockWatch clock = new ClockWatch(time, events, log);
        while (true) {
            time.sleep(SECOND);
            parts.second();
            clock.look();
        }
    }

    /** Falls asleep once nobody has used us for long. */
    private void watchUse() throws InterruptedException {
        while (true) {
            time.sleep(Dormancy.INTERVAL);
            lock.lockInterruptibly();
            try {
                Connected now = connected;
                if (now != null) {
                    dormancy.look(options, now.isBusy(options));
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
