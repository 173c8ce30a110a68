package io.allium.directory;

import io.allium.base.Entropy;
import io.allium.directory.DocumentFetcher.Origin;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.Microdescriptor;
import io.allium.netdoc.RouterFlag;
import io.allium.netdoc.RouterStatus;
import io.allium.netdoc.Sha256Digest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The microdescriptors that we have, and those that the consensus names and we lack. Confined to its {@link Bootstrap}.
 *
 * @spec dir-spec 5.2
 */
final class MicrodescriptorTrack {
    /** Requests are divided no finer than this: as in C tor. */
    private static final int PER_REQUEST_MIN = 32;

    /** So many different directories are asked where there is enough to ask for: as in C tor. */
    private static final int REQUESTS_MIN = 3;

    /** Fewer than this are not worth a request yet, unless we wait for them: as in C tor. */
    private static final int WORTH_ASKING = 16;

    /** After so long even a few are asked for: C tor's TestingClientMaxIntervalWithoutRequest. */
    private static final Duration INTERVAL_MAX = Duration.ofMinutes(10);

    /** Requests at once, so that a slow directory holds up only its own. */
    static final int UNDER_WAY_MAX = 8;

    private final Entropy entropy;
    private final DirectoryPlan plan;
    private final Map<Sha256Digest, Microdescriptor> have = new HashMap<>(); // looked up, never iterated
    private final Map<Sha256Digest, Backoff> missing = new LinkedHashMap<>();
    private final Set<Sha256Digest> underWay = new LinkedHashSet<>();
    private int requests;
    private Instant lastAsked = Instant.MIN;

    MicrodescriptorTrack(Entropy entropy, DirectoryPlan plan) {
        this.entropy = entropy;
        this.plan = plan;
    }

    Map<Sha256Digest, Microdescriptor> have() {
        return have;
    }

    /** Keeps those of the cache until a consensus says which of them it names. */
    void keep(Map<Sha256Digest, Microdescriptor> saved) {
        have.putAll(saved);
    }

    /** There is a new consensus: forgets what it does not name and finds what we lack. */
    void follow(Consensus consensus, Instant now) {
        Set<Sha256Digest> named =
                LinkedHashSet.newLinkedHashSet(consensus.routers().size());
        for (RouterStatus router : consensus.routers()) {
            if (router.has(RouterFlag.RUNNING)) {
                router.microdescriptor().ifPresent(named::add);
            }
        }
        have.keySet().retainAll(named);
        missing.keySet().retainAll(named);
        for (Sha256Digest digest : named) {
            if (!have.containsKey(digest)) {
                missing.computeIfAbsent(digest, each -> new Backoff(entropy, Duration.ZERO, now));
            }
        }
    }

    /** Takes in such as the consensus names; returns those that we lacked. */
    List<Microdescriptor> take(Collection<Microdescriptor> arrived) {
        List<Microdescriptor> wanted = new ArrayList<>();
        for (Microdescriptor each : arrived) {
            if (missing.remove(each.digest()) != null) {
                have.put(each.digest(), each);
                wanted.add(each);
            }
        }
        return wanted;
    }

    /** @param urgent whether circuits wait for them, so that even a few are asked for at once */
    List<Ask> asks(boolean urgent, Instant now) {
        List<Sha256Digest> due = due(now);
        List<Ask> asks = new ArrayList<>();
        boolean worth = urgent || due.size() >= WORTH_ASKING || now.isAfter(lastAsked.plus(INTERVAL_MAX));
        if (due.isEmpty() || !worth) {
            return asks;
        }
        entropy.shuffle(due);
        int share = Math.max(PER_REQUEST_MIN, (due.size() + REQUESTS_MIN - 1) / REQUESTS_MIN);
        int each = Math.min(share, DirectoryRequest.Microdescriptors.MAX);
        for (int from = 0; from < due.size() && requests < UNDER_WAY_MAX; from += each) {
            List<Sha256Digest> part = due.subList(from, Math.min(due.size(), from + each));
            asks.add(new Ask(new DirectoryRequest.Microdescriptors(part), origin()));
            underWay.addAll(part);
            requests++;
        }
        lastAsked = now;
        return asks;
    }

    private List<Sha256Digest> due(Instant now) {
        List<Sha256Digest> due = new ArrayList<>();
        missing.forEach((digest, tries) -> {
            if (!underWay.contains(digest) && tries.isDue(now)) {
                due.add(digest);
            }
        });
        return due;
    }

    /** Whoever has a consensus asks caches, which are its guards; they get what they lack sooner or later. */
    private Origin origin() {
        return plan.authoritiesOnly() ? Origin.AUTHORITY : Origin.CACHE;
    }

    /** A request has ended: what it did not bring is asked for again later. */
    void ended(List<Sha256Digest> asked, Instant now) {
        requests--;
        for (Sha256Digest digest : asked) {
            underWay.remove(digest);
            Backoff tries = missing.get(digest);
            if (tries != null) {
                tries.delay(now);
            }
        }
    }

    /** Whether any is still lacking. */
    boolean isComplete() {
        return missing.isEmpty();
    }

    /** When there may be something to ask for next, if nothing happens before. */
    Instant wakeAt(boolean urgent, Instant now) {
        if (requests >= UNDER_WAY_MAX || missing.size() == underWay.size()) {
            return now.plus(INTERVAL_MAX);
        }
        Instant next = now.plus(INTERVAL_MAX);
        for (Map.Entry<Sha256Digest, Backoff> entry : missing.entrySet()) {
            if (!underWay.contains(entry.getKey()) && entry.getValue().next().isBefore(next)) {
                next = entry.getValue().next();
            }
        }
        boolean waits = !urgent && missing.size() < WORTH_ASKING;
        return waits && next.isBefore(lastAsked.plus(INTERVAL_MAX)) ? lastAsked.plus(INTERVAL_MAX) : next;
    }
}
