package io.allium.interop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What two control ports are told, one line after the other, and how closely their answers are compared. A file of
 * {@code src/test/resources/io/allium/interop/control} reads
 *
 * <pre>
 * == What this part is about     begins a connection of its own, which has been let in
 * == Before AUTHENTICATE (stranger)  one that has not
 * == The network (same consensus)    answers are had while both nodes have the same consensus
 * GETINFO version                whole answers are compared: of a refusal the code, and its sentence only in the report
 * * GETINFO address-mappings/all the same, with the lines of its data in any order
 * ~ GETINFO circuit-status       their codes, keys and keywords are
 * ? GETINFO uptime               only their codes are
 * circuit = EXTENDCIRCUIT 0      as ~, and the second word of the answer is $circuit from then on, or what is behind the =
 * until BUILT: GETINFO circuit-status   as ~, asked again until the answer is as wanted
 * hear CIRC BUILT                as ~, for the next event like this
 * dial example.com:80            has an application ask for a stream there
 * fetch example.com:80           has one ask for a page there
 * raw GETINFO {a*9}\r\n          is sent as it is, with its repetitions, and nothing more: the connection's last words
 * ours 512: SETCIRCUITPURPOSE    is said to us alone, and answered with this code
 *   why: C tor would crash       and why that is
 *   | data                       a line of data behind the command above, whose name begins with +
 *   differs: because             why the answers to the command above are not the same
 *   differs in PATTERN: because  the same, where they are but for what the pattern finds
 *   may differ in PATTERN: because   the same, where they are the same now and then
 * </pre>
 *
 * @param title the file's name
 */
record ControlScript(String title, List<Section> sections) {
    /** How closely answers are compared. */
    enum Closeness {
        WHOLE,
        ANY_ORDER,
        KEYWORDS,
        CODE
    }

    /** What is done. */
    sealed interface Act {
        /** Sends a command to both. */
        record Say(String command, List<String> data, Closeness closeness) implements Act {}

        /** Sends a command to both until the answer is as wanted. */
        record Await(String command, Pattern wanted) implements Act {}

        /** Waits for an event of both. */
        record Hear(String event, Pattern wanted) implements Act {}

        /** Has an application ask both for a stream. */
        record Dial(String host, String port, boolean forPage) implements Act {}

        /** Sends bytes to both, and that there are no more. */
        record Send(String text) implements Act {}

        /** Sends a command to us alone. */
        record Ours(String command, List<String> data, int code) implements Act {}
    }

    /**
     * A line of the file, with those that belong to it.
     *
     * @param variable what the answer's ID is called from then on
     * @param explanation why answers differ, where they do
     */
    record Step(int line, Act act, Optional<String> variable, Optional<Explanation> explanation) {}

    /**
     * Why answers differ.
     *
     * @param where what they differ in; nothing where they are not alike at all
     * @param always whether they always do
     */
    record Explanation(String why, Optional<Pattern> where, boolean always) {
        /** What is compared all the same. */
        String rest(String answer) {
            return where.map(each -> each.matcher(answer).replaceAll("")).orElse("");
        }

        @Override
        public String toString() {
            return why;
        }
    }

    /** What is so during the steps of a section. */
    enum Setting {
        LET_IN,
        STRANGER,
        SAME_CONSENSUS;

        /** What stands behind the title of such a section. */
        private String mark() {
            return this == LET_IN ? "" : " (" + name().toLowerCase(Locale.ROOT).replace('_', ' ') + ")";
        }

        static Setting of(String line) {
            return Stream.of(STRANGER, SAME_CONSENSUS)
                    .filter(each -> line.endsWith(each.mark()))
                    .findFirst()
                    .orElse(LET_IN);
        }
    }

    /** Steps on one connection. */
    record Section(String title, Setting setting, List<Step> steps) {}

