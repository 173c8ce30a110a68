package io.allium.sim;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/**
 * What happened, a line each with its virtual time, and a digest over all lines: two runs with equal digests went the same
 * way. Only the last lines are kept; whoever wants all of them listens. Confined to the carrier.
 */
public final class Trace {
    /** Enough to see what led to a failure, and no burden for a run of days. */
    static final int KEPT_MAX = 10_000;

    private static final long NANOS_A_SECOND = 1_000_000_000;
    private static final int STAMP_LENGTH = 18;

    private final SimTime time;
    private final MessageDigest digest;
    private final ArrayDeque<String> kept = new ArrayDeque<>();
    private final List<Consumer<String>> listeners = new ArrayList<>();
    private long count;

    Trace(SimTime time) {
        this.time = time;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every JDK has SHA-256", missing);
        }
    }

    /** Adds a line, with the present virtual time before it. */
    public void add(String text) {
        String line = stamp(time.nanos()) + " " + text;
        digest.update(line.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) '\n');
        count++;
        if (kept.size() == KEPT_MAX) {
            kept.removeFirst();
        }
        kept.add(line);
        listeners.forEach(listener -> listener.accept(line));
    }

    /** From now on {@code listener} hears each line, as do those from before. */
    public void listen(Consumer<String> listener) {
        listeners.add(listener);
    }

    /** The last lines, at most {@value #KEPT_MAX}. */
    public List<String> lines() {
        return List.copyOf(kept);
    }

    /** How many lines there were in all. */
    public long count() {
        return count;
    }

    /** The digest over all lines so far, in hex. */
    public String hash() {
        try {
            return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
        } catch (CloneNotSupportedException impossible) {
            throw new IllegalStateException("the JDK's SHA-256 can be cloned", impossible);
        }
    }

    /** Hours, minutes, seconds and nanoseconds since the beginning; by hand, since there are millions of lines. */
    static String stamp(long nanos) {
        long seconds = nanos / NANOS_A_SECOND;
        StringBuilder text = new StringBuilder(STAMP_LENGTH);
        digits(text, seconds / 3600, 2).append(':');
        digits(text, seconds / 60 % 60, 2).append(':');
        digits(text, seconds % 60, 2).append('.');
        return digits(text, nanos % NANOS_A_SECOND, 9).toString();
    }

    private static StringBuilder digits(StringBuilder text, long number, int least) {
        String plain = Long.toString(number);
        return text.repeat('0', Math.max(0, least - plain.length())).append(plain);
    }
}
