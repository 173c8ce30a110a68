package io.allium.relay;

import io.allium.directory.HttpMessage;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How much of what is being posted lies in memory: bounded for all together, and for those who come from one address so
 * that nobody alone keeps the others out. Counted as it arrives, since a length is only a claim. Guarded by {@code lock}.
 */
final class Uploads {
    /** Votes of all authorities of the public network at a time are half of it. */
    static final int BYTES_MAX = 64 << 20;

    /** As much as one body may have. */
    static final int ONE_ADDRESS_MAX = HttpMessage.BODY_MAX;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Optional<InetAddress>, Integer> byAddress = new LinkedHashMap<>();
    private int bytes;

    /** What one request posts; closed when it is answered. */
    Share share(DirectoryQuery.Asker asker) {
        return new Share(asker.address().map(each -> each.address()));
    }

    /** Confined to the task of its request. */
    final class Share implements HttpMessage.Allowance, AutoCloseable {
        private final Optional<InetAddress> address;
        private int taken;

        private Share(Optional<InetAddress> address) {
            this.address = address;
        }

        @Override
        public boolean take(int count) {
            lock.lock();
            try {
                int ofAddress = byAddress.getOrDefault(address, 0);
                if (count > BYTES_MAX - bytes || count > ONE_ADDRESS_MAX - ofAddress) {
                    giveBack();
                    return false;
                }
                add(count);
                return true;
            } finally {
                lock.unlock();
            }
        }

        private void add(int count) {
            taken += count;
            bytes += count;
            byAddress.merge(address, count, (had, more) -> had + more == 0 ? null : had + more);
        }

        @Override
        public void close() {
            lock.lock();
            try {
                giveBack();
            } finally {
                lock.unlock();
            }
        }

        private void giveBack() {
            if (taken > 0) {
                add(-taken);
            }
        }
    }
}
