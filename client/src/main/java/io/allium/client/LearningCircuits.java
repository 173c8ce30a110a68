package io.allium.client;

import io.allium.directory.NetworkView;
import io.allium.directory.Parameter;
import io.allium.directory.Parameters;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * When a circuit is built only to learn how long that takes; nobody keeps streams from it afterwards. Used under the lock of
 * {@link TunnelPool}.
 *
 * @spec path-spec 2.4.2
 */
final class LearningCircuits {
    private final BuildTimes times;
    private final Supplier<Optional<NetworkView>> view;
    private long lastLaunch;

    LearningCircuits(BuildTimes times, Supplier<Optional<NetworkView>> view, long now) {
        this.times = times;
        this.view = view;
        this.lastLaunch = now;
    }

    /**
     * Whether one is to be built.
     *
     * @param clean how many circuits wait for streams
     */
    boolean isOneDue(long now, long clean) {
        Parameters parameters = parameters();
        Duration interval = Duration.ofSeconds(parameters.get(Parameter.CBT_TEST_FREQ));
        return times.needsMore()
                && now - lastLaunch >= interval.toNanos()
                && clean < parameters.get(Parameter.CBT_MAX_OPEN_CIRCS);
    }

    void launched(long now) {
        lastLaunch = now;
    }

    /** For how long a circuit is kept that nothing uses: while there is more to learn they make room for others soon. */
    Duration kept(Duration usually) {
        Duration soon = Duration.ofSeconds(parameters().get(Parameter.CBT_LEARN_TIMEOUT));
        return times.needsMore() && soon.compareTo(usually) < 0 ? soon : usually;
    }

    private Parameters parameters() {
        return view.get().map(NetworkView::parameters).orElse(Parameters.STANDARD);
    }
}
