package io.allium.app;

import io.allium.base.LocalFailure;
import io.allium.base.Log;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One line of the option {@code Log}: which severities of which domains go where. Immutable.
 *
 * @param wanted the severities by domain
 * @param file where the target is a file
 */
record LogLine(
        Map<Log.Domain, Set<Log.Severity>> wanted,
        Target target,
        @Nullable Path file) {

    /** Where lines go. */
    enum Target {
        STDOUT,
        STDERR,
        FILE
    }

    LogLine {
        wanted = Map.copyOf(wanted);
    }

    boolean wants(Log.Severity severity, Log.Domain domain) {
        return wanted.getOrDefault(domain, Set.of()).contains(severity);
    }

    /** Everything from {@code least} upwards to standard output. */
    static LogLine stdout(Log.Severity least) {
        Map<Log.Domain, Set<Log.Severity>> wanted = new EnumMap<>(Log.Domain.class);
        for (Log.Domain domain : Log.Domain.values()) {
            wanted.put(domain, EnumSet.range(Log.Severity.ERR, least));
        }
        return new LogLine(wanted, Target.STDOUT, null);
    }

    /** The same target for every line there is. */
    LogLine withEverything() {
        return new LogLine(stdout(Log.Severity.DEBUG).wanted(), target, file);
    }

    /**
     * Reads {@code [domain,…]minSeverity[-maxSeverity]… stdout|stderr|file FILE}; a line is wanted that any of them
     * names, and no target means standard output, as in C tor.
     */
    static LogLine parse(String line) throws LocalFailure {
        Map<Log.Domain, Set<Log.Severity>> wanted = new EnumMap<>(Log.Domain.class);
        String rest = line.strip();
        boolean selected = false;
        while (!rest.isEmpty()) {
            String word = firstWord(rest);
            if (isTarget(word)) {
                break;
            }
            select(word, wanted);
            selected = true;
            rest = rest.substring(word.length()).strip();
        }
        if (!selected) {
            select("notice", wanted);
        }
        return target(rest, wanted);
    }

    private static LogLine target(String text, Map<Log.Domain, Set<Log.Severity>> wanted) throws LocalFailure {
        String word = firstWord(text).toLowerCase(Locale.ROOT);
        String after = text.substring(word.length()).strip();
        return switch (word) {
            case "", "stdout" -> new LogLine(wanted, Target.STDOUT, null);
            case "stderr" -> new LogLine(wanted, Target.STDERR, null);
            case "syslog" ->
                throw new LocalFailure("syslog is not supported yet: write to a file, or to stdout and let the service"
                        + " manager collect it");
            case "android" -> throw new LocalFailure("android is not supported: write to a file");
            default -> {
                if (after.isEmpty()) {
                    throw new LocalFailure("'file' names no file");
                }
                yield new LogLine(wanted, Target.FILE, ConfiguredPath.of(after));
            }
        };
    }

    private static void select(String word, Map<Log.Domain, Set<Log.Severity>> wanted) throws LocalFailure {
        Set<Log.Domain> domains = EnumSet.allOf(Log.Domain.class);
        String severities = word;
        if (word.startsWith("[")) {
            int end = word.indexOf(']');
            if (end < 0) {
                throw new LocalFailure("'" + word + "' has no closing ]");
            }
            domains = domains(word.substring(1, end));
            severities = word.substring(end + 1);
        }
        Set<Log.Severity> range = range(severities);
        for (Log.Domain domain : domains) {
            wanted.computeIfAbsent(domain, first -> EnumSet.noneOf(Log.Severity.class))
                    .addAll(range);
        }
    }

    /** {@code net,dir}, {@code *,~app}: names, everything, everything but. */
    private static Set<Log.Domain> domains(String list) throws LocalFailure {
        Set<Log.Domain> domains = EnumSet.noneOf(Log.Domain.class);
        boolean first = true;
        for (String item : list.split(",")) {
            String name = item.strip();
            boolean not = name.startsWith("~");
            if (not && first) {
                domains = EnumSet.allOf(Log.Domain.class);
            }
            Set<Log.Domain> named = named(not ? name.substring(1) : name);
            if (not) {
                domains.removeAll(named);
            } else {
                domains.addAll(named);
            }
            first = false;
        }
        return domains;
    }

    private static Set<Log.Domain> named(String name) throws LocalFailure {
        if (name.equals("*")) {
            return EnumSet.allOf(Log.Domain.class);
        }
        for (Log.Domain domain : Log.Domain.values()) {
            if (domain.name().equalsIgnoreCase(name)) {
                return EnumSet.of(domain);
            }
        }
        throw new LocalFailure("there is no log domain '" + name + "'");
    }

    private static Set<Log.Severity> range(String text) throws LocalFailure {
        List<Log.Severity> ends = new ArrayList<>();
        for (String name : text.split("-", -1)) {
            ends.add(severity(name));
        }
        if (ends.size() > 2) {
            throw new LocalFailure("'" + text + "' is not MINSEVERITY or MINSEVERITY-MAXSEVERITY");
        }
        Log.Severity least = ends.getFirst();
        Log.Severity most = ends.size() == 2 ? ends.getLast() : Log.Severity.ERR;
        if (most.compareTo(least) > 0) {
            throw new LocalFailure("'" + text + "' names the more severe end first");
        }
        return EnumSet.range(most, least);
    }

    static Log.Severity severity(String name) throws LocalFailure {
        for (Log.Severity severity : Log.Severity.values()) {
            if (severity.name().equalsIgnoreCase(name)) {
                return severity;
            }
        }
        throw new LocalFailure("'" + name + "' is not a severity: debug, info, notice, warn or err");
    }

    private static boolean isTarget(String word) {
        return List.of("stdout", "stderr", "file", "syslog", "android").contains(word.toLowerCase(Locale.ROOT));
    }

    private static String firstWord(String text) {
        int bracket = text.startsWith("[") ? Math.max(0, text.indexOf(']')) : 0;
        int space = text.indexOf(' ', bracket);
        return space < 0 ? text : text.substring(0, space);
    }
}
