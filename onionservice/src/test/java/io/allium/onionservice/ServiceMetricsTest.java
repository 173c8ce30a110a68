package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.control.MetricFamily;
import io.allium.control.Metrics;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.OnionAddress;
import io.allium.onionservice.DroppedIntroductions.Why;
import io.allium.onionservice.ServiceFigures.Missed;
import io.allium.onionservice.ServiceStatus.Step;
import io.allium.testing.ManualTime;
import io.allium.testing.SeededEntropy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What those see who watch onion services. */
class ServiceMetricsTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

    private final ManualTime time = new ManualTime(NOW);
    private final OnionAddress address =
            new OnionAddress(Ed25519KeyPair.generate(new SeededEntropy(1)).publicKey());
    private final String onion = "{onion=\"" + address.label() + "\"";

    @Test
    void oneOfTheStepsIsTheOneThatIsNotDone() {
        assertThat(shown(status(Step.UPLOAD, true)))
                .contains(
                        "allium_hs_ready" + onion + "} 0",
                        "allium_hs_failing" + onion + "} 1",
                        "allium_hs_step" + onion + ",step=\"circuits\"} 0",
                        "allium_hs_step" + onion + ",step=\"upload\"} 1",
                        "allium_hs_step" + onion + ",step=\"ready\"} 0",
                        "allium_hs_step_since_timestamp" + onion + "} " + NOW.getEpochSecond(),
                        "allium_hs_introduction_points" + onion + ",state=\"established\"} 5",
                        "allium_hs_introduction_points" + onion + ",state=\"wanted\"} 6",
                        "allium_hs_directories" + onion + ",state=\"stored\"} 3",
                        "allium_hs_directories" + onion + ",state=\"asked\"} 12",
                        "allium_hs_introductions_dropped_total" + onion + ",reason=\"over_rate\"} 7");
        assertThat(shown(status(Step.READY, false)))
                .contains("allium_hs_ready" + onion + "} 1", "allium_hs_step" + onion + ",step=\"ready\"} 1");
    }

    @Test
    void withoutServicesNothingIsShown() {
        assertThat(new Metrics(List.of(new ServiceMetrics(List::of))).text()).isEmpty();
    }

    @Test
    void circuitsAreCountedByHowLongTheyTook() {
        ServiceFigures figures = figures();
        long begun = figures.begin();
        time.pass(Duration.ofMillis(1500));
        figures.established(begun);
        time.pass(Duration.ofSeconds(4));
        figures.met(begun);

        assertThat(figures.introductionCircuits().upTo())
                .isEqualTo(Map.of(1000L, 0L, 5000L, 1L, 10_000L, 1L, 30_000L, 1L, 60_000L, 1L));
        assertThat(figures.introductionCircuits().sum()).isEqualTo(1500);
        assertThat(figures.rendezvousCircuits().upTo()).containsEntry(5000L, 0L).containsEntry(10_000L, 1L);
    }

    @Test
    void whatIsCarriedIsCountedByPort() {
        ServiceFigures figures = figures();
        figures.at(80).read(5);
        figures.at(80).read(6);
        figures.at(443).written(7);
        figures.at(22).written(9); // a port that the service does not have

        assertThat(figures.ports()).containsOnlyKeys(80, 443);
        assertThat(figures.ports().get(80).read()).isEqualTo(11);
        assertThat(figures.ports().get(80).written()).isZero();
        assertThat(figures.ports().get(443).written()).isEqualTo(7);
    }

    @Test
    void rendezvousThatCameToNothingAreCountedByReason() {
        ServiceFigures figures = figures();
        figures.approaches();
        figures.missed(Missed.RP_CONN_FAILURE);
        figures.approaches();
        figures.missed(Missed.RETRY);

        assertThat(figures.rendezvous()).isEqualTo(2);
        assertThat(figures.count(Missed.RP_CONN_FAILURE)).isEqualTo(1);
        assertThat(figures.count(Missed.INVALID_PATH)).isZero();
    }

    private ServiceFigures figures() {
        List<ServicePort> ports = List.of(
                new ServicePort(443, new ServicePort.Unix(Path.of("/one"))),
                new ServicePort(80, new ServicePort.Unix(Path.of("/two"))),
                new ServicePort(80, new ServicePort.Unix(Path.of("/three"))));
        return new ServiceFigures(ServiceOptions.of(Path.of("/hs"), ports), time);
    }

    private ServiceStatus status(Step step, boolean isFailing) {
        return new ServiceStatus(address, step, NOW, isFailing, "", 5, 6, 3, 12, Map.of(Why.OVER_RATE, 7L));
    }

    private static List<String> shown(ServiceStatus status) {
        List<MetricFamily> families = ServiceMetrics.reachability(List.of(status));
        return new Metrics(List.of(() -> families)).text().lines().toList();
    }
}
