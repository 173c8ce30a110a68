package io.allium.authority;

import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.DocumentList;
import io.allium.netdoc.ExtraInfo;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.Sha1Digest;
import io.allium.netdoc.Slice;
import io.allium.netdoc.Unverified;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The descriptors that relays have sent us: the newest of each, which we vote on, and for a while those before it,
 * which an earlier consensus may still list. Guarded by {@code lock}.
 *
 * @spec dir-spec 3.2
 */
public final class Submissions {
    /** Four times today's network; beyond that no new relay is taken until old ones expire. Some 100 MB. */
    static final int RELAYS_MAX = 30_000;

    /** So many descriptors of one relay are served by their digest: one a consensus of the last hours. */
    static final int KEPT_PER_RELAY = 4;

    /** Longer than any consensus is used that lists it. */
    private static final Duration KEPT_FOR = Duration.ofDays(2);

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Fingerprint, List<Entry>> byRelay = new TreeMap<>();
    private final Map<Sha1Digest, Entry> byDigest = new HashMap<>();
    private final Map<Sha1Digest, Slice> extraInfos = new LinkedHashMap<>();
    private final SubmissionOptions options;
    private final Admission admission;
    private final KeyPins pins;
    private final Log log;
    private final Consumer<RouterDescriptor> accepted;
    private volatile @Nullable SubmissionJournal journal;

    /** @param accepted hears of each descriptor that is new to us, so that its relay can be tested soon */
    Submissions(SubmissionOptions options, KeyPins pins, Log log, Consumer<RouterDescriptor> accepted) {
        this.options = options;
        this.admission = new Admission(options, pins);
        this.pins = pins;
        this.log = log;
        this.accepted = accepted;
    }

    private record Entry(RouterDescriptor descriptor, Instant received) {}

    /** What became of it, the least severe first. */
    public enum Outcome {
        ACCEPTED,
        NOT_NEW,
        REJECTED
    }

    /** What to tell who posted. */
    public record Answer(Outcome outcome, String message) {}

    /** Takes server descriptors and extra-info documents in any order; the answer is about the worst of them. */
    public Answer post(byte[] documents, Instant now) {
        DocumentList<Unverified<RouterDescriptor>> routers = RouterDescriptor.parseAll(documents);
        DocumentList<Unverified<ExtraInfo>> extras = ExtraInfo.parseAll(documents);
        List<Answer> answers = new ArrayList<>();
        routers.documents().forEach(router -> answers.add(add(router, now)));
        extras.documents().forEach(extra -> answers.add(addExtraInfo(extra, now)));
        if (answers.isEmpty()) {
            return new Answer(Outcome.REJECTED, "No descriptors found in your POST.");
        }
        Answer worst = answers.getFirst();
        for (Answer answer : answers) {
            worst = answer.outcome.compareTo(worst.outcome) > 0 ? answer : worst;
        }
        return worst;
    }

    /** Takes our own descriptor as a relay. */
    public void addOwn(RouterDescriptor descriptor, Optional<ExtraInfo> extraInfo, Instant now) {
        lock.lock();
        try {
            keep(descriptor, now);
            extraInfo.ifPresent(extra -> extraInfos.put(extra.digest().sha1(), extra.source()));
        } finally {
            lock.unlock();
        }
    }

    /** Takes what an earlier life kept there, as far as it is still wanted, and keeps there what it takes from now on. */
    void keepIn(SubmissionJournal there, Instant now) throws LocalFailure {
        byte[] saved = there.read();
        lock.lock();
        try {
            // What we have written was checked before.
            RouterDescriptor.parseAll(saved).documents().stream()
                    .map(Unverified::claimed)
                    .filter(router -> admission.objection(router, now).isEmpty())
                    .filter(router -> comparedToOurs(router).isEmpty())
                    .forEach(router -> keep(router.detached(), router.published()));
            ExtraInfo.parseAll(saved).documents().stream()
                    .map(Unverified::claimed)
                    .filter(extra -> isNamed(extra, byRelay.get(extra.fingerprint())))
                    .forEach(extra ->
                            extraInfos.put(extra.digest().sha1(), extra.source().detached()));
        } finally {
            lock.unlock();
        }
        there.rewrite();
        journal = there;
    }

