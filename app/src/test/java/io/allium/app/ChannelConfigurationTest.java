package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.LocalFailure;
import io.allium.base.SystemDisk;
import io.allium.channel.ChannelOptions;
import io.allium.channel.ChannelOptions.Rate;
import io.allium.directory.Parameters;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChannelConfigurationTest {
    private static final Parameters CONSENSUS = new Parameters(Map.of("CircuitPriorityHalflifeMsec", 2000));

    @ParameterizedTest
    @CsvSource({"-1.0, 2000", "10, 10000", "0.5, 500", "0, 30000"})
    void theHalfLifeOfTheOptionsGoesBeforeThatOfTheConsensus(String option, long millis) throws Exception {
        Options options = parse("CircuitPriorityHalflife " + option);
        assertThat(ChannelConfiguration.of(options, CONSENSUS).priorityHalfLife())
                .isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void ratesAreThoseOfTheOptions() throws Exception {
        ChannelOptions standard = ChannelConfiguration.of(parse(""), Parameters.STANDARD);
        assertThat(standard.bandwidth()).isEqualTo(new Rate(1 << 30, 1 << 30));
        assertThat(standard.relayBandwidth().isUnlimited()).isTrue();
        assertThat(standard.perConnection().isUnlimited()).isTrue();
        assertThat(standard.refill()).isEqualTo(Duration.ofMillis(100));
        Options set = parse("RelayBandwidthRate 2 GB\nPerConnBWRate 1 KB\nPerConnBWBurst 3 KB\nBandwidthRate 1 MB");
        ChannelOptions limited = ChannelConfiguration.of(set, Parameters.STANDARD);
        assertThat(limited.relayBandwidth()).isEqualTo(new Rate(1L << 31, 1L << 31));
        assertThat(limited.bandwidth()).isEqualTo(new Rate(1L << 31, 1L << 31));
        assertThat(limited.perConnection()).isEqualTo(new Rate(1024, 3072));
        Parameters consensus = new Parameters(Map.of("perconnbwrate", 77, "perconnbwburst", 99));
        assertThat(ChannelConfiguration.of(parse(""), consensus).perConnection())
                .isEqualTo(new Rate(77, 99));
    }

    @Test
    void queuesHaveAPartOfTheHeapAtTheMost() {
        long ofHeap = ChannelOptions.maxOfHeap();
        assertThat(ChannelConfiguration.maxMemInQueues(0, true)).isEqualTo(Math.min(8L << 30, ofHeap));
        assertThat(ChannelConfiguration.maxMemInQueues(1L << 50, true)).isEqualTo(2 * ofHeap);
        assertThat(ChannelConfiguration.maxMemInQueues(1 << 20, false)).isEqualTo(1 << 20);
        assertThat(ChannelConfiguration.maxMemInQueues(1 << 20, true)).isEqualTo(64 << 20);
    }

    private static Options parse(String text) throws LocalFailure {
        return Options.DEFAULTS.with(Torrc.parse(new SystemDisk(), text, "torrc"), warning -> {});
    }
}
