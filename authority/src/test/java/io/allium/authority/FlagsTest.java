package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.RouterFlag;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FlagsTest {
    private static final RouterDescriptor DESCRIPTOR = Samples.descriptor("r1");

    @Test
    void aSteadyFastRelayIsAGuardAndKeepsOnionServiceDescriptors() {
        List<RelayFacts> network = network(20, 5000);
        Flags flags = flags(network, FlagOptions.DEFAULTS);
        assertThat(flags.of(DESCRIPTOR, network.getFirst()).text())
                .isEqualTo("Fast Guard HSDir Running Stable V2Dir Valid");
    }

    @Test
    void whatTheOperatorStripsARelayDoesNotGet() {
        List<RelayFacts> network = network(20, 5000);
        RelayFacts stripped = new Relay()
                .bandwidth(5000)
                .without(RouterFlag.GUARD, RouterFlag.HS_DIR, RouterFlag.V2_DIR)
                .facts();
        network.add(stripped);
        assertThat(flags(network, FlagOptions.DEFAULTS).of(DESCRIPTOR, stripped).text())
                .isEqualTo("Fast Running Stable Valid");
    }

    @Test
    void aSlowRelayIsNotFastAndNeitherGuardNorHsDir() {
        List<RelayFacts> network = network(20, 5000);
        RelayFacts slow = new Relay().bandwidth(50).facts();
        network.add(slow);
        assertThat(flags(network, FlagOptions.DEFAULTS).of(DESCRIPTOR, slow).text())
                .isEqualTo("Running Stable V2Dir Valid");
    }

    @Test
    void aRelayOfMoreThan100KbIsFastHoweverFastOthersAre() {
        List<RelayFacts> network = network(20, 50_000);
        RelayFacts decent = new Relay().bandwidth(103).facts();
        network.add(decent);
        assertThat(flags(network, FlagOptions.DEFAULTS).of(DESCRIPTOR, decent).text())
                .contains("Fast");
    }

    @Test
    void aRelayThatIsYoungerThanFourDaysKeepsNoOnionServiceDescriptors() {
        List<RelayFacts> network = network(20, 5000);
        RelayFacts young =
                new Relay().bandwidth(5000).uptime(Duration.ofDays(3)).facts();
        network.add(young);
        assertThat(flags(network, FlagOptions.DEFAULTS).of(DESCRIPTOR, young).text())
                .doesNotContain("HSDir");
    }

    @Test
    void unmeasuredRelaysCountForNothingOnceEnoughAreMeasured() {
        List<RelayFacts> network = network(3, 5000);
        for (int i = 0; i < 600; i++) {
            network.add(new Relay().measured(2000).facts());
        }
        Flags flags = flags(network, FlagOptions.DEFAULTS);
        assertThat(flags.thresholds().ignoringAdvertised()).isTrue();
        assertThat(flags.of(DESCRIPTOR, network.getFirst()).text()).doesNotContain("Fast");
    }

    @Test
    void aTestingNetworkGivesItsFlagsToEverybodyChosen() {
        FlagOptions all = FlagOptions.testing(
                FlagOptions.Chosen.ALL, FlagOptions.Chosen.ALL, new FlagOptions.Chosen(relay -> false, true));
        RelayFacts relay = new Relay().bandwidth(1).facts();
        assertThat(flags(List.of(relay), all).of(DESCRIPTOR, relay).text())
                .isEqualTo("Exit Fast Guard Running Stable V2Dir Valid");
    }

    @Test
    void aSybilHasNoUsefulFlag() {
        List<RelayFacts> network = network(20, 5000);
        RelayFacts sybil = new Relay().bandwidth(5000).sybil().facts();
        assertThat(flags(network, FlagOptions.DEFAULTS).of(DESCRIPTOR, sybil).text())
                .isEqualTo("Sybil");
    }

    @Test
    void hibernatingRelaysDoNotMoveTheThresholds() {
        List<RelayFacts> network = network(8, 5000);
        for (int i = 0; i < 100; i++) {
            network.add(new Relay().bandwidth(90_000).hibernating().facts());
        }
        assertThat(flags(network, FlagOptions.DEFAULTS).thresholds().guardBandwidth())
                .isEqualTo(5000);
    }

    private static Flags flags(List<RelayFacts> network, FlagOptions options) {
        return new Flags(FlagThresholds.measure(network, options, true), options);
    }

    private static List<RelayFacts> network(int size, long bandwidth) {
        List<RelayFacts> network = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            network.add(new Relay().bandwidth(bandwidth).facts());
        }
        return network;
    }

    /** A relay that is good at everything. Confined to its test. */
    private static final class Relay {
        private long advertised = 1000;
        private Optional<Long> measured = Optional.empty();
        private Duration uptime = Duration.ofDays(30);
        private boolean sybil;
        private boolean hibernating;
        private Set<RouterFlag> stripped = Set.of();

        Relay without(RouterFlag... flags) {
            stripped = Set.of(flags);
            return this;
        }

        Relay bandwidth(long kilobytes) {
            advertised = kilobytes;
            return this;
        }

        Relay measured(long kilobytes) {
            measured = Optional.of(kilobytes);
            return this;
        }

        Relay uptime(Duration since) {
            uptime = since;
            return this;
        }

        Relay sybil() {
            sybil = true;
            return this;
        }

        Relay hibernating() {
            hibernating = true;
            return this;
        }

        RelayFacts facts() {
            return new RelayFacts(
                    true,
                    true,
                    hibernating,
                    sybil,
                    false,
                    false,
                    false,
                    false,
                    true,
                    true,
                    uptime,
                    Optional.empty(),
                    advertised,
                    measured,
                    uptime.toSeconds(),
                    1.0,
                    uptime.toSeconds(),
                    false,
                    stripped);
        }
    }
}
