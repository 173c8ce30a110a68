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
import java.util.stream.Collectors;

/**
 * The guards that we have sampled, in three lists: all of them in the order of sampling, those that have worked in the
 * order in which they first did (confirmed), and the few that are used while they can be reached (primary). Guarded by
 * the lock of its {@link GuardSet}.
 *
 * @spec guard-spec 4.1 to 4.4
 */
final class GuardSample {
    /** The selection of guards that is used when nothing special is configured, in the state file's words. */
    static final String SELECTION = "default";

    private final Time time;
    private final Entropy entropy;
    private final Log log;
    private final GuardEvents events;
    private ClientOptions options;

    private final List<Guard> sampled = new ArrayList<>();
    private final List<Guard> confirmed = new ArrayList<>();
    private List<Guard> primary = new ArrayList<>();
    private List<Relay> listedGuards = List.of();
    private Parameters parameters = Parameters.STANDARD;
    private Optional<NetworkView> view = Optional.empty();
    private final List<String> otherSelections = new ArrayList<>();

    GuardSample(Time time, Entropy entropy, Log log, ClientOptions options, GuardEvents events, List<String> saved) {
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

    /** In the order of sampling. */
    List<Guard> sampled() {
        return sampled;
    }

    /** In the order in which they are liked. */
    List<Guard> confirmed() {
        return confirmed;
    }

    /** In the order in which they are liked. */
    List<Guard> primary() {
        return primary;
    }

    /** The relays that the consensus lets be guards. */
    List<Relay> listedGuards() {
        return listedGuards;
    }

    Parameters parameters() {
        return parameters;
    }

    void configure(ClientOptions newOptions) {
        options = newOptions;
        view.ifPresent(this::update);
    }

    /** Takes a new consensus, or new descriptors, into account. @spec guard-spec 4.10 */
    void update(NetworkView newView) {
        Instant now = time.now();
        view = Optional.of(newView);
        parameters = newView.parameters();
        listedGuards = newView.relays().stream().filter(GuardSample::isGuard).toList();
        boolean live = newView.isReasonablyLive(now);
        for (Guard guard : sampled) {
            guard.relay = newView.relay(guard.fingerprint)
                    .filter(GuardSample::isGuard)
                    .orElse(null);
            if (live) {
                noteListing(guard, now);
            }
        }
        if (live) {
            sampled.stream().filter(guard -> isExpired(guard, now)).toList().forEach(this::drop);
        }
        filter();
        replenish();
    }

    /** Samples and promotes until there are as many as there should be. */
    void replenish() {
        expandSample(time.now());
        choosePrimary();
    }

    /** A circuit was built through the guard for the first time. @spec guard-spec 4.3 */
    void confirm(Guard guard) {
        guard.confirmedOn = Optional.of(
                before(time.now(), lifetime(Parameter.GUARD_LIFETIME_DAYS).dividedBy(10)));
        confirmed.add(guard);
        choosePrimary();
    }

    /** Forgets all guards and samples anew. */
    void forgetAll() {
        List.copyOf(sampled).forEach(this::drop);
        replenish();
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

    /** Whether the configuration lets it be our guard. */
    boolean isAllowed(Relay relay) {
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

    /** One of them, by its weight as a guard. */
    Relay weighted(List<Relay> candidates) {
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

    /** The values of the state file's {@code Guard} lines. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < sampled.size(); i++) {
            Guard guard = sampled.get(i);
            lines.add(guard.line(SELECTION, i, confirmed.indexOf(guard)).format());
        }
        lines.addAll(otherSelections);
        return lines;
    }
}