    /** All that we would serve. */
    List<Slice> documents() {
        lock.lock();
        try {
            List<Slice> all = new ArrayList<>();
            byRelay.values().forEach(entries -> entries.forEach(entry -> all.add(entry.descriptor.source())));
            all.addAll(extraInfos.values());
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** The newest descriptor of each relay that is fresh enough to vote on, by fingerprint. */
    public List<RouterDescriptor> current(Instant now) {
        lock.lock();
        try {
            return byRelay.values().stream()
                    .map(entries -> entries.getLast().descriptor)
                    .filter(descriptor -> !descriptor.published().isBefore(now.minus(Admission.AGE_MAX)))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    public Optional<RouterDescriptor> newest(Fingerprint relay) {
        lock.lock();
        try {
            return Optional.ofNullable(byRelay.get(relay)).map(entries -> entries.getLast().descriptor);
        } finally {
            lock.unlock();
        }
    }

    public Optional<RouterDescriptor> descriptor(Sha1Digest digest) {
        lock.lock();
        try {
            return Optional.ofNullable(byDigest.get(digest)).map(Entry::descriptor);
        } finally {
            lock.unlock();
        }
    }

    /** The bytes of an extra-info document, of which nobody here wants to know more. */
    public Optional<Slice> extraInfo(Sha1Digest digest) {
        lock.lock();
        try {
            return Optional.ofNullable(extraInfos.get(digest));
        } finally {
            lock.unlock();
        }
    }

    /** Whether our operator leaves the relay its Valid flag. */
    boolean isValid(RouterDescriptor descriptor) {
        return !options.invalid().contains(descriptor);
    }

    /** Drops relays that our operator does not want any more. */
    void dropRejected() {
        lock.lock();
        try {
            for (List<Entry> entries : byRelay.values()) {
                if (options.rejected().contains(entries.getLast().descriptor)) {
                    entries.forEach(this::forget);
                    entries.clear();
                }
            }
            byRelay.values().removeIf(List::isEmpty);
        } finally {
            lock.unlock();
        }
    }

    /** Drops what is too old for anybody. */
    void expire(Instant now) {
        lock.lock();
        try {
            for (List<Entry> entries : byRelay.values()) {
                entries.removeIf(entry -> {
                    boolean old = entry.received.isBefore(now.minus(KEPT_FOR));
                    if (old) {
                        forget(entry);
                    }
                    return old;
                });
            }
            byRelay.values().removeIf(List::isEmpty);
        } finally {
            lock.unlock();
        }
    }

    private Answer add(Unverified<RouterDescriptor> unverified, Instant now) {
        RouterDescriptor descriptor;
        try {
            descriptor = unverified.verify(RouterDescriptor.signedAt(now));
        } catch (Untrusted badlySigned) {
            return reject(unverified.claimed(), badlySigned.getMessage());
        }
        Optional<String> objection = admission.objection(descriptor, now);
        if (objection.isPresent()) {
            return reject(descriptor, objection.get());
        }
        lock.lock();
        try {
            Optional<Answer> stale = comparedToOurs(descriptor);
            if (stale.isPresent()) {
                return stale.get();
            }
            if (byRelay.size() >= RELAYS_MAX && !byRelay.containsKey(descriptor.fingerprint())) {
                return reject(descriptor, "This authority knows too many relays.");
            }
            keep(descriptor.detached(), now);
        } finally {
            lock.unlock();
        }
        pin(descriptor);
        journal(descriptor.source());
        accepted.accept(descriptor);
        log.info(Log.Domain.DIRSERV, "Took the descriptor of " + name(descriptor));
        return new Answer(Outcome.ACCEPTED, "Descriptor accepted");
    }

    private Optional<Answer> comparedToOurs(RouterDescriptor descriptor) {
        List<Entry> entries = byRelay.get(descriptor.fingerprint());
        if (entries == null) {
            return Optional.empty();
        }
        RouterDescriptor ours = entries.getLast().descriptor;
        if (!descriptor.published().isAfter(ours.published())) {
            return Optional.of(new Answer(Outcome.NOT_NEW, "Router descriptor was not new."));
        }
        return Admission.isCosmetic(ours, descriptor)
                ? Optional.of(new Answer(
                        Outcome.NOT_NEW,
                        "Not replacing router descriptor; no information has changed since the last one with this"
                                + " identity."))
                : Optional.empty();
    }

    private void keep(RouterDescriptor descriptor, Instant now) {
        Entry entry = new Entry(descriptor, now);
        List<Entry> entries = byRelay.computeIfAbsent(descriptor.fingerprint(), relay -> new ArrayList<>());
        entries.add(entry);
        byDigest.put(descriptor.digest(), entry);
        if (entries.size() > KEPT_PER_RELAY) {
            forget(entries.removeFirst());
        }
    }

    private void forget(Entry entry) {
        byDigest.remove(entry.descriptor.digest());
        entry.descriptor.details().extraInfo().ifPresent(extra -> extraInfos.remove(extra.sha1()));
    }

    private void pin(RouterDescriptor descriptor) {
        try {
            pins.pin(descriptor.fingerprint(), descriptor.identity());
        } catch (LocalFailure unwritable) {
            log.warn(
                    Log.Domain.FS,
                    unwritable.in("Pinning the keys of " + name(descriptor)).getMessage());
        }
    }

    /** An extra-info document is worth as much as the descriptor that names it. */
    private Answer addExtraInfo(Unverified<ExtraInfo> unverified, Instant now) {
        ExtraInfo claimed = unverified.claimed();
        Optional<RouterDescriptor> router = newest(claimed.fingerprint());
        if (router.isEmpty()) {
            return new Answer(Outcome.REJECTED, "No corresponding router descriptor for extra-info descriptor");
        }
        if (claimed.source().length() > ExtraInfo.MAX_LENGTH) {
            return new Answer(Outcome.REJECTED, "Extrainfo document was too large");
        }
        try {
            ExtraInfo extra = unverified.verify(ExtraInfo.signedBy(router.get().keys(), now));
            boolean named = router.get().details().extraInfo().stream()
                    .anyMatch(digest -> digest.sha1().equals(extra.digest().sha1()));
            if (!named) {
                return new Answer(Outcome.NOT_NEW, "Extrainfo digest did not match value from routerdesc");
            }
            lock.lock();
            try {
                extraInfos.put(extra.digest().sha1(), extra.source().detached());
            } finally {
                lock.unlock();
            }
            journal(extra.source());
            return new Answer(Outcome.ACCEPTED, "Descriptor accepted");
        } catch (Untrusted badlySigned) {
            return new Answer(Outcome.REJECTED, "Extrainfo signature was bad, or signed with wrong key.");
        }
    }

    private static boolean isNamed(ExtraInfo extra, @Nullable List<Entry> routers) {
        return routers != null
                && routers.stream()
                        .flatMap(entry -> entry.descriptor.details().extraInfo().stream())
                        .anyMatch(digest -> digest.sha1().equals(extra.digest().sha1()));
    }

    private void journal(Slice document) {
        SubmissionJournal there = journal;
        if (there != null) {
            there.add(document);
        }
    }

    private Answer reject(RouterDescriptor descriptor, String why) {
        log.info(Log.Domain.DIRSERV, "Rejected the descriptor of " + name(descriptor) + ": " + why);
        return new Answer(Outcome.REJECTED, why);
    }

    private static String name(RouterDescriptor descriptor) {
        return descriptor.fingerprint() + "~" + descriptor.nickname();
    }
}
