package io.allium.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.client.Vanguards.Layer;
import io.allium.crypto.Fingerprint;
import io.allium.directory.NetworkView;
import io.allium.directory.Relay;
import io.allium.testing.ManualTime;
import io.allium.testing.SeededEntropy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class VanguardsTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final ManualTime time = new ManualTime();
    private final SeededEntropy entropy = new SeededEntropy(8);
    private final List<String> told = new ArrayList<>();
    private final NetworkView view = TestNetwork.of(30, 10).view();

    @Test
    void fourRelaysAreKeptAsTheSecondHopAndEachIsUsed() {
        Vanguards vanguards = vanguards(TestNetwork.options());
        assertThat(drawn(vanguards, Layer.SECOND, view, 200)).hasSize(4);
        assertThat(told).hasSize(4).allMatch(each -> each.startsWith("GOOD_L2 "));
    }

    @Test
    void theConsensusSaysHowMany() {
        NetworkView many = TestNetwork.of(30, 10).view(Map.of("guard-hs-l2-number", 7, "guard-hs-l3-number", 3));
        Vanguards vanguards = vanguards(TestNetwork.options());
        assertThat(drawn(vanguards, Layer.SECOND, many, 400)).hasSize(7);
        assertThat(drawn(vanguards, Layer.THIRD, many, 400)).hasSize(3);
    }

    @Test
    void whatTheRestOfThePathForbidsIsNotDrawn() {
        Vanguards vanguards = vanguards(TestNetwork.options());
        Set<Fingerprint> kept = drawn(vanguards, Layer.SECOND, view, 200);
        Fingerprint one = kept.iterator().next();
        for (int i = 0; i < 100; i++) {
            Optional<Relay> relay = vanguards.draw(
                    Layer.SECOND, view, true, each -> !each.fingerprint().equals(one));
            assertThat(relay.map(Relay::fingerprint)).isPresent().isNotEqualTo(Optional.of(one));
        }
        assertThat(vanguards.draw(Layer.SECOND, view, true, each -> false)).isEmpty();
        assertThat(drawn(vanguards, Layer.SECOND, view, 200)).isEqualTo(kept);
    }

    @Test
    void eachGoesWithinItsTime() {
        Vanguards vanguards = vanguards(TestNetwork.options());
        Set<Fingerprint> first = drawn(vanguards, Layer.SECOND, view, 200);
        time.pass(DAY.minusSeconds(1));
        assertThat(drawn(vanguards, Layer.SECOND, view, 200)).isEqualTo(first);
        time.pass(DAY.multipliedBy(11).plusSeconds(1));
        Set<Fingerprint> later = drawn(vanguards, Layer.SECOND, view, 200);
        assertThat(later).hasSize(4);
        assertThat(told.stream().filter(each -> each.startsWith("BAD_L2 "))).hasSizeGreaterThanOrEqualTo(4);
    }

    @Test
    void theThirdHopIsKeptForHours() {
        Vanguards vanguards = vanguards(TestNetwork.options());
        Set<Fingerprint> first = drawn(vanguards, Layer.THIRD, view, 400);
        assertThat(first).hasSize(8);
        time.pass(Duration.ofMinutes(59));
        assertThat(drawn(vanguards, Layer.THIRD, view, 400)).isEqualTo(first);
        time.pass(Duration.ofHours(48));
        assertThat(drawn(vanguards, Layer.THIRD, view, 400)).hasSize(8).isNotEqualTo(first);
    }

    @Test
    void oneThatTheConsensusNoLongerListsIsReplaced() {
        Vanguards vanguards = vanguards(TestNetwork.options());
        Set<Fingerprint> first = drawn(vanguards, Layer.SECOND, view, 200);
        TestNetwork network = TestNetwork.of(30, 10);
        Fingerprint gone = first.iterator().next();
        for (int i = 0; i < 40; i++) {
            if (TestNetwork.fingerprint(i).equals(gone)) {
                network.without(i);
            }
        }
        Set<Fingerprint> later = drawn(vanguards, Layer.SECOND, network.view(), 200);
        assertThat(later).hasSize(4).doesNotContain(gone);
        assertThat(later).containsAll(first.stream().skip(1).toList());
    }

    @Test
    void aSmallNetworkHasFewerAndNeverOneTwice() {
        NetworkView small = TestNetwork.of(2, 1).view();
        assertThat(drawn(vanguards(TestNetwork.options()), Layer.SECOND, small, 100))
                .hasSize(3);
    }

    @Test
    void thoseOfTheConfigurationAreTheOnlyOnes() throws Exception {
        RelaySet two = RelaySet.parse("r3,r5");
        Vanguards vanguards = vanguards(ClientOptions.builder(List.of(), List.of())
                .hsLayer2Nodes(two)
                .hsLayer3Nodes(RelaySet.parse("r7"))
                .build());
        assertThat(drawn(vanguards, Layer.SECOND, view, 50))
                .containsExactlyInAnyOrder(TestNetwork.fingerprint(3), TestNetwork.fingerprint(5));
        assertThat(drawn(vanguards, Layer.THIRD, view, 50)).containsExactly(TestNetwork.fingerprint(7));
        assertThat(vanguards.hasThirdLayer(false, view.parameters())).isTrue();
    }

    @Test
    void theUserOrTheConsensusCanDoWithoutThem() {
        NetworkView without = TestNetwork.of(3, 3).view(Map.of("vanguards-lite-enabled", 0));
        assertThat(vanguards(TestNetwork.options()).isFree(Layer.SECOND, false, without.parameters()))
                .isTrue();
        assertThat(vanguards(lite(Optional.of(true))).isFree(Layer.SECOND, false, without.parameters()))
                .isFalse();
        assertThat(vanguards(lite(Optional.of(false))).isFree(Layer.SECOND, false, view.parameters()))
                .isTrue();
        assertThat(vanguards(TestNetwork.options()).isFree(Layer.SECOND, true, view.parameters()))
                .isFalse();
        assertThat(vanguards(TestNetwork.options()).isFree(Layer.THIRD, true, view.parameters()))
                .isTrue();
    }

    @Test
    void onlyServicesHaveAThirdLayerAndOnlyWhereTheConsensusWantsIt() {
        NetworkView wanted = TestNetwork.of(3, 3).view(Map.of("vanguards-hs-service", 2));
        Vanguards vanguards = vanguards(TestNetwork.options());
        assertThat(vanguards.hasThirdLayer(true, wanted.parameters())).isTrue();
        assertThat(vanguards.hasThirdLayer(false, wanted.parameters())).isFalse();
        assertThat(vanguards.hasThirdLayer(true, view.parameters())).isFalse();
    }

    @Test
    void theLightFormIsForgottenAtTheEndAndTheFullOneIsNot() {
        Vanguards light = vanguards(TestNetwork.options());
        drawn(light, Layer.SECOND, view, 10);
        assertThat(light.lines()).isEmpty();

        Vanguards full = vanguards(TestNetwork.options());
        Set<Fingerprint> second = drawn(full, Layer.SECOND, view, 200);
        Set<Fingerprint> third = drawn(full, Layer.THIRD, view, 400);
        assertThat(full.lines())
                .hasSize(12)
                .allMatch(line -> line.matches("layer=[23] rsa_id=[0-9A-F]{40} expires=.*"));

        List<String> saved = new ArrayList<>(full.lines());
        saved.add("layer=2 rsa_id=nonsense");
        saved.add("");
        Vanguards restored = new Vanguards(time, entropy, Log.NONE, TestNetwork.options(), GuardEvents.NONE, saved);
        assertThat(drawn(restored, Layer.SECOND, view, 200)).isEqualTo(second);
        assertThat(drawn(restored, Layer.THIRD, view, 400)).isEqualTo(third);
    }

    @Test
    void aNewIdentityHasOthersInTheLightFormAlone() {
        Vanguards light = vanguards(TestNetwork.options());
        Set<Fingerprint> before = drawn(light, Layer.SECOND, view, 200);
        told.clear();
        light.forget(Optional.of(view));
        assertThat(told).hasSize(4).allMatch(each -> each.matches("BAD_L2 r[0-9]+"));
        assertThat(drawn(light, Layer.SECOND, view, 200)).isNotEqualTo(before);

        Vanguards full = vanguards(TestNetwork.options());
        Set<Fingerprint> kept = drawn(full, Layer.SECOND, view, 200);
        drawn(full, Layer.THIRD, view, 1);
        full.forget(Optional.of(view));
        assertThat(drawn(full, Layer.SECOND, view, 200)).isEqualTo(kept);
    }

    private static Set<Fingerprint> drawn(Vanguards vanguards, Layer layer, NetworkView from, int times) {
        Set<Fingerprint> drawn = new TreeSet<>();
        for (int i = 0; i < times; i++) {
            drawn.add(
                    vanguards.draw(layer, from, true, any -> true).orElseThrow().fingerprint());
        }
        return drawn;
    }

    private Vanguards vanguards(ClientOptions options) {
        return new Vanguards(
                time,
                entropy,
                Log.NONE,
                options,
                (guard, nickname, change) -> told.add(change + " " + nickname),
                List.of());
    }

    private static ClientOptions lite(Optional<Boolean> enabled) {
        return ClientOptions.builder(List.of(), List.of())
                .vanguardsLiteEnabled(enabled)
                .build();
    }
}
