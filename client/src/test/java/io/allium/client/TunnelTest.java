package io.allium.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.crypto.Fingerprint;
import io.allium.directory.NetworkView;
import io.allium.netdoc.PortPolicy;
import io.allium.testing.ManualTime;
import io.allium.testing.SeededEntropy;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TunnelTest {
    private static final Demand WEB = new Demand(Set.of(80), false, false, true);
    private static final Isolation ALICE = Isolation.of("port 9050").withAuth("alice", "");
    private static final Isolation BOB = Isolation.of("port 9050").withAuth("bob", "");

    @Test
    void aCleanTunnelSuitsAnybodyAndAUsedOneOnlyItsKind() throws Exception {
        Tunnel tunnel = tunnel(WEB, 0);
        assertThat(tunnel.suits(WEB, ALICE, Set.of(), 0)).isTrue();
        assertThat(tunnel.suits(WEB, BOB, Set.of(), 0)).isTrue();

        tunnel.use(ALICE, 5);

        assertThat(tunnel.isClean()).isFalse();
        assertThat(tunnel.suits(WEB, ALICE, Set.of(), 0)).isTrue();
        assertThat(tunnel.suits(WEB, BOB, Set.of(), 0)).isFalse();
        assertThat(tunnel.suits(WEB, Isolation.of("port 9150").withAuth("alice", ""), Set.of(), 0))
                .isFalse();
        assertThat(tunnel.tracked.status().isolation()).contains(ALICE);
    }

    @Test
    void dirtinessCountsFromTheFirstStream() throws Exception {
        Tunnel tunnel = tunnel(WEB, 0);
        tunnel.reserve(ALICE);
        assertThat(tunnel.dirtySince()).isEmpty();

        tunnel.use(ALICE, 5);
        tunnel.use(ALICE, 9);

        assertThat(tunnel.dirtySince()).contains(5L);
    }

    @Test
    void aNewIdentityLeavesTheTunnelsOfTheOldOneAlone() throws Exception {
        Tunnel tunnel = tunnel(WEB, 3);

        assertThat(tunnel.suits(WEB, ALICE, Set.of(), 3)).isTrue();
        assertThat(tunnel.suits(WEB, ALICE, Set.of(), 4)).isFalse();
    }

    @Test
    void aTunnelIsNotUsedForWhatItsExitRefuses() throws Exception {
        Tunnel tunnel = tunnel(WEB, 0);
        Demand mail = new Demand(Set.of(25), false, false, true);
        Fingerprint exit = tunnel.exit().fingerprint();

        assertThat(tunnel.suits(mail, ALICE, Set.of(), 0)).isFalse();
        assertThat(tunnel.suits(WEB, ALICE, Set.of(exit), 0)).isFalse();
    }

    @Test
    void whatIsToLiveLongGoesOnlyThroughATunnelThatWasBuiltForIt() throws Exception {
        Demand lasting = new Demand(Set.of(80), false, true, true);

        assertThat(tunnel(WEB, 0).suits(lasting, ALICE, Set.of(), 0)).isFalse();
        assertThat(tunnel(lasting, 0).suits(WEB, ALICE, Set.of(), 0)).isTrue();
    }

    @Test
    void aRetiredTunnelSuitsNobody() throws Exception {
        Tunnel tunnel = tunnel(WEB, 0);
        tunnel.retire();

        assertThat(tunnel.suits(WEB, ALICE, Set.of(), 0)).isFalse();
    }

    @Test
    void aTunnelThatIsNotBuiltIsNotReady() throws Exception {
        assertThat(tunnel(WEB, 0).isReady()).isFalse();
        assertThat(tunnel(WEB, 0).isPending()).isTrue();
        assertThat(tunnel(WEB, 0).isIdle()).isTrue();
    }

    private static Tunnel tunnel(Demand demand, long epoch) throws Exception {
        TestNetwork network = TestNetwork.of(5, 0).exit(9, PortPolicy.parse("reject 25"));
        NetworkView view = network.view();
        SeededEntropy entropy = new SeededEntropy(2);
        GuardSet guards =
                new GuardSet(new ManualTime(), entropy, Log.NONE, TestNetwork.options(), GuardEvents.NONE, List.of());
        guards.update(view);
        PathChooser.Path path = new PathChooser(TestNetwork.options(), entropy).choose(view, guards, demand, Set.of());
        TrackedCircuit tracked = new TrackedCircuit(1, CircuitEvents.Purpose.GENERAL, false, demand, Instant.EPOCH);
        return new Tunnel(tracked, path, 0, epoch);
    }
}
