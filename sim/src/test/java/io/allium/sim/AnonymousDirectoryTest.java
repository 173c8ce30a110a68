package io.allium.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.TorException;
import io.allium.client.Client;
import io.allium.crypto.Fingerprint;
import io.allium.directory.HttpMessage;
import io.allium.directory.Relay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Directories that are asked through circuits, in a whole network. */
class AnonymousDirectoryTest {
    private static final long SEED = Long.getLong("sim.seed", 20_261_121);
    private static final int REQUESTS = 20;

    @Test
    void aCircuitThatHasAskedCountsForItsGuardNoLonger() {
        Simulation simulation = Simulation.of(SEED);
        TorNetwork network = TorNetwork.of(simulation, 3, 6, 1, "__DisablePredictedCircuits 1\n");
        SimulatedTor tor = network.clients().getFirst();
        network.start();
        simulation.run(Duration.ofMinutes(4));

        Client client = tor.tor().client().orElseThrow();
        int before = client.guards().attempts();
        List<Integer> statuses = new ArrayList<>();
        tor.host().fork("ask", () -> {
            try {
                Fingerprint directory = client.view().orElseThrow().relays().stream()
                        .filter(Relay::isUsable)
                        .findFirst()
                        .orElseThrow()
                        .fingerprint();
                for (int i = 0; i < REQUESTS; i++) {
                    statuses.add(client.anonymousDirectory()
                            .exchange(
                                    directory, HttpMessage.Request.get("/tor/status-vote/current/consensus-microdesc"))
                            .status());
                }
            } catch (TorException failed) {
                simulation.fail("the directory could not be asked: " + failed.getMessage(), failed);
            }
        });
        simulation.run(Duration.ofMinutes(2));

        assertThat(statuses).hasSize(REQUESTS).containsOnly(200);
        assertThat(client.guards().attempts()).isLessThan(before + REQUESTS / 2); // others come and go
    }
}
