package io.allium.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Untrusted;
import io.allium.directory.Weights.Position;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.RouterFlag;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkViewTest {
    private final NetworkView view = view(7);

    @Test
    void relaysAreFoundByEveryName() {
        Relay r4 = view.called("R4").orElseThrow();

        assertThat(view.relay(r4.fingerprint())).contains(r4);
        assertThat(view.relay(r4.identity().orElseThrow())).contains(r4);
        assertThat(view.called("nobody")).isEmpty();
    }

    @Test
    void aRelayKnowsWhatItsMicrodescriptorSays() {
        Relay r4 = view.called("r4").orElseThrow();

        assertThat(r4.isUsable()).isTrue();
        assertThat(r4.exitsTo(80, false)).isTrue();
        assertThat(r4.bandwidth()).isEqualTo(8000);
        assertThat(r4.addresses().getFirst().port()).isEqualTo(6014);
    }

    @Test
    void aRelayWithoutDescriptorIsListedAndNotUsable() {
        Relay relay = view(0).relays().getFirst();

        assertThat(relay.has(RouterFlag.RUNNING)).isTrue();
        assertThat(relay.isUsable()).isFalse();
        assertThat(relay.isExit()).isFalse();
        assertThat(relay.onionKey()).isEmpty();
    }

    @Test
    void pathsCountOnlyWithAllThreeOfTheirRelays() {
        assertThat(view(0).pathFraction().ofPaths()).isZero();
        assertThat(view.pathFraction().ofPaths()).isEqualTo(1.0);
        PathFraction some = view(4).pathFraction();
        assertThat(some.present()).isEqualTo(4);
        assertThat(some.usable()).isEqualTo(7);
        assertThat(some.ofPaths()).isBetween(0.01, 0.99).isEqualTo(some.guard() * some.middle() * some.exit());
    }

    @Test
    void theSentenceOnPathsIsThatOfCTor() {
        assertThat(view(0).pathFraction().sentence())
                .isEqualTo("0% of guards bw, 0% of midpoint bw, and 0% of exit bw = 0% of path bw");
    }

    @Test
    void aConsensusIsReasonablyLiveForADayAfterItsEnd() {
        assertThat(view.isLive(Samples.NOW)).isTrue();
        assertThat(view.isLive(Samples.NOW.plus(Duration.ofHours(1)))).isFalse();
        assertThat(view.isReasonablyLive(Samples.NOW.plus(Duration.ofHours(23))))
                .isTrue();
        assertThat(view.isReasonablyLive(Samples.NOW.plus(Duration.ofHours(25))))
                .isFalse();
    }

    @Test
    void weightsAreTheBandwidthTimesTheShareOfThePosition() {
        Relay r4 = view.called("r4").orElseThrow();
        double scale = 10_000;
        int guardAndExit = view.consensus().bandwidthWeights().get("Wgd");
        int asDirectory = view.consensus().bandwidthWeights().get("Wdb");

        assertThat(view.weights().of(r4, Position.GUARD))
                .isEqualTo(8000 * (guardAndExit / scale) * (asDirectory / scale));
    }

    @Test
    void relaysOfOneSubnetAreRecognised() {
        Relay one = view.relays().get(0);
        Relay other = view.relays().get(1);

        assertThat(one.sharesSubnetWith(other)).isTrue();
    }

    @Test
    void serverDescriptorsServeAsWellAsMicrodescriptors() throws Exception {
        List<RouterDescriptor> descriptors = new ArrayList<>();
        RouterDescriptor.parseAll(Samples.bytes("server-descriptors"))
                .documents()
                .forEach(each -> descriptors.add(each.claimed()));
        NetworkView full = NetworkView.ofDescriptors(
                Consensus.parse(Samples.bytes("consensus-ns")).claimed().body(), descriptors);

        assertThat(full.pathFraction().present()).isEqualTo(6); // one published anew between the two samples
        Relay one = full.called("r4").orElseThrow();
        Relay other = view.called("r4").orElseThrow();
        assertThat(one.identity()).isEqualTo(other.identity());
        assertThat(one.onionKey()).isEqualTo(other.onionKey());
        assertThat(one.exitsTo(80, false)).isEqualTo(other.exitsTo(80, false));
    }

    private static NetworkView view(int descriptors) {
        try {
            return NetworkView.of(
                    Samples.consensus().claimed().body(),
                    List.copyOf(Samples.microdescriptors().subList(0, descriptors)));
        } catch (Untrusted bug) {
            throw new AssertionError(bug);
        }
    }
}
