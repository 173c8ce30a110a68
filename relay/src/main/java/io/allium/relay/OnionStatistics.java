package io.allium.relay;

import io.allium.base.Entropy;
import io.allium.base.Time;
import io.allium.crypto.Ed25519Identity;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How much onion services use us in a day: cells from one half of a rendezvous to the other, and how many services we have
 * descriptors of. It goes into our extra-info document, blurred so that it tells of the network and not of anybody in it. Cells
 * are counted on any thread; the rest is guarded by {@code lock}. What was counted is lost when we end.
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

    private final Time time;
    private final Entropy entropy;
    private final boolean told;
    private final LongAdder cells = new LongAdder();
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Ed25519Identity> services = new HashSet<>(); // only ever asked how many they are
    private Instant start;
    private List<String> lines = List.of();

    /** @param told {@code HiddenServiceStatistics}: whether it goes into our extra-info document */
    public OnionStatistics(Time time, Entropy entropy, boolean told) {
        this.time = time;
        this.told = told;
        this.entropy = entropy;
        this.start = nextNoon(time.now());
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
            }
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
