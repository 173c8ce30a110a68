package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.LocalFailure;
import io.allium.base.SystemDisk;
import io.allium.directory.Parameters;
import java.time.Duration;
import java.util.Map;
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

    private static Options parse(String text) throws LocalFailure {
        return Options.DEFAULTS.with(Torrc.parse(new SystemDisk(), text, "torrc"), warning -> {});
    }
}
