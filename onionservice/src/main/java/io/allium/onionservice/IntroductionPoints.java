package io.allium.onionservice;

import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.TaskGroup;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.crypto.Fingerprint;
import io.allium.directory.NetworkView;
import io.allium.directory.Parameter;
import io.allium.directory.Relay;
import io.allium.directory.Weights;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The introduction points of one descriptor: as many as are wanted, each with a task that keeps a circuit to it. Confined to
 * the task of the service, but for those tasks, which only tell how it goes.
 *
 * <p>A circuit that ends is replaced by another to the same relay, and the descriptor goes on naming it meanwhile: that takes
 * seconds, and each upload costs circuits to all directories. One whose circuits end again and again makes room for another
 * relay.
 *
 * @spec rend-spec-v3 3.1, 2.5.4
 */
final class IntroductionPoints implements AutoCloseable {
    /** Circuits to one relay that may end in {@link #RETRY_PERIOD}: C tor's MAX_INTRO_POINT_CIRCUIT_RETRIES. */
    static final int RETRIES_MAX = 3;

    /** How long a relay that failed is not chosen again, and the time that circuits are counted in: INTRO_CIRC_RETRY_PERIOD. */
    static final Duration RETRY_PERIOD = Duration.ofMinutes(5);

    /** How long clients still come to an introduction point that is no longer in the descriptor. */
    private static final Duration KEPT_AFTERWARDS = Duration.ofMinutes(5);

    /** From the end of a circuit to the next. */
    static final Duration RETRY = Duration.ofSeconds(1);

    /** Has a circuit to an introduction point. */
    interface Holder {
        /**
         * Builds a circuit and has the relay become the introduction point, which is then told to be established; returns when the
         * circuit has ended after that, or when the point is over.
         *
         * @param again whether it failed the last time
         * @throws TorException if the relay does not become one
         */
        void hold(OwnIntroductionPoint point, boolean again) throws TorException, InterruptedException;
    }

    private final ServiceOptions options;
    private final Predicate<Relay> mayUse;
    private final Time time;
    private final Entropy entropy;
    private final Log log;
    private final Holder holder;
    private final Runnable changed;
    private final TaskGroup group;
    private final List<OwnIntroductionPoint> points = new ArrayList<>();
    private final Map<Fingerprint, Long> failed = new LinkedHashMap<>();
    private boolean noneLeft;
    private volatile Optional<String> lastFailure = Optional.empty();
    private long missingSince; // when there were none or all that are wanted last
    private int launched;
    private long launchesSince;

    /**
     * @param mayUse whether the configuration lets us use a relay
     * @param changed wakes the service's task
     */
    IntroductionPoints(
            ServiceOptions options,
            Predicate<Relay> mayUse,
            Time time,
            Entropy entropy,
            Log log,
            Holder holder,
            Runnable changed,
            TaskGroup group) {
        this.options = options;
        this.mayUse = mayUse;
        this.time = time;
        this.entropy = entropy;
        this.log = log;
        this.holder = holder;
        this.changed = changed;
        this.group = group;
        this.launchesSince = time.nanos();
        this.missingSince = launchesSince;
    }

    /** Looks after them: those that have served their time or failed go, new ones come. */
    void tend(NetworkView view) {
        long now = time.nanos();
        failed.values().removeIf(at -> now - at > RETRY_PERIOD.toNanos());
        if (now - launchesSince > RETRY_PERIOD.toNanos()) {
            launchesSince = now;
            launched = 0;
        }
        for (OwnIntroductionPoint each : List.copyOf(points)) {
            boolean listed = view.relay(each.relay().fingerprint()).isPresent();
            if (each.isOver() || each.isDone(now) || !listed) {
                retire(each, now);
            }
        }
        if (established().size() >= options.introductionPoints()) {
            dropSpare();
        } else {
            addMissing(view, now);
        }
        if (named().isEmpty() || isComplete()) {
            missingSince = now;
        }
    }

    /** Those that clients can come to now. */
    List<OwnIntroductionPoint> established() {
        return those(OwnIntroductionPoint::isEstablished);
    }

    /** Those that clients may be told of: also such as have no circuit just now. */
    List<OwnIntroductionPoint> named() {
        return those(OwnIntroductionPoint::isNamed);
    }

    private List<OwnIntroductionPoint> those(Predicate<OwnIntroductionPoint> wanted) {
        return points.stream()
                .filter(wanted)
                .limit(options.introductionPoints())
                .toList();
    }

