package io.allium.authority;

import io.allium.base.Untrusted;
import io.allium.crypto.Digests;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.Sha256Digest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a bandwidth scanner measured, for one vote. Read once a period, so that the vote and what is served beside it
 * agree.
 *
 * @param content the file itself, for {@code /tor/status-vote/next/bandwidth}
 * @param headers {@code key=value}, as the vote repeats them; none where the file makes no sense
 * @param measured kB/s; empty where the file is stale or makes no sense
 * @spec bandwidth-file-spec 2
 */
record BandwidthFile(byte[] content, List<String> headers, Map<Fingerprint, Long> measured) {
    /** Older measurements are not used; as in C tor. */
    private static final Duration AGE_MAX = Duration.ofDays(3);

    /** Further headers are not repeated in the vote; as in C tor. */
    private static final int HEADERS_MAX = 50;

    /** More lines than any network has relays. */
    private static final int LINES_MAX = 200_000;

    /** So many senseless lines are named; a file of nothing else must not fill the log. */
    private static final int PROBLEMS_MAX = 10;

    /** Of each. */
    private static final int SHOWN_MAX = 100;

    private static final String END_OF_HEADERS = "=====";

    private static final Set<String> TOLD_ONCE = Set.of("node_id", "bw");

    /**
     * Reads what can be read; a stale or senseless file has no headers and no measurements, yet a digest.
     *
     * @param problems hears what is wrong, each time a sentence
     */
    static BandwidthFile read(byte[] content, Instant now, Consumer<String> problems) {
        String[] lines = new String(content, StandardCharsets.UTF_8).split("\n", LINES_MAX);
        List<String> headers = new ArrayList<>();
        Map<Fingerprint, Long> measured = new LinkedHashMap<>();
        if (isUsable(lines, now, problems)) {
            headers.add("timestamp=" + lines[0]);
            readRest(lines, headers, measured, problems);
        }
        return new BandwidthFile(content, List.copyOf(headers), measured);
    }

    Sha256Digest digest() {
        return Sha256Digest.of(Digests.sha256(content));
    }

    private static boolean isUsable(String[] lines, Instant now, Consumer<String> problems) {
        if (lines.length < 2) {
            problems.accept(
                    lines[0].isEmpty()
                            ? "Empty bandwidth file"
                            : "Long or truncated time in bandwidth file: '" + beginning(lines[0]) + "'");
            return false;
        }
        if (!lines[0].matches("[0-9]{1,11}")) {
            problems.accept("Non-integer time in bandwidth file: '" + beginning(lines[0]) + "'");
            return false;
        }
        Duration age = Duration.between(Instant.ofEpochSecond(Long.parseLong(lines[0])), now);
        if (age.compareTo(AGE_MAX) > 0) {
            problems.accept("Bandwidth measurement file stale. Age: " + age.toSeconds());
            return false;
        }
        return true;
    }

    private static void readRest(
            String[] lines, List<String> headers, Map<Fingerprint, Long> measured, Consumer<String> problems) {
        boolean inHeaders = true;
        int senseless = 0;
        for (int i = 1; i < lines.length - 1; i++) { // what follows the last newline is cut short
            String line = lines[i];
            Optional<Measurement> found = line.equals(END_OF_HEADERS) ? Optional.empty() : measurement(line);
            if (found.isPresent()) {
                found.get().countIn(measured);
            } else if (inHeaders && headers.size() < HEADERS_MAX && line.matches("[A-Za-z0-9_-]+=[^ ]+")) {
                headers.add(line);
            } else if (!inHeaders && senseless++ < PROBLEMS_MAX) {
                problems.accept("Incomplete line in bandwidth file: '" + beginning(line) + "'");
            }
            inHeaders &= !line.equals(END_OF_HEADERS) && found.isEmpty();
        }
        String last = lines[lines.length - 1];
        if (!last.isEmpty()) {
            problems.accept("Incomplete line in bandwidth file: '" + beginning(last) + "'");
        }
    }

    /** One relay's line. */
    private record Measurement(Fingerprint relay, long bandwidth, boolean counts) {
        void countIn(Map<Fingerprint, Long> measured) {
            if (counts) {
                measured.put(relay, bandwidth);
            }
        }
    }

    /** A line that says anything twice says nothing: whichever was meant, others would take the other. */
    private static Optional<Measurement> measurement(String line) {
        Map<String, String> said = new LinkedHashMap<>();
        for (String word : line.split("[ \t]+")) {
            int equals = word.indexOf('=');
            String key = equals < 0 ? word : word.substring(0, equals);
            if (said.put(key, word.substring(equals + 1)) != null && TOLD_ONCE.contains(key)) {
                return Optional.empty();
            }
        }
        String bandwidth = said.getOrDefault("bw", "");
        if (!bandwidth.matches("[0-9]{1,9}")) {
            return Optional.empty();
        }
        try {
            Fingerprint relay = Fingerprint.parse(said.getOrDefault("node_id", ""));
            return Optional.of(new Measurement(
                    relay,
                    Long.parseLong(bandwidth),
                    !said.getOrDefault("vote", "1").equals("0")));
        } catch (Untrusted notAFingerprint) {
            return Optional.empty();
        }
    }

    /** As much of a line as belongs into a log. */
    private static String beginning(String line) {
        return line.length() > SHOWN_MAX ? line.substring(0, SHOWN_MAX) + "…" : line;
    }
}
