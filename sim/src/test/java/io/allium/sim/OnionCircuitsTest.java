package io.allium.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.TorException;
import io.allium.circuit.HopTarget;
import io.allium.circuit.OriginCircuit;
import io.allium.client.Client;
import io.allium.client.HsPurpose;
import io.allium.client.OnionCircuits;
import io.allium.crypto.Fingerprint;
import io.allium.directory.Relay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The circuits that onion services need, in a whole network. Each test has a client and what it did in virtual time. */
class OnionCircuitsTest {
    private static final long SEED = Long.getLong("sim.seed", 20_261_121);
    private static final Duration BEGINNING = Duration.ofMinutes(4);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** Pauses long enough for circuits to be built ahead. */
    private static final Duration PAUSE = Duration.ofSeconds(20);

    /** What happens at the client's. */
    private interface Deed {
        void with(OnionCircuits circuits, List<Relay> relays) throws TorException, InterruptedException;
    }

    private final TorNetwork network = TorNetwork.of(Simulation.of(SEED), 3, 6, 1, "ExtendAllowPrivateAddresses 1\n");
    private final SimulatedTor tor = network.clients().getFirst();

    @Test
    void circuitsForAllPurposesAreAsLongAsTheyShouldBeAndPassThroughFewSecondRelays() {
        Map<HsPurpose, Set<Integer>> lengths = new TreeMap<>();
        Set<Fingerprint> seconds = new TreeSet<>();
        List<Fingerprint> described = new ArrayList<>();
        List<Integer> direct = new ArrayList<>();
        atTheClients((circuits, relays) -> {
            for (int round = 0; round < 2; round++) {
                for (HsPurpose purpose : HsPurpose.values()) {
                    HopTarget last = target(relays.get((7 * round + purpose.ordinal()) % relays.size()));
                    try (OriginCircuit circuit = purpose == HsPurpose.CLIENT_REND
                            ? circuits.rendezvousCircuit("", PATIENCE)
                            : circuits.circuitTo(purpose, "", last, PATIENCE)) {
                        List<HopTarget> path = circuit.path();
                        lengths.computeIfAbsent(purpose, each -> new TreeSet<>())
                                .add(path.size());
                        seconds.add(path.get(1).fingerprint());
                    }
                    tor.host().time().sleep(PAUSE);
                }
            }
            HopTarget known = target(relays.getLast());
            HopTarget same = HopTarget.described(known.specifiers(), Objects.requireNonNull(known.onionKey()));
            try (OriginCircuit circuit = circuits.circuitTo(HsPurpose.SERVICE_REND, "", same, PATIENCE)) {
                described.add(circuit.path().getLast().fingerprint());
                described.add(known.fingerprint());
            }
            try (OriginCircuit circuit = circuits.directCircuitTo(HsPurpose.SERVICE_REND, "", known, PATIENCE)) {
                direct.add(circuit.path().size());
            }
        });
        assertThat(lengths).hasSize(HsPurpose.values().length);
        lengths.forEach((purpose, all) ->
                assertThat(all).as("%s", purpose).containsExactly(purpose == HsPurpose.CLIENT_REND ? 3 : 4));
        assertThat(seconds).hasSizeBetween(1, 4);
        assertThat(described).hasSize(2);
        assertThat(described.getFirst()).isEqualTo(described.getLast());
        assertThat(direct).containsExactly(1);
    }

    @Test
    void onceOneWasWantedSomeAreReady() {
        List<Integer> counts = new ArrayList<>();
        atTheClients((circuits, relays) -> {
            counts.add(internal());
            circuits.rendezvousCircuit("", PATIENCE).close();
            tor.host().time().sleep(PAUSE);
            counts.add(internal());
            long begun = tor.host().time().nanos();
            circuits.rendezvousCircuit("", PATIENCE).close();
            counts.add((int) (tor.host().time().nanos() - begun));
        });
        assertThat(counts).as("before, ready, nanoseconds for one of these").containsExactly(0, 3, 0);
    }

    private void atTheClients(Deed deed) {
        Simulation simulation = network.simulation();
        network.start();
        simulation.run(BEGINNING);
        Client client = tor.tor().client().orElseThrow();
        tor.host().fork("deed", () -> {
            try {
                deed.with(
                        client.onionCircuits(),
                        client.view().orElseThrow().relays().stream()
                                .filter(Relay::isUsable)
                                .toList());
            } catch (TorException failed) {
                simulation.fail("it could not be done: " + failed.getMessage(), failed);
            }
        });
        simulation.run(Duration.ofMinutes(6));
    }

    /** Circuits that nothing leaves the network on, and that go further than to a directory. */
    private int internal() {
        return (int) tor.tor().client().orElseThrow().tunnels().circuits().stream()
                .filter(each -> each.internal() && !each.oneHop())
                .count();
    }

    private static HopTarget target(Relay relay) {
        return new HopTarget(
                relay.fingerprint(),
                relay.identity(),
                relay.onionKey().orElse(null),
                relay.addresses(),
                relay.protocols().supports("Relay", 4),
                false);
    }
}
