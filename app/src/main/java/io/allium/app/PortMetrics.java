package io.allium.app;

import io.allium.base.Endpoint;
import io.allium.control.MetricFamily;
import io.allium.control.MetricsPart;
import java.util.List;

/** The ports that are open, as those see them who watch. Immutable. */
record PortMetrics(Ports ports) implements MetricsPart {
    @Override
    public List<MetricFamily> families() {
        MetricFamily listeners = MetricFamily.gauge("tor_relay_connections", "Total number of opened connections");
        for (Ports.Kind kind : Ports.Kind.values()) {
            for (String family : List.of("ipv4", "ipv6")) {
                listeners.with(0, labels(kind, family));
            }
            for (String place : ports.places(kind)) {
                listeners.with(1, labels(kind, family(place)));
            }
        }
        return List.of(listeners);
    }

    private static String[] labels(Ports.Kind kind, String family) {
        return new String[] {"type", kind.listener(), "direction", "initiated", "state", "opened", "family", family};
    }

    private static String family(String place) {
        if (place.startsWith("unix:")) {
            return "unix";
        }
        return Endpoint.parse(place).isIpv6() ? "ipv6" : "ipv4";
    }
}
