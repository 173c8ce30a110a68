package io.allium.netdoc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Untrusted;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ProtocolVersionsTest {
    private static final String CTOR = "Conflux=1 Cons=1-2 Desc=1-4 DirCache=2 FlowCtrl=1-2 HSDir=2 HSIntro=4-5"
            + " HSRend=1-2 Link=3-5 LinkAuth=3 Microdesc=1-3 Padding=2 Relay=2-6";

    @Test
    void theLineOfCTorReadsAndWritesTheSame() throws Untrusted {
        ProtocolVersions versions = ProtocolVersions.parse(CTOR);

        assertThat(versions.text()).isEqualTo(CTOR);
        assertThat(versions.supports("Relay", 2)).isTrue();
        assertThat(versions.supports("Relay", 7)).isFalse();
        assertThat(versions.supports("Relay", 64)).isFalse();
        assertThat(versions.supports("Nothing", 1)).isFalse();
        assertThat(versions.supportsFrom("Link", 5)).isTrue();
        assertThat(versions.supportsFrom("Link", 6)).isFalse();
    }

    @Test
    void whatIsMissingOfWhatIsRequiredIsTold() {
        ProtocolVersions ours = ProtocolVersions.of("Link=4-5 Relay=2");
        ProtocolVersions required = ProtocolVersions.of("Cons=2 Link=3-4 Relay=1-2");

        assertThat(ours.contains(required)).isFalse();
        assertThat(required.minus(ours).text()).isEqualTo("Cons=2 Link=3 Relay=1");
        assertThat(ours.contains(ProtocolVersions.of("Link=5"))).isTrue();
    }

    @Test
    void rangesAreMergedAndSorted() throws Untrusted {
        assertThat(ProtocolVersions.parse("B=5,1-2,3 A=0-63 B=9").text()).isEqualTo("A=0-63 B=1-3,5,9");
        assertThat(ProtocolVersions.parse("A=").supports("A", 0)).isFalse();
        assertThat(ProtocolVersions.parse("").isEmpty()).isTrue();
    }

    @Test
    void whatIsNoListOfVersionsIsRefused() {
        for (String bad : List.of(
                "A",
                "=1",
                "A=64",
                "A=2-1",
                "A=1,",
                "A=,1",
                "A=1--2",
                "A=-1",
                "A=x",
                "A_B=1",
                "A=99999999999999999999",
                "a".repeat(101) + "=1")) {
            assertThatThrownBy(() -> ProtocolVersions.parse(bad)).as(bad).isInstanceOf(Untrusted.class);
        }
    }

    @Test
    void whatIsWrittenReadsBackTheSame() throws Untrusted {
        long seed = 4711;
        Random random = new Random(seed);
        for (int turn = 0; turn < 500; turn++) {
            TreeMap<String, Long> bits = new TreeMap<>();
            for (int i = random.nextInt(5); i >= 0; i--) {
                bits.put("P" + random.nextInt(20), random.nextLong() | 1L << random.nextInt(64));
            }
            ProtocolVersions versions = ProtocolVersions.ofBits(bits);
            assertThat(ProtocolVersions.parse(versions.text()))
                    .as("seed %d", seed)
                    .isEqualTo(versions);
        }
    }
}
