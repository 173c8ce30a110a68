package io.allium.authority;

import io.allium.base.Endpoint;
import io.allium.base.Log;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.Unreachable;
import io.allium.channel.ChannelTarget;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.RouterDescriptor;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which relays answer at the addresses that they publish, with the keys that they publish. Guarded by {@code lock}.
 *
 * @spec dir-spec 3.4.2
 */
public final class Reachability {
    /** A relay that did not answer within this long is not running; as in C tor. */
    static final Duration REACHABLE_FOR = Duration.ofMinutes(45);

    /** Every relay is tested once in this long; C tor's 128 groups of 10 seconds. */
    static final Duration CYCLE = Duration.ofSeconds(1280);

    /** How often a group is tested. */
    private static final Duration PACE = Duration.ofSeconds(10);

    private static final int GROUPS = 128;

    /** How long a relay may take to answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Tests at the same time. A relay a new descriptor came of while so many run is tested in its turn. */
    static final int TESTS_MAX = 256;

    /**
     * Of these, tests of relays that have not answered lately. Anybody may submit descriptors of thousands of relays that
     * do not exist, and each takes as long as we are patient; those that do exist are still tested in time.
     */
    static final int STRANGERS_MAX = 192;

    /** A relay that said it hibernates and answers this long after is awake again; as in C tor. */
    private static final Duration HIBERNATION_SKEW = Duration.ofHours(1);

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Fingerprint, Answered> answered = new HashMap<>();
    private int running;
    private int strangers;
    private final Time time;
    private final Tasks tasks;
    private final Log log;
    private final Dialer dialer;
    private final RouterStability stability;
    private final Fingerprint ourselves;
    private final Settings settings;

    /**
     * Opens a channel to a relay at the target's addresses, and fails unless the relay shows the target's keys. One that
     * is open already proves nothing: the relay may have opened it, from behind a firewall.
     */
    @FunctionalInterface
    public interface Dialer {
        void dial(ChannelTarget target, Duration patience) throws Unreachable, InterruptedException;
    }

    /**
     * How relays are tested.
     *
     * @param assumed not {@code AuthDirTestReachability}: everybody is reachable
     * @param ipv6 {@code AuthDirHasIPv6Connectivity}: who has an IPv6 ORPort must answer there too
     * @param linkKeys {@code AuthDirTestEd25519LinkKeys}: who answers must show its Ed25519 identity too
     * @param sureFrom from when on, who has not answered is down: before, not everybody has been tested yet
     * @param moving for how long a relay counts as down whose address has changed: until all have heard of it
     */
    record Settings(boolean assumed, boolean ipv6, boolean linkKeys, Instant sureFrom, Duration moving) {
        static Settings of(AuthorityOptions options, Instant started) {
            VoteOptions vote = options.vote();
            // Half an interval until the next consensus, and half of a consensus's life until all have it; as in C tor.
            Duration moving = vote.timing()
                    .interval()
                    .multipliedBy(1 + vote.intervalsValid())
                    .dividedBy(2);
            return new Settings(
                    !options.testReachability(),
                    vote.ipv6(),
                    options.testLinkKeys(),
                    started.plus(vote.timeToLearnReachability()),
                    moving);
        }
    }

    /** When a relay last answered, and where. */
    private record Answered(Optional<Instant> ipv4, Optional<Endpoint> place, Optional<Instant> ipv6) {
        static final Answered NEVER = new Answered(Optional.empty(), Optional.empty(), Optional.empty());

        Answered at(Endpoint where, Instant when) {
            return where.isIpv6()
                    ? new Answered(ipv4, place, Optional.of(when))
                    : new Answered(Optional.of(when), Optional.of(where), ipv6);
        }

        Optional<Instant> in(Endpoint family) {
            return family.isIpv6() ? ipv6 : ipv4;
        }

        boolean isBefore(Instant then) {
            return ipv4.filter(last -> !last.isBefore(then)).isEmpty()
                    && ipv6.filter(last -> !last.isBefore(then)).isEmpty();
        }
    }

    Reachability(
            Time time,
            Tasks tasks,
            Log log,
            Dialer dialer,
            RouterStability stability,
            Fingerprint ourselves,
            Settings settings) {
        this.time = time;
        this.tasks = tasks;
        this.log = log;
        this.dialer = dialer;
        this.stability = stability;
        this.ourselves = ourselves;
        this.settings = settings;
    }

    /** Tests all relays in turn, for as long as the authority runs. */
    void run(Submissions submissions) throws InterruptedException {
        submissions.current(time.now()).forEach(this::test); // whom an earlier life knew, as many as there is room for
        for (int group = 0; !settings.assumed; group = (group + 1) % GROUPS) {
            for (RouterDescriptor relay : submissions.current(time.now())) {
                if ((relay.fingerprint().bytes()[0] & 0xff) % GROUPS == group) {
                    test(relay);
                }
            }
            time.sleep(PACE);
        }
    }

