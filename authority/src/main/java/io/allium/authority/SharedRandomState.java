package io.allium.authority;

import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.Sha256Digest;
import io.allium.netdoc.SharedRandomCommit;
import io.allium.netdoc.SharedRandomValue;
import io.allium.netdoc.Timestamps;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an authority remembers of the shared random protocol, also across restarts, in C tor's file {@code sr-state}.
 * Immutable.
 *
 * @param validAfter the consensus that it was made ready for
 * @param validUntil when its run ends, for who reads the file
 * @param commitments of this run
 * @param previous the value of the run before the last
 * @param current the value of the last run
 */
record SharedRandomState(
        Instant validAfter,
        Instant validUntil,
        SortedMap<Fingerprint, Commitment> commitments,
        Optional<SharedRandomValue> previous,
        Optional<SharedRandomValue> current) {

    static final SharedRandomState NONE =
            new SharedRandomState(Instant.EPOCH, Instant.EPOCH, new TreeMap<>(), Optional.empty(), Optional.empty());

    SharedRandomState {
        commitments = Collections.unmodifiableSortedMap(new TreeMap<>(commitments));
    }

    SharedRandomState until(Instant nextValidAfter, Instant endOfRun) {
        return new SharedRandomState(nextValidAfter, endOfRun, commitments, previous, current);
    }

    SharedRandomState with(Commitment commitment) {
        TreeMap<Fingerprint, Commitment> more = new TreeMap<>(commitments);
        more.put(commitment.authority(), commitment);
        return new SharedRandomState(validAfter, validUntil, more, previous, current);
    }

    SharedRandomState withValues(Optional<SharedRandomValue> newPrevious, Optional<SharedRandomValue> newCurrent) {
        return new SharedRandomState(validAfter, validUntil, commitments, newPrevious, newCurrent);
    }

    /** At the end of a run: nothing is committed, and there is a new value. */
    SharedRandomState rotated(SharedRandomValue fresh) {
        return new SharedRandomState(validAfter, validUntil, new TreeMap<>(), current, Optional.of(fresh));
    }

    String text() {
        StringBuilder text = new StringBuilder("# Tor shared random state file\n\n");
        for (Commitment commitment : commitments.values()) {
            SharedRandomCommit line = commitment.line(true);
            text.append("Commit ").append(line.version()).append(' ').append(line.algorithm());
            text.append(' ').append(line.authority().hex()).append(' ').append(line.commit());
            line.reveal().ifPresent(reveal -> text.append(' ').append(reveal));
            text.append('\n');
        }
        previous.ifPresent(value -> write("SharedRandPreviousValue", value, text));
        current.ifPresent(value -> write("SharedRandCurrentValue", value, text));
        text.append("TorVersion 0.4.9.11\n");
        text.append("ValidAfter ").append(Timestamps.text(validAfter)).append('\n');
        text.append("ValidUntil ").append(Timestamps.text(validUntil)).append('\n');
        return text.append("Version 1\n").toString();
    }

    /** Reads the file; a damaged one is worth nothing, for a commitment that was voted for might be missing. */
    static SharedRandomState read(byte[] file) {
        SharedRandomState state = NONE;
        boolean readable = true;
        for (String line : new String(file, StandardCharsets.US_ASCII).split("\n")) {
            try {
                state = state.withLine(line.split(" "), line);
            } catch (IllegalArgumentException | IndexOutOfBoundsException | Untrusted senseless) {
                readable = false;
            }
        }
        return readable ? state : NONE;
    }

    private SharedRandomState withLine(String[] words, String line) throws Untrusted {
        return switch (words[0]) {
            case "Commit" ->
                with(Commitment.read(new SharedRandomCommit(
                        Integer.parseInt(words[1]),
                        words[2],
                        Fingerprint.parse(words[3]),
                        words[4],
                        words.length > 5 ? Optional.of(words[5]) : Optional.empty())));
            case "SharedRandPreviousValue" -> withValues(Optional.of(value(words)), current);
            case "SharedRandCurrentValue" -> withValues(previous, Optional.of(value(words)));
            case "ValidAfter" -> until(Timestamps.parse(line.substring(words[0].length() + 1)), validUntil);
            case "ValidUntil" -> until(validAfter, Timestamps.parse(line.substring(words[0].length() + 1)));
            default -> this;
        };
    }

    private static SharedRandomValue value(String[] words) {
        return new SharedRandomValue(
                Integer.parseInt(words[1]), Sha256Digest.of(Base64.getDecoder().decode(words[2])));
    }

    private static void write(String keyword, SharedRandomValue value, StringBuilder text) {
        text.append(keyword).append(' ').append(value.reveals()).append(' ');
        text.append(Base64.getEncoder().encodeToString(value.value().bytes())).append('\n');
    }
}
