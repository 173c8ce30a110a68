package io.allium.onionservice;

import io.allium.base.Refused;
import io.allium.base.TaskGroup;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.base.Untrusted;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.OnionAddress;
import io.allium.directory.Relay;
import io.allium.netdoc.OnionDescriptorBody;
import io.allium.netdoc.OnionDescriptorLayers.Opened;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The descriptors of services, from the cache or fetched; however many want the same one, it is fetched once. Guarded by {@code
 * lock}.
 *
 * <p>One that we cannot read, since the service does not let us in, is fetched anew for who comes again: he may be let in by then.
 */
final class ServiceDescriptors {
    /** For so long one that we cannot read is not fetched again, however often an application tries. */
    static final Duration LOCKED_OUT = Duration.ofSeconds(10);

    private final ReentrantLock lock = new ReentrantLock();
    private final Time time;
    private final TaskGroup group;
    private final KnownNetwork network;
    private final DescriptorFetch fetch;
    private final DescriptorCache cache = new DescriptorCache();
    private final Map<OnionAddress, CompletableFuture<KnownDescriptor>> fetches = new LinkedHashMap<>();
    private final Map<OnionAddress, Long> lockedAt =
            new LinkedHashMap<>(); // when it was fetched; as many as the cache holds
    private long identity; // how often all was forgotten
    private volatile boolean mayFetch = true;
    private final Supplier<ClientAuthorization> authorization;

    /** @param authorization the keys that we have at any time */
    ServiceDescriptors(
            Time time,
            TaskGroup group,
            KnownNetwork network,
            DescriptorFetch fetch,
            Supplier<ClientAuthorization> authorization) {
        this.time = time;
        this.group = group;
        this.network = network;
        this.fetch = fetch;
        this.authorization = authorization;
    }

    /** Whether descriptors are fetched: {@code FetchHidServDescriptors}. */
    void mayFetch(boolean whether) {
        mayFetch = whether;
    }

    /**
     * What the cache has of a service: a descriptor that holds now and that our keys open, or that they did not when it was fetched
     * a moment ago.
     */
    Optional<KnownDescriptor> cached(OnionAddress service) {
        return opened(service).filter(known -> known.isReadable() || wasJustFetched(service));
    }

    private Optional<KnownDescriptor> inCache(OnionAddress service) {
        return network.rings()
                .flatMap(rings -> cache.get(service.identity(), rings.current().period()));
    }

    private Optional<KnownDescriptor> opened(OnionAddress service) {
        Optional<KnownDescriptor> known = inCache(service);
        if (known.isEmpty() || known.get().isReadable()) {
            return known;
        }
        try {
            KnownDescriptor reopened = known.get().reopened(key(service), time.now());
            return Optional.of(reopened.isReadable() ? cache.keep(service.identity(), reopened) : reopened);
        } catch (Untrusted malformed) {
            cache.forget(service.identity());
            return Optional.empty();
        }
    }

    private Optional<Curve25519KeyPair> key(OnionAddress service) {
        return authorization.get().key(service.identity());
    }

    private boolean wasJustFetched(OnionAddress service) {
        lock.lock();
        try {
            Long at = lockedAt.get(service);
            return at != null && time.nanos() - at < LOCKED_OUT.toNanos();
        } finally {
            lock.unlock();
        }
    }

    /** Fetches the descriptor, whether or not there is one in the cache; where none is found, it is one there that we cannot read. */
    KnownDescriptor fetched(OnionAddress service, long deadline) throws TorException, InterruptedException {
        if (!mayFetch) {
            throw new Refused(
                    Refused.Kind.NOT_ALLOWED,
                    "the service's descriptor may not be fetched: FetchHidServDescriptors is 0");
        }
        return refetched(service, deadline);
    }

