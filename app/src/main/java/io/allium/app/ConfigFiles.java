package io.allium.app;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads the configuration from where the command line says: the command line goes over the torrc, and that over the
 * defaults-torrc. Immutable.
 */
final class ConfigFiles implements Tor.Source {
    /** Where Debian's package keeps it, and C tor built for Debian looks. */
    private static final Path SYSTEM_TORRC = Path.of("/etc/tor/torrc");

    private final CommandLine command;
    private final Disk disk;
    private final InputStream standardInput;
    private final Path home;
    private final Log log;

    ConfigFiles(CommandLine command, Disk disk, InputStream standardInput, Path home, Log log) {
        this.command = command;
        this.disk = disk;
        this.standardInput = standardInput;
        this.home = home;
        this.log = log;
    }

    /** All three sources in one; what is odd goes to the log, what is wrong is thrown. */
    @Override
    public Options read() throws LocalFailure {
        Options options = Options.DEFAULTS;
        for (List<ConfigLine> source : List.of(defaultLines(), torrcLines(), command.settings())) {
            options = options.with(source, warning -> log.warn(Log.Domain.CONFIG, warning));
        }
        return options;
    }

    /** What the defaults-torrc alone says. */
    Options defaults() throws LocalFailure {
        return Options.DEFAULTS.with(defaultLines(), warning -> {});
    }

    /** Which torrc is read; {@code -} for standard input. */
    @Override
    public String torrc() {
        if (command.torrc().isPresent()) {
            String name = command.torrc().get();
            return name.equals("-") ? name : Path.of(name).toAbsolutePath().toString();
        }
        Path own = home.resolve(".torrc");
        return (exists(SYSTEM_TORRC) || !exists(own) ? SYSTEM_TORRC : own).toString();
    }

    @Override
    public String defaultsTorrc() {
        return command.defaultsTorrc()
                .map(name -> Path.of(name).toAbsolutePath().toString())
                .orElse("");
    }

    private boolean exists(Path file) {
        try {
            return disk.modified(file).isPresent();
        } catch (LocalFailure hidden) {
            return false;
        }
    }

    private List<ConfigLine> torrcLines() throws LocalFailure {
        String name = torrc();
        if (name.equals("-")) {
            return Torrc.parse(disk, standardInputText(), "standard input");
        }
        Optional<List<ConfigLine>> lines = Torrc.read(disk, Path.of(name));
        if (lines.isPresent() && !name.equals("/dev/null")) {
            log.notice(Log.Domain.CONFIG, "Read configuration file \"" + name + "\".");
            return lines.get();
        }
        missing(name);
        return List.of();
    }

    /** A torrc that was asked for must be there; the usual one need not. */
    private void missing(String name) throws LocalFailure {
        if (command.torrc().isPresent() && !command.ignoreMissingTorrc()) {
            if (!command.allowMissingTorrc()) {
                throw new LocalFailure("Unable to open configuration file \"" + name
                        + "\". Check its name, or add --ignore-missing-torrc to start without it.");
            }
            log.warn(Log.Domain.CONFIG, "Unable to open configuration file \"" + name + "\".");
            return;
        }
        log.notice(Log.Domain.CONFIG, "Configuration file \"" + name + "\" not present, using reasonable defaults.");
    }

    private List<ConfigLine> defaultLines() throws LocalFailure {
        if (command.defaultsTorrc().isEmpty()) {
            return List.of();
        }
        Path file = Path.of(defaultsTorrc());
        Optional<List<ConfigLine>> lines = Torrc.read(disk, file);
        if (lines.isPresent()) {
            log.notice(Log.Domain.CONFIG, "Read configuration file \"" + file + "\".");
            return lines.get();
        }
        return List.of(); // as in C tor, it need not be there
    }

    private String standardInputText() throws LocalFailure {
        try {
            return new String(standardInput.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new LocalFailure("cannot read the configuration from standard input", failed);
        }
    }
}