    /** Tests one relay, whose descriptor is new or whose turn it is, at each of its addresses that we can reach. */
    void test(RouterDescriptor relay) {
        if (settings.assumed || relay.fingerprint().equals(ourselves)) {
            return;
        }
        test(relay, relay.orEndpoint());
        if (settings.ipv6) {
            CensusTaker.ipv6(relay.details()).ifPresent(where -> test(relay, where));
        }
    }

    private void test(RouterDescriptor relay, Endpoint where) {
        boolean stranger = lastAnswer(relay.fingerprint()).in(where).isEmpty();
        if (!begin(stranger)) {
            return;
        }
        tasks.fork("reachability of " + relay.fingerprint(), () -> {
            try {
                dialer.dial(target(relay, where), PATIENCE);
                answered(relay.fingerprint(), where, time.now());
            } catch (Unreachable silent) {
                log.info(
                        Log.Domain.DIRSERV,
                        silent.in("Testing " + relay.fingerprint()).getMessage());
            } finally {
                end(stranger);
            }
        });
    }

    /** Decides whether a relay is running, and writes that into its history. */
    boolean assess(RouterDescriptor relay, Instant now) {
        Fingerprint fingerprint = relay.fingerprint();
        boolean ours = fingerprint.equals(ourselves);
        Answered last = lastAnswer(fingerprint);
        boolean running = ours || (!isAsleep(relay, last) && (settings.assumed || answersEverywhere(relay, last, now)));
        if (running && (ours || settings.assumed)) {
            stability.reachable(fingerprint, now); // nothing tells us later
        } else if (!running && !now.isBefore(settings.sureFrom)) {
            // It went down some time after it last answered, and was surely down by its next turn.
            stability.unreachable(
                    fingerprint,
                    last.ipv4.map(when -> when.plus(CYCLE)).filter(now::isAfter).orElse(now));
        }
        return running;
    }

    /** The relay's IPv6 ORPort, if we can tell that it is one. */
    Optional<Endpoint> ipv6(RouterDescriptor relay, Instant now) {
        boolean untested = settings.assumed || relay.fingerprint().equals(ourselves);
        return CensusTaker.ipv6(relay.details())
                .filter(there -> settings.ipv6)
                .filter(there -> untested || isLately(lastAnswer(relay.fingerprint()).ipv6, now));
    }

    /** Relays that nobody lists any more have gone down, and are forgotten. */
    void forget(List<RouterDescriptor> listed, Instant now) {
        lock.lock();
        try {
            answered.values().removeIf(last -> last.isBefore(now.minus(CYCLE).minus(REACHABLE_FOR)));
        } finally {
            lock.unlock();
        }
        if (!now.isBefore(settings.sureFrom)) {
            Set<Fingerprint> known = new HashSet<>();
            listed.forEach(relay -> known.add(relay.fingerprint()));
            stability.unlisted(known, now);
        }
    }

    private boolean answersEverywhere(RouterDescriptor relay, Answered last, Instant now) {
        boolean askedOverIpv6 =
                settings.ipv6 && CensusTaker.ipv6(relay.details()).isPresent();
        return isLately(last.ipv4, now) && (!askedOverIpv6 || isLately(last.ipv6, now));
    }

    private static boolean isLately(Optional<Instant> last, Instant now) {
        return last.filter(when -> now.isBefore(when.plus(REACHABLE_FOR))).isPresent();
    }

    private static boolean isAsleep(RouterDescriptor relay, Answered last) {
        Instant awakeAgain = relay.published().plus(HIBERNATION_SKEW);
        return relay.details().hibernating()
                && last.ipv4.filter(when -> !when.isBefore(awakeAgain)).isEmpty();
    }

    private ChannelTarget target(RouterDescriptor relay, Endpoint where) {
        return new ChannelTarget(
                List.of(where),
                relay.fingerprint(),
                Optional.of(relay.identity()).filter(key -> settings.linkKeys));
    }

    private void answered(Fingerprint relay, Endpoint where, Instant when) {
        boolean moved;
        lock.lock();
        try {
            Answered before = answered.getOrDefault(relay, Answered.NEVER);
            moved = !where.isIpv6()
                    && before.place.filter(place -> !place.equals(where)).isPresent();
            if (answered.size() < Submissions.RELAYS_MAX || answered.containsKey(relay)) {
                answered.put(relay, before.at(where, when));
            }
        } finally {
            lock.unlock();
        }
        if (moved) {
            stability.unreachable(relay, when.minus(settings.moving));
        }
        if (!where.isIpv6()) {
            stability.reachable(relay, when); // the history is of IPv4 alone, as in C tor
        }
    }

    private Answered lastAnswer(Fingerprint relay) {
        lock.lock();
        try {
            return answered.getOrDefault(relay, Answered.NEVER);
        } finally {
            lock.unlock();
        }
    }

    private boolean begin(boolean stranger) {
        lock.lock();
        try {
            boolean room = running < TESTS_MAX && !(stranger && strangers == STRANGERS_MAX);
            running += room ? 1 : 0;
            strangers += room && stranger ? 1 : 0;
            return room;
        } finally {
            lock.unlock();
        }
    }

    private void end(boolean stranger) {
        lock.lock();
        try {
            running--;
            strangers -= stranger ? 1 : 0;
        } finally {
            lock.unlock();
        }
    }
}
