package io.allium.app;

import io.allium.base.LocalFailure;
import io.allium.control.CString;
import io.allium.control.ControlText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What the configuration says: every value was looked up, is of its option's type and written in its canonical form.
 * Options that nobody set have their defaults. Immutable.
 */
public final class Options {
    /** Nothing set: C tor's defaults. */
    public static final Options DEFAULTS = new Options(Map.of());

    /** One setting of a known option. */
    record Setting(Option option, String value, String where) {
        /** What an error message about it begins with. */
        String origin() {
            return ConfigLine.origin(where);
        }

        /** As GETCONF tells it. */
        String text() {
            return option.name() + "=" + told(value);
        }
    }

    /** The settings by {@link Option#slot}, in the order they were made. */
    private final Map<String, List<Setting>> slots;

    private Options(Map<String, List<Setting>> slots) {
        this.slots = slots;
    }

    /**
     * The options that the text of one torrc sets, for those who start a Tor from within a program; the text may not
     * include files.
     */
    public static Options parse(String torrc) throws LocalFailure {
        return DEFAULTS.with(Torrc.withoutFiles(torrc, "torrc"), warning -> {});
    }

    /**
     * These options with one more source laid over them: a list that the source sets replaces the list from before,
     * unless it is set with {@code +}.
     *
     * @param warnings hears of obsolete, deprecated and repeated settings, each as a sentence
     */
    Options with(List<ConfigLine> source, Consumer<String> warnings) throws LocalFailure {
        Map<String, List<Setting>> next = new LinkedHashMap<>(slots);
        Set<String> touched = new HashSet<>();
        for (ConfigLine line : source) {
            Optional<OptionTable.Slot> shared = OptionTable.slot(line.name());
            if (shared.isPresent() && line.command() == ConfigLine.Command.CLEAR) {
                touched.add(shared.get().name());
                next.remove(shared.get().name());
                continue;
            }
            Optional<Option> option = OptionTable.find(line.name());
            if (option.isEmpty()) {
                skipObsolete(line, warnings);
                continue;
            }
            OptionTable.deprecation(option.get())
                    .ifPresent(why ->
                            warnings.accept(option.get().name() + " is deprecated and may be removed: " + why + "."));
            if (OptionTable.isAbbreviation(line.name(), option.get())) {
                warnings.accept("The abbreviation '" + line.name() + "' is deprecated. Please use '"
                        + option.get().name() + "' instead");
            }
            String slot = option.get().slot();
            boolean first = touched.add(slot);
            if (line.command() == ConfigLine.Command.CLEAR) {
                next.remove(slot);
                continue;
            }
            Setting setting = new Setting(option.get(), checked(option.get(), line), line.where());
            List<Setting> settings = new ArrayList<>();
            if (option.get().type().isList()) {
                if (!first || line.command() == ConfigLine.Command.APPEND) {
                    settings.addAll(next.getOrDefault(slot, List.of()));
                }
            } else if (!first) {
                warnings.accept(line.origin() + option.get().name() + " was set before; only the last value counts.");
            }
            settings.add(setting);
            next.put(slot, List.copyOf(settings));
        }
        return new Options(next);
    }

    /** Whether an option is on. */
    public boolean flag(String name) {
        return value(name).map("1"::equals).orElse(false);
    }

    /** Whether an option is on, or nothing where it says {@code auto}. */
    public Optional<Boolean> flagOrAuto(String name) {
        return value(name).filter(value -> !value.equals("auto")).map("1"::equals);
    }

    /** A whole number. */
    public int integer(String name) {
        return (int) bytes(name);
    }

    /** A size in bytes. */
    public long bytes(String name) {
        return value(name).map(Long::parseLong).orElse(0L);
    }

    public double number(String name) {
        return value(name).map(Double::parseDouble).orElse(0.0);
    }

