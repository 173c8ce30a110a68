package io.allium.client;

import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.directory.Parameter;
import io.allium.directory.Parameters;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * How long circuits have taken to build of late, and so for how long one is waited for: until 80 of 100 would have been
 * built. Slower ones are built to their end for what they teach, and not used. Guarded by {@code lock}.
 *
 * @spec path-spec 2.4
 */
final class BuildTimes {
    /** So many are remembered: path-spec 2.4.2. */
    static final int REMEMBERED = 1000;

    /** The hops whose time is remembered: path-spec 2.4.2. */
    static final int HOPS = 3;

    /** The longest that is waited on a network that gets slower and slower; half of what C tor can count. */
    private static final double WAIT_MAX = 0x1p30;

    private final ReentrantLock lock = new ReentrantLock();
    private final Entropy entropy;
    private final Log log;
    private final Consumer<CircuitEvents.BuildTimeout> listener;
    private final int[] times = new int[REMEMBERED]; // in milliseconds; the first count of them, or all, in a circle
    private int count;
    private int next;
    private final Deque<Boolean> recent = new ArrayDeque<>(); // whether each was too slow; at most cbtrecentcount
    private Parameters parameters = Parameters.STANDARD;
    private boolean wanted;
    private Optional<Duration> configured = Optional.empty();
    private BuildTimeCurve curve = BuildTimeCurve.NONE;
    private double timeout;
    private double closing;
    private long quick;
    private long slow;
    private long abandoned;

    /** @param listener hears of each change, with the lock held, and must return at once */
    BuildTimes(Entropy entropy, Log log, Consumer<CircuitEvents.BuildTimeout> listener) {
        this.entropy = entropy;
        this.log = log;
        this.listener = listener;
        this.timeout = initial();
        this.closing = timeout;
    }

    /**
     * @param learns whether to learn at all
     * @param fixed how long to wait where nothing is learned yet; empty for what the network says
     */
    void configure(boolean learns, Optional<Duration> fixed) {
        lock.lock();
        try {
            wanted = learns;
            configured = fixed;
            reviewed();
        } finally {
            lock.unlock();
        }
    }

    /** What the network wants of those who learn. */
    void follow(Parameters ofConsensus) {
        lock.lock();
        try {
            parameters = ofConsensus;
            reviewed();
        } finally {
            lock.unlock();
        }
    }

    private void reviewed() {
        if (!learns()) {
            forgetTimes();
        }
        if (curve.equals(BuildTimeCurve.NONE)) {
            timeout = initial();
            closing = timeout;
        }
        while (recent.size() > parameters.get(Parameter.CBT_RECENT_COUNT)) {
            recent.removeFirst();
        }
    }

    /** Whether anything is learned. */
    boolean isLearning() {
        lock.lock();
        try {
            return learns();
        } finally {
            lock.unlock();
        }
    }

    private boolean learns() {
        return wanted && !parameters.isOn(Parameter.CBT_DISABLED);
    }

    private double initial() {
        long millis = configured.map(Duration::toMillis).orElseGet(() ->
                (long) parameters.get(Parameter.CBT_INITIAL_TIMEOUT));
        return Math.max(millis, parameters.get(Parameter.CBT_MIN_TIMEOUT));
    }

    /** For how long a circuit of so many hops is waited for, from the CREATE on. */
    Duration timeout(int hops) {
        lock.lock();
        try {
            return scaled(timeout, hops);
        } finally {
            lock.unlock();
        }
    }

    /** When one is given up that is learned from, or that is all there is; never sooner. */
    Duration closing(int hops) {
        lock.lock();
        try {
            return scaled(closing, hops);
        } finally {
            lock.unlock();
        }
    }

    /** By the relays that each hop's cells pass: path-spec 2.4.3, circuits of different lengths. */
    private static Duration scaled(double millis, int hops) {
        double most = hops <= HOPS ? millis : millis * (hops * (hops + 1)) / (HOPS * (HOPS + 1));
        return Duration.ofMillis(Math.round(most));
    }

