package io.allium.client;

import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.Time;
import io.allium.directory.NetworkView;
import io.allium.directory.Parameter;
import io.allium.directory.Relay;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * The few relays through which we enter the network, and the rules by which one is chosen, kept and left. A client that
 * changed its first relay often would sooner or later pick one that watches it; so we sample guards rarely, prefer those
 * that have worked (confirmed), and leave the first three (primary) only while they cannot be reached.
 *
 * <p>All decisions are made of what is told to it: consensuses, attempts and their outcomes, the time and chance.
 * Guarded by {@code lock}.
 *
 * @spec guard-spec 4
 */
public final class GuardSet {
    /** What a guard is chosen for. */
    public enum Use {
        CIRCUIT,
        DIRECTORY
    }

    /** How far an attempt through a guard has come. */
    enum State {
        USABLE_ON_COMPLETION,
        USABLE_IF_NO_BETTER_GUARD,
        WAITING_FOR_BETTER_GUARD,
        COMPLETE,
        OVER
    }

    /**
     * One circuit, from the choice of its guard to its end. Guarded by the lock of the set.
     */
    public static final class Attempt {
        private final Guard guard;
        private final Relay relay;
        private final Predicate<Relay> restriction;
        private final long begun;
        private State state;

        private Attempt(Guard guard, Relay relay, Predicate<Relay> restriction, long begun, State state) {
            this.guard = guard;
            this.relay = relay;
            this.restriction = restriction;
            this.begun = begun;
            this.state = state;
        }

        /** The guard as the consensus knows it. */
        public Relay relay() {
            return relay;
        }
    }

    /** Attempts at once, far more than circuits that may be under construction or open; the oldest are forgotten. */
    static final int ATTEMPTS_MAX = 4096;

    private final ReentrantLock lock = new ReentrantLock();
    private final Time time;
    private final Entropy entropy;
    private final Log log;
    private ClientOptions options;
    private final GuardEvents events;
    private final GuardSample sample;
    private final List<Attempt> attempts = new ArrayList<>();
    private Optional<Instant> lastOnInternet = Optional.empty();

    /** @param saved values of the state file's {@code Guard} lines; those that make no sense are dropped with a warning */
    public GuardSet(
            Time time, Entropy entropy, Log log, ClientOptions options, GuardEvents events, List<String> saved) {
        this.time = time;
        this.entropy = entropy;
        this.log = log;
        this.options = options;
        this.events = events;
        this.sample = new GuardSample(time, entropy, log, options, events, saved);
    }

    /** Other options from now on. */
    void configure(ClientOptions newOptions) {
        lock.lock();
        try {
            options = newOptions;
            sample.configure(newOptions);
        } finally {
            lock.unlock();
        }
    }

