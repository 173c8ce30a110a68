package io.allium.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Log;
import io.allium.base.Unreachable;
import io.allium.crypto.Fingerprint;
import io.allium.directory.NetworkView;
import io.allium.directory.Relay;
import io.allium.netdoc.PortPolicy;
import io.allium.netdoc.RouterFlag;
import io.allium.testing.ManualTime;
import io.allium.testing.SeededEntropy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class HsPathChooserTest {
    private static final int DRAWS = 400;
    private static final Fingerprint UNLISTED = TestNetwork.fingerprint(9999);

    private static final Map<String, Integer> FULL = Map.of("vanguards-hs-service", 2);

    private final ManualTime time = new ManualTime();
    private final SeededEntropy entropy = new SeededEntropy(21);

    @Test
    void pathsAreAsLongAsInCTor() {
        Map<HsPurpose, Integer> light = new TreeMap<>();
        Map<HsPurpose, Integer> full = new TreeMap<>();
        for (HsPurpose each : HsPurpose.values()) {
            light.put(each, each.hops(false));
            full.put(each, each.hops(true));
        }
        assertThat(light)
                .containsEntry(HsPurpose.CLIENT_HSDIR, 4)
                .containsEntry(HsPurpose.CLIENT_INTRO, 4)
                .containsEntry(HsPurpose.CLIENT_REND, 3)
                .containsEntry(HsPurpose.SERVICE_HSDIR, 4)
                .containsEntry(HsPurpose.SERVICE_INTRO, 4)
                .containsEntry(HsPurpose.SERVICE_REND, 4);
        assertThat(full)
                .containsEntry(HsPurpose.CLIENT_HSDIR, 5)
                .containsEntry(HsPurpose.CLIENT_INTRO, 5)
                .containsEntry(HsPurpose.CLIENT_REND, 4)
                .containsEntry(HsPurpose.SERVICE_HSDIR, 4)
                .containsEntry(HsPurpose.SERVICE_INTRO, 4)
                .containsEntry(HsPurpose.SERVICE_REND, 5);
    }

    /** Small networks, where chance alone would break every rule soon. */
    @Test
    void noCellGoesBackToWhereItCameFromWhoeverIsAtTheEnd() throws Exception {
        for (Kind kind : kinds()) {
            ClientOptions options = kind.options;
            NetworkView view = TestNetwork.of(6, 6).view(kind.parameters);
            GuardSet guards = guards(view, options);
            HsPathChooser chooser = new HsPathChooser(options, vanguards(options), entropy);
            List<Fingerprint> ends = new ArrayList<>(List.of(UNLISTED));
            view.relays().forEach(relay -> ends.add(relay.fingerprint()));
            for (int i = 0; i < DRAWS; i++) {
                for (HsPurpose purpose : HsPurpose.values()) {
                    Fingerprint end = entropy.pick(ends);
                    PathChooser.Path path = chooser.to(end, purpose, view, guards);
                    guards.over(path.guard());
                    List<Fingerprint> all = fingerprints(path);
                    all.add(end);
                    assertThat(all).hasSize(purpose.hops(kind.hasThird(purpose)));
                    assertNeverBack(all);
                }
            }
        }
    }

    @Test
    void noCellGoesBackToWhereItCameFromWhereWeChooseTheEndToo() throws Exception {
        for (Kind kind : kinds()) {
            ClientOptions options = kind.options;
            NetworkView view = TestNetwork.of(6, 6).view(kind.parameters);
            GuardSet guards = guards(view, options);
            HsPathChooser chooser = new HsPathChooser(options, vanguards(options), entropy);
            for (int i = 0; i < DRAWS; i++) {
                PathChooser.Path path = chooser.toAny(HsPurpose.CLIENT_REND, view, guards);
                guards.over(path.guard());
                assertThat(path.relays()).hasSize(HsPurpose.CLIENT_REND.hops(kind.hasThird(HsPurpose.CLIENT_REND)));
                assertNeverBack(fingerprints(path));
                PathChooser.Path ahead = chooser.ahead(true, view, guards);
                guards.over(ahead.guard());
                assertNeverBack(fingerprints(ahead));
            }
        }
    }

    @Test
    void theHopsBehindTheGuardAreFewAndThoseBehindThemAreNot() throws Exception {
        ClientOptions options = TestNetwork.options();
        NetworkView view = TestNetwork.of(30, 30).view(FULL);
        GuardSet guards = guards(view, options);
        HsPathChooser chooser = new HsPathChooser(options, vanguards(options), entropy);
        List<Set<Fingerprint>> seen = List.of(new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
        for (int i = 0; i < DRAWS; i++) {
            PathChooser.Path path = chooser.to(UNLISTED, HsPurpose.SERVICE_REND, view, guards);
            guards.over(path.guard());
            List<Fingerprint> all = fingerprints(path);
            for (int hop = 0; hop < 4; hop++) {
                seen.get(hop).add(all.get(hop));
            }
        }
        assertThat(seen.get(0)).hasSize(1);
        assertThat(seen.get(1).size()).isBetween(3, 4); // the guard may be one of them
        assertThat(seen.get(2).size()).isBetween(7, 8);
        assertThat(seen.get(3)).hasSizeGreaterThan(20);
        assertThat(seen.get(3)).as("its absence would tell of the guard").containsAll(seen.get(0));
    }

    @Test
    void relaysThatTheUserNamesAreTheOnlySecondHopsEvenWhereNoneWouldBeKept() throws Exception {
        ClientOptions options = ClientOptions.builder(List.of(), List.of())
                .hsLayer2Nodes(RelaySet.parse("r1,r2,r3"))
                .vanguardsLiteEnabled(Optional.of(false))
                .build();
        NetworkView view = TestNetwork.of(6, 6).view();
        GuardSet guards = guards(view, options);
        HsPathChooser chooser = new HsPathChooser(options, vanguards(options), entropy);
        for (int i = 0; i < DRAWS; i++) {
            PathChooser.Path path = chooser.to(UNLISTED, entropy.pick(List.of(HsPurpose.values())), view, guards);
            guards.over(path.guard());
            assertThat(path.relays().get(1).nickname()).isIn("r1", "r2", "r3");
        }
    }

    @Test
    void familiesAndNetworksMayMeet() throws Exception {
        TestNetwork network = new TestNetwork();
        for (int i = 0; i < 6; i++) {
            network.relay(i, "10.1.0." + (i + 1), PortPolicy.REJECT_ALL, List.of(), 1000, RouterFlag.GUARD);
        }
        NetworkView view = network.view();
        ClientOptions options = TestNetwork.options();
        GuardSet guards = guards(view, options);
        HsPathChooser chooser = new HsPathChooser(options, vanguards(options), entropy);
        assertThat(chooser.to(UNLISTED, HsPurpose.CLIENT_INTRO, view, guards).relays())
                .hasSize(3);
    }

    @Test
    void nobodyMeetsAtARelayThatIsForTheMiddleOnly() throws Exception {
        TestNetwork network = TestNetwork.of(4, 0);
        for (int i = 10; i < 20; i++) {
            network.relay(i, "10." + i + ".0.1", PortPolicy.REJECT_ALL, List.of(), 9000, RouterFlag.MIDDLE_ONLY);
        }
        NetworkView view = network.view();
        ClientOptions options = TestNetwork.options();
        GuardSet guards = guards(view, options);
        HsPathChooser chooser = new HsPathChooser(options, vanguards(options), entropy);
        for (int i = 0; i < 100; i++) {
            PathChooser.Path path = chooser.toAny(HsPurpose.CLIENT_REND, view, guards);
            guards.over(path.guard());
            assertThat(path.last().has(RouterFlag.MIDDLE_ONLY)).isFalse();
        }
    }

    @Test
    void whereThereIsNoRelayForAPlaceNothingIsChosen() {
        NetworkView view = TestNetwork.of(2, 0).view();
        ClientOptions options = TestNetwork.options();
        HsPathChooser chooser = new HsPathChooser(options, vanguards(options), entropy);
        assertThatThrownBy(() -> chooser.to(UNLISTED, HsPurpose.CLIENT_INTRO, view, guards(view, options)))
                .isInstanceOf(Unreachable.class)
                .hasMessageStartingWith("no relay can be hop 3");
    }

    private record Kind(ClientOptions options, Map<String, Integer> parameters) {
        boolean hasThird(HsPurpose purpose) {
            return !options.hsLayer3Nodes().isEmpty() || !parameters.isEmpty() && purpose.isService();
        }
    }

    /** Light, full, none, and such as the configuration names. */
    private static List<Kind> kinds() throws Exception {
        return List.of(
                new Kind(TestNetwork.options(), Map.of()),
                new Kind(TestNetwork.options(), FULL),
                new Kind(
                        ClientOptions.builder(List.of(), List.of())
                                .vanguardsLiteEnabled(Optional.of(false))
                                .build(),
                        Map.of()),
                new Kind(
                        ClientOptions.builder(List.of(), List.of())
                                .hsLayer2Nodes(RelaySet.parse("r1,r2,r3,r4"))
                                .hsLayer3Nodes(RelaySet.parse("r5,r6,r7,r8,r1"))
                                .build(),
                        Map.of()));
    }

    private static void assertNeverBack(List<Fingerprint> path) {
        for (int i = 1; i < path.size(); i++) {
            assertThat(path.get(i)).as("%s", path).isNotEqualTo(path.get(i - 1));
            if (i > 1) {
                assertThat(path.get(i)).as("%s", path).isNotEqualTo(path.get(i - 2));
            }
        }
        List<Fingerprint> middle = path.subList(1, path.size() - 1);
        assertThat(middle).as("%s", path).doesNotHaveDuplicates();
    }

    private static List<Fingerprint> fingerprints(PathChooser.Path path) {
        return new ArrayList<>(path.relays().stream().map(Relay::fingerprint).toList());
    }

    private Vanguards vanguards(ClientOptions options) {
        return new Vanguards(time, entropy, Log.NONE, options, GuardEvents.NONE, List.of());
    }

    private GuardSet guards(NetworkView view, ClientOptions options) {
        GuardSet guards = new GuardSet(time, entropy, Log.NONE, options, GuardEvents.NONE, List.of());
        guards.update(view);
        return guards;
    }
}