    /**
     * How far they are.
     *
     * @param circuits how many have a circuit, whether or not the relay has said that it is one
     * @param failure of the last circuit that failed
     */
    record Progress(int wanted, int circuits, int established, Optional<String> failure) {}

    Progress progress() {
        int circuits = (int) points.stream()
                .filter(each -> each.state() == OwnIntroductionPoint.State.ESTABLISHING || each.isEstablished())
                .count();
        return new Progress(
                options.introductionPoints(), circuits, established().size(), lastFailure);
    }

    /** Whether there are as many to name as wanted, or as there can be. */
    boolean isComplete() {
        int ready = named().size();
        return ready >= options.introductionPoints() || noneLeft && ready > 0 && ready == points.size();
    }

    /** Whether others have been missing for so long, while there was one to name. */
    boolean hasWaited(Duration patience) {
        return !named().isEmpty() && time.nanos() - missingSince > patience.toNanos();
    }

    private void retire(OwnIntroductionPoint point, long now) {
        points.remove(point);
        if (point.isOver()) {
            failed.put(point.relay().fingerprint(), now);
        } else {
            time.after(KEPT_AFTERWARDS, () -> point.becomes(OwnIntroductionPoint.State.OVER));
        }
    }

    /** The extra ones that were begun with lost the race. */
    private void dropSpare() {
        List<OwnIntroductionPoint> ready = established();
        for (OwnIntroductionPoint each : List.copyOf(points)) {
            if (!ready.contains(each)) {
                each.becomes(OwnIntroductionPoint.State.OVER);
                points.remove(each);
            }
        }
    }

    private void addMissing(NetworkView view, long now) {
        int extra = points.isEmpty() ? view.parameters().get(Parameter.HS_INTRO_NUM_EXTRA) : 0;
        int missing = options.introductionPoints() + extra - points.size();
        noneLeft = false;
        for (int i = 0; i < missing && launched < launchesMax(view); i++) {
            Optional<Relay> relay = choose(view);
            if (relay.isEmpty()) {
                noneLeft = true;
                return;
            }
            launched++;
            OwnIntroductionPoint point = new OwnIntroductionPoint(relay.get(), view.parameters(), entropy, now);
            points.add(point);
            group.fork("introduction point", () -> keep(point));
        }
    }

    /** Circuits in {@link #RETRY_PERIOD}, as C tor counts them, so that a network that fails is not stormed. */
    private int launchesMax(NetworkView view) {
        int wanted = options.introductionPoints();
        return wanted + view.parameters().get(Parameter.HS_INTRO_NUM_EXTRA) + wanted * RETRIES_MAX;
    }

    private Optional<Relay> choose(NetworkView view) {
        Set<Fingerprint> taken = new TreeSet<>(failed.keySet());
        points.forEach(each -> taken.add(each.relay().fingerprint()));
        Predicate<Relay> wanted = relay -> !taken.contains(relay.fingerprint())
                && relay.identity().isPresent()
                && relay.protocols().supports("HSIntro", 4)
                && mayUse.test(relay);
        return view.draw(Weights.Position.MIDDLE, true, wanted, entropy);
    }

    /** Keeps a circuit to one introduction point for as long as it is wanted. */
    private void keep(OwnIntroductionPoint point) throws InterruptedException {
        Deque<Long> ends = new ArrayDeque<>();
        boolean again = false;
        while (!point.isOver()) {
            try {
                holder.hold(point, again);
                again = false;
            } catch (TorException failed) {
                again = true;
                lastFailure = Optional.of("" + failed.getMessage());
                log.info(Domain.REND, "The circuit to " + point + " failed: " + failed.getMessage());
            }
            if (point.isOver()) {
                return;
            }
            point.becomes(endsTooOften(ends) ? OwnIntroductionPoint.State.OVER : OwnIntroductionPoint.State.CONNECTING);
            changed.run();
            time.sleep(RETRY);
        }
    }

    /** Counts one more end; whether there have been too many lately, of circuits that were good or never came to be. */
    private boolean endsTooOften(Deque<Long> ends) {
        long now = time.nanos();
        ends.removeIf(at -> now - at > RETRY_PERIOD.toNanos());
        ends.add(now);
        return ends.size() > RETRIES_MAX;
    }

    /** Nobody is to come any more; the circuits end with their tasks. */
    @Override
    public void close() {
        points.forEach(each -> each.becomes(OwnIntroductionPoint.State.OVER));
        points.clear();
    }
}
