package io.allium.app;

import io.allium.base.LocalFailure;
import io.allium.base.Log;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What stood behind the program's name. Immutable.
 *
 * @param argument what {@code mode} takes: a password, {@code short}, {@code ed25519}
 * @param torrc the file of {@code -f}
 * @param least the least severe lines to show before the configuration was read; absent for none at all
 * @param settings torrc options
 */
record CommandLine(
        Mode mode,
        Optional<String> argument,
        Optional<String> torrc,
        Optional<String> defaultsTorrc,
        boolean ignoreMissingTorrc,
        boolean allowMissingTorrc,
        Optional<Log.Severity> least,
        List<ConfigLine> settings) {

    /** What the program is asked to do. */
    enum Mode {
        RUN,
        HASH_PASSWORD,
        LIST_FINGERPRINT,
        VERIFY_CONFIG,
        DUMP_CONFIG,
        VERSION,
        HELP,
        LIST_TORRC_OPTIONS,
        LIST_DEPRECATED_OPTIONS,
        LIST_MODULES,
        LIBRARY_VERSIONS
    }

    private static final Map<String, Mode> MODES = Map.ofEntries(
            Map.entry("--hash-password", Mode.HASH_PASSWORD),
            Map.entry("--list-fingerprint", Mode.LIST_FINGERPRINT),
            Map.entry("--verify-config", Mode.VERIFY_CONFIG),
            Map.entry("--dump-config", Mode.DUMP_CONFIG),
            Map.entry("--version", Mode.VERSION),
            Map.entry("--help", Mode.HELP),
            Map.entry("-h", Mode.HELP),
            Map.entry("--list-torrc-options", Mode.LIST_TORRC_OPTIONS),
            Map.entry("--list-deprecated-options", Mode.LIST_DEPRECATED_OPTIONS),
            Map.entry("--list-modules", Mode.LIST_MODULES),
            Map.entry("--library-versions", Mode.LIBRARY_VERSIONS));

    /** What C tor can do and we cannot yet: refused by name. */
    private static final Set<String> NOT_YET = Set.of(
            "--keygen",
            "--keygen-family",
            "--key-expiration",
            "--newpass",
            "--no-passphrase",
            "--passphrase-fd",
            "--format",
            "--service",
            "--nt-service",
            "-nt-service",
            "--dbg-dump-subsystem-list");

    CommandLine {
        settings = List.copyOf(settings);
    }

    static CommandLine parse(List<String> arguments) throws LocalFailure {
        return new Reader(arguments).read();
    }

    /** Takes one argument after another. Confined to {@link #parse}. */
    private static final class Reader {
        private final List<String> arguments;
        private int at;
        private Mode mode = Mode.RUN;
        private Optional<String> argument = Optional.empty();
        private Optional<String> torrc = Optional.empty();
        private Optional<String> defaultsTorrc = Optional.empty();
        private boolean ignoreMissing;
        private boolean allowMissing;
        private boolean quiet;
        private boolean hush;
        private final List<ConfigLine> settings = new ArrayList<>();

        Reader(List<String> arguments) {
            this.arguments = arguments;
        }

        CommandLine read() throws LocalFailure {
            while (at < arguments.size()) {
                take(arguments.get(at++));
            }
            return new CommandLine(
                    mode, argument, torrc, defaultsTorrc, ignoreMissing, allowMissing, least(), settings);
        }

        private void take(String word) throws LocalFailure {
            switch (word) {
                case "-f", "--torrc-file" -> torrc = Optional.of(value(word));
                case "--defaults-torrc" -> defaultsTorrc = Optional.of(value(word));
                case "--ignore-missing-torrc" -> ignoreMissing = true;
                case "--allow-missing-torrc" -> allowMissing = true;
                case "--quiet" -> quiet = true;
                case "--hush" -> hush = true;
                default -> {
                    if (NOT_YET.contains(word)) {
                        throw new LocalFailure("Command-line option '" + word + "' is not supported yet.");
                    }
                    Mode asked = MODES.get(word);
                    if (asked != null) {
                        ask(asked, word);
                    } else {
                        set(word);
                    }
                }
            }
        }

        private void ask(Mode asked, String word) throws LocalFailure {
            if (mode != Mode.RUN && mode != asked) {
                throw new LocalFailure("Command-line option '" + word + "' asks for a second thing at once.");
            }
            mode = asked;
            switch (asked) {
                case HASH_PASSWORD -> argument = Optional.of(value(word));
                case LIST_FINGERPRINT, DUMP_CONFIG -> {
                    if (at < arguments.size() && isArgument(asked, arguments.get(at))) {
                        argument = Optional.of(arguments.get(at++));
                    }
                }
                case RUN,
                        VERIFY_CONFIG,
                        VERSION,
                        HELP,
                        LIST_TORRC_OPTIONS,
                        LIST_DEPRECATED_OPTIONS,
                        LIST_MODULES,
                        LIBRARY_VERSIONS -> {}
            }
        }

        /** Whatever follows --dump-config is its argument, so that a wrong one is refused. */
        private static boolean isArgument(Mode asked, String next) {
            return !next.startsWith("-")
                    && (asked == Mode.DUMP_CONFIG || Set.of("rsa", "ed25519").contains(next));
        }

        /** {@code --Option value}, {@code Option value}, {@code +Option value}, {@code /Option}. */
        private void set(String word) throws LocalFailure {
            String bare = word.startsWith("--") ? word.substring(2) : word.startsWith("-") ? word.substring(1) : word;
            if (bare.startsWith("/")) {
                settings.add(ConfigLine.of(bare, "", "command line"));
                return;
            }
            if (at == arguments.size()) {
                throw new LocalFailure("Command-line option '" + word + "' with no value. Failing.");
            }
            settings.add(ConfigLine.of(bare, arguments.get(at++), "command line"));
        }

        private String value(String word) throws LocalFailure {
            if (at == arguments.size()) {
                throw new LocalFailure("Command-line option '" + word + "' with no value. Failing.");
            }
            return arguments.get(at++);
        }

        private Optional<Log.Severity> least() {
            boolean brief = switch (mode) {
                case HASH_PASSWORD, VERSION, HELP, LIST_TORRC_OPTIONS, LIST_MODULES, LIBRARY_VERSIONS -> true;
                case RUN, LIST_FINGERPRINT, VERIFY_CONFIG, DUMP_CONFIG, LIST_DEPRECATED_OPTIONS -> false;
            };
            if (quiet || mode == Mode.DUMP_CONFIG) {
                return Optional.empty();
            }
            return Optional.of(hush || brief ? Log.Severity.WARN : Log.Severity.NOTICE);
        }
    }
}
