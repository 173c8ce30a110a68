package io.allium.web;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/** Names for files out of names that strangers gave them: one part, visible, and what it looks like. */
final class FileNames {
    /** File systems take 255 bytes, of which some are left for a number. */
    static final int BYTES_MAX = 200;

    /** What Windows takes for devices, whatever follows the dot. */
    private static final Set<String> DEVICES = Set.of(
            "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1",
            "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9");

    /** What is looked at of a name; a request has room for eight times as much, all of a stranger's choice. */
    private static final int GIVEN_MAX = 1000;

    /** Of these the end of a longer name, where it says what it is. */
    private static final int GIVEN_END = 100;

    private static final String WITHOUT_NAME = "file";

    private FileNames() {}

    /** The last part of what was given, without all that a system or a reader could take for something else. */
    static String safe(String given) {
        String last = given.substring(Math.max(given.lastIndexOf('/'), given.lastIndexOf('\\')) + 1);
        StringBuilder name = new StringBuilder();
        cut(last).codePoints().forEach(c -> {
            if ("<>:\"|?*".indexOf(c) >= 0) {
                name.append('_');
            } else if (isVisible(c)) {
                name.appendCodePoint(c);
            }
        });
        String sized = trimmed(shortened(trimmed(Normalizer.normalize(name, Normalizer.Form.NFC))));
        if (sized.isEmpty()) {
            return WITHOUT_NAME;
        }
        String stem = sized.split("\\.", 2)[0].strip().toLowerCase(Locale.ROOT);
        return DEVICES.contains(stem) ? "_" + sized : sized;
    }

    /**
     * The name, or where the system can have no file called so (one whose locale knows ASCII alone), what is left of it there.
     *
     * @param can whether there can be a file of a name
     */
    static String possible(String name, Predicate<String> can) {
        if (can.test(name)) {
            return name;
        }
        StringBuilder plain = new StringBuilder();
        name.codePoints().forEach(c -> plain.append(c >= ' ' && c < 0x7f ? (char) c : '_'));
        return plain.toString();
    }

    /** The name with a number before its ending: {@code report (2).pdf}. */
    static String numbered(String name, int number) {
        int dot = name.lastIndexOf('.');
        boolean ends = dot > 0;
        return (ends ? name.substring(0, dot) : name) + " (" + number + ")" + (ends ? name.substring(dot) : "");
    }

    /** No control, no mark that turns the writing round (which makes {@code gpj.exe} of {@code exe.jpg}), no half character. */
    private static boolean isVisible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    private static String cut(String given) {
        return given.length() <= GIVEN_MAX
                ? given
                : given.substring(0, GIVEN_MAX - GIVEN_END) + given.substring(given.length() - GIVEN_END);
    }

    /** Without dots and blanks around it, which hide it, or get lost. */
    private static String trimmed(String name) {
        int from = 0;
        int to = name.length();
        while (from < to && isTrimmed(name.charAt(from))) {
            from++;
        }
        while (from < to && isTrimmed(name.charAt(to - 1))) {
            to--;
        }
        return name.substring(from, to);
    }

    private static boolean isTrimmed(char c) {
        return c == '.' || Character.isWhitespace(c);
    }

    /** A long name keeps its ending, by which people and programs know what it is. */
    private static String shortened(String name) {
        if (size(name) <= BYTES_MAX) {
            return name;
        }
        int dot = name.lastIndexOf('.');
        String ending = dot > 0 && size(name.substring(dot)) <= 20 ? name.substring(dot) : "";
        String stem = name.substring(0, name.length() - ending.length());
        int room = BYTES_MAX - size(ending);
        int end = 0;
        while (end < stem.length() && room >= 0) {
            int next = stem.offsetByCodePoints(end, 1);
            room -= size(stem.substring(end, next));
            end = room >= 0 ? next : end;
        }
        return stem.substring(0, end) + ending;
    }

    private static int size(String name) {
        return name.getBytes(StandardCharsets.UTF_8).length;
    }
}
