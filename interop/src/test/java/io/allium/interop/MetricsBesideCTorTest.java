package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What those see who watch our relays and onion services, and C tor's, in one network. */
@ExtendWith(AmongBoth.class)
class MetricsBesideCTorTest {
    /** What C tor shows of a relay, and we do not count. */
    private static final Set<String> NOT_COUNTED = Set.of(
            "tor_relay_congestion_control",
            "tor_relay_load_global_rate_limit_reached_total",
            "tor_relay_load_oom_bytes_total",
            "tor_relay_load_socket_total");

    @Test
    void aRelayShowsWhatCTorsShowsByTheSameNames(MixedNetwork network) throws Exception {
        Figures ours = Figures.of(network.node("relay0"));
        Figures others = Figures.of(network.node("relay4"));

        assertSameMeaning(ours, others);
        Set<String> missing = new TreeSet<>(others.families().keySet());
        missing.removeAll(ours.families().keySet());
        assertThat(missing).containsExactlyInAnyOrderElementsOf(NOT_COUNTED);
    }

    @Test
    void aRelayCountsWhatItCarries(MixedNetwork network) throws Exception {
        Figures ours = Figures.of(network.node("relay0"));

        assertThat(ours.sum("tor_relay_connections{type=\"OR\",")).isPositive();
        assertThat(ours.sum("tor_relay_connections_total{type=\"OR\",")).isPositive();
        assertThat(ours.sum("tor_relay_connections{type=\"Metrics listener\",")).isEqualTo(1);
        assertThat(ours.sum("tor_relay_traffic_bytes{direction=\"read\"}")).isPositive();
        assertThat(ours.sum("tor_relay_load_onionskins_total{type=\"ntor_v3\",action=\"processed\"}"))
                .isPositive();
        assertThat(ours.sum("tor_relay_flag{type=\"Running\"}")).isEqualTo(1);
        assertThat(ours.sum("tor_relay_flag{type=\"Authority\"}")).isZero();
    }

    @Test
    void aServiceShowsWhatCTorsShowsAndWhetherItCanBeReached(MixedNetwork network, @TempDir Path folder)
            throws Exception {
        try (WebServer web = new WebServer()) {
            OnionFolder service = OnionFolder.make(folder.resolve("ours"));
            OnionFolder another = OnionFolder.make(folder.resolve("c-tors"));
            MixedNetwork.Node ours = network.startClient("service8", true, service.torrc(web.port()));
            MixedNetwork.Node others = network.startClient("service9", false, another.torrc(web.port()));
            network.await("a service has no name", () -> service.hasAddress() && another.hasAddress());
            Visitor visitor = new Visitor(folder, network.client().socksPort());
            for (OnionFolder each : new OnionFolder[] {service, another}) {
                network.await("the service was not reached", () -> visitor.reaches(each.site()));
            }
            String onion = "{onion=\"" + service.address().label() + "\"";
            network.await(
                    "it does not say that it can be reached",
                    () -> Figures.of(ours).sum("allium_hs_ready" + onion) == 1);
            Figures seen = Figures.of(ours);

            assertSameMeaning(seen, Figures.of(others));
            assertThat(tor("hs", seen)).isEqualTo(tor("hs", Figures.of(others)));
            assertThat(seen.sum("tor_hs_intro_num_total" + onion)).isPositive();
            assertThat(seen.sum("tor_hs_intro_established_count" + onion)).isPositive();
            assertThat(seen.sum("tor_hs_intro_circ_build_time_count" + onion)).isPositive();
            assertThat(seen.sum("tor_hs_rdv_num_total" + onion)).isPositive();
            assertThat(seen.sum("tor_hs_rend_circ_build_time_count" + onion)).isPositive();
            assertThat(seen.sum("tor_hs_app_write_bytes_total" + onion)).isPositive();
            assertThat(seen.sum("tor_hs_app_read_bytes_total" + onion)).isPositive();
            assertThat(seen.sum("allium_hs_step" + onion + ",step=\"ready\"}")).isEqualTo(1);
            assertThat(seen.sum("allium_hs_step" + onion))
                    .as("of all steps one")
                    .isEqualTo(1);
            network.leave(ours);
            network.leave(others);
        }
    }

    /** Help, type and labels: whatever stands by one name in both means the same. */
    private static void assertSameMeaning(Figures ours, Figures others) {
        for (Map.Entry<String, Figures.Family> each : ours.families().entrySet()) {
            Figures.Family known = others.families().get(each.getKey());
            if (known == null) {
                assertThat(each.getKey()).startsWith("allium_");
                continue;
            }
            assertThat(each.getValue().help()).as(each.getKey()).isEqualTo(known.help());
            assertThat(each.getValue().type()).as(each.getKey()).isEqualTo(known.type());
            assertThat(known.labels())
                    .as(each.getKey())
                    .containsAll(each.getValue().labels());
        }
    }

    private static Set<String> tor(String part, Figures figures) {
        Set<String> names = new TreeSet<>(figures.families().keySet());
        names.removeIf(name -> !name.startsWith("tor_" + part + "_"));
        return names;
    }
}
