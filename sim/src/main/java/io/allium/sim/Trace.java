package io.allium.sim;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * What happened, a line each with its virtual time, and a digest over all lines: two runs with equal digests went the same
 * way. Only the last lines are kept; whoever wants all of them listens. Confined to the carrier.
 */
public final class Trace {
    /** Enough to see what led to a failure, and no burden for a run of days. */
    static final int KEPT_MAX = 10_000;

    private final SimTime time;
    private final MessageDigest digest;
    private final ArrayDeque<String> kept = new ArrayDeque<>();
    private Consumer<String> listener = line -> {};
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
        listener.accept(line);
    }

    /** From now on {@code listener} hears each line. */
    public void listen(Consumer<String> lines) {
        listener = lines;
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

    /** Hours, minutes, seconds and nanoseconds since the beginning. */
    static String stamp(long nanos) {
        Duration since = Duration.ofNanos(nanos);
        return String.format(
                Locale.ROOT,
                "%02d:%02d:%02d.%09d",
                since.toHours(),
                since.toMinutesPart(),
                since.toSecondsPart(),
                since.toNanosPart());
    }
}
