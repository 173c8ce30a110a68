package io.allium.onionservice;

import io.allium.base.Refused;
import io.allium.base.TaskGroup;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.base.Untrusted;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.OnionAddress;
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

/**
 * The descriptors of services, from the cache or fetched; however many want the same one, it is fetched once. Guarded by {@code
 * lock}.
 */
final class ServiceDescriptors {
    private final ReentrantLock lock = new ReentrantLock();
    private final Time time;
    private final TaskGroup group;
    private final KnownNetwork network;
    private final DescriptorFetch fetch;
    private final DescriptorCache cache = new DescriptorCache();
    private final Map<OnionAddress, CompletableFuture<KnownDescriptor>> fetches = new LinkedHashMap<>();
    private volatile ClientAuthorization authorization = ClientAuthorization.NONE;

    ServiceDescriptors(Time time, TaskGroup group, KnownNetwork network, DescriptorFetch fetch) {
        this.time = time;
        this.group = group;
        this.network = network;
        this.fetch = fetch;
    }

    /** With other keys from now on. */
    void authorize(ClientAuthorization keys) {
        authorization = keys;
    }

    /** What the cache has of a service: a descriptor that holds now, opened as far as our keys go. */
    Optional<KnownDescriptor> cached(OnionAddress service) {
        Optional<KnownDescriptor> known = network.rings()
                .flatMap(rings -> cache.get(service.identity(), rings.current().period()));
        Optional<Curve25519KeyPair> key = authorization.key(service.identity());
        if (known.isEmpty() || known.get().isReadable()) {
            return known;
        }
        try {
            return Optional.of(known.get().reopened(key, time.now()));
        } catch (Untrusted malformed) {
            cache.forget(service.identity());
            return Optional.empty();
        }
    }

    /** Fetches the descriptor, whether or not there is one in the cache. */
    KnownDescriptor fetched(OnionAddress service, long deadline) throws TorException, InterruptedException {
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
        try {
            KnownDescriptor got = fetch.fetch(service, authorization.key(service.identity()), deadline);
            result.complete(cache.keep(service.identity(), got));
        } catch (Refused none) {
            result.completeExceptionally(none);
        } finally {
            result.completeExceptionally(new Unreachable("given up")); // does nothing where it is complete
            lock.lock();
            try {
                fetches.remove(service, result);
            } finally {
                lock.unlock();
            }
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

    /** As if we had never heard of any service. */
    void forgetAll() {
        cache.forgetAll();
        fetch.forgetAll();
    }
}
