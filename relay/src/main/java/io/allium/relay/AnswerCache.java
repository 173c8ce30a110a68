package io.allium.relay;

import io.allium.base.Names;
import io.allium.base.Refused;
import io.allium.base.Time;
import io.allium.base.Unreachable;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What name servers said of late: good news and bad are both kept for the same short time, and a question that is
 * already on its way is not asked again. Guarded by {@code lock}.
 */
final class AnswerCache<T> {
    /** Some 200 bytes each: 4 MB at most. At the bound the oldest goes; whoever waits for it still gets it. */
    static final int ENTRIES_MAX = 20_000;

    /**
     * Questions on their way at once, each with a descriptor or two. Names whose servers are silent take seconds, and
     * whoever asks for thousands of them must not take all descriptors; a busy exit has some dozens.
     */
    static final int ASKED_MAX = 1000;

    /** Asks the servers. */
    interface Lookup<T> {
        List<T> ask() throws Refused, Unreachable, InterruptedException;
    }

    private record Entry<T>(CompletableFuture<List<T>> answer, long until) {}

    private final Time time;
    private final Duration ttl;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Entry<T>> entries = new LinkedHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();

    AnswerCache(Time time, Duration ttl) {
        this.time = time;
        this.ttl = ttl;
    }

    Names.Answer<T> get(String key, Lookup<T> lookup) throws Refused, Unreachable, InterruptedException {
        while (true) {
            CompletableFuture<List<T>> ours = new CompletableFuture<>();
            CompletableFuture<List<T>> known = putIfUnknown(key, ours);
            if (known == null) {
                ask(key, ours, lookup);
            }
            try {
                return new Names.Answer<>(answer(known == null ? ours : known), ttl);
            } catch (CancellationException givenUp) {
                // Whoever asked has lost interest; we have not, and ask ourselves.
            }
        }
    }

    private void ask(String key, CompletableFuture<List<T>> ours, Lookup<T> lookup) throws InterruptedException {
        try {
            if (asked.incrementAndGet() > ASKED_MAX) {
                forget(key, ours); // it says nothing of the name
                throw new Unreachable("too many names are being looked up");
            }
            ours.complete(lookup.ask());
        } catch (Refused | Unreachable no) {
            ours.completeExceptionally(no);
        } finally {
            asked.decrementAndGet();
            if (!ours.isDone()) { // an interrupt or a bug of this asker is no answer, least of all for others
                forget(key, ours);
                ours.cancel(false);
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // this very asking, not a later one of the same name
    private void forget(String key, CompletableFuture<List<T>> given) {
        lock.lock();
        try {
            Entry<T> entry = entries.get(key);
            if (entry != null && entry.answer == given) {
                entries.remove(key);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The answer that is there or on its way, or null: then it is ours to find. */
    private @Nullable CompletableFuture<List<T>> putIfUnknown(String key, CompletableFuture<List<T>> ours) {
        lock.lock();
        try {
            forgetOld();
            Entry<T> known = entries.get(key);
            if (known != null) {
                return known.answer;
            }
            entries.put(key, new Entry<>(ours, time.nanos() + ttl.toNanos()));
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void forgetOld() {
        Iterator<Entry<T>> oldestFirst = entries.values().iterator();
        while (oldestFirst.hasNext()) {
            boolean old = oldestFirst.next().until - time.nanos() <= 0;
            if (!old && entries.size() < ENTRIES_MAX) {
                return;
            }
            oldestFirst.remove();
        }
    }

    private List<T> answer(CompletableFuture<List<T>> known) throws Refused, Unreachable, InterruptedException {
        try {
            return known.get();
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case Refused refused -> throw refused;
                case Unreachable unreachable -> throw unreachable;
                case null, default -> throw new Unreachable("the lookup failed", failed);
            }
        }
    }
}