    /** Takes a new consensus, or new descriptors, into account. @spec guard-spec 4.10 */
    public void update(NetworkView newView) {
        lock.lock();
        try {
            sample.update(newView);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Chooses the guard of a new circuit.
     *
     * @param restriction what this circuit allows of its guard, such as not to be its exit
     * @return nothing while we know no guard that would do
     * @spec guard-spec 4.6
     */
    public Optional<Attempt> choose(Use use, Predicate<Relay> restriction) {
        lock.lock();
        try {
            Instant now = time.now();
            if (!options.useEntryGuards()) {
                return anyRelay(use, restriction);
            }
            sample.replenish();
            sample.sampled()
                    .forEach(guard -> guard.considerRetry(now, sample.primary().contains(guard)));
            Optional<Attempt> chosen = primaryFor(use, restriction)
                    .or(() -> otherFor(sample.confirmed(), use, restriction))
                    .or(() -> otherFor(sample.sampled(), use, restriction));
            if (chosen.isEmpty()) {
                sample.sampled().forEach(guard -> guard.reachable = Guard.Reachable.MAYBE);
                chosen = primaryFor(use, restriction).or(() -> otherFor(sample.sampled(), use, restriction));
            }
            chosen.ifPresent(attempt -> begin(attempt, now));
            return chosen;
        } finally {
            lock.unlock();
        }
    }

    /** Without {@code UseEntryGuards} every circuit begins at another relay. */
    private Optional<Attempt> anyRelay(Use use, Predicate<Relay> restriction) {
        List<Relay> candidates = sample.listedGuards().stream()
                .filter(relay -> sample.isAllowed(relay) && restriction.test(relay))
                .filter(relay -> use == Use.DIRECTORY || relay.isUsable())
                .toList();
        return candidates.isEmpty() ? Optional.empty() : Optional.of(outside(sample.weighted(candidates)));
    }

    /** An attempt through a relay that we did not choose as a guard: it counts for nothing unless it is one of ours. */
    Attempt outside(Relay relay) {
        lock.lock();
        try {
            Guard guard = sample.sampled().stream()
                    .filter(each -> each.fingerprint.equals(relay.fingerprint()))
                    .findFirst()
                    .orElseGet(() -> new Guard(relay, time.now(), options.version()));
            Attempt attempt = new Attempt(guard, relay, any -> true, time.nanos(), State.USABLE_ON_COMPLETION);
            begin(attempt, time.now());
            return attempt;
        } finally {
            lock.unlock();
        }
    }

    private Optional<Attempt> primaryFor(Use use, Predicate<Relay> restriction) {
        List<Guard> usable = sample.primary().stream()
                .filter(guard -> guard.reachable != Guard.Reachable.NO && suits(guard, use, restriction))
                .limit(primariesToUse(use))
                .toList();
        return usable.isEmpty()
                ? Optional.empty()
                : attempt(entropy.pick(usable), restriction, State.USABLE_ON_COMPLETION);
    }

    private int primariesToUse(Use use) {
        return switch (use) {
            case CIRCUIT ->
                options.numEntryGuards() > 0
                        ? options.numEntryGuards()
                        : sample.parameters().get(Parameter.GUARD_N_PRIMARY_GUARDS_TO_USE);
            case DIRECTORY ->
                options.numDirectoryGuards() > 0
                        ? options.numDirectoryGuards()
                        : sample.parameters().get(Parameter.GUARD_N_PRIMARY_DIR_GUARDS_TO_USE);
        };
    }

    private Optional<Attempt> otherFor(List<Guard> among, Use use, Predicate<Relay> restriction) {
        List<Guard> usable = among.stream()
                .filter(guard -> guard.isUsable() && suits(guard, use, restriction))
                .toList();
        Optional<Guard> idle = usable.stream().filter(guard -> !guard.pending).findFirst();
        return idle.or(() -> usable.stream().findFirst())
                .flatMap(guard -> attempt(guard, restriction, State.USABLE_IF_NO_BETTER_GUARD));
    }

    private static boolean suits(Guard guard, Use use, Predicate<Relay> restriction) {
        return guard.filtered
                && guard.relay != null
                && (use == Use.DIRECTORY || guard.relay.isUsable())
                && restriction.test(guard.relay);
    }

    private Optional<Attempt> attempt(Guard guard, Predicate<Relay> restriction, State state) {
        return Optional.ofNullable(guard.relay)
                .map(relay -> new Attempt(guard, relay, restriction, time.nanos(), state));
    }

    private void begin(Attempt attempt, Instant now) {
        attempt.guard.lastTried = now;
        attempt.guard.pending |= attempt.state == State.USABLE_IF_NO_BETTER_GUARD;
        if (attempts.size() == ATTEMPTS_MAX) {
            attempts.removeFirst();
        }
        attempts.add(attempt);
    }

    /**
     * The circuit is built.
     *
     * @return whether it may be used now; if not, {@link #mayUse} says when
     * @spec guard-spec 4.8
     */
    public boolean succeeded(Attempt attempt) {
        lock.lock();
        try {
            Instant now = time.now();
            boolean wasDown = lastOnInternet
                    .map(last -> last.plusSeconds(
                                    sample.parameters().get(Parameter.GUARD_INTERNET_LIKELY_DOWN_INTERVAL))
                            .isBefore(now))
                    .orElse(true);
            lastOnInternet = Optional.of(now);
            markReachable(attempt.guard);
            // By its success it may have become primary, and is then as good as any, though the network may
            // have
            // kept us from better ones; C tor decides the same.
            if (attempt.state == State.USABLE_ON_COMPLETION || sample.primary().contains(attempt.guard)) {
                attempt.state = State.COMPLETE;
                return true;
            }
            attempt.state = State.WAITING_FOR_BETTER_GUARD;
            if (wasDown) {
                sample.primary().stream()
                        .filter(guard -> guard.reachable == Guard.Reachable.NO)
                        .forEach(guard -> guard.reachable = Guard.Reachable.MAYBE);
            }
            return review(attempt);
        } finally {
            lock.unlock();
        }
    }

    private void markReachable(Guard guard) {
        boolean wasDown = guard.reachable != Guard.Reachable.YES;
        guard.reachable = Guard.Reachable.YES;
        guard.failingSince = null;
        guard.pending = false;
        if (!sample.sampled().contains(guard)) {
            return;
        }
        if (wasDown) {
            events.guardChanged(guard.fingerprint, guard.nickname, GuardEvents.Change.UP);
        }
        if (!guard.isConfirmed()) {
            sample.confirm(guard);
        }
    }

    /** Whether a circuit that was built may carry traffic now. @spec guard-spec 4.9 */
    public boolean mayUse(Attempt attempt) {
        lock.lock();
        try {
            return review(attempt);
        } finally {
            lock.unlock();
        }
    }

    private boolean review(Attempt attempt) {
        if (attempt.state == State.WAITING_FOR_BETTER_GUARD
                && sample.primary().stream()
                        .filter(guard -> guard.relay != null && attempt.restriction.test(guard.relay))
                        .allMatch(guard -> guard == attempt.guard || guard.reachable == Guard.Reachable.NO)
                && attempts.stream().noneMatch(other -> blocks(other, attempt))) {
            attempt.state = State.COMPLETE;
        }
        return attempt.state == State.COMPLETE;
    }

    private boolean blocks(Attempt other, Attempt attempt) {
        if (other == attempt || rank(other) >= rank(attempt) || !attempt.restriction.test(other.relay)) {
            return false;
        }
        Duration patience = Duration.ofSeconds(sample.parameters().get(Parameter.GUARD_NONPRIMARY_CONNECT_TIMEOUT));
        return switch (other.state) {
            case COMPLETE, WAITING_FOR_BETTER_GUARD -> true;
            case USABLE_IF_NO_BETTER_GUARD -> time.nanos() - other.begun <= patience.toNanos();
            case USABLE_ON_COMPLETION, OVER -> false;
        };
    }

    /** The smaller, the better liked. @spec guard-spec 4.3 */
    private int rank(Attempt attempt) {
        int index = sample.confirmed().indexOf(attempt.guard);
        return index >= 0 ? index : sample.confirmed().size() + sample.sampled().indexOf(attempt.guard);
    }

    /** The circuit failed in a way for which its guard is to blame: it could not be reached. @spec guard-spec 4.7 */
    public void failed(Attempt attempt) {
        lock.lock();
        try {
            Guard guard = attempt.guard;
            boolean wasUp = guard.reachable != Guard.Reachable.NO;
            guard.reachable = Guard.Reachable.NO;
            guard.pending = false;
            if (guard.failingSince == null) {
                guard.failingSince = time.now();
            }
            end(attempt);
            if (wasUp && sample.sampled().contains(guard)) {
                log.info(Domain.GUARD, "Guard " + attempt.relay + " cannot be reached");
                events.guardChanged(guard.fingerprint, guard.nickname, GuardEvents.Change.DOWN);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether the guard is known not to answer, so that nobody need wait for this circuit. */
    boolean isHopeless(Attempt attempt) {
        lock.lock();
        try {
            return attempt.guard.reachable == Guard.Reachable.NO;
        } finally {
            lock.unlock();
        }
    }

    /** The circuit is over, or failed further on; nothing follows for its guard. */
    public void over(Attempt attempt) {
        lock.lock();
        try {
            end(attempt);
        } finally {
            lock.unlock();
        }
    }

    private void end(Attempt attempt) {
        boolean exploratory = attempt.state == State.USABLE_IF_NO_BETTER_GUARD;
        attempt.state = State.OVER;
        attempts.remove(attempt);
        if (exploratory
                && attempts.stream()
                        .noneMatch(other ->
                                other.guard == attempt.guard && other.state == State.USABLE_IF_NO_BETTER_GUARD)) {
            attempt.guard.pending = false;
        }
    }

    /** How many circuits count for their guards: those that are being built or used. */
    public int attempts() {
        lock.lock();
        try {
            return attempts.size();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the descriptors of those primary guards are here that circuits would begin with. @spec path-spec 2.1.0 */
    public boolean hasPrimaryDescriptors() {
        return missingPrimaries() == 0;
    }

    /** How many of the primary guards that circuits would begin with lack their descriptors. */
    public int missingPrimaries() {
        lock.lock();
        try {
            return (int) sample.primary().stream()
                    .filter(guard -> guard.reachable != Guard.Reachable.NO)
                    .limit(primariesToUse(Use.CIRCUIT))
                    .filter(guard -> guard.relay == null || !guard.relay.isUsable())
                    .count();
        } finally {
            lock.unlock();
        }
    }

    /** Forgets all guards and samples anew: {@code DROPGUARDS}. */
    public void forgetAll() {
        lock.lock();
        try {
            sample.forgetAll();
        } finally {
            lock.unlock();
        }
    }

    /** The values of the state file's {@code Guard} lines. */
    public List<String> lines() {
        lock.lock();
        try {
            return sample.lines();
        } finally {
            lock.unlock();
        }
    }

    /** The guards in the order in which they were sampled, for {@code GETINFO entry-guards}. */
    public List<GuardEvents.Status> snapshot() {
        lock.lock();
        try {
            return sample.sampled().stream().map(this::status).toList();
        } finally {
            lock.unlock();
        }
    }

    private GuardEvents.Status status(Guard guard) {
        CircuitEvents.Hop hop = new CircuitEvents.Hop(guard.fingerprint, guard.nickname);
        GuardEvents.State state = state(guard);
        Optional<Instant> since = switch (state) {
            case DOWN -> Optional.ofNullable(guard.failingSince);
            case UNUSABLE -> guard.listed ? Optional.empty() : guard.unlistedSince;
            case UP, NEVER_CONNECTED -> Optional.empty();
        };
        return new GuardEvents.Status(hop, state, since, sample.primary().contains(guard), guard.isConfirmed());
    }

    private static GuardEvents.State state(Guard guard) {
        if (!guard.isConfirmed()) {
            return GuardEvents.State.NEVER_CONNECTED;
        }
        if (!guard.listed || !guard.filtered) {
            return GuardEvents.State.UNUSABLE;
        }
        return guard.reachable == Guard.Reachable.NO ? GuardEvents.State.DOWN : GuardEvents.State.UP;
    }
}
