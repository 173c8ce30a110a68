package io.allium.onionservice;

import io.allium.base.Refused;
import io.allium.crypto.OnionAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The keys that services have let us in with: those of files, and those that controllers have added, which stay until they are taken
 * back, whether or not the network is enabled. For a service that has both, the controller's counts. Guarded by {@code lock}.
 *
 * @spec control-spec 3.30, 3.31, 3.32
 */
public final class ClientKeyring {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<OnionAddress, ClientKey> added = new TreeMap<>();
    private Map<OnionAddress, ClientKey> ofFiles = new TreeMap<>();
    private volatile ClientAuthorization all = ClientAuthorization.NONE;

    /** All keys, as they are now. */
    public ClientAuthorization all() {
        return all;
    }

    /** These are the keys of files from now on. */
    public void load(ClientAuthorization files) {
        lock.lock();
        try {
            Map<OnionAddress, ClientKey> read = new TreeMap<>();
            files.keys().forEach(key -> read.put(key.service(), key));
            ofFiles = read;
            join();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds a key that a controller brings.
     *
     * @return whether there was one for its service, which it replaces
     * @throws Refused when there are too many
     */
    boolean add(ClientKey key) throws Refused {
        lock.lock();
        try {
            boolean known = find(key.service()).isPresent();
            if (!known && added.size() + ofFiles.size() >= ClientAuthorization.KEYS_MAX) {
                throw new Refused(
                        Refused.Kind.RESOURCE_LIMIT,
                        "there are " + ClientAuthorization.KEYS_MAX + " keys of onion services already");
            }
            added.put(key.service(), key);
            join();
            return known;
        } finally {
            lock.unlock();
        }
    }

    /** Takes a service's key back; returns the one that counted. */
    Optional<ClientKey> remove(OnionAddress service) {
        lock.lock();
        try {
            Optional<ClientKey> known = find(service);
            added.remove(service);
            ofFiles.remove(service);
            join();
            return known;
        } finally {
            lock.unlock();
        }
    }

    /** One for each service. */
    List<ClientKey> keys() {
        return all.keys();
    }

    private Optional<ClientKey> find(OnionAddress service) {
        return Optional.ofNullable(added.get(service)).or(() -> Optional.ofNullable(ofFiles.get(service)));
    }

    private void join() {
        Map<OnionAddress, ClientKey> joined = new TreeMap<>(ofFiles);
        joined.putAll(added);
        all = ClientAuthorization.of(List.copyOf(joined.values()));
    }
}
