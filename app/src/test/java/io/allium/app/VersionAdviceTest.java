package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VersionAdviceTest {
    @ParameterizedTest
    @CsvSource({
        "'', NO_OPINION, ''",
        "0.4.8.1 0.4.9.11, RECOMMENDED, ''",
        "0.4.8.1 0.4.9.10, NEW, is newer than any recommended version",
        "0.4.9.10 0.4.10.1-alpha, NEW_IN_SERIES, is newer than any recommended version in its series",
        "0.4.9.12 0.4.10.1-alpha, OBSOLETE, Please upgrade!",
        "0.4.9.10 0.4.9.12, UNRECOMMENDED, is not recommended",
        "0.4.8.1 0.4.10.1-alpha, UNRECOMMENDED, is not recommended",
        "newest, UNRECOMMENDED, is not recommended",
    })
    void aVersionStandsToThoseThatAreRecommended(String recommended, VersionAdvice.Standing standing, String said) {
        VersionAdvice advice =
                new VersionAdvice("0.4.9.11", recommended.isEmpty() ? List.of() : List.of(recommended.split(" ")));

        assertThat(advice.standing()).isEqualTo(standing);
        assertThat(advice.text().orElse("")).contains(said);
        assertThat(advice.text().isPresent()).isEqualTo(!said.isEmpty());
    }
}
