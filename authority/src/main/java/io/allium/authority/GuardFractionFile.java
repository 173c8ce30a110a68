package io.allium.authority;

import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.Timestamps;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a script counted in old consensuses: for how much of the time that clients keep their guards a relay has been a
 * guard, in percent. A line that makes no sense is left out; a file of an unknown version or of long ago says nothing.
 *
 * @spec proposal 236
 */
final class GuardFractionFile {
    /** Older ones are not used; as in C tor. */
    private static final Duration AGE_MAX = Duration.ofDays(7);

    /** More lines than any network has relays. */
    private static final int LINES_MAX = 200_000;

    /** So many senseless lines are named; a file of nothing else must not fill the log. */
    private static final int PROBLEMS_MAX = 10;

    private GuardFractionFile() {}

    /** @param problems hears what is wrong, each time a sentence */
    static Map<Fingerprint, Integer> read(byte[] content, Instant now, Consumer<String> problems) {
        Map<Fingerprint, Integer> percents = new LinkedHashMap<>();
        String[] lines = new String(content, StandardCharsets.UTF_8).split("\n", LINES_MAX);
        int senseless = 0;
        for (int i = 0; i < lines.length; i++) {
            String[] words = lines[i].strip().split("\\s+");
            String where = "Guardfraction:" + (i + 1) + ": ";
            switch (words[0]) {
                case "" -> {}
                case "guardfraction-file-version" -> {
                    if (words.length < 2 || !words[1].equals("1")) {
                        problems.accept(where + "unknown version '" + lines[i] + "'");
                        return Map.of();
                    }
                }
                case "written-at" -> {
                    if (!isFresh(lines[i].strip(), now)) {
                        problems.accept(where + "no date, or one of very long ago: '" + lines[i] + "'");
                        return Map.of();
                    }
                }
                case "n-inputs" -> {} // how much was counted, for people
                case "guard-seen" -> {
                    if (!readGuard(words, percents) && senseless++ < PROBLEMS_MAX) {
                        problems.accept(where + "bad line '" + lines[i] + "'");
                    }
                }
                default -> {
                    if (!words[0].startsWith("#") && senseless++ < PROBLEMS_MAX) {
                        problems.accept(where + "unknown line '" + lines[i] + "'");
                    }
                }
            }
        }
        return percents;
    }

    private static boolean isFresh(String line, Instant now) {
        try {
            return !Timestamps.parse(line.substring("written-at".length()).strip())
                    .isBefore(now.minus(AGE_MAX));
        } catch (DateTimeException | IllegalArgumentException | IndexOutOfBoundsException noDate) {
            return false;
        }
    }

    /** The relay, its percentage, and in how many consensuses it was seen. */
    private static boolean readGuard(String[] words, Map<Fingerprint, Integer> percents) {
        if (words.length < 4 || !words[1].matches("[0-9A-Fa-f]{40}") || !words[2].matches("[0-9]{1,3}")) {
            return false;
        }
        int percent = Integer.parseInt(words[2]);
        if (percent > 100) {
            return false;
        }
        try {
            percents.put(Fingerprint.parse(words[1]), percent);
            return true;
        } catch (Untrusted notAFingerprint) {
            return false;
        }
    }
}
