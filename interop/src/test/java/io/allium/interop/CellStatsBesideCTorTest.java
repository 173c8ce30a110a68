package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.interop.MixedNetwork.Node;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** CELL_STATS as stem reads it: the same cells went through our queues as through C tor's. */
@ExtendWith(AmongBoth.class)
class CellStatsBesideCTorTest {
    /** The cells of a circuit of three hops that nobody uses. */
    private static final List<String> CELLS = List.of(
            "client outbound create2:1,relay_early:2",
            "relay 0 inbound created2:1,relay:2 outbound create2:1,relay_early:1",
            "relay 1 inbound created2:1,relay:1 outbound create2:1",
            "relay 2 inbound created2:1",
            "not allowed 0");

    @TempDir
    Path folder;

    @Test
    void aCircuitsCellsAreToldByEachKindOfClientAndRelay(MixedNetwork network) throws Exception {
        Node ours = network.join("clientCells", true, List.of());
        try {
            for (Node client : List.of(network.client(), ours)) {
                assertThat(told(network, client, "relay0", "relay4", "relay1"))
                        .as("ours, C tor's and ours, from " + client.name())
                        .isEqualTo(CELLS);
                assertThat(told(network, client, "relay4", "relay0", "relay5"))
                        .as("C tor's, ours and C tor's, from " + client.name())
                        .isEqualTo(CELLS);
            }
        } finally {
            network.leave(ours);
        }
    }

    private List<String> told(MixedNetwork network, Node client, String... path) throws Exception {
        List<Object> arguments = new ArrayList<>(List.of(client.controlPort()));
        for (String relay : path) {
            arguments.add(relay + "=" + network.node(relay).controlPort());
        }
        return Scripts.lines(folder, "cell_stats.py", arguments.toArray());
    }
}
