package io.allium.relay;

import io.allium.control.MetricFamily;
import io.allium.control.MetricsPart;
import io.allium.netdoc.RouterFlag;
import io.allium.netdoc.RouterStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Our relay, as those see it who watch, by C tor's names. Immutable. */
public final class RelayMetrics implements MetricsPart {
    /** The flags that C tor shows, in its order. */
    private static final List<RouterFlag> FLAGS = List.of(
            RouterFlag.FAST,
            RouterFlag.EXIT,
            RouterFlag.AUTHORITY,
            RouterFlag.STABLE,
            RouterFlag.HS_DIR,
            RouterFlag.RUNNING,
            RouterFlag.V2_DIR,
            RouterFlag.SYBIL,
            RouterFlag.GUARD);

    private final Supplier<Optional<Relay>> relay;

    /** @param relay nothing where we are none, and while the network is disabled */
    public RelayMetrics(Supplier<Optional<Relay>> relay) {
        this.relay = relay;
    }

    @Override
    public List<MetricFamily> families() {
        return relay.get().map(RelayMetrics::families).orElse(List.of());
    }

    private static List<MetricFamily> families(Relay relay) {
        List<MetricFamily> all = new ArrayList<>(relay.figures().families());
        all.add(MetricFamily.gauge("tor_relay_circuits_total", "Total number of circuits")
                .with(relay.circuits(), "state", "opened"));
        all.add(flags(relay.listed()));
        all.add(signingKey(relay.signingKeyExpires()));
        return all;
    }

    private static MetricFamily flags(Optional<RouterStatus> listed) {
        MetricFamily flags = MetricFamily.gauge("tor_relay_flag", "Relay flags from consensus");
        FLAGS.forEach(flag ->
                flags.with(listed.filter(status -> status.has(flag)).isPresent() ? 1 : 0, "type", flag.text()));
        return flags;
    }

    /** Only where the identity lies elsewhere: here we make new ones ourselves. */
    private static MetricFamily signingKey(Optional<Instant> expires) {
        MetricFamily expiry = MetricFamily.gauge(
                "tor_relay_signing_cert_expiry_timestamp", "Timestamp at which the current online keys will expire");
        expires.ifPresent(when -> expiry.with(when.getEpochSecond()));
        return expiry;
    }
}
