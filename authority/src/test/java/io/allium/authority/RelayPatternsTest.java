package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.authority.ApprovedRouters.Verdict;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.netdoc.RouterDescriptor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelayPatternsTest {
    private final RouterDescriptor relay = Samples.descriptor("r1");
    private final RouterDescriptor other = Samples.descriptor("r2");

    @TempDir
    private Path folder;

    @Test
    void aRelayIsNamedByFingerprintNicknameOrAddress() throws LocalFailure {
        assertThat(names("$" + relay.fingerprint().hex() + "~r1")).isTrue();
        assertThat(names("nobody, R1")).isTrue();
        assertThat(names("127.0.0.0/8")).isTrue();
        assertThat(names("10.0.0.0/8,192.0.2.1,{de}")).isFalse();
        assertThat(names("*")).isTrue();
        assertThat(names("")).isFalse();
    }

    @Test
    void aPatternThatMakesNoSenseIsNamed() {
        assertThatThrownBy(() -> names("127.0.0.0/99")).isInstanceOf(LocalFailure.class);
        assertThatThrownBy(() -> names("what is this?"))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("'what is this?' is not a fingerprint");
    }

    @Test
    void theOperatorsFileDecidesAboutSingleRelays() throws LocalFailure {
        Path file = folder.resolve("approved-routers");
        String content = "# ours\n!badexit " + relay.fingerprint().hex() + "\n!middleonly "
                + other.identity().base64() + "\n!reject nonsense\nnick "
                + relay.fingerprint().hex() + "\n";
        new SystemDisk().write(file, content.getBytes(StandardCharsets.UTF_8));
        Verdicts routers = new Verdicts(new SystemDisk(), folder, Log.NONE);
        assertThat(routers.with(Verdict.BAD_EXIT).contains(relay)).isTrue();
        assertThat(routers.with(Verdict.BAD_EXIT).contains(other)).isFalse();
        assertThat(routers.with(Verdict.MIDDLE_ONLY).contains(other)).isTrue();
        assertThat(routers.with(Verdict.REJECT).contains(relay)).isFalse();
    }

    private boolean names(String patterns) throws LocalFailure {
        return RelayPatterns.parse(List.of(patterns)).contains(relay);
    }
}
