package io.allium.client;

import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.Time;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.directory.NetworkView;
import io.allium.directory.Parameter;
import io.allium.directory.Parameters;
import io.allium.directory.Relay;
import io.allium.directory.Weights.Position;
import io.allium.netdoc.RouterFlag;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Collectors;

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

    /** The selection of guards that is used when nothing special is configured, in the state file's words. */
    static final String SELECTION = "default";

    /** Attempts at once, far more than circuits that may be under construction or open; the oldest are forgotten. */
    static final int ATTEMPTS_MAX = 4096;

    private final ReentrantLock lock = new ReentrantLock();
    private final Time time;
    private final Entropy entropy;
    private final Log log;
    private ClientOptions options;
    private final GuardEvents events;

    private final List<Guard> sampled = new ArrayList<>();
    private final List<Guard> confirmed = new ArrayList<>();
    private List<Guard> primary = new ArrayList<>();
    private final List<Attempt> attempts = new ArrayList<>();
    private List<Relay> listedGuards = List.of();
    private Parameters parameters = Parameters.STANDARD;
    private Optional<NetworkView> view = Optional.empty();
    private Optional<Instant> lastOnInternet = Optional.empty();
    private final List<String> otherSelections = new ArrayList<>();

    /** @param saved values of the state file's {@code Guard} lines; those that make no sense are dropped with a warning */
    public GuardSet(
            Time time, Entropy entropy, Log log, ClientOptions options, GuardEvents events, List<String> saved) {
        this.time = time;
        this.entropy = entropy;
        this.log = log;
        this.options = options;
        this.events = events;
        load(saved);
    }

    private void load(List<String> saved) {
        List<GuardLine> lines = new ArrayList<>();
        for (String value : saved) {
            try {
                GuardLine line = GuardLine.parse(value);
                if (line.selection().equals(SELECTION)) {
                    lines.add(line);
                } else {
                    otherSelections.add(value);
                }
            } catch (Untrusted malformed) {
                log.warn(Domain.GUARD, "A guard of the state file is dropped: " + malformed.getMessage());
            }
        }
        lines.sort(Comparator.comparingInt(GuardLine::sampledIndex));
        List<GuardLine> inOrder = lines.stream()
                .filter(line -> line.confirmedOn().isPresent())
                .sorted(Comparator.comparingInt(GuardLine::confirmedIndex))
                .toList();
        for (GuardLine line : lines) {
            if (sampled.stream().noneMatch(guard -> guard.fingerprint.equals(line.fingerprint()))) {
                sampled.add(new Guard(line));
            }
        }
        for (GuardLine line : inOrder) {
            sampled.stream()
                    .filter(guard -> guard.fingerprint.equals(line.fingerprint()) && !confirmed.contains(guard))
                    .forEach(confirmed::add);
        }
    }

    /** Other options from now on. */
    void configure(ClientOptions newOptions) {
        lock.lock();
        try {
            options = newOptions;
        } finally {
            lock.unlock();
        }
        view.ifPresent(this::update);
    }

    /** Takes a new consensus, or new descriptors, into account. @spec guard-spec 4.10 */
    public void update(NetworkView newView) {
        lock.lock();
        try {
            Instant now = time.now();
            view = Optional.of(newView);
            parameters = newView.parameters();
            listedGuards = newView.relays().stream().filter(GuardSet::isGuard).toList();
            boolean live = newView.isReasonablyLive(now);
            for (Guard guard : sampled) {
                guard.relay = newView.relay(guard.fingerprint)
                        .filter(GuardSet::isGuard)
                        .orElse(null);
                if (live) {
                    noteListing(guard, now);
                }
            }
            if (live) {
                sampled.stream().filter(guard -> isExpired(guard, now)).toList().forEach(this::drop);
            }
            filter();
            expandSample(now);
            choosePrimary();
        } finally {
            lock.unlock();
        }
    }

    private static boolean isGuard(Relay relay) {
        return relay.has(RouterFlag.GUARD)
                && relay.has(RouterFlag.STABLE)
                && relay.has(RouterFlag.FAST)
                && relay.has(RouterFlag.V2_DIR)
                && relay.has(RouterFlag.RUNNING)
                && relay.has(RouterFlag.VALID)
                && !relay.has(RouterFlag.MIDDLE_ONLY);
    }

    private void noteListing(Guard guard, Instant now) {
        boolean nowListed = guard.relay != null;
        if (guard.listed && !nowListed) {
            guard.unlistedSince = Optional.of(before(now, unlistedLifetime().dividedBy(5)));
        } else if (nowListed) {
            guard.unlistedSince = Optional.empty();
        } else if (guard.unlistedSince.isEmpty()) {
            guard.unlistedSince = Optional.of(now);
        }
        guard.listed = nowListed;
    }

    private boolean isExpired(Guard guard, Instant now) {
        if (!guard.listed
                && guard.unlistedSince
                        .map(since -> since.plus(unlistedLifetime()).isBefore(now))
                        .orElse(false)) {
            return true;
        }
        boolean old =
                guard.sampledOn.plus(lifetime(Parameter.GUARD_LIFETIME_DAYS)).isBefore(now);
        Duration confirmedLifetime = lifetime(Parameter.GUARD_CONFIRMED_MIN_LIFETIME_DAYS);
        return old
                && guard.confirmedOn
                        .map(on -> on.plus(confirmedLifetime).isBefore(now))
                        .orElse(true);
    }

    private Duration lifetime(Parameter days) {
        boolean configured = options.guardLifetime().compareTo(Duration.ofDays(1)) >= 0;
        return configured ? options.guardLifetime() : Duration.ofDays(parameters.get(days));
    }

    private Duration unlistedLifetime() {
        return Duration.ofDays(parameters.get(Parameter.GUARD_REMOVE_UNLISTED_AFTER_DAYS));
    }

    private void drop(Guard guard) {
        log.info(Domain.GUARD, "Guard " + guard.fingerprint + "~" + guard.nickname + " is no longer one of ours");
        sampled.remove(guard);
        confirmed.remove(guard);
        primary.remove(guard);
        events.guardChanged(guard.fingerprint, guard.nickname, GuardEvents.Change.DROPPED);
    }

    private void filter() {
        sampled.forEach(guard -> guard.filtered = guard.relay != null && isAllowed(guard.relay));
    }

    private boolean isAllowed(Relay relay) {
        return !options.excludeNodes().contains(relay)
                && (options.entryNodes().isEmpty() || options.entryNodes().contains(relay))
                && relay.addresses().stream().anyMatch(this::isReachable);
    }

    private boolean isReachable(Endpoint address) {
        return address.isIpv6() ? options.clientUseIpv6() : options.clientUseIpv4();
    }

    /** Samples further guards until enough of them can be used, or the sample is at its bound. @spec guard-spec 4.2 */
    private void expandSample(Instant now) {
        int wanted = parameters.get(Parameter.GUARD_MIN_FILTERED_SAMPLE_SIZE);
        long usable = sampled.stream().filter(Guard::isUsable).count();
        if (usable >= wanted || sampled.size() >= sampleMax()) {
            return;
        }
        Set<Fingerprint> known =
                sampled.stream().map(guard -> guard.fingerprint).collect(Collectors.toCollection(TreeSet::new));
        List<Relay> candidates = new ArrayList<>(listedGuards.stream()
                .filter(relay -> !known.contains(relay.fingerprint()))
                .toList());
        while (usable < wanted && sampled.size() < sampleMax() && !candidates.isEmpty()) {
            Relay chosen = weighted(candidates);
            candidates.remove(chosen);
            Instant sampledOn =
                    before(now, lifetime(Parameter.GUARD_LIFETIME_DAYS).dividedBy(10));
            Guard guard = new Guard(chosen, sampledOn, options.version());
            guard.filtered = isAllowed(chosen);
            usable += guard.filtered ? 1 : 0;
            sampled.add(guard);
            log.info(Domain.GUARD, "Guard " + chosen + " is now one of our sample");
            events.guardChanged(guard.fingerprint, guard.nickname, GuardEvents.Change.NEW);
        }
    }

    private int sampleMax() {
        int share = listedGuards.size() * parameters.get(Parameter.GUARD_MAX_SAMPLE_THRESHOLD_PERCENT) / 100;
        int max = Math.min(share, parameters.get(Parameter.GUARD_MAX_SAMPLE_SIZE));
        return Math.max(max, parameters.get(Parameter.GUARD_MIN_FILTERED_SAMPLE_SIZE));
    }

    private Relay weighted(List<Relay> candidates) {
        return view.flatMap(known -> WeightedChoice.among(
                        candidates, relay -> known.weights().of(relay, Position.GUARD), entropy))
                .orElseGet(() -> entropy.pick(candidates));
    }

    /** Some time between then and {@code span} before, so that nobody can tell when exactly. @spec guard-spec A.2 */
    private Instant before(Instant then, Duration span) {
        return then.minusSeconds(entropy.below(Math.max(1, span.toSeconds())));
    }

    /** @spec guard-spec 4.4 */
    private void choosePrimary() {
        int count = options.numPrimaryGuards() > 0
                ? options.numPrimaryGuards()
                : parameters.get(Parameter.GUARD_N_PRIMARY_GUARDS);
        List<Guard> chosen = new ArrayList<>();
        for (List<Guard> source : List.of(confirmed, primary, sampled)) {
            for (Guard guard : source) {
                if (guard.filtered && chosen.size() < count && !chosen.contains(guard)) {
                    chosen.add(guard);
                }
            }
        }
        if (!chosen.equals(primary)) {
            log.info(
                    Domain.GUARD,
                    "Primary guards are now "
                            + chosen.stream()
                                    .map(guard -> guard.fingerprint + "~" + guard.nickname)
                                    .collect(Collectors.joining(", ")));
        }
        primary = chosen;
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
            expandSample(now);
            choosePrimary();
            sampled.forEach(guard -> guard.considerRetry(now, primary.contains(guard)));
            Optional<Attempt> chosen = primaryFor(use, restriction)
                    .or(() -> otherFor(confirmed, use, restriction))
                    .or(() -> otherFor(sampled, use, restriction));
            if (chosen.isEmpty()) {
                sampled.forEach(guard -> guard.reachable = Guard.Reachable.MAYBE);
                chosen = primaryFor(use, restriction).or(() -> otherFor(sampled, use, restriction));
            }
            chosen.ifPresent(attempt -> begin(attempt, now));
            return chosen;
        } finally {
            lock.unlock();
        }
    }

    /** Without {@code UseEntryGuards} every circuit begins at another relay. */
    private Optional<Attempt> anyRelay(Use use, Predicate<Relay> restriction) {
        List<Relay> candidates = listedGuards.stream()
                .filter(relay -> isAllowed(relay) && restriction.test(relay))
                .filter(relay -> use == Use.DIRECTORY || relay.isUsable())
                .toList();
        return candidates.isEmpty() ? Optional.empty() : Optional.of(outside(weighted(candidates)));
    }

    /** An attempt through a relay that we did not choose as a guard: it counts for nothing unless it is one of ours. */
    Attempt outside(Relay relay) {
        lock.lock();
        try {
            Guard guard = sampled.stream()
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
        List<Guard> usable = primary.stream()
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
                        : parameters.get(Parameter.GUARD_N_PRIMARY_GUARDS_TO_USE);
            case DIRECTORY ->
                options.numDirectoryGuards() > 0
                        ? options.numDirectoryGuards()
                        : parameters.get(Parameter.GUARD_N_PRIMARY_DIR_GUARDS_TO_USE);
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
                    .map(last -> last.plusSeconds(parameters.get(Parameter.GUARD_INTERNET_LIKELY_DOWN_INTERVAL))
                            .isBefore(now))
                    .orElse(true);
            lastOnInternet = Optional.of(now);
            markReachable(attempt.guard, now);
            // By its success it may have become primary, and is then as good as any, though the network may have
            // kept us from better ones; C tor decides the same.
            if (attempt.state == State.USABLE_ON_COMPLETION || primary.contains(attempt.guard)) {
                attempt.state = State.COMPLETE;
                return true;
            }
            attempt.state = State.WAITING_FOR_BETTER_GUARD;
            if (wasDown) {
                primary.stream()
                        .filter(guard -> guard.reachable == Guard.Reachable.NO)
                        .forEach(guard -> guard.reachable = Guard.Reachable.MAYBE);
            }
            return review(attempt);
        } finally {
            lock.unlock();
        }
    }

    private void markReachable(Guard guard, Instant now) {
        boolean wasDown = guard.reachable != Guard.Reachable.YES;
        guard.reachable = Guard.Reachable.YES;
        guard.failingSince = null;
        guard.pending = false;
        if (!sampled.contains(guard)) {
            return;
        }
        if (wasDown) {
            events.guardChanged(guard.fingerprint, guard.nickname, GuardEvents.Change.UP);
        }
        if (!guard.isConfirmed()) {
            guard.confirmedOn = Optional.of(
                    before(now, lifetime(Parameter.GUARD_LIFETIME_DAYS).dividedBy(10)));
            confirmed.add(guard);
            choosePrimary();
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
                && primary.stream()
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
        Duration patience = Duration.ofSeconds(parameters.get(Parameter.GUARD_NONPRIMARY_CONNECT_TIMEOUT));
        return switch (other.state) {
            case COMPLETE, WAITING_FOR_BETTER_GUARD -> true;
            case USABLE_IF_NO_BETTER_GUARD -> time.nanos() - other.begun <= patience.toNanos();
            case USABLE_ON_COMPLETION, OVER -> false;
        };
    }

    /** The smaller, the better liked. @spec guard-spec 4.3 */
    private int rank(Attempt attempt) {
        int index = confirmed.indexOf(attempt.guard);
        return index >= 0 ? index : confirmed.size() + sampled.indexOf(attempt.guard);
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
            if (wasUp && sampled.contains(guard)) {
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

    /** Whether the descriptors of those primary guards are here that circuits would begin with. @spec path-spec 2.1.0 */
    public boolean hasPrimaryDescriptors() {
        return missingPrimaries() == 0;
    }

    /** How many of the primary guards that circuits would begin with lack their descriptors. */
    public int missingPrimaries() {
        lock.lock();
        try {
            return (int) primary.stream()
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
            List.copyOf(sampled).forEach(this::drop);
            filter();
            expandSample(time.now());
            choosePrimary();
        } finally {
            lock.unlock();
        }
    }

    /** The values of the state file's {@code Guard} lines. */
    public List<String> lines() {
        lock.lock();
        try {
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < sampled.size(); i++) {
                Guard guard = sampled.get(i);
                lines.add(guard.line(SELECTION, i, confirmed.indexOf(guard)).format());
            }
            lines.addAll(otherSelections);
            return lines;
        } finally {
            lock.unlock();
        }
    }

    /** The guards in the order in which we like them, for {@code GETINFO entry-guards}. */
    public List<GuardEvents.Status> snapshot() {
        lock.lock();
        try {
            List<Guard> ordered = new ArrayList<>(confirmed);
            sampled.stream().filter(guard -> !confirmed.contains(guard)).forEach(ordered::add);
            return ordered.stream().map(this::status).toList();
        } finally {
            lock.unlock();
        }
    }

    private GuardEvents.Status status(Guard guard) {
        CircuitEvents.Hop hop = new CircuitEvents.Hop(guard.fingerprint, guard.nickname);
        boolean isPrimary = primary.contains(guard);
        if (!guard.listed) {
            return new GuardEvents.Status(
                    hop, GuardEvents.State.UNLISTED, guard.unlistedSince, isPrimary, guard.isConfirmed());
        }
        if (guard.reachable == Guard.Reachable.NO) {
            return new GuardEvents.Status(
                    hop,
                    GuardEvents.State.DOWN,
                    Optional.ofNullable(guard.failingSince),
                    isPrimary,
                    guard.isConfirmed());
        }
        GuardEvents.State state = guard.isConfirmed() ? GuardEvents.State.UP : GuardEvents.State.NEVER_CONNECTED;
        return new GuardEvents.Status(hop, state, Optional.empty(), isPrimary, guard.isConfirmed());
    }
}
