package io.allium.relay;

import io.allium.crypto.Fingerprint;
import io.allium.netdoc.RouterDescriptor;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * The server descriptors that controllers brought, the newest of each relay. Guarded by {@code lock}.
 *
 * @spec control-spec 3.14
 */
final class BroughtDescriptors {
    /** More than any controller knows of by itself; 20 MB at most, together with the bound of each. */
    static final int DESCRIPTORS_MAX = 1000;

    /** A longer descriptor is none: MAX_DESCRIPTOR_UPLOAD_SIZE of C tor. */
    static final int LENGTH_MAX = 20_000;

    /** What the controller means to do with it. */
    enum Purpose {
        GENERAL,
        CONTROLLER,
        BRIDGE;

        static Optional<Purpose> named(String name) {
            return Stream.of(values())
                    .filter(purpose -> purpose.text().equals(name))
                    .findFirst();
        }

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** One of them. */
    record Brought(RouterDescriptor descriptor, Purpose purpose) {
        /** What is noted of it, a line each. */
        String annotations() {
            return "@source controller\n@purpose " + purpose.text() + "\n";
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Fingerprint, Brought> byRelay = new LinkedHashMap<>();

    /** Keeps it, in place of the one that came first of all if there are too many; false where there is one as new. */
    boolean add(Brought brought) {
        RouterDescriptor descriptor = brought.descriptor();
        lock.lock();
        try {
            Brought had = byRelay.get(descriptor.fingerprint());
            if (had != null && !descriptor.published().isAfter(had.descriptor().published())) {
                return false;
            }
            byRelay.remove(descriptor.fingerprint());
            if (byRelay.size() == DESCRIPTORS_MAX) {
                Iterator<Brought> first = byRelay.values().iterator();
                first.next();
                first.remove();
            }
            byRelay.put(descriptor.fingerprint(), brought);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** All of them, those that came first before the others. */
    List<Brought> all() {
        lock.lock();
        try {
            return List.copyOf(byRelay.values());
        } finally {
            lock.unlock();
        }
    }
}
