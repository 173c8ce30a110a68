package io.allium.onionservice;

import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.TimePeriod;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The descriptors of services that we visit. Each holds until its time period ends; of two for one period the later revision
 * counts. Guarded by {@code lock}.
 *
 * @spec rend-spec-v3 2.2.4.1, 2.4
 */
final class DescriptorCache {
    /** Services whose descriptors are kept: of 50,000 bytes at most each. The one that was used least lately makes room. */
    static final int SERVICES_MAX = 200;

    private static final float LOAD = 0.75f;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Ed25519Identity, KnownDescriptor> known = new LinkedHashMap<>(16, LOAD, true);

    /** The descriptor of a service, if we have one that holds in the period that is now. */
    Optional<KnownDescriptor> get(Ed25519Identity service, TimePeriod now) {
        lock.lock();
        try {
            KnownDescriptor found = known.get(service);
            if (found != null && !found.period().equals(now)) {
                known.remove(service);
                return Optional.empty();
            }
            return Optional.ofNullable(found);
        } finally {
            lock.unlock();
        }
    }

    /** Keeps a descriptor, unless we have a later one; returns the one that counts. */
    KnownDescriptor keep(Ed25519Identity service, KnownDescriptor descriptor) {
        lock.lock();
        try {
            KnownDescriptor before = known.get(service);
            if (before != null && before.isNewerThan(descriptor)) {
                return before;
            }
            known.put(service, descriptor);
            if (known.size() > SERVICES_MAX) {
                known.remove(known.keySet().iterator().next());
            }
            return descriptor;
        } finally {
            lock.unlock();
        }
    }

    void forget(Ed25519Identity service) {
        lock.lock();
        try {
            known.remove(service);
        } finally {
            lock.unlock();
        }
    }

    void forgetAll() {
        lock.lock();
        try {
            known.clear();
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return known.size();
        } finally {
            lock.unlock();
        }
    }
}
