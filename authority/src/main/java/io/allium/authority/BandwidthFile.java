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

    private static final String END_OF_HEADERS = "=====";

    /** Reads what can be read; a stale or senseless file has no headers and no measurements, yet a digest. */
    static BandwidthFile read(byte[] content, Instant now) {
        String[] lines = new String(content, StandardCharsets.UTF_8).split("\n", LINES_MAX);
        List<String> headers = new ArrayList<>();
        Map<Fingerprint, Long> measured = new LinkedHashMap<>();
        if (isFresh(lines[0], now)) {
            headers.add("timestamp=" + lines[0]);
            readRest(lines, headers, measured);
        }
        return new BandwidthFile(content, List.copyOf(headers), measured);
    }

    Sha256Digest digest() {
        return Sha256Digest.of(Digests.sha256(content));
    }

    private static boolean isFresh(String timestamp, Instant now) {
        return timestamp.matches("[0-9]{1,11}")
                && !Instant.ofEpochSecond(Long.parseLong(timestamp)).isBefore(now.minus(AGE_MAX));
    }

    private static void readRest(String[] lines, List<String> headers, Map<Fingerprint, Long> measured) {
        boolean inHeaders = true;
        for (int i = 1; i < lines.length; i++) {
            String line = lines[i];
            if (line.equals(END_OF_HEADERS) || readRelay(line, measured)) {
                inHeaders = false;
            } else if (inHeaders && headers.size() < HEADERS_MAX && line.matches("[A-Za-z0-9_-]+=[^ ]+")) {
                headers.add(line);
            }
        }
    }

    /** Whether this is the line of a relay, counted or not. */
    private static boolean readRelay(String line, Map<Fingerprint, Long> measured) {
        String node = null;
        String bandwidth = null;
        boolean counts = true;
        for (String word : line.split("[ \t]+")) {
            if (word.startsWith("node_id=")) {
                node = word.substring("node_id=".length());
            } else if (word.startsWith("bw=")) {
                bandwidth = word.substring("bw=".length());
            } else if (word.equals("vote=0")) {
                counts = false;
            }
        }
        if (node == null || bandwidth == null || !bandwidth.matches("[0-9]{1,9}")) {
            return false;
        }
        try {
            Fingerprint relay = Fingerprint.parse(node);
            if (counts) {
                measured.put(relay, Long.parseLong(bandwidth));
            }
            return true;
        } catch (Untrusted notAFingerprint) {
            return false;
        }
    }
}
