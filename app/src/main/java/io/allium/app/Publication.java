package io.allium.app;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Names;
import io.allium.base.Network;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.control.CString;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * An onion address with something behind it, while it is there: a {@link Tor} of its own that offers one service and is
 * nothing else. Confined to the program's thread.
 */
final class Publication implements AutoCloseable {
    /** What a Tor needs of the machine. */
    record Machine(Path home, Time time, Entropy entropy, Network network, Disk disk, Tasks tasks, Names names) {}

    private final Tor tor;
    private final TorLog log;
    private final String host;
    private final Path logFile;

    private Publication(Tor tor, TorLog log, String host, Path logFile) {
        this.tor = tor;
        this.log = log;
        this.host = host;
        this.logFile = logFile;
    }

    /**
     * Begins to publish.
     *
     * @param target what listens, as a HiddenServicePort line says it
     * @param errors where the Tor's warnings go, whose other lines are in {@link #logFile}
     */
    static Publication begin(
            PublishLine line, PublishFolders folders, String target, Machine machine, PrintStream errors)
            throws LocalFailure {
        Path logFile = folders.data().resolve("notice.log");
        Options options = options(line, folders, target, logFile, machine.disk());
        Consumer<String> warn = warning -> errors.println("allium: " + warning);
        OptionRules.check(options, System.getProperty("user.name", ""), warn);
        TorLog log =
                new TorLog(machine.time(), ZoneId.systemDefault(), machine.disk(), errors, errors, Log.Severity.WARN);
        log.start(machine.tasks());
        Tor tor = new Tor(
                options,
                () -> options,
                machine.home(),
                machine.time(),
                machine.entropy(),
                machine.network(),
                machine.disk(),
                machine.tasks(),
                machine.names(),
                log);
        try {
            tor.start();
            return new Publication(tor, log, host(folders, machine.disk()), logFile);
        } catch (LocalFailure inTheWay) {
            tor.close();
            log.close();
            throw inTheWay;
        }
    }

    /** A client that listens nowhere, with one service. What the torrc says holds where it says nothing else than we must. */
    static Options options(PublishLine line, PublishFolders folders, String target, Path logFile, Disk disk)
            throws LocalFailure {
        String own = "SocksPort 0\nDataDirectory "
                + CString.quote(folders.data().toString()) + "\nLog notice file "
                + logFile + "\nLog warn stderr\nHiddenServiceDir "
                + CString.quote(folders.service().toString()) + "\nHiddenServicePort " + line.port() + " " + target
                + "\n" + (line.proofOfWork() ? "HiddenServicePoWDefensesEnabled 1\n" : "");
        return Options.DEFAULTS
                .with(torrc(line, disk), warning -> {})
                .with(Torrc.parse(disk, own, "allium publish"), warning -> {});
    }

    private static List<ConfigLine> torrc(PublishLine line, Disk disk) throws LocalFailure {
        Optional<Path> file =
                line.torrc().or(() -> line.network().map(network -> network.resolve(NetworkTorrc.COMMON)));
        if (file.isEmpty()) {
            return List.of();
        }
        return Torrc.read(disk, file.get().toAbsolutePath())
                .orElseThrow(() -> new LocalFailure("there is no " + file.get()
                        + (line.network().isPresent() ? ": this is no folder of 'allium network init'" : "")));
    }

    /** The address, which the Tor wrote beside its key. */
    private static String host(PublishFolders folders, Disk disk) throws LocalFailure {
        Path file = folders.service().resolve("hostname");
        byte[] host = disk.read(file).orElseThrow(() -> new LocalFailure("there is no " + file));
        return new String(host, StandardCharsets.US_ASCII).strip();
    }

    /** The address: 56 letters and {@code .onion}. */
    String host() {
        return host;
    }

    /** Where it says what it does. */
    Path logFile() {
        return logFile;
    }

    /** Completes once we have a way into the network. */
    CompletableFuture<Void> connected() {
        return tor.bootstrapped();
    }

    /** Completes once clients can come: the address stands where they look for it, and a visit of our own went well. */
    CompletableFuture<Void> reachable() {
        return tor.onionServices().getFirst().ready();
    }

    /** What is in the way of clients. */
    String inTheWay() {
        return tor.onionServices().getFirst().status().words();
    }

    @Override
    public void close() {
        tor.close();
        log.close();
    }
}
