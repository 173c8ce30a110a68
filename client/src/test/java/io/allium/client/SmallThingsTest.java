package io.allium.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.directory.Relay;
import io.allium.testing.SeededEntropy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SmallThingsTest {
    @Test
    void anAddressIsLookedUpInReverseUnderItsDnsName() {
        assertThat(ReverseName.of(Endpoint.parseAddress("192.0.2.1"))).isEqualTo("1.2.0.192.in-addr.arpa");
        assertThat(ReverseName.of(Endpoint.parseAddress("2001:db8::1")))
                .isEqualTo("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
    }

    @Test
    void aSetOfRelaysIsReadFromTorrc() throws Exception {
        Relay r1 = TestNetwork.of(3, 0).view().called("r1").orElseThrow();

        assertThat(RelaySet.parse("R1").contains(r1)).isTrue();
        assertThat(RelaySet.parse("r2, " + r1.fingerprint() + "~r1").contains(r1))
                .isTrue();
        assertThat(RelaySet.parse("10.1.0.0/16").contains(r1)).isTrue();
        assertThat(RelaySet.parse("10.0.0.0/16").contains(r1)).isFalse();
        assertThat(RelaySet.parse("{de},{us}").isEmpty()).isTrue();
        assertThatThrownBy(() -> RelaySet.parse("r1,not/a/relay"))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("'not/a/relay'");
        assertThatThrownBy(() -> RelaySet.parse("10.0.0.0/33")).isInstanceOf(LocalFailure.class);
    }

    @Test
    void portsArePredictedForAnHourAfterTheirUse() {
        PredictedPorts ports = new PredictedPorts(0);
        assertThat(ports.at(0)).containsExactly(80, 443);

        long later = Duration.ofMinutes(50).toNanos();
        ports.used(22, later);

        assertThat(ports.at(later)).containsExactly(80, 443, 22);
        assertThat(ports.at(Duration.ofMinutes(70).toNanos())).containsExactly(22);
        assertThat(ports.at(Duration.ofMinutes(120).toNanos())).isEmpty();
    }

    @Test
    void predictedPortsAreForgottenAtTheirBound() {
        PredictedPorts ports = new PredictedPorts(0);
        for (int port = 1000; port < 1000 + PredictedPorts.PORTS_MAX + 5; port++) {
            ports.used(port, 0);
        }

        assertThat(ports.at(0)).hasSize(PredictedPorts.PORTS_MAX).contains(1020).doesNotContain(80, 1000);
    }

    @Test
    void aDestinationIsPlainTextAndAPort() {
        assertThat(new Destination("example.org", 80)).hasToString("example.org:80");
        assertThat(new Destination("2001:db8::1", 443)).hasToString("[2001:db8::1]:443");
        assertThat(new Destination("example.org", 80).address()).isEmpty();
        assertThatThrownBy(() -> new Destination("two words", 80)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Destination("a".repeat(256), 80)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void longLivedPortsWantStableRelays() {
        ClientOptions options = TestNetwork.options();

        assertThat(Demand.of(new Destination("example.org", 22), options).stable())
                .isTrue();
        assertThat(Demand.of(new Destination("example.org", 80), options).stable())
                .isFalse();
        assertThat(Demand.of(new Destination("2001:db8::1", 80), options).ipv6())
                .isTrue();
    }

    @Test
    void aChoiceFollowsTheWeights() {
        SeededEntropy entropy = new SeededEntropy(5);
        int heavy = 0;
        for (int i = 0; i < 10_000; i++) {
            heavy += WeightedChoice.among(List.of(1, 3, 0), weight -> weight, entropy)
                                    .orElseThrow()
                            == 3
                    ? 1
                    : 0;
        }

        assertThat(heavy).isBetween(7300, 7700);
        assertThat(WeightedChoice.among(List.of(0, 0), weight -> weight, entropy))
                .isPresent();
        assertThat(WeightedChoice.among(List.<Integer>of(), weight -> weight, entropy))
                .isEmpty();
    }
}
