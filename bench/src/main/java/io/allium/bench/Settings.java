package io.allium.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The command line.
 *
 * @param scenarios the names of those to run; all if empty
 * @param quick a tenth of the load: says whether it works, not how fast it is
 * @param runs how often each scenario is run; the table has the medians
 * @param megabytes for each stream, instead of the scenario's own
 * @param seed of whatever is left to chance in the load
 * @param out where the figures are written
 * @param profile whether our nodes record where their processor time goes
 * @param firstPort the networks take the next free ones from here on
 * @param home the top of the source tree
 */
record Settings(
        List<String> scenarios,
        boolean quick,
        int runs,
        OptionalInt megabytes,
        long seed,
        Path out,
        boolean profile,
        int firstPort,
        Path home) {
    /** Below the ports that the system hands to outgoing connections (ip_local_port_range begins at 32768). */
    private static final int FIRST_PORT = 24_000;

    static final String USAGE = """
            usage: bench/run [--quick] [--runs N] [--mb N] [--seed N] [--profile] [--out FOLDER] [--port N] [SCENARIO ...]
              --quick    a tenth of the load: whether it works, not how fast it is
              --runs N   run each scenario N times, C tor and Allium in turn; the table has the medians
              --mb N     megabytes a stream, instead of the scenario's own
              --seed N   of what is left to chance in the load
              --profile  also record where our relays and our client spend their processor time
              --out      where figures are written (bench/target/figures)
              --port N   the networks' first port (24000)
            """;

    Settings {
        scenarios = List.copyOf(scenarios);
    }

    /** @throws IllegalArgumentException with what is wrong, as a sentence */
    static Settings parse(List<String> arguments, Path home) {
        List<String> scenarios = new ArrayList<>();
        Map<String, String> values = new LinkedHashMap<>(Map.of("--runs", "1", "--seed", "1"));
        boolean quick = false;
        boolean profile = false;
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            switch (argument) {
                case "--quick" -> quick = true;
                case "--profile" -> profile = true;
                case "--runs", "--mb", "--seed", "--out", "--port" -> {
                    i++;
                    if (i == arguments.size()) {
                        throw new IllegalArgumentException(argument + " needs a value");
                    }
                    values.put(argument, arguments.get(i));
                }
                default -> {
                    if (argument.startsWith("-")) {
                        throw new IllegalArgumentException("there is no option " + argument);
                    }
                    scenarios.add(argument);
                }
            }
        }
        String out = values.getOrDefault(
                "--out", home.resolve("bench/target/figures").toString());
        return new Settings(
                scenarios,
                quick,
                (int) number(values, "--runs", 1),
                values.containsKey("--mb") ? OptionalInt.of((int) number(values, "--mb", 1)) : OptionalInt.empty(),
                number(values, "--seed", 1),
                Path.of(out).toAbsolutePath(),
                profile,
                (int) number(values, "--port", FIRST_PORT),
                home);
    }

    /** What our nodes get beside our own environment. */
    Map<String, String> environment() {
        return profile ? Map.of("ALLIUM_JAVA_OPTS", Profile.javaOptions(out)) : Map.of();
    }

    private static long number(Map<String, String> values, String option, long otherwise) {
        String text = values.getOrDefault(option, Long.toString(otherwise));
        if (!text.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException(option + " needs a number, not '" + text + "'");
        }
        return Long.parseLong(text);
    }
}
