package io.allium.app;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.control.ControlText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads the configuration from where the command line says: the command line goes over the torrc, and that over the
 * defaults-torrc. Immutable.
 */
final class ConfigFiles implements ConfigurationSource {
    /** Where Debian's package keeps it, and C tor built for Debian looks. */
    private static final Path SYSTEM_TORRC = Path.of("/etc/tor/torrc");

    private static final Path SYSTEM_DEFAULTS = Path.of("/etc/tor/torrc-defaults");

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
    @Override
    public Options defaults() throws LocalFailure {
        Optional<List<ConfigLine>> lines = Torrc.read(disk, ConfiguredPath.of(defaultsTorrc()));
        return Options.DEFAULTS.with(lines.orElse(List.of()), warning -> {});
    }

    /** As C tor does, without the defaults-torrc, but with what the command line says. */
    @Override
    public Options parse(String torrc) throws LocalFailure {
        return Options.DEFAULTS.with(Torrc.withoutFiles(torrc, ""), this::warn).with(command.settings(), warning -> {});
    }

    private void warn(String warning) {
        log.warn(Log.Domain.CONFIG, warning);
    }

    @Override
    public boolean isWritable() throws LocalFailure {
        return !isNoFile() && !Torrc.includes(disk, ConfiguredPath.of(torrc()));
    }

    private boolean isNoFile() {
        return torrc().equals("-") || torrc().equals("/dev/null");
    }

    @Override
    public void save(String text) throws LocalFailure {
        if (isNoFile()) {
            throw new LocalFailure("the configuration was read from " + torrc());
        }
        new SavedTorrc(disk, log).write(ConfiguredPath.of(torrc()), text);
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
                .orElse(SYSTEM_DEFAULTS.toString());
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
        Optional<List<ConfigLine>> lines = Torrc.read(disk, ConfiguredPath.of(name));
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
        Path file = ConfiguredPath.of(defaultsTorrc());
        Optional<List<ConfigLine>> lines = Torrc.read(disk, file);
        if (lines.isPresent()) {
            log.notice(Log.Domain.CONFIG, "Read configuration file \"" + file + "\".");
            return lines.get();
        }
        return List.of(); // as in C tor, it need not be there
    }

    private String standardInputText() throws LocalFailure {
        try {
            return ControlText.of(standardInput.readAllBytes());
        } catch (IOException failed) {
            throw new LocalFailure("cannot read the configuration from standard input", failed);
        }
    }
}
