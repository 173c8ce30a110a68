package io.allium.interop;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a node's MetricsPort shows, taken apart. Immutable. */
record Figures(Map<String, Figures.Family> families, Map<String, Long> values) {
    private static final Pattern LINE = Pattern.compile("# (?<about>HELP|TYPE) (?<name>[a-z0-9_]+) (?<text>.+)"
            + "|(?<sample>(?<of>[a-z0-9_]+)(?:\\{(?<labels>[a-z]+=\"[^\"]*\"(?:,[a-z]+=\"[^\"]*\")*)})?)"
            + " (?<value>-?[0-9]+)");

    /** Labels whose values are a service's own. */
    private static final Pattern OWN = Pattern.compile("(onion|port)=\"[^\"]*\"");

    /**
     * All figures of one name.
     *
     * @param labels those that tell them apart, with what they say unless that is a service's own
     */
    record Family(String help, String type, Set<String> labels) {
        Family() {
            this("", "", new TreeSet<>());
        }
    }

    /** Asks a node. */
    static Figures of(MixedNetwork.Node node) throws Exception {
        String url = "http://127.0.0.1:" + node.metricsPort() + "/metrics";
        return read(Programs.run(Path.of("."), "curl", "-sSf", "--max-time", "60", url)
                .text());
    }

    /** Fails on a line that is not of the format. */
    static Figures read(String text) {
        Map<String, Family> families = new LinkedHashMap<>();
        Map<String, Long> values = new TreeMap<>();
        for (String line : text.lines().toList()) {
            Matcher parts = LINE.matcher(line);
            if (!parts.matches()) {
                throw new AssertionError("no line of the text format: " + line);
            }
            if (parts.group("sample") != null) {
                values.put(parts.group("sample"), Long.parseLong(parts.group("value")));
                String labels = parts.group("labels") == null ? "" : parts.group("labels");
                String name = parts.group("of");
                String family = families.containsKey(name) ? name : name.replaceFirst("_(bucket|sum|count)$", "");
                families.get(family)
                        .labels()
                        .add(name.substring(family.length())
                                + " "
                                + OWN.matcher(labels).replaceAll("$1"));
            } else {
                Family known = families.getOrDefault(parts.group("name"), new Family());
                families.put(
                        parts.group("name"),
                        parts.group("about").equals("HELP")
                                ? new Family(parts.group("text"), known.type(), known.labels())
                                : new Family(known.help(), parts.group("text"), known.labels()));
            }
        }
        return new Figures(families, values);
    }

    /** The sum of all figures whose name and labels begin so. */
    long sum(String beginning) {
        return values.entrySet().stream()
                .filter(each -> each.getKey().startsWith(beginning))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
