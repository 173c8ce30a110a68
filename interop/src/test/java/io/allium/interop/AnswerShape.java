package io.allium.interop;

import io.allium.control.ControlAnswer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What two nodes' answers have in common if they say the same, each of its own circuits, times and keys. Pure functions. */
final class AnswerShape {
    private static final String CLOSED = "(closes the connection)";

    /** What differs from node to node and from minute to minute, and a word for it. */
    private static final Map<Pattern, String> WORDS = new LinkedHashMap<>();

    static {
        WORDS.put(Pattern.compile(" \\(Allium-[^)]*\\)"), ""); // our version says that it is ours
        WORDS.put(Pattern.compile("\\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?"), "TIME");
        WORDS.put(Pattern.compile("(?<![0-9A-Za-z])\\$?[0-9A-F]{64}(?![0-9A-Za-z])"), "HASH");
        WORDS.put(Pattern.compile("(?<![0-9A-Za-z])\\$?[0-9A-F]{40}(?![0-9A-Za-z])"), "FINGERPRINT");
        WORDS.put(Pattern.compile("(?<![0-9A-Za-z])[a-z2-7]{56}(?![0-9A-Za-z])"), "ONION");
        WORDS.put(Pattern.compile("(?<![0-9A-Za-z+/])[0-9A-Za-z+/]{86}(==)?(?![0-9A-Za-z+/=])"), "KEY");
        WORDS.put(Pattern.compile("(?<![0-9A-Za-z+/])[0-9A-Za-z+/]{43}=?(?![0-9A-Za-z+/=])"), "KEY");
    }

    private static final Pattern PEM = Pattern.compile("-----BEGIN .*?-----END [^\n]*-----", Pattern.DOTALL);
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?");
    private static final Pattern FIELD = Pattern.compile("([A-Za-z][A-Za-z0-9_/-]*)=.*", Pattern.DOTALL);
    private static final Pattern QUOTED = Pattern.compile("\"(\\\\.|[^\"\\\\])*\"", Pattern.DOTALL);
    private static final Pattern KEYWORD = Pattern.compile("[A-Z][A-Z_]+|OK");

    private AnswerShape() {}

    /** All of it, with a word for what differs. */
    static String whole(Optional<ControlAnswer> answer) {
        if (answer.isEmpty()) {
            return CLOSED;
        }
        return whole(answer.get(), ControlAnswer.Line::data);
    }

    /** The same with the lines of its data sorted. */
    static String inAnyOrder(Optional<ControlAnswer> answer) {
        if (answer.isEmpty()) {
            return CLOSED;
        }
        return whole(
                answer.get(),
                line -> line.data().lines().sorted().map(each -> each + "\n").collect(Collectors.joining()));
    }

    private static String whole(ControlAnswer answer, Function<ControlAnswer.Line, String> data) {
        StringBuilder all = new StringBuilder();
        for (ControlAnswer.Line line : answer.lines()) {
            all.append(line.code())
                    .append(line.separator())
                    .append(line.text())
                    .append('\n')
                    .append(data.apply(line));
        }
        return inWords(all.toString());
    }

    /** The codes, and of a line that does not refuse the keys and keywords; which of them its data has, in any order. */
    static String keywords(Optional<ControlAnswer> answer) {
        if (answer.isEmpty()) {
            return CLOSED;
        }
        StringBuilder all = new StringBuilder();
        for (ControlAnswer.Line line : answer.get().lines()) {
            all.append(line.code()).append(line.separator());
            if (line.code() < 400 || line.code() == 650) {
                all.append(String.join(" ", keywords(line.text())));
            }
            Set<String> data = new TreeSet<>();
            PEM.matcher(line.data()).replaceAll("PEM").lines().forEach(each -> data.addAll(ofData(each)));
            all.append('\n').append(data.isEmpty() ? "" : data + "\n");
        }
        return all.toString();
    }

    /** The code alone. */
    static String code(Optional<ControlAnswer> answer) {
        return answer.map(each -> "" + each.code()).orElse(CLOSED);
    }

    /** The keys and keywords of one line, in their order. */
    private static List<String> keywords(String text) {
        List<String> found = new ArrayList<>();
        for (String word : QUOTED.matcher(inWords(text)).replaceAll("QUOTED").split(" ")) {
            Matcher field = FIELD.matcher(word);
            if (field.matches()) {
                found.add(field.group(1) + "=");
            } else if (KEYWORD.matcher(word).matches()) {
                found.add(word);
            }
        }
        return found;
    }

    /** What a line of data begins with, where that is a word and no name or number, and its keys. */
    private static Set<String> ofData(String line) {
        Set<String> found = new TreeSet<>();
        String[] words = QUOTED.matcher(inWords(line)).replaceAll("QUOTED").split(" ");
        if (words[0].matches("[A-Za-z][A-Za-z0-9_/.*<>-]*")) {
            found.add(words[0]);
        } else if (NUMBER.matcher(words[0]).matches()) {
            found.add("NUMBER");
        }
        for (String word : words) {
            Matcher field = FIELD.matcher(word);
            if (field.matches()) {
                found.add(field.group(1) + "=");
            }
        }
        return found;
    }

    private static String inWords(String text) {
        String words = text;
        for (Map.Entry<Pattern, String> each : WORDS.entrySet()) {
            words = each.getKey().matcher(words).replaceAll(each.getValue());
        }
        return words;
    }
}
