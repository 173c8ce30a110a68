package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TorVersionTest {
    @Test
    void versionsSortAsTheyWereReleased() {
        List<String> released = List.of(
                "0.4.8.0-alpha-dev", "0.4.8.22", "0.4.9.2-alpha", "0.4.9.11", "0.4.10.1-alpha", "1.0.0.0", "nonsense");
        List<String> shuffled = new ArrayList<>(released);
        Collections.reverse(shuffled);
        shuffled.sort(TorVersion.TEXT_ORDER);
        assertThat(shuffled).isEqualTo(released);
    }

    @Test
    void aStatusTagComesAfterThePlainVersion() {
        assertThat(TorVersion.parse("0.4.9.3-alpha").orElseThrow())
                .isGreaterThan(TorVersion.parse("0.4.9.3").orElseThrow())
                .isLessThan(TorVersion.parse("0.4.9.3-alpha-dev").orElseThrow());
    }

    @Test
    void thePlatformOfOtherSoftwareHasNoVersion() {
        assertThat(TorVersion.ofPlatform("Tor 0.4.9.11 on Linux")).isEqualTo(TorVersion.parse("0.4.9.11"));
        assertThat(TorVersion.ofPlatform("Arti 2.0 on Linux")).isEmpty();
        assertThat(TorVersion.ofPlatform("Tor unreadable on Linux")).isEmpty();
    }

    @Test
    void aVersionIsRecommendedByMoreThanHalfOfThoseWithAnOpinion() {
        List<List<String>> opinions = List.of(
                List.of("0.4.9.11", "0.4.8.22"),
                List.of(),
                List.of("0.4.8.22", "0.4.8.22", "0.4.9.11"),
                List.of("0.4.9.11"));
        assertThat(VersionVoter.recommended(opinions)).containsExactly("0.4.8.22", "0.4.9.11");
        assertThat(VersionVoter.recommended(List.of(List.of("0.4.9.11"), List.of("0.4.8.22"))))
                .isEmpty();
    }
}
