package io.allium.app;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Names;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNames;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.base.Time;
import io.allium.crypto.Passwords;
import io.allium.relay.DnsNames;
import io.allium.relay.HostsFile;
import io.allium.relay.ResolvConf;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The program {@code tor}: reads the command line, does what it asks, and returns the exit code that C tor would.
 * Confined to the thread that calls {@link #run}.
 */
public final class Main {
    static final int OK = 0;
    static final int FAILED = 1;

    private final PrintStream out;
    private final PrintStream err;
    private final InputStream in;
    private final Time time;
    private final Entropy entropy;
    private final Disk disk;

    Main(PrintStream out, PrintStream err, InputStream in, Time time, Entropy entropy, Disk disk) {
        this.out = out;
        this.err = err;
        this.in = in;
        this.time = time;
        this.entropy = entropy;
        this.disk = disk;
    }

    public static void main(String[] arguments) {
        int code;
        try (SystemTime time = new SystemTime()) {
            code = new Main(System.out, System.err, System.in, time, new SystemEntropy(), new SystemDisk())
                    .run(List.of(arguments));
        }
        System.out.flush();
        System.exit(code);
    }

    int run(List<String> arguments) {
        CommandLine command;
        try {
            command = CommandLine.parse(arguments);
        } catch (LocalFailure wrong) {
            try (TorLog log = log(Log.Severity.NOTICE)) {
                return configFailed(log, wrong);
            }
        }
        try (TorLog log = log(command.least().orElse(null))) {
            return switch (command.mode()) {
                case VERSION -> print("Tor version " + Version.TEXT + ".\n");
                case HELP -> print(HELP);
                case LIST_TORRC_OPTIONS ->
                    print(names(OptionTable.ofCTor().stream().map(Option::name).toList()));
                case LIST_DEPRECATED_OPTIONS -> print(names(OptionTable.deprecated()));
                case LIST_MODULES -> print("relay: yes\ndirauth: yes\ndircache: yes\npow: yes\n");
                case LIBRARY_VERSIONS -> print("Java " + Runtime.version() + "\n");
                case HASH_PASSWORD -> print(Passwords.hash(command.argument(), entropy) + "\n");
                case RUN, LIST_FINGERPRINT, VERIFY_CONFIG, DUMP_CONFIG, KEYGEN, KEYGEN_FAMILY, KEY_EXPIRATION ->
                    configured(command, log);
            };
        }
    }

    private int configured(CommandLine command, TorLog log) {
        log.notice(
                Log.Domain.GENERAL,
                "Tor " + Version.TEXT + " running on " + System.getProperty("os.name") + " with Java "
                        + Runtime.version().feature() + ".");
        log.notice(
                Log.Domain.GENERAL,
                "Allium is young and nobody has reviewed it: don't use it where your safety depends on it.");
        Options options;
        Path home;
        ConfigFiles files;
        try {
            home = ConfiguredPath.expanded("~/");
            files = new ConfigFiles(command, disk, in, home, log);
            options = files.read();
            KeyTools.check(command);
            OptionRules.check(
                    options, System.getProperty("user.name"), warning -> log.warn(Log.Domain.CONFIG, warning));
        } catch (LocalFailure wrong) {
            return configFailed(log, wrong);
        }
        return switch (command.mode()) {
            case VERIFY_CONFIG ->
                command.least().equals(Optional.of(Log.Severity.NOTICE)) ? print("Configuration was valid\n") : OK;
            case DUMP_CONFIG -> dump(command.argument(), options, files, log);
            case LIST_FINGERPRINT, KEYGEN, KEYGEN_FAMILY, KEY_EXPIRATION -> keys(command, options, home, log);
            default -> serve(options, files, home, log);
        };
    }

    private int keys(CommandLine command, Options options, Path home, TorLog log) {
        KeyTools tools = new KeyTools(options, DataFolder.of(options, home), out, err, in, time, entropy, disk, log);
        try {
            return tools.run(command);
        } catch (LocalFailure inTheWay) {
            log.err(Log.Domain.GENERAL, inTheWay.getMessage());
            return FAILED;
        }
    }

    /** Runs until a signal, or an owner that is gone, ends it. */
    private int serve(Options options, ConfigFiles files, Path home, TorLog log) {
        try (ThreadTasks tasks = new ThreadTasks(log, processors(options));
                Tor tor = new Tor(
                        options, files, home, time, entropy, new SystemNetwork(), disk, tasks, names(options), log)) {
            log.start(tasks);
            tor.start();
            if (!options.flag("__DisableSignalHandlers")) {
                Signals.handle(tor, log);
            }
            tor.ended().get();
            return OK;
        } catch (LocalFailure inTheWay) {
            log.err(Log.Domain.GENERAL, inTheWay.getMessage());
            return FAILED;
        } catch (InterruptedException | ExecutionException ended) {
            return FAILED;
        }
    }

    /** A relay asks the machine's name servers itself; a client asks nobody. */
    private Names names(Options options) throws LocalFailure {
        return Connected.isRelay(options)
                ? new DnsNames(
                        time,
                        entropy,
                        ResolvConf.read(disk, RelayConfiguration.resolvConf(options)),
                        HostsFile.read(disk, Path.of("/etc/hosts")))
                : new SystemNames();
    }

    private static int processors(Options options) {
        int wanted = options.integer("NumCPUs");
        return wanted > 0 ? wanted : Runtime.getRuntime().availableProcessors();
    }

    private int dump(String how, Options options, ConfigFiles files, TorLog log) {
        switch (how) {
            case "short" -> {}
            case "full" -> {
                return print(options.dump(true));
            }
            case "non-builtin" -> err.print("'non-builtin' is deprecated; use 'short' instead.\n");
            default -> {
                err.print("No valid argument to --dump-config found!\nPlease select 'short' or 'full'.\n");
                return FAILED;
            }
        }
        try {
            return print(options.dumpOver(files.defaults()));
        } catch (LocalFailure changedMeanwhile) {
            return configFailed(log, changedMeanwhile);
        }
    }

    private static int configFailed(TorLog log, LocalFailure why) {
        log.warn(Log.Domain.CONFIG, "Failed to parse/validate config: " + why.getMessage());
        log.err(Log.Domain.CONFIG, "Reading config failed--see warnings above.");
        return FAILED;
    }

    private TorLog log(Log.@Nullable Severity least) {
        return new TorLog(time, ZoneId.systemDefault(), disk, out, err, least);
    }

    private int print(String text) {
        out.print(text);
        return OK;
    }

    private static String names(List<String> names) {
        return String.join("\n", names) + "\n";
    }

    private static final String HELP = """
            Allium, which is Tor for the JVM.

            tor [-f TORRC] [--Option value]...

              -f, --torrc-file FILE       read this file; - for standard input
              --defaults-torrc FILE       read this one before it
              --ignore-missing-torrc      go on quietly if they are not there
              --allow-missing-torrc       go on with a warning if it is not there
              --verify-config             say whether the configuration is valid, and end
              --dump-config short|full    print the configuration, and end
              --list-fingerprint [rsa|ed25519]
                                          make a relay's keys where missing, print its fingerprint, and end
              --keygen                    make a relay's Ed25519 keys, the master key under a passphrase, and end
                --newpass                   only give the master key another passphrase
                --passphrase-fd N           read the passphrase from this file descriptor, not from the terminal
                --no-passphrase             leave the master key in the open
                --master-key FILE           where the master key is, if not in the key directory
              --key-expiration sign       tell until when the signing key is valid, and end
                --format iso8601|timestamp  in which form
              --keygen-family NAME        make the key of a family in NAME.secret_family_key, and end
              --hash-password PASSWORD    print what HashedControlPassword holds for it, and end
              --list-torrc-options        print the names of C tor's options, and end
              --list-deprecated-options   print the names of those that nobody should set, and end
              --list-modules              print what this program can be, and end
              --version, --help           say so, and end
              --hush, --quiet             show only warnings, or nothing, until the configuration was read

            Each option of a torrc may stand here too: --SocksPort 9050. +Option adds to what the torrc says,
            /Option takes it back. The manual page of tor explains them. What C tor has no option for:

              HiddenServiceSelfTest 0|1   after a HiddenServiceDir: whether the onion service visits itself as a client
                                          now and then, to know whether it can be reached. (Default: 1)
            """;
}
