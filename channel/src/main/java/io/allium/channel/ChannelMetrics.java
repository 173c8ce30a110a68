package io.allium.channel;

import io.allium.control.MetricFamily;
import io.allium.control.MetricsPart;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Our links to relays and clients, as those see them who watch, by C tor's names. Immutable. */
public final class ChannelMetrics implements MetricsPart {
    private final Supplier<Optional<Channels>> channels;

    /** @param channels nothing while the network is disabled */
    public ChannelMetrics(Supplier<Optional<Channels>> channels) {
        this.channels = channels;
    }

    @Override
    public List<MetricFamily> families() {
        return channels.get().map(ChannelMetrics::families).orElse(List.of());
    }

    private static List<MetricFamily> families(Channels channels) {
        LinkCounts counts = channels.counts();
        return List.of(
                MetricFamily.counter("tor_relay_traffic_bytes", "Traffic related counters")
                        .with(channels.bytesRead(), "direction", "read")
                        .with(channels.bytesWritten(), "direction", "written"),
                open(channels.all()),
                begun(counts),
                MetricFamily.counter(
                                "tor_relay_load_tcp_exhaustion_total", "Total number of times we ran out of TCP ports")
                        .with(counts.withoutPort()),
                MetricFamily.counter("tor_relay_destroy_cell_total", "Total number of DESTROY cell we received")
                        .with(counts.destroys()));
    }

    private static MetricFamily open(List<Channel> all) {
        MetricFamily open = MetricFamily.gauge("tor_relay_connections", "Total number of opened connections");
        for (boolean dialled : new boolean[] {true, false}) {
            for (boolean ipv6 : new boolean[] {false, true}) {
                long count = all.stream()
                        .map(Channel::peer)
                        .filter(peer -> peer.dialled() == dialled
                                && LinkCounts.isIpv6(peer.endpoint().orElse(null)) == ipv6)
                        .count();
                open.with(count, labels(dialled, "opened", ipv6));
            }
        }
        return open;
    }

    private static MetricFamily begun(LinkCounts counts) {
        MetricFamily begun =
                MetricFamily.counter("tor_relay_connections_total", "Total number of created/rejected connections");
        for (boolean dialled : new boolean[] {true, false}) {
            for (boolean ipv6 : new boolean[] {false, true}) {
                begun.with(counts.begun(dialled, ipv6), labels(dialled, "created", ipv6));
            }
        }
        return begun;
    }

    private static String[] labels(boolean dialled, String state, boolean ipv6) {
        return new String[] {
            "type",
            "OR",
            "direction",
            dialled ? "initiated" : "received",
            "state",
            state,
            "family",
            ipv6 ? "ipv6" : "ipv4"
        };
    }
}