    /** The same, whatever the configuration says of fetching. */
    KnownDescriptor refetched(OnionAddress service, long deadline) throws TorException, InterruptedException {
        CompletableFuture<KnownDescriptor> coming = begin(service, deadline);
        try {
            return time.await(coming, Duration.ofNanos(Math.max(1, deadline - time.nanos())));
        } catch (TimeoutException late) {
            throw new Unreachable("the service's descriptor could not be had in time", late);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Refused refused) {
                throw refused;
            }
            throw new Unreachable("the service's descriptor could not be had", failed);
        }
    }

    /** Fetches the descriptor from this directory, and keeps it where it is the latest. */
    void fetchFrom(Relay directory, OnionAddress service, long deadline) throws TorException, InterruptedException {
        long began = identity();
        KnownDescriptor kept =
                fetch.fetchFrom(directory, service, key(service), deadline, got -> keep(service, began, got));
        note(service, kept.isReadable());
    }

    private long identity() {
        lock.lock();
        try {
            return identity;
        } finally {
            lock.unlock();
        }
    }

    private KnownDescriptor keep(OnionAddress service, long began, KnownDescriptor got) {
        lock.lock();
        try {
            return identity == began ? cache.keep(service.identity(), got) : got;
        } finally {
            lock.unlock();
        }
    }

    /** What a directory gave us last, if it holds now, whether or not we can read it. */
    Optional<byte[]> document(OnionAddress service) {
        return inCache(service).map(known -> known.document().source().bytes());
    }

    /** Opens one that we could not read until we had the key that we have now; returns whether there is such a one. */
    boolean unlock(OnionAddress service) {
        return inCache(service).filter(known -> !known.isReadable()).isPresent()
                && opened(service).filter(KnownDescriptor::isReadable).isPresent();
    }

    /** Forgets what was fetched for this one. */
    void forget(OnionAddress service) {
        cache.forget(service.identity());
        note(service, true);
    }

    private CompletableFuture<KnownDescriptor> begin(OnionAddress service, long deadline) {
        lock.lock();
        try {
            CompletableFuture<KnownDescriptor> running = fetches.get(service);
            if (running != null) {
                return running;
            }
            CompletableFuture<KnownDescriptor> made = new CompletableFuture<>();
            fetches.put(service, made);
            group.fork("descriptor", () -> run(service, made, deadline));
            return made;
        } finally {
            lock.unlock();
        }
    }

    private void run(OnionAddress service, CompletableFuture<KnownDescriptor> result, long deadline)
            throws InterruptedException {
        Runnable tell = () -> result.completeExceptionally(new Unreachable("given up"));
        try {
            KnownDescriptor got = found(service, result, deadline);
            note(service, got.isReadable());
            tell = () -> result.complete(got);
        } catch (Refused none) {
            tell = () -> result.completeExceptionally(none);
        } finally {
            end(service, result);
            tell.run(); // who asks from now on has it fetched anew
        }
    }

    private void end(OnionAddress service, CompletableFuture<KnownDescriptor> result) {
        lock.lock();
        try {
            fetches.remove(service, result);
        } finally {
            lock.unlock();
        }
    }

    private KnownDescriptor found(OnionAddress service, CompletableFuture<KnownDescriptor> by, long deadline)
            throws Refused, InterruptedException {
        try {
            return fetch.fetch(service, key(service), deadline, got -> keep(service, by, got));
        } catch (Refused none) {
            return opened(service).filter(known -> !known.isReadable()).orElseThrow(() -> none);
        }
    }

    /** Keeps what was fetched, unless all was forgotten since it was asked for. */
    private KnownDescriptor keep(OnionAddress service, CompletableFuture<KnownDescriptor> by, KnownDescriptor got) {
        lock.lock();
        try {
            return fetches.remove(service, by) ? cache.keep(service.identity(), got) : got;
        } finally {
            lock.unlock();
        }
    }

    private void note(OnionAddress service, boolean isReadable) {
        lock.lock();
        try {
            lockedAt.remove(service); // so that it stands last
            if (!isReadable) {
                lockedAt.put(service, time.nanos());
            }
            if (lockedAt.size() > DescriptorCache.SERVICES_MAX) {
                lockedAt.remove(lockedAt.keySet().iterator().next());
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * What a descriptor says.
     *
     * @throws Refused when the service lets only some clients in, and us not
     */
    static OnionDescriptorBody body(KnownDescriptor known) throws Refused {
        return switch (known.content()) {
            case Opened.Whole whole -> whole.body();
            case Opened.NeedsClientKey none ->
                throw new Refused(
                        Refused.Kind.ONION_AUTHORIZATION_MISSING,
                        "the service lets only those in whom it knows, and we have no key for it: see"
                                + " ClientOnionAuthDir");
            case Opened.WrongClientKey wrong ->
                throw new Refused(
                        Refused.Kind.ONION_AUTHORIZATION_WRONG,
                        "the service does not, or no longer, let us in with the key that we have for it");
        };
    }

    /** The service was reached. */
    void succeeded(KnownDescriptor known) {
        fetch.succeeded(known);
    }

    /** As if we had never heard of any service; who waits for a fetch still gets what it brings, and nobody else does. */
    void forgetAll() {
        lock.lock();
        try {
            identity++;
            fetches.clear();
            lockedAt.clear();
            cache.forgetAll();
            fetch.forgetAll();
        } finally {
            lock.unlock();
        }
    }
}