    private static final Pattern VARIABLE = Pattern.compile("([a-z]\\w*) = (.*)");
    private static final Pattern UNTIL = Pattern.compile("until (.*?): (.*)");
    private static final Pattern HEAR = Pattern.compile("hear ([A-Z_]+) ?(.*)");
    private static final Pattern DIAL = Pattern.compile("(dial|fetch) (\\S+):(\\S+)");
    private static final Pattern OURS = Pattern.compile("ours ([0-9]{3}): (.*)");
    private static final Pattern RAW = Pattern.compile("raw (.*)");
    private static final Pattern REPEATED = Pattern.compile("\\{(.)\\*([0-9]+)}");
    private static final Pattern DIFFERS = Pattern.compile("(why|differs|may differ)(?: in (.*?))?: (.*)");

    static ControlScript read(String title) throws IOException {
        try (InputStream file = ControlScript.class.getResourceAsStream("control/" + title + ".txt")) {
            String text = new String(Objects.requireNonNull(file, title).readAllBytes(), StandardCharsets.UTF_8);
            return parse(title, text.lines().toList());
        }
    }

    static ControlScript parse(String title, List<String> lines) {
        List<Section> sections = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith("== ")) {
                Setting setting = Setting.of(line);
                String name = line.substring(3, line.length() - setting.mark().length());
                sections.add(new Section(name, setting, new ArrayList<>()));
                continue;
            }
            List<String> data = new ArrayList<>();
            Optional<Explanation> explanation = Optional.empty();
            int at = i;
            for (; i + 1 < lines.size() && lines.get(i + 1).startsWith("  "); i++) {
                String more = lines.get(i + 1).substring(2);
                if (more.startsWith("| ") || more.equals("|")) {
                    data.add(more.length() > 2 ? more.substring(2) : "");
                } else {
                    explanation = Optional.of(explanation(title + ":" + (i + 2) + ": ", more));
                }
            }
            Matcher variable = VARIABLE.matcher(line);
            boolean named = variable.matches();
            Act act = named ? act("~ " + variable.group(2), data) : act(line, data);
            Optional<String> name = named ? Optional.of(variable.group(1)) : Optional.empty();
            sections.getLast().steps().add(new Step(at + 1, act, name, explanation));
        }
        return new ControlScript(title, List.copyOf(sections));
    }

    private static Explanation explanation(String place, String line) {
        Matcher differs = DIFFERS.matcher(line);
        if (!differs.matches()) {
            throw new IllegalArgumentException(place + line);
        }
        Optional<Pattern> where =
                Optional.ofNullable(differs.group(2)).map(each -> Pattern.compile(each, Pattern.DOTALL));
        return new Explanation(differs.group(3), where, !differs.group(1).equals("may differ"));
    }

    private static Act act(String line, List<String> data) {
        boolean loose = line.matches("[~?*] .*");
        String rest = loose ? line.substring(2) : line;
        Matcher until = UNTIL.matcher(rest);
        if (until.matches()) {
            return new Act.Await(until.group(2), Pattern.compile(until.group(1), Pattern.DOTALL));
        }
        Matcher hear = HEAR.matcher(rest);
        if (hear.matches()) {
            return new Act.Hear(hear.group(1), Pattern.compile(hear.group(2), Pattern.DOTALL));
        }
        Matcher dial = DIAL.matcher(rest);
        if (dial.matches()) {
            return new Act.Dial(dial.group(2), dial.group(3), dial.group(1).equals("fetch"));
        }
        Matcher raw = RAW.matcher(rest);
        if (raw.matches()) {
            return new Act.Send(unescaped(raw.group(1)));
        }
        Matcher ours = OURS.matcher(rest);
        if (ours.matches()) {
            return new Act.Ours(ours.group(2), List.copyOf(data), Integer.parseInt(ours.group(1)));
        }
        Closeness closeness = switch (loose ? line.charAt(0) : ' ') {
            case '*' -> Closeness.ANY_ORDER;
            case '~' -> Closeness.KEYWORDS;
            case '?' -> Closeness.CODE;
            default -> Closeness.WHOLE;
        };
        return new Act.Say(rest, List.copyOf(data), closeness);
    }

    private static String unescaped(String text) {
        return REPEATED.matcher(text.translateEscapes())
                .replaceAll(each -> Matcher.quoteReplacement(each.group(1).repeat(Integer.parseInt(each.group(2)))));
    }
}
