package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.LocalFailure;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecommendedVersionsTest {
    private final List<String> warnings = new ArrayList<>();

    @Test
    void withoutVersioningNothingIsRecommended() throws Exception {
        assertThat(RecommendedVersions.of(Options.parse("RecommendedVersions 0.4.9.11")))
                .isEqualTo(new RecommendedVersions(List.of(), List.of()));
    }

    @Test
    void linesAddUpAndCommasOrSpacesSeparate() throws Exception {
        RecommendedVersions versions = RecommendedVersions.of(Options.parse("""
                VersioningAuthoritativeDirectory 1
                RecommendedVersions 0.4.8.1, 0.4.8.2
                RecommendedVersions ,0.4.9.1 0.4.9.2,
                """));

        assertThat(versions.clients()).containsExactly("0.4.8.1", "0.4.8.2", "0.4.9.1", "0.4.9.2");
        assertThat(versions.servers()).isEqualTo(versions.clients());
    }

    @Test
    void whatIsForOneKindReplacesWhatIsForBoth() throws Exception {
        RecommendedVersions versions = RecommendedVersions.of(Options.parse("""
                VersioningAuthoritativeDirectory 1
                RecommendedVersions 0.4.8.1
                RecommendedServerVersions 0.4.9.11
                """));

        assertThat(versions.clients()).containsExactly("0.4.8.1");
        assertThat(versions.servers()).containsExactly("0.4.9.11");
    }

    @Test
    void whoHasAnOpinionMustSayIt() {
        assertThatThrownBy(() -> check("VersioningAuthoritativeDirectory 1\nRecommendedClientVersions 0.4.9.11"))
                .isInstanceOf(LocalFailure.class)
                .hasMessage("Versioning authoritative dir servers must set Recommended*Versions.");
    }

    @Test
    void oddVersionsAreWarnedOf() throws Exception {
        check("RecommendedServerVersions 0.4.9.11 0.4.9.12,newest");

        assertThat(warnings)
                .satisfiesExactly(
                        space -> assertThat(space).contains("\"0.4.9.11 0.4.9.12\"", "comma-separated"),
                        odd -> assertThat(odd).contains("\"newest\" does not look valid"));
    }

    private void check(String torrc) throws LocalFailure {
        RecommendedVersions.check(Options.parse(torrc), warnings::add);
    }
}
