package io.allium.relay;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Time;
import io.allium.crypto.Ed25519Identity;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much onion services use us in a day: cells from one half of a rendezvous to the other, and how many services we have
 * descriptors of. It goes into our extra-info document, blurred so that it tells of the network and not of anybody in it. Cells
 * are counted on any thread; the rest is guarded by {@code lock}. When we end, what was counted since the last whole day is lost, and that
 * day's figures are not.
 *
 * @spec prop238; dir-spec 2.1.2
 */
public final class OnionStatistics {
    /** For how long is counted. It begins at noon, when blinded keys change, so that no service is counted twice. */
    static final Duration PERIOD = Duration.ofDays(1);

    /** Keys that are told apart: some 100 bytes each, so 10 MB. All services of the public network are ten times as many. */
    static final int SERVICES_MAX = 100_000;

    private static final DateTimeFormatter END =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    /**
     * How one number is blurred.
     *
     * @param deltaF how much one user may do in a day
     * @param binSize what it is rounded up to
     */
    private record Blur(int deltaF, int binSize) {
        private static final double EPSILON = 0.3;
        private static final Blur CELLS = new Blur(2048, 1024);
        private static final Blur SERVICES = new Blur(8, 8);

        String text(long count, Entropy entropy) {
            long rounded = Math.ceilDiv(count, binSize) * binSize;
            return String.format(
                    Locale.ROOT,
                    "%d delta_f=%d epsilon=%.2f bin_size=%d",
                    rounded + Math.round(laplace(entropy)),
                    deltaF,
                    EPSILON,
                    binSize);
        }

        private double laplace(Entropy entropy) {
            double uniform = entropy.unit() - 0.5; // from -0.5 on, and below 0.5
            double size = -Math.log(Math.max(Double.MIN_NORMAL, 1 - 2 * Math.abs(uniform)));
            return Math.signum(uniform) * size * deltaF / EPSILON;
        }
    }

    /** How old figures may be that are found at the start, and how far in the future by another clock: as in C tor. */
    static final Duration AGE_MAX = Duration.ofHours(25);

    private static final Duration SKEW_MAX = Duration.ofHours(1);

    /** What a file of these has: it goes into what we sign, so nothing else may. */
    private static final Pattern WRITTEN =
            Pattern.compile("hidserv-v3-stats-end (\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d)"
                    + " \\(\\d{1,9} s\\)\nhidserv-rend-v3-relayed-cells BLURRED\nhidserv-dir-v3-onions-seen BLURRED\n"
                            .replace(
                                    "BLURRED",
                                    "-?\\d{1,18} delta_f=\\d{1,9} epsilon=\\d{1,9}\\.\\d{1,9} bin_size=\\d{1,9}"));

    /** Where the figures of the last whole day are kept until the next is over. */
    public interface Memory {
        /** What was kept last; nothing where there is nothing, or it cannot be read. */
        Optional<String> recall();

        void keep(String figures);

        /** Forgets. */
        Memory NONE = new Memory() {
            @Override
            public Optional<String> recall() {
                return Optional.empty();
            }

            @Override
            public void keep(String figures) {}
        };
    }

    private final Time time;
    private final Entropy entropy;
    private final boolean told;
    private final Memory memory;
    private final LongAdder cells = new LongAdder();
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Ed25519Identity> services = new HashSet<>(); // only ever asked how many they are
    private Instant start;
    private List<String> lines = List.of();

    /** One that forgets. */
    OnionStatistics(Time time, Entropy entropy, boolean told) {
        this(time, entropy, told, Memory.NONE);
    }

    /** @param told {@code HiddenServiceStatistics}: whether it goes into our extra-info document */
    public OnionStatistics(Time time, Entropy entropy, boolean told, Memory memory) {
        this.time = time;
        this.told = told;
        this.entropy = entropy;
        this.memory = memory;
        this.start = nextNoon(time.now());
        if (told) {
            this.lines = memory.recall().flatMap(this::recent).orElse(List.of());
        }
    }

    /** The file that C tor keeps them in too. */
    public static Memory file(Disk disk, Path dataDirectory, Log log) {
        Path file = dataDirectory.resolve("stats").resolve("hidserv-v3-stats");
        return new Memory() {
            @Override
            public Optional<String> recall() {
                try {
                    return disk.read(file).map(bytes -> new String(bytes, StandardCharsets.US_ASCII));
                } catch (LocalFailure unreadable) {
                    log.warn(Log.Domain.HIST, unreadable.getMessage());
                    return Optional.empty();
                }
            }

            @Override
            public void keep(String figures) {
                try {
                    disk.write(file, figures.getBytes(StandardCharsets.US_ASCII));
                } catch (LocalFailure full) {
                    log.warn(Log.Domain.HIST, full.getMessage());
                }
            }
        };
    }

    /** What is kept, if it is of about the last day. */
    private Optional<List<String>> recent(String figures) {
        Matcher written = WRITTEN.matcher(figures);
        if (!written.matches()) {
            return Optional.empty();
        }
        try {
            Instant end = END.parse(written.group(1), Instant::from);
            boolean isRecent = !end.isBefore(time.now().minus(AGE_MAX))
                    && !end.isAfter(time.now().plus(SKEW_MAX));
            return isRecent ? Optional.of(figures.lines().toList()) : Optional.empty();
        } catch (DateTimeParseException noTime) {
            return Optional.empty();
        }
    }

    private static Instant nextNoon(Instant now) {
        Instant noon = now.truncatedTo(ChronoUnit.DAYS).plus(Duration.ofHours(12));
        return noon.isBefore(now) ? noon.plus(Duration.ofDays(1)) : noon;
    }

    /** A cell went from one half of a rendezvous to the other. */
    void crossed() {
        cells.increment();
    }

    /** A service's descriptor was stored. */
    void published(Ed25519Identity blindedKey) {
        lock.lock();
        try {
            if (!time.now().isBefore(start) && services.size() < SERVICES_MAX) {
                services.add(blindedKey);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Called from time to time: ends what has lasted long enough. */
    void round() {
        if (isEnding() && told) {
            memory.keep(String.join("\n", lines()) + "\n");
        }
    }

    /** Whether a period is over, whose figures are there now. */
    private boolean isEnding() {
        lock.lock();
        try {
            Instant now = time.now();
            if (now.isBefore(start)) {
                cells.reset(); // it has not begun
            } else if (!now.isBefore(start.plus(PERIOD))) {
                lines = List.of(
                        "hidserv-v3-stats-end " + END.format(now) + " ("
                                + Duration.between(start, now).toSeconds() + " s)",
                        "hidserv-rend-v3-relayed-cells " + Blur.CELLS.text(cells.sumThenReset(), entropy),
                        "hidserv-dir-v3-onions-seen " + Blur.SERVICES.text(services.size(), entropy));
                services.clear();
                start = now;
                return true;
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** What the last whole period amounts to, as lines for an extra-info document; nothing before one has passed. */
    List<String> lines() {
        lock.lock();
        try {
            return told ? lines : List.of();
        } finally {
            lock.unlock();
        }
    }
}
