package io.allium.app;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Network;
import io.allium.base.Sensitive;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.Tasks;
import io.allium.base.ThreadTasks;
import io.allium.base.Time;
import io.allium.relay.Passphrases;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * {@code allium network}: writes the folder of a private network, and says how such a network is. Confined to the program's
 * thread.
 */
public final class NetworkCommand {
    static final int WELL = 0;
    static final int WRONG = 1;
    static final int USAGE = 2;

    /** Shorter ones are not taken from a terminal; as tor-gencert. */
    private static final int PASSPHRASE_MIN = 4;

    /** As much as tor-gencert reads of a descriptor. */
    private static final int PASSPHRASE_MAX = 1023;

    private static final String HELP = """
            usage: allium network init DIR [--authorities 3] [--relays 5] [--exits N of them] [--clients 1]
                       [--bridges 0] [--base-port 5000] [--voting-interval 5m] [--host NAME=ADDRESS]...
                       [--passphrase-fd N | --no-passphrase]
                   writes a private network to DIR: keys, a torrc for each node, and how to start them
                   allium network status DIR [--json]
                   asks the authorities of the network in DIR, and says who disagrees about what;
                   ends with 0 when all is well, with 1 where something is wrong
            """;

    private final PrintStream out;
    private final PrintStream err;
    private final InputStream in;
    private final Time time;
    private final Entropy entropy;
    private final Disk disk;
    private final Network network;
    private final Tasks tasks;
    private final NetworkServices.Surroundings here;

    NetworkCommand(
            PrintStream out,
            PrintStream err,
            InputStream in,
            Time time,
            Entropy entropy,
            Disk disk,
            Network network,
            Tasks tasks,
            NetworkServices.Surroundings here) {
        this.out = out;
        this.err = err;
        this.in = in;
        this.time = time;
        this.entropy = entropy;
        this.disk = disk;
        this.network = network;
        this.tasks = tasks;
        this.here = here;
    }

    public static void main(String[] arguments) {
        int code;
        try (SystemTime time = new SystemTime();
                ThreadTasks tasks =
                        new ThreadTasks(Log.NONE, Runtime.getRuntime().availableProcessors())) {
            code = new NetworkCommand(
                            System.out,
                            System.err,
                            System.in,
                            time,
                            new SystemEntropy(),
                            new SystemDisk(),
                            new SystemNetwork(),
                            tasks,
                            surroundings(System.getenv()))
                    .run(List.of(arguments));
        }
        System.out.flush();
        System.exit(code);
    }

    int run(List<String> arguments) {
        if (arguments.isEmpty() || arguments.contains("--help") || arguments.contains("-h")) {
            (arguments.isEmpty() ? err : out).print(HELP);
            return arguments.isEmpty() ? USAGE : WELL;
        }
        List<String> rest = arguments.subList(1, arguments.size());
        return switch (arguments.getFirst()) {
            case "init" -> init(rest);
            case "status" -> status(rest);
            default -> misused("there is no command 'network " + arguments.getFirst() + "'");
        };
    }

    private int init(List<String> arguments) {
        NetworkPlan plan;
        try {
            plan = NetworkPlan.parse(arguments);
        } catch (LocalFailure wrong) {
            return misused(wrong.getMessage());
        }
        plan.warnings().forEach(warning -> err.println("allium: " + warning));
        NetworkFolder folder = new NetworkFolder(plan, time, entropy, disk, tasks);
        try {
            folder.claim();
            Map<NetworkNode, NetworkTorrc.Identity> identities;
            Optional<Sensitive> passphrase = passphrase(plan);
            try {
                identities = folder.makeKeys(passphrase);
            } finally {
                passphrase.ifPresent(Sensitive::close);
            }
            folder.writeFiles(identities, owned(plan.folder()));
        } catch (LocalFailure inTheWay) {
            err.println("allium: " + inTheWay.getMessage());
            return WRONG;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return WRONG;
        }
        out.println("Wrote a network of " + plan.nodes().size() + " nodes to " + plan.folder() + ".");
        out.println("Its README.md says how to start it, and to take "
                + plan.folder().resolve(NetworkFolder.OFFLINE) + " offline. In short:");
        out.println("    " + plan.folder().resolve("start"));
        out.println("    " + here.beside("allium") + " network status " + plan.folder());
        return WELL;
    }

    /** What locks the authorities' identity keys: given as to tor-gencert, once for all of them. */
    private Optional<Sensitive> passphrase(NetworkPlan plan) throws LocalFailure {
        if (plan.noPassphrase()) {
            return Optional.empty();
        }
        String ask = "Passphrase for the authorities' identity keys:";
        try (Passphrases passphrases = plan.passphraseDescriptor().isPresent()
                ? GivenPassphrase.firstLine(plan.passphraseDescriptor().getAsInt(), in, PASSPHRASE_MAX, err)
                : new TypedPassphrases(in, err, "Once more:")) {
            Sensitive passphrase = passphrases.askForNew(ask);
            if (passphrases.isInteractive() && passphrase.expose().length < PASSPHRASE_MIN) {
                passphrase.close();
                throw new LocalFailure("the passphrase needs to be at least " + PASSPHRASE_MIN + " characters");
            }
            return Optional.of(passphrase);
        }
    }

    private int status(List<String> arguments) {
        List<String> folders =
                arguments.stream().filter(word -> !word.startsWith("-")).toList();
        boolean json = arguments.contains("--json");
        if (folders.size() != 1 || arguments.size() != (json ? 2 : 1)) {
            return misused("network status takes one folder, and --json");
        }
        try {
            NetworkStatus status = new NetworkInquiry(time, entropy, network, disk, tasks)
                    .ask(ConfiguredPath.of(folders.getFirst()).toAbsolutePath().normalize());
            List<Finding> findings = Findings.of(status);
            NetworkReport report = new NetworkReport(status, findings);
            out.print(json ? report.json() : report.text());
            return findings.stream().anyMatch(Finding::wrong) ? WRONG : WELL;
        } catch (LocalFailure inTheWay) {
            err.println("allium: " + inTheWay.getMessage());
            return USAGE;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return WRONG;
        }
    }

    private int misused(String why) {
        err.println("allium: " + why);
        err.print(HELP);
        return USAGE;
    }

    /** What {@code bin/allium} knows of itself; without it, what is on the {@code PATH}. */
    private static NetworkServices.Surroundings surroundings(Map<String, String> environment) {
        String home = environment.get("ALLIUM_HOME");
        return new NetworkServices.Surroundings(
                home == null ? "tor" : home + "/bin/tor",
                home == null ? "." : home + "/app/target",
                System.getProperty("user.name", "root"),
                "");
    }

    /** Containers run as whoever owns the folder: a node refuses a folder that is somebody else's. */
    private NetworkServices.Surroundings owned(Path folder) {
        String owner = "0:0";
        try {
            owner = Objects.requireNonNull(Files.getAttribute(folder, "unix:uid")) + ":"
                    + Objects.requireNonNull(Files.getAttribute(folder, "unix:gid"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException unknown) {
            err.println("allium: whose " + folder + " is cannot be told here: mend 'user' in compose.yaml.");
        }
        return new NetworkServices.Surroundings(here.tor(), here.jars(), here.user(), owner);
    }
}
