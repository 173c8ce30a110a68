package io.allium.onionservice;

import io.allium.base.Refused;
import io.allium.base.Time;
import io.allium.directory.NetworkView;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is believed of the network, with the rings that follow from it, which are made once for each view. Guarded by {@code
 * lock}.
 */
public final class KnownNetwork {
    /** How often somebody who waits for the network looks whether it is known. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    private final ReentrantLock lock = new ReentrantLock();
    private final Time time;
    private final Supplier<Optional<NetworkView>> usableView;
    private final boolean testing;
    private @Nullable NetworkView seen;
    private @Nullable HsDirRings rings;

    /**
     * @param usableView what is believed of the network, once that is enough to build circuits
     * @param testing whether this is a testing network, where everything is faster
     */
    public KnownNetwork(Time time, Supplier<Optional<NetworkView>> usableView, boolean testing) {
        this.time = time;
        this.usableView = usableView;
        this.testing = testing;
    }

    /** Whether this is a testing network. */
    boolean isTesting() {
        return testing;
    }

    /** The network, if enough is known of it to build circuits and to find descriptors. */
    Optional<NetworkView> view() {
        return usableView.get().filter(view -> view.isReasonablyLive(time.now()));
    }

    /** The rings, if the network is known. */
    Optional<HsDirRings> rings() {
        Optional<NetworkView> view = view();
        if (view.isEmpty()) {
            return Optional.empty();
        }
        lock.lock();
        try {
            if (rings == null || seen != view.get()) {
                seen = view.get();
                rings = HsDirRings.of(seen, testing);
            }
            return Optional.of(rings);
        } finally {
            lock.unlock();
        }
    }

    /** The same; waits until it is, or until {@code deadline} by {@link Time#nanos}. */
    HsDirRings awaitRings(long deadline) throws Refused, InterruptedException {
        while (true) {
            Optional<HsDirRings> known = rings();
            if (known.isPresent()) {
                return known.get();
            }
            if (deadline - time.nanos() <= 0) {
                throw new Refused(Refused.Kind.NETWORK_DOWN, "the network is not known well enough yet");
            }
            time.sleep(LOOK_AGAIN);
        }
    }
}