    /** A length of time; 0 where nothing is set. */
    public Duration interval(String name) {
        return option(name).type() == OptionType.TIME_MSEC_INTERVAL
                ? Duration.ofMillis(bytes(name))
                : Duration.ofSeconds(bytes(name));
    }

    /** A text; nothing where it is empty or not set. */
    public Optional<String> text(String name) {
        return value(name).filter(value -> !value.isEmpty());
    }

    /** A file, a leading {@code ~/} being the user's home. */
    public Optional<Path> file(String name) {
        return text(name).map(Options::expand);
    }

    /** A value that can be no path was refused when it was set. */
    private static Path expand(String name) {
        try {
            return ConfiguredPath.expanded(name);
        } catch (LocalFailure refused) {
            throw new IllegalStateException(refused);
        }
    }

    /** The items of a list separated by commas. */
    public List<String> list(String name) {
        return text(name).map(value -> List.of(value.split(","))).orElse(List.of());
    }

    /** The values of an option that may stand on many lines; {@code SocksPort} gives those of {@code __SocksPort} too. */
    public List<String> lines(String name) {
        return settings(option(name)).stream().map(Setting::value).toList();
    }

    /** Whether an option has another value than its default. */
    public boolean isSet(String name) {
        return isSet(option(name));
    }

    boolean isSet(Option option) {
        List<String> values = values(option);
        return !values.isEmpty()
                && !values.equals(defaultOf(option).map(List::of).orElse(List.of()));
    }

    /** What GETCONF answers for one option: its values, its default where it was not set, or none. */
    List<String> values(Option option) {
        List<String> set = settings(option).stream()
                .filter(setting -> setting.option().equals(option))
                .map(Setting::value)
                .toList();
        return set.isEmpty() ? defaultOf(option).map(List::of).orElse(List.of()) : set;
    }

    /** The settings that were made, of all options, in the order of {@link OptionTable#all}. */
    List<Setting> made() {
        return OptionTable.all().stream()
                .flatMap(option -> settings(option).stream()
                        .filter(setting -> setting.option().equals(option)))
                .toList();
    }

    /** The settings in an option's slot. */
    List<Setting> settings(Option option) {
        return slots.getOrDefault(option.slot(), List.of());
    }

    /** What a torrc of these options would say: {@code Name value}, one a line, of those that differ or of all. */
    String dump(boolean full) {
        return dump(option -> full || isSet(option));
    }

    /** The same, of those that differ from what holds anyway by the defaults-torrc. */
    String dumpOver(Options defaults) {
        return dump(option -> !values(option).equals(valuesWithout(option, defaults)));
    }

    /** What an option would have if only the defaults-torrc said anything: in this network, whose defaults may be others. */
    private List<String> valuesWithout(Option option, Options defaults) {
        boolean isSetThere = defaults.settings(option).stream()
                .anyMatch(setting -> setting.option().equals(option));
        return isSetThere
                ? defaults.values(option)
                : defaultOf(option).map(List::of).orElse(List.of());
    }

    /** Options of onion services stay together, in their order, since each is about the {@code HiddenServiceDir} before it. */
    private String dump(Predicate<Option> told) {
        StringBuilder text = new StringBuilder();
        for (OptionTable.Slot slot : OptionTable.slots()) {
            if (slot.name().equals(Option.ONION_SERVICES)) {
                if (slot.options().stream().anyMatch(told)) {
                    settings(slot).forEach(setting -> line(text, setting.option(), setting.value()));
                }
                continue;
            }
            slot.options().stream()
                    .filter(option -> !option.isVolatile() && told.test(option))
                    .forEach(option -> values(option).forEach(value -> line(text, option, value)));
        }
        return text.toString();
    }

    /** The settings that share a slot, in the order in which they were made. */
    List<Setting> settings(OptionTable.Slot slot) {
        return slots.getOrDefault(slot.name(), List.of());
    }

