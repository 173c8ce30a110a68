package io.allium.client;

import io.allium.control.MetricFamily;
import io.allium.control.MetricsPart;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Our own circuits, as those see them who watch: C tor counts them with those that a relay carries for others. Immutable. */
public final class ClientMetrics implements MetricsPart {
    private final Supplier<Optional<Client>> client;

    /** @param client nothing while the network is disabled */
    public ClientMetrics(Supplier<Optional<Client>> client) {
        this.client = client;
    }

    @Override
    public List<MetricFamily> families() {
        return client.get()
                .map(now -> List.of(MetricFamily.gauge("tor_relay_circuits_total", "Total number of circuits")
                        .with(now.tunnels().circuits().size(), "state", "opened")))
                .orElse(List.of());
    }
}
