package io.allium.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import io.allium.base.Log;
import io.allium.base.Refused;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.crypto.Fingerprint;
import io.allium.directory.NetworkView;
import io.allium.directory.Relay;
import io.allium.netdoc.PortPolicy;
import io.allium.netdoc.RouterFlag;
import io.allium.testing.ManualTime;
import io.allium.testing.SeededEntropy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PathChooserTest {
    private static final Demand WEB = new Demand(Set.of(80), false, false, true);

    private final SeededEntropy entropy = new SeededEntropy(3);

    @Test
    void aPathHasAGuardAMiddleAndAnExitAllDifferent() throws Exception {
        NetworkView view = TestNetwork.of(20, 10).view();
        GuardSet guards = guards(view, TestNetwork.options());

        for (int i = 0; i < 200; i++) {
            List<Relay> path = choose(view, guards, TestNetwork.options()).relays();
            assertThat(path).hasSize(PathChooser.HOPS).doesNotHaveDuplicates();
            assertThat(path.getFirst().has(RouterFlag.GUARD)).isTrue();
            assertThat(path.getLast().exitsTo(80, false)).isTrue();
        }
    }

    @Test
    void exitsAreChosenByTheirBandwidth() throws Exception {
        TestNetwork network = TestNetwork.of(20, 0);
        network.relay(30, "10.30.0.1", PortPolicy.ACCEPT_ALL, List.of(), 1000, RouterFlag.EXIT);
        network.relay(31, "10.31.0.1", PortPolicy.ACCEPT_ALL, List.of(), 3000, RouterFlag.EXIT);
        NetworkView view = network.view();
        GuardSet guards = guards(view, TestNetwork.options());

        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < 4000; i++) {
            PathChooser.Path path = choose(view, guards, TestNetwork.options());
            guards.over(path.guard());
            counts.merge(path.last().nickname(), 1, Integer::sum);
        }

        assertThat(counts.get("r31") / 4000.0).isEqualTo(0.75, offset(0.04));
    }

    @Test
    void anExitLetsThePortThrough() throws Exception {
        TestNetwork network = TestNetwork.of(20, 0);
        network.exit(30, PortPolicy.parse("accept 80,443"));
        network.exit(31, PortPolicy.parse("reject 25"));
        NetworkView view = network.view();
        GuardSet guards = guards(view, TestNetwork.options());
        PathChooser chooser = new PathChooser(TestNetwork.options(), entropy);

        for (int i = 0; i < 50; i++) {
            Demand ssh = new Demand(Set.of(22), false, true, true);
            assertThat(chooser.choose(view, guards, ssh, Set.of()).last().nickname())
                    .isEqualTo("r31");
        }
        Demand mail = new Demand(Set.of(25), false, false, true);
        assertThatThrownBy(() -> chooser.choose(view, guards, mail, Set.of()))
                .isInstanceOfSatisfying(
                        Refused.class, no -> assertThat(no.kind()).isEqualTo(Refused.Kind.EXIT_POLICY));
    }

    @Test
    void anIpv6DestinationNeedsAnIpv6Exit() throws Exception {
        NetworkView view = TestNetwork.of(20, 5).view();
        PathChooser chooser = new PathChooser(TestNetwork.options(), entropy);
        Demand ipv6 = Demand.of(new Destination("2001:db8::1", 80), TestNetwork.options());

        assertThatThrownBy(() -> chooser.choose(view, guards(view, TestNetwork.options()), ipv6, Set.of()))
                .isInstanceOf(Refused.class);
    }

    @Test
    void relaysOfOneSubnetAreNotInOnePathUnlessAllowed() throws Exception {
        TestNetwork network = new TestNetwork();
        network.relay(1, "10.1.0.1", PortPolicy.REJECT_ALL, List.of(), 1000, RouterFlag.GUARD);
        network.relay(2, "10.1.0.2", PortPolicy.REJECT_ALL, List.of(), 1000);
        network.relay(3, "10.3.0.1", PortPolicy.ACCEPT_ALL, List.of(), 1000, RouterFlag.EXIT);
        NetworkView view = network.view();
        ClientOptions lax = ClientOptions.builder(List.of(), List.of())
                .enforceDistinctSubnets(false)
                .build();

        assertThatThrownBy(() -> choose(view, guards(view, TestNetwork.options()), TestNetwork.options()))
                .isInstanceOf(Unreachable.class)
                .hasMessageContaining("no relay can stand between");
        assertThat(choose(view, guards(view, lax), lax).relays()).hasSize(3);
    }

    @Test
    void relaysOfOneFamilyAreNotInOnePath() throws Exception {
        TestNetwork network = new TestNetwork();
        String guard = "$" + TestNetwork.fingerprint(1).hex();
        String exit = "$" + TestNetwork.fingerprint(3).hex();
        network.relay(1, "10.1.0.1", PortPolicy.REJECT_ALL, List.of(exit), 1000, RouterFlag.GUARD);
        network.relay(2, "10.2.0.2", PortPolicy.REJECT_ALL, List.of(), 1000);
        network.relay(3, "10.3.0.1", PortPolicy.ACCEPT_ALL, List.of(guard), 1000, RouterFlag.EXIT);
        NetworkView view = network.view();

        assertThatThrownBy(() -> choose(view, guards(view, TestNetwork.options()), TestNetwork.options()))
                .isInstanceOf(Unreachable.class)
                .hasMessageContaining("no guard can be used");
        NetworkView without = network.view(Map.of("use-family-lists", 0));
        assertThat(choose(without, guards(without, TestNetwork.options()), TestNetwork.options())
                        .relays())
                .hasSize(3);
    }

    @Test
    void aOneSidedFamilyDoesNotCount() throws Exception {
        TestNetwork network = new TestNetwork();
        String exit = "$" + TestNetwork.fingerprint(3).hex();
        network.relay(1, "10.1.0.1", PortPolicy.REJECT_ALL, List.of(exit), 1000, RouterFlag.GUARD);
        network.relay(2, "10.2.0.2", PortPolicy.REJECT_ALL, List.of(), 1000);
        network.relay(3, "10.3.0.1", PortPolicy.ACCEPT_ALL, List.of(), 1000, RouterFlag.EXIT);
        NetworkView view = network.view();

        assertThat(choose(view, guards(view, TestNetwork.options()), TestNetwork.options())
                        .relays())
                .hasSize(3);
    }

    @Test
    void badExitsAndThoseToAvoidAreNotChosen() throws Exception {
        TestNetwork network = TestNetwork.of(20, 2);
        network.relay(40, "10.40.0.1", PortPolicy.ACCEPT_ALL, List.of(), 9000, RouterFlag.EXIT, RouterFlag.BAD_EXIT);
        NetworkView view = network.view();
        GuardSet guards = guards(view, TestNetwork.options());
        PathChooser chooser = new PathChooser(TestNetwork.options(), entropy);
        Set<Fingerprint> avoid = Set.of(TestNetwork.fingerprint(20));

        for (int i = 0; i < 50; i++) {
            assertThat(chooser.choose(view, guards, WEB, avoid).last().nickname())
                    .isEqualTo("r21");
        }
    }

    @Test
    void theUsersChoiceOfRelaysIsKept() throws Exception {
        NetworkView view = TestNetwork.of(20, 10).view();
        ClientOptions options = ClientOptions.builder(List.of(), List.of())
                .exitNodes(RelaySet.parse("r25,r26"))
                .excludeExitNodes(RelaySet.parse("r26"))
                .middleNodes(RelaySet.parse("$" + TestNetwork.fingerprint(3).hex() + ",$"
                        + TestNetwork.fingerprint(4).hex()))
                .excludeNodes(RelaySet.parse("10.4.0.0/16"))
                .entryNodes(RelaySet.parse("r7"))
                .build();

        GuardSet guards = guards(view, options);
        for (int i = 0; i < 30; i++) {
            assertThat(choose(view, guards, options).relays().stream().map(Relay::nickname))
                    .containsExactly("r7", "r3", "r25");
        }
    }

    @Test
    void ourFamiliesAreKeptApart() throws Exception {
        NetworkView view = TestNetwork.of(3, 1).view();
        ClientOptions options = ClientOptions.builder(List.of(), List.of())
                .nodeFamilies(List.of(RelaySet.parse("r0,r1,r2")))
                .build();

        assertThatThrownBy(() -> choose(view, guards(view, options), options)).isInstanceOf(Unreachable.class);
    }

    @Test
    void anInternalPathNeedsNoExit() throws Exception {
        NetworkView view = TestNetwork.of(20, 0).view();
        PathChooser chooser = new PathChooser(TestNetwork.options(), entropy);

        assertThat(chooser.choose(view, guards(view, TestNetwork.options()), Demand.internal(), Set.of())
                        .relays())
                .hasSize(3);
    }

    @Test
    void aPathToARelayThatIsNotOursToChooseHasAHopMore() throws Exception {
        NetworkView view = TestNetwork.of(20, 0).view();
        GuardSet guards = guards(view, TestNetwork.options());
        PathChooser chooser = new PathChooser(TestNetwork.options(), entropy);
        Relay last = view.relays().getLast();

        for (int i = 0; i < 50; i++) {
            PathChooser.Path path = chooser.to(last, view, guards);
            guards.over(path.guard());
            assertThat(path.relays()).hasSize(PathChooser.HOPS + 1).doesNotHaveDuplicates();
            assertThat(path.last()).isEqualTo(last);
        }
    }

    @Test
    void aNetworkOfThreeRelaysHasNoHopMoreToGive() throws Exception {
        NetworkView view = TestNetwork.of(3, 0).view();
        PathChooser chooser = new PathChooser(TestNetwork.options(), entropy);

        assertThat(chooser.to(view.relays().getLast(), view, guards(view, TestNetwork.options()))
                        .relays())
                .hasSize(PathChooser.HOPS)
                .doesNotHaveDuplicates();
    }

    @Test
    void legsHaveOneExitAndNoOtherRelayTwice() throws Exception {
        TestNetwork network = TestNetwork.of(20, 5).protocols("Conflux=1 FlowCtrl=1-2 Relay=2-4");
        network.exit(30, PortPolicy.ACCEPT_ALL);
        NetworkView view = network.view();
        GuardSet guards = guards(view, TestNetwork.options());
        PathChooser chooser = new PathChooser(TestNetwork.options(), entropy);

        for (int i = 0; i < 50; i++) {
            PathChooser.Path first = chooser.chooseLeg(view, guards, WEB, Set.of(), List.of());
            PathChooser.Path second = chooser.chooseLeg(view, guards, WEB, Set.of(), List.of(first));
            PathChooser.Path third = chooser.chooseLeg(view, guards, WEB, Set.of(), List.of(first, second));
            assertThat(List.of(first, second, third))
                    .extracting(path -> path.last().nickname())
                    .containsOnly("r30"); // the only one that can link circuits
            for (int position : List.of(0, 1)) {
                assertThat(List.of(first, second, third))
                        .extracting(path -> path.relays().get(position).nickname())
                        .doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void withoutASecondGuardThereIsNoSecondLeg() throws Exception {
        TestNetwork network = TestNetwork.of(1, 0).protocols("Conflux=1 FlowCtrl=1-2 Relay=2-4");
        network.exit(30, PortPolicy.ACCEPT_ALL).exit(31, PortPolicy.REJECT_ALL);
        NetworkView view = network.view();
        GuardSet guards = guards(view, TestNetwork.options());
        PathChooser chooser = new PathChooser(TestNetwork.options(), entropy);

        PathChooser.Path first = chooser.chooseLeg(view, guards, WEB, Set.of(), List.of());
        assertThatThrownBy(() -> chooser.chooseLeg(view, guards, WEB, Set.of(), List.of(first)))
                .isInstanceOf(Unreachable.class);
    }

    @Test
    void noCircuitsAreLinkedWhereNoExitCan() throws Exception {
        NetworkView view = TestNetwork.of(20, 5).view();
        PathChooser chooser = new PathChooser(TestNetwork.options(), entropy);

        assertThatThrownBy(() -> chooser.chooseLeg(view, guards(view, TestNetwork.options()), WEB, Set.of(), List.of()))
                .isInstanceOf(Refused.class);
    }

    @Test
    void allMiddlesAreUsed() throws Exception {
        NetworkView view = TestNetwork.of(10, 3).view();
        GuardSet guards = guards(view, TestNetwork.options());
        Set<String> middles = new TreeSet<>();
        for (int i = 0; i < 500; i++) {
            middles.add(
                    choose(view, guards, TestNetwork.options()).relays().get(1).nickname());
        }

        assertThat(middles).hasSize(9); // all guards but the one that is used; exits have no weight here
    }

    private PathChooser.Path choose(NetworkView view, GuardSet guards, ClientOptions options) throws TorException {
        PathChooser.Path path = new PathChooser(options, entropy).choose(view, guards, WEB, Set.of());
        guards.over(path.guard());
        return path;
    }

    private GuardSet guards(NetworkView view, ClientOptions options) {
        GuardSet guards = new GuardSet(new ManualTime(), entropy, Log.NONE, options, GuardEvents.NONE, List.of());
        guards.update(view);
        return guards;
    }
}