    /** What CONF_CHANGED tells where {@code next} follows: {@code Name=value} of all that differs, the name alone of what is no more. */
    List<String> changes(Options next) {
        List<String> lines = new ArrayList<>();
        for (OptionTable.Slot slot : OptionTable.slots()) {
            List<String> then = next.told(slot);
            if (!then.equals(told(slot))) {
                lines.addAll(then);
            }
        }
        return lines;
    }

    /** What GETCONF answers for all options of a slot. */
    List<String> told(OptionTable.Slot slot) {
        return slot.isShared()
                ? toldOr(slot.name(), settings(slot).stream().map(Setting::text))
                : told(slot.options().getFirst());
    }

    /** What GETCONF answers for one option. */
    List<String> told(Option option) {
        return toldOr(option.name(), values(option).stream().map(value -> option.name() + "=" + told(value)));
    }

    private static List<String> toldOr(String name, Stream<String> lines) {
        List<String> told = lines.toList();
        return told.isEmpty() ? List.of(name) : told;
    }

    private static void line(StringBuilder text, Option option, String value) {
        text.append(option.name())
                .append(value.isEmpty() ? "" : " ")
                .append(written(value))
                .append('\n');
    }

    /** The names of options whose values differ here and there. */
    List<Option> changed(Options other) {
        return OptionTable.all().stream()
                .filter(option -> !values(option).equals(other.values(option)))
                .toList();
    }

    private Optional<String> defaultOf(Option option) {
        boolean testing = option.testingText() != null && flag("TestingTorNetwork");
        return Optional.ofNullable(testing ? option.testingText() : option.defaultText())
                .map(text -> option.type().canonical(text).orElseThrow());
    }

    private Optional<String> value(String name) {
        List<String> values = values(option(name));
        return values.isEmpty() ? Optional.empty() : Optional.of(values.getLast());
    }

    private static Option option(String name) {
        return OptionTable.find(name).orElseThrow(() -> new IllegalArgumentException("there is no option " + name));
    }

    private static void skipObsolete(ConfigLine line, Consumer<String> warnings) throws LocalFailure {
        if (OptionTable.isObsolete(line.name())) {
            warnings.accept("Skipping obsolete configuration option \"" + line.name() + "\" (" + line.where() + ").");
            return;
        }
        String hint = OptionTable.nearest(line.name())
                .map(option -> " Did you mean '" + option.name() + "'?")
                .orElse("");
        throw new LocalFailure(line.origin() + "Unknown option '" + line.name() + "'." + hint + "  Failing.");
    }

    private static String checked(Option option, ConfigLine line) throws LocalFailure {
        // C tor wants it of fewer options, but no file of ours can be called anything else.
        if (!ControlText.isUtf8(line.value())) {
            throw new LocalFailure(line.origin() + option.name() + " config option must be UTF-8.");
        }
        if (option.type() == OptionType.FILENAME) {
            try {
                ConfiguredPath.expanded(line.value());
            } catch (LocalFailure impossible) {
                throw impossible.in(line.origin() + option.name());
            }
        }
        return option.type()
                .canonical(line.value())
                .orElseThrow(() -> new LocalFailure(line.origin() + "Could not parse " + option.name() + ": '"
                        + line.value() + "' is not " + option.type().expected()));
    }

    /** As it must stand in a torrc: quoted where it would be misread otherwise. */
    private static String written(String value) {
        boolean plain = !value.endsWith("\\") && value.strip().equals(value);
        return plain ? told(value) : CString.quote(value);
    }

    /** As controllers hear it: in quotes where it is more than ASCII on one line, or could be taken for a quote or a comment. */
    private static String told(String value) {
        boolean plain = value.chars().allMatch(c -> c >= ' ' && c < 0x7f && c != '#') && !value.startsWith("\"");
        return plain ? value : CString.quote(value);
    }

    @Override
    public String toString() {
        return String.join("; ", Arrays.asList(dump(false).split("\n")));
    }
}
