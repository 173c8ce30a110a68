package io.allium.app;

import io.allium.base.LocalFailure;
import io.allium.base.Log;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What stood behind the program's name. Immutable.
 *
 * @param argument what {@code mode} takes: a password, {@code short}, {@code ed25519}; empty where it was left out
 * @param words those that no torrc has, by their long name, each with its argument or an empty text; the first counts
 * @param least the least severe lines to show before the configuration was read; absent for none at all
 * @param settings torrc options
 */
record CommandLine(
        Mode mode,
        String argument,
        Map<String, String> words,
        Optional<Log.Severity> least,
        List<ConfigLine> settings) {

    /** What the program is asked to do. Those that only print come first: the first of them that is asked for is done. */
    enum Mode {
        HELP,
        LIST_TORRC_OPTIONS,
        LIST_DEPRECATED_OPTIONS,
        VERSION,
        LIST_MODULES,
        LIBRARY_VERSIONS,
        RUN,
        HASH_PASSWORD,
        LIST_FINGERPRINT,
        VERIFY_CONFIG,
        DUMP_CONFIG,
        KEYGEN,
        KEYGEN_FAMILY,
        KEY_EXPIRATION;

        boolean onlyPrints() {
            return compareTo(RUN) < 0;
        }
    }

    private enum Argument {
        NONE,
        NEEDED,
        OPTIONAL
    }

    /** What a word of the command line alone takes and asks for, and which lines it leaves of the log. */
    private record Word(Argument argument, Mode mode, Log.@Nullable Severity least) {}

    private static final Map<String, String> SHORT = Map.of("-f", "--torrc-file", "-h", "--help");

    private static final Map<String, Word> WORDS = known();

    /** Those whose argument is the name of a file. */
    private static final Set<String> FILES =
            Set.of("--torrc-file", "--defaults-torrc", "--master-key", "--keygen-family");

    CommandLine {
        settings = List.copyOf(settings);
        words = Map.copyOf(words);
    }

    static CommandLine parse(List<String> arguments) throws LocalFailure {
        return new Reader(arguments).read();
    }

    /** The file of {@code -f}. */
    Optional<String> torrc() {
        return word("--torrc-file");
    }

    Optional<String> defaultsTorrc() {
        return word("--defaults-torrc");
    }

    /** A relay's keys are made where no relay is configured. */
    boolean ignoreMissingTorrc() {
        return has("--ignore-missing-torrc") || mode == Mode.KEYGEN;
    }

    boolean allowMissingTorrc() {
        return has("--allow-missing-torrc");
    }

    boolean has(String word) {
        return words.containsKey(word);
    }

    /** The argument of a word that was given. */
    Optional<String> word(String word) {
        return Optional.ofNullable(words.get(word));
    }

    private static Map<String, Word> known() {
        Map<String, Word> words = new LinkedHashMap<>();
        for (String bare : List.of(
                "--allow-missing-torrc",
                "--ignore-missing-torrc",
                "--newpass",
                "--no-passphrase",
                "--nt-service",
                "-nt-service")) {
            words.put(bare, new Word(Argument.NONE, Mode.RUN, Log.Severity.NOTICE));
        }
        for (String setting :
                List.of("--torrc-file", "--defaults-torrc", "--passphrase-fd", "--format", "--master-key")) {
            words.put(setting, new Word(Argument.NEEDED, Mode.RUN, Log.Severity.NOTICE));
        }
        words.put("--hush", new Word(Argument.NONE, Mode.RUN, Log.Severity.WARN));
        words.put("--quiet", new Word(Argument.NONE, Mode.RUN, null));
        words.put("--hash-password", new Word(Argument.NEEDED, Mode.HASH_PASSWORD, Log.Severity.WARN));
        words.put("--dump-config", new Word(Argument.OPTIONAL, Mode.DUMP_CONFIG, null));
        words.put("--list-fingerprint", new Word(Argument.OPTIONAL, Mode.LIST_FINGERPRINT, Log.Severity.NOTICE));
        words.put("--keygen", new Word(Argument.NONE, Mode.KEYGEN, Log.Severity.NOTICE));
        words.put("--keygen-family", new Word(Argument.NEEDED, Mode.KEYGEN_FAMILY, Log.Severity.NOTICE));
        words.put("--key-expiration", new Word(Argument.OPTIONAL, Mode.KEY_EXPIRATION, Log.Severity.NOTICE));
        words.put("--verify-config", new Word(Argument.NONE, Mode.VERIFY_CONFIG, Log.Severity.NOTICE));
        words.put("--help", new Word(Argument.NONE, Mode.HELP, Log.Severity.WARN));
        words.put("--list-torrc-options", new Word(Argument.NONE, Mode.LIST_TORRC_OPTIONS, Log.Severity.WARN));
        words.put(
                "--list-deprecated-options",
                new Word(Argument.NONE, Mode.LIST_DEPRECATED_OPTIONS, Log.Severity.NOTICE));
        words.put("--version", new Word(Argument.NONE, Mode.VERSION, Log.Severity.WARN));
        words.put("--list-modules", new Word(Argument.NONE, Mode.LIST_MODULES, Log.Severity.WARN));
        words.put("--library-versions", new Word(Argument.NONE, Mode.LIBRARY_VERSIONS, Log.Severity.WARN));
        return words;
    }

    /** Takes one argument after another. Confined to {@link #parse}. */
    private static final class Reader {
        private final List<String> arguments;
        private int at;
        private Mode mode = Mode.RUN;
        private String argument = "";
        private String torrcWord = "";
        private Optional<Log.Severity> least = Optional.of(Log.Severity.NOTICE);
        private final Map<String, String> words = new LinkedHashMap<>();
        private final List<ConfigLine> settings = new ArrayList<>();

        Reader(List<String> arguments) {
            this.arguments = arguments;
        }

        CommandLine read() throws LocalFailure {
            while (at < arguments.size()) {
                String typed = arguments.get(at++);
                String name = SHORT.getOrDefault(typed, typed);
                Word word = WORDS.get(name);
                if (word == null) {
                    set(typed);
                } else {
                    take(typed, name, word);
                }
            }
            return new CommandLine(mode, argument, words, least, settings);
        }

        private void take(String typed, String name, Word word) throws LocalFailure {
            String given = switch (word.argument) {
                case NONE -> "";
                case NEEDED -> value(typed);
                case OPTIONAL -> at < arguments.size() && !arguments.get(at).startsWith("-") ? arguments.get(at++) : "";
            };
            if (name.equals("--torrc-file")) {
                if (!torrcWord.isEmpty() && !torrcWord.equals(typed)) {
                    throw new LocalFailure("-f and --torrc-file cannot be used together.");
                }
                torrcWord = typed;
            }
            if (FILES.contains(name)) {
                try {
                    ConfiguredPath.of(given);
                } catch (LocalFailure impossible) {
                    throw impossible.in(typed);
                }
            }
            words.putIfAbsent(name, given);
            quieten(Optional.ofNullable(word.least));
            if (word.mode != Mode.RUN && (!mode.onlyPrints() || word.mode.compareTo(mode) < 0)) {
                mode = word.mode;
                argument = given;
            }
        }

        /** The word that leaves the fewest lines counts. */
        private void quieten(Optional<Log.Severity> left) {
            if (left.isEmpty() || least.isEmpty()) {
                least = Optional.empty();
            } else if (left.get().compareTo(least.get()) < 0) {
                least = left;
            }
        }

        /** {@code --Option value}, {@code Option value}, {@code +Option value}, {@code /Option}. */
        private void set(String word) throws LocalFailure {
            String bare = word.startsWith("--") ? word.substring(2) : word.startsWith("-") ? word.substring(1) : word;
            if (bare.startsWith("/")) {
                settings.add(ConfigLine.of(bare, "", "command line"));
                return;
            }
            settings.add(ConfigLine.of(bare, value(word), "command line"));
        }

        private String value(String word) throws LocalFailure {
            if (at == arguments.size()) {
                throw new LocalFailure("Command-line option '" + word + "' with no value. Failing.");
            }
            return arguments.get(at++);
        }
    }
}
