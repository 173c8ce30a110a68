package io.allium.onionservice;

import io.allium.base.Refused;
import io.allium.crypto.OnionAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The onion services that controllers have added. Each belongs to the controller's session and ends with it, or to nobody. They are
 * kept while the network is disabled, and run whenever it is not. Guarded by {@code lock}.
 *
 * @spec control-spec 3.27, 3.28
 */
public final class AddedServices {
    /** Each keeps half a dozen circuits: with more than this no computer keeps up. */
    static final int SERVICES_MAX = 1000;

    /** What runs services while the network is enabled. */
    interface Host {
        /** Prepares one, which is then started. */
        OnionService make(AddedService service);

        /** Whether it runs one of this address that the configuration asks for. */
        boolean has(OnionAddress address);

        /** Whether there are any may have changed. */
        void changed();
    }

    /** One of them, whose it is, and what runs of it. */
    private static final class Entry {
        private final AddedService service;
        private final @Nullable Object session;
        private @Nullable OnionService running;

        Entry(AddedService service, @Nullable Object session) {
            this.service = service;
            this.session = session;
        }

        boolean isOf(@Nullable Object asking) {
            return Objects.equals(session, asking);
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<OnionAddress, Entry> entries = new LinkedHashMap<>();
    private @Nullable Host host;

    /**
     * Adds one, which begins at once if the network is enabled.
     *
     * @param session with which it ends; nothing for one that stays
     * @return whether it was added: there is none of its address
     * @throws Refused when there are too many
     */
    boolean add(AddedService service, Optional<Object> session) throws Refused {
        lock.lock();
        try {
            OnionAddress address = service.address();
            if (entries.containsKey(address) || host != null && host.has(address)) {
                return false;
            }
            if (entries.size() >= SERVICES_MAX) {
                throw new Refused(
                        Refused.Kind.RESOURCE_LIMIT, "there are " + SERVICES_MAX + " added onion services already");
            }
            Entry entry = new Entry(service, session.orElse(null));
            entries.put(address, entry);
            start(entry);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Ends one, of this session or of nobody, once its streams have ended; returns whether there was one. */
    boolean remove(OnionAddress address, Object session) {
        lock.lock();
        try {
            Entry entry = entries.get(address);
            if (entry == null || !entry.isOf(session) && !entry.isOf(null)) {
                return false;
            }
            entries.remove(address);
            leave(entry);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Ends all those of a session. */
    void removeAll(Object session) {
        of(session).forEach(address -> remove(address, session));
    }

    /** Those of a session, in the order in which they were added. */
    List<OnionAddress> of(Object session) {
        return addresses(session);
    }

    /** Those of nobody. */
    List<OnionAddress> detached() {
        return addresses(null);
    }

    public boolean isEmpty() {
        return size() == 0;
    }

    int size() {
        lock.lock();
        try {
            return entries.size();
        } finally {
            lock.unlock();
        }
    }

    /** Those that run. */
    List<OnionService> running() {
        lock.lock();
        try {
            return entries.values().stream()
                    .flatMap(entry -> Optional.ofNullable(entry.running).stream())
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** The network is enabled: all of them begin there. */
    void begin(Host newHost) {
        lock.lock();
        try {
            host = newHost;
            entries.values().forEach(this::start);
            host.changed();
        } finally {
            lock.unlock();
        }
    }

    /** The network is disabled: none runs, and none is forgotten. */
    void end() {
        lock.lock();
        try {
            entries.values().forEach(AddedServices::stop);
            host = null;
        } finally {
            lock.unlock();
        }
    }

    /** Has the host look again whether there are any. */
    void tellHost() {
        lock.lock();
        try {
            if (host != null) {
                host.changed();
            }
        } finally {
            lock.unlock();
        }
    }

    private void start(Entry entry) {
        Host here = host;
        if (here != null && entry.running == null) {
            OnionService begun = here.make(entry.service);
            entry.running = begun;
            begun.start();
            here.changed();
        }
    }

    private void leave(Entry entry) {
        if (host != null && entry.running != null) {
            entry.running.leave();
            host.changed();
        }
    }

    private static void stop(Entry entry) {
        if (entry.running != null) {
            entry.running.close();
            entry.running = null;
        }
    }

    private List<OnionAddress> addresses(@Nullable Object session) {
        lock.lock();
        try {
            return entries.values().stream()
                    .filter(entry -> entry.isOf(session))
                    .map(entry -> entry.service.address())
                    .toList();
        } finally {
            lock.unlock();
        }
    }
}
