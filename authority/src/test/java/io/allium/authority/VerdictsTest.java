package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.authority.ApprovedRouters.Verdict;
import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.RouterFlag;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerdictsTest {
    private final RouterDescriptor one = Samples.descriptor("r1");
    private final RouterDescriptor other = Samples.descriptor("r2");

    @TempDir
    private Path folder;

    @Test
    void eachVerdictIsReadOfFingerprintsAndOfIdentities() throws Exception {
        for (Verdict verdict : Verdict.values()) {
            String keyword = verdict.keyword();
            Verdicts routers = read(keyword + " " + one.fingerprint().hex() + "\n" + keyword + " "
                    + other.identity().base64() + "\n");
            for (Verdict each : Verdict.values()) {
                assertThat(routers.with(each).contains(one)).as("" + each).isEqualTo(each == verdict);
                assertThat(routers.with(each).contains(other)).as("" + each).isEqualTo(each == verdict);
            }
        }
    }

    @Test
    void aRelayMayLoseSeveralFlags() throws Exception {
        String relay = one.fingerprint().hex();
        BadRelays bad = new BadRelays(
                any -> false,
                any -> false,
                read("!stripguard " + relay + "\n!STRIPHSDIR " + relay + "\n").stripped());
        assertThat(bad.stripped(one)).isEqualTo(Set.of(RouterFlag.GUARD, RouterFlag.HS_DIR));
        assertThat(bad.stripped(other)).isEmpty();
    }

    @Test
    void fingerprintsMayHaveSpacesAndLinesComments() throws Exception {
        String spaced = one.fingerprint().hex().replaceAll("(.{4})", "$1 ").strip();
        Verdicts routers = read(
                "# bad\n\n!reject " + spaced + "\n  r2 " + other.fingerprint().hex() + "\n");
        assertThat(routers.with(Verdict.REJECT).contains(one)).isTrue();
        assertThat(routers.with(Verdict.REJECT).contains(other)).isFalse();
    }

    @Test
    void theFileIsReadAnewOnRequest() throws Exception {
        Verdicts verdicts = read("");
        RelaySet rejected = verdicts.with(Verdict.REJECT);
        Submissions submissions = new Submissions(
                new SubmissionOptions(SubmissionOptions.TESTING.minimalVersion(), true, true, rejected, relay -> false),
                KeyPins.load(new SystemDisk(), folder.resolve("pins")),
                Log.NONE,
                any -> {});
        submissions.post(Samples.read("server-descriptors"), Samples.TIME);
        read("!reject " + one.fingerprint().hex() + "\n");
        assertThat(rejected.contains(one)).isFalse();
        verdicts.reload();
        submissions.dropRejected();
        assertThat(rejected.contains(one)).isTrue();
        assertThat(submissions.newest(one.fingerprint())).isEmpty();
        assertThat(submissions.newest(other.fingerprint())).isPresent();
        assertThat(submissions.descriptor(one.digest())).isEmpty();
    }

    private Verdicts read(String text) throws Exception {
        SystemDisk disk = new SystemDisk();
        Path file = folder.resolve("approved-routers");
        disk.write(file, text.getBytes(StandardCharsets.US_ASCII));
        return new Verdicts(disk, folder, Log.NONE);
    }
}