    /**
     * A circuit has reached its third hop.
     *
     * @param since the CREATE
     * @param wasGivenUp whether {@link #tookTooLong} was told of it
     */
    void reachedThirdHop(Duration since, boolean wasGivenUp) {
        lock.lock();
        try {
            // One that took far longer than it was waited for met a machine that slept.
            if (!learns() || since.toMillis() > 2 * closing + 1000) {
                return;
            }
            boolean late = since.toMillis() > timeout;
            remember((int) Math.max(1, since.toMillis()));
            compute();
            if (late && !wasGivenUp) {
                countTooSlow(true);
            } else if (!wasGivenUp) {
                quick++;
                note(false);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * A circuit is not waited for any longer.
     *
     * @param answered whether its first relay did; if none does, that says nothing of how fast the network is
     */
    void tookTooLong(boolean answered) {
        lock.lock();
        try {
            if (learns()) {
                countTooSlow(answered);
            }
        } finally {
            lock.unlock();
        }
    }

    /** One that was given up did not come to an end. */
    void abandoned() {
        lock.lock();
        try {
            if (learns()) {
                abandoned++;
            }
        } finally {
            lock.unlock();
        }
    }

    private void countTooSlow(boolean answered) {
        slow++;
        if (answered) {
            note(true);
            beginAnewIfSlowed();
        }
    }

    private void note(boolean tooSlow) {
        recent.addLast(tooSlow);
        if (recent.size() > parameters.get(Parameter.CBT_RECENT_COUNT)) {
            recent.removeFirst();
        }
    }

    private void remember(int millis) {
        times[next] = millis;
        next = (next + 1) % REMEMBERED;
        count = Math.min(count + 1, REMEMBERED);
    }

    private void compute() {
        if (count < parameters.get(Parameter.CBT_MIN_CIRCS)) {
            return;
        }
        int[] known = Arrays.copyOf(times, count);
        Optional<BuildTimeCurve> fitting = BuildTimeCurve.fitting(known, parameters.get(Parameter.CBT_NUM_MODES));
        if (fitting.isEmpty()) {
            return;
        }
        curve = fitting.get();
        int longest = Arrays.stream(known).max().orElse(0);
        int quantile = parameters.get(Parameter.CBT_QUANTILE);
        timeout = Math.max(Math.min(curve.quantile(quantile), longest), parameters.get(Parameter.CBT_MIN_TIMEOUT));
        double most = curve.quantile(Math.max(quantile, parameters.get(Parameter.CBT_CLOSE_QUANTILE)));
        closing = Math.max(Math.min(most, 2.0 * longest), parameters.get(Parameter.CBT_INITIAL_TIMEOUT));
        tell(true);
    }

    /** Where nearly all of the last ones were too slow, the network is another than the one that was learned. */
    private void beginAnewIfSlowed() {
        long tooSlow = recent.stream().filter(each -> each).count();
        if (tooSlow < parameters.get(Parameter.CBT_MAX_TIMEOUTS)) {
            return;
        }
        int learned = count;
        double before = timeout;
        forgetTimes();
        double first = initial();
        timeout = before >= first ? Math.min(2 * before, WAIT_MAX) : first;
        closing = timeout;
        tell(false);
        log.notice(
                Domain.CIRC,
                "Of the last " + parameters.get(Parameter.CBT_RECENT_COUNT) + " circuits " + tooSlow
                        + " took too long to build: the network seems to have changed. We forget the times of "
                        + learned
                        + " and wait for " + Math.round(timeout) + " ms.");
    }

    /** Learns everything anew. */
    void forget() {
        lock.lock();
        try {
            forgetTimes();
            timeout = initial();
            closing = timeout;
            tell(false);
        } finally {
            lock.unlock();
        }
    }

    private void forgetTimes() {
        count = 0;
        next = 0;
        recent.clear();
        curve = BuildTimeCurve.NONE;
    }

    /** Whether circuits are to be built for no other purpose than to learn from. */
    boolean needsMore() {
        lock.lock();
        try {
            return learns() && count < Math.min(parameters.get(Parameter.CBT_MIN_CIRCS), REMEMBERED);
        } finally {
            lock.unlock();
        }
    }

    private void tell(boolean isComputed) {
        double all = quick + slow;
        listener.accept(new CircuitEvents.BuildTimeout(
                isComputed,
                count,
                (long) timeout,
                curve.xm(),
                curve.alpha(),
                isComputed ? parameters.get(Parameter.CBT_QUANTILE) / 100.0 : 1,
                all == 0 ? 0 : slow / all,
                (long) closing,
                all == 0 ? 0 : abandoned / all));
    }

    /** The values of {@code CircuitBuildTimeBin} in the state file: milliseconds, and how many. */
    List<String> lines() {
        lock.lock();
        try {
            return BuildTimeCurve.histogram(Arrays.copyOf(times, count)).entrySet().stream()
                    .map(bin -> bin.getKey() + " " + bin.getValue())
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** How many times those are, for {@code TotalBuildTimes}; nothing where there are none. */
    List<String> total() {
        lock.lock();
        try {
            return count == 0 ? List.of() : List.of("" + count);
        } finally {
            lock.unlock();
        }
    }

    /** Goes on with what was saved. In which order the times came is not: a new one is to take any one's place. */
    void restore(List<String> lines) {
        List<Integer> saved = new ArrayList<>();
        for (String line : lines) {
            String[] words = line.split(" ", -1);
            boolean isBin = words.length == 2 && words[0].matches("[0-9]{1,9}") && words[1].matches("[0-9]{1,4}");
            int many = isBin ? Integer.parseInt(words[1]) : 0;
            if (!isBin || saved.size() + many > REMEMBERED) {
                log.warn(Domain.CIRC, "The state file has no good times of circuits: we learn them anew.");
                return;
            }
            for (int i = 0; i < many; i++) {
                saved.add(Math.max(1, Integer.parseInt(words[0])));
            }
        }
        entropy.shuffle(saved);
        lock.lock();
        try {
            if (learns()) {
                saved.forEach(this::remember);
                compute();
            }
        } finally {
            lock.unlock();
        }
    }
}
