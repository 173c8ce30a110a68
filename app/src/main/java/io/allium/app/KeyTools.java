package io.allium.app;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Time;
import io.allium.control.CString;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.KeyFiles;
import io.allium.relay.Ed25519Keys;
import io.allium.relay.FamilyKeys;
import io.allium.relay.Passphrases;
import io.allium.relay.RelayKeys;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/**
 * What the command line can ask about a relay's keys: to make them, to lock them, to tell what they are and until when.
 * Confined to the program's thread.
 */
final class KeyTools {
    private static final DateTimeFormatter ISO_8601 = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private final Options options;
    private final Path dataDirectory;
    private final PrintStream out;
    private final PrintStream err;
    private final InputStream in;
    private final Time time;
    private final Entropy entropy;
    private final Disk disk;
    private final TorLog log;

    KeyTools(
            Options options,
            Path dataDirectory,
            PrintStream out,
            PrintStream err,
            InputStream in,
            Time time,
            Entropy entropy,
            Disk disk,
            TorLog log) {
        this.options = options;
        this.dataDirectory = dataDirectory;
        this.out = out;
        this.err = err;
        this.in = in;
        this.time = time;
        this.entropy = entropy;
        this.disk = disk;
        this.log = log;
    }

    /** Whether the words that only some of these understand stand beside them. */
    static void check(CommandLine command) throws LocalFailure {
        boolean generating = command.mode() == CommandLine.Mode.KEYGEN;
        if (command.has("--no-passphrase") && !generating) {
            throw new LocalFailure("--no-passphrase specified without --keygen!");
        }
        checkFormat(command);
        if (command.has("--newpass") && !generating) {
            throw new LocalFailure("--newpass specified without --keygen!");
        }
        if (command.has("--passphrase-fd") && command.has("--no-passphrase")) {
            throw new LocalFailure("--no-passphrase specified with --passphrase-fd!");
        }
        if (command.has("--passphrase-fd") && !generating) {
            throw new LocalFailure("--passphrase-fd specified without --keygen!");
        }
        Optional<String> descriptor = command.word("--passphrase-fd");
        if (descriptor.isPresent() && !descriptor.get().matches("[0-9]{1,9}")) {
            throw new LocalFailure("Invalid --passphrase-fd value " + CString.quote(descriptor.get()));
        }
        if (command.has("--master-key") && !generating) {
            throw new LocalFailure("--master-key without --keygen!");
        }
    }

    private static void checkFormat(CommandLine command) throws LocalFailure {
        Optional<String> format = command.word("--format");
        if (format.isEmpty()) {
            return;
        }
        if (command.mode() != CommandLine.Mode.KEY_EXPIRATION) {
            throw new LocalFailure("--format specified without --key-expiration!");
        }
        if (!format.get().equals("iso8601") && !format.get().equals("timestamp")) {
            throw new LocalFailure("Invalid --format value " + CString.quote(format.get()));
        }
    }

    /** Does what the command line asks, and returns the exit code. */
    int run(CommandLine command) throws LocalFailure {
        return switch (command.mode()) {
            case LIST_FINGERPRINT -> listFingerprint(command.argument());
            case KEYGEN -> generate(command);
            case KEYGEN_FAMILY -> generateFamily(command.argument());
            case KEY_EXPIRATION -> tellExpiry(command.argument(), command.word("--format"));
            case HELP,
                    LIST_TORRC_OPTIONS,
                    LIST_DEPRECATED_OPTIONS,
                    VERSION,
                    LIST_MODULES,
                    LIBRARY_VERSIONS,
                    RUN,
                    HASH_PASSWORD,
                    VERIFY_CONFIG,
                    DUMP_CONFIG -> throw new IllegalArgumentException(command.mode() + " is not about keys");
        };
    }

    /** Prints who this relay is, making its keys where they are missing. */
    private int listFingerprint(String which) throws LocalFailure {
        if (!which.isEmpty() && !which.equals("rsa") && !which.equals("ed25519")) {
            throw new LocalFailure("If you give a key type, you must specify 'rsa' or 'ed25519'. Exiting.");
        }
        disk.privateFolder(dataDirectory); // logs may lie in it
        log.configure(options, true);
        if (options.flag("AuthoritativeDirectory") && options.flag("V3AuthoritativeDirectory")) {
            RelaySide.authorityKeys(options, dataDirectory, disk); // says what is wrong with them, as C tor does
        }
        RelayKeys keys = RelaySide.keys(options, dataDirectory, time, entropy, disk, log);
        String fingerprint = which.equals("ed25519")
                ? keys.identity().base64()
                : keys.fingerprint().hex().replaceAll("(.{4})(?=.)", "$1 ");
        out.print(options.text("Nickname").orElse("Unnamed") + " " + fingerprint + "\n");
        return Main.OK;
    }

    private int generate(CommandLine command) throws LocalFailure {
        disk.privateFolder(dataDirectory);
        disk.privateFolder(RelayConfiguration.keyDirectory(options, dataDirectory));
        Optional<String> masterKey = command.word("--master-key")
                .map(name -> Path.of(name).toAbsolutePath().toString()); // CommandLine took it for a path
        try (Passphrases passphrases = passphrases(command)) {
            keys().generate(new Ed25519Keys.Keygen(passphrases, command.has("--newpass"), masterKey));
        }
        return Main.OK;
    }

    private Passphrases passphrases(CommandLine command) throws LocalFailure {
        if (command.has("--no-passphrase")) {
            return GivenPassphrase.none(err);
        }
        Optional<String> descriptor = command.word("--passphrase-fd");
        return descriptor.isPresent()
                ? GivenPassphrase.all(Integer.parseInt(descriptor.get()), in, err)
                : new TypedPassphrases(in, err, "One more time:");
    }

    private int generateFamily(String base) throws LocalFailure {
        Ed25519Identity family = FamilyKeys.generate(disk, entropy, ConfiguredPath.of(base));
        out.print("# Generated " + base + KeyFiles.FAMILY_SUFFIX + "\nFamilyId " + family.base64() + "\n");
        return Main.OK;
    }

    /** To the log, and to standard error for scripts, as C tor does whatever its manual says. */
    private int tellExpiry(String which, Optional<String> format) throws LocalFailure {
        if (!which.equals("sign")) {
            err.print("No valid argument to --key-expiration found!\nCurrently recognised arguments are: 'sign'\n");
            return Main.FAILED;
        }
        Path folder = RelayConfiguration.keyDirectory(options, dataDirectory);
        Path file = folder.resolve(KeyFiles.SIGNING_CERTIFICATE);
        disk.privateFolder(dataDirectory);
        disk.privateFolder(folder);
        Instant expires;
        try {
            expires = keys().load().signing().certificate().expires();
        } catch (LocalFailure missing) {
            throw new LocalFailure(
                    missing.getMessage() + ". Could not load signing key certificate from " + file
                            + ", so we couldn't learn anything about certificate expiration.",
                    missing);
        }
        String text = format.equals(Optional.of("timestamp"))
                ? Long.toString(expires.getEpochSecond())
                : ISO_8601.format(expires.atZone(ZoneId.systemDefault()));
        log.notice(Log.Domain.OR, "The signing certificate stored in " + file + " is valid until " + text + ".");
        err.print("signing-cert-expiry: " + text + "\n");
        return Main.OK;
    }

    private Ed25519Keys keys() {
        return new Ed25519Keys(disk, time, entropy, log, RelayConfiguration.ed25519Keys(options, dataDirectory));
    }
}
