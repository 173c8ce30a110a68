package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nyx on all of its screens for a relay of ours and for one of C tor's, while somebody's traffic goes through it. */
@ExtendWith(AmongBoth.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RelayOnScreenTest {
    @TempDir
    Path folder;

    private MixedNetwork network;

    @BeforeAll
    void join(MixedNetwork among) {
        network = among;
    }

    @ParameterizedTest
    @ValueSource(strings = {"relay0", "relay5"})
    void nyxShowsTheRelay(String name) throws Exception {
        MixedNetwork.Node relay = network.node(name);
        try (WebServer web = new WebServer()) {
            assertThat(Scripts.lines(
                            folder,
                            "nyx_screens.py",
                            relay.controlPort(),
                            network.node("client0").socksPort(),
                            web.port(),
                            "relay1",
                            name))
                    .containsExactly(
                            "header: ('0.4.9.11', True, True)",
                            "graph: Bandwidth",
                            "log: Heartbeat: ",
                            "connections: (True, True, True)",
                            "details: None",
                            "configuration: (True, '1 GB')",
                            "torrc: DataDirectory",
                            "interpreter: ((True, 'address'), '600', 'Queries the tor process for information')",
                            "leave: 0");
        }
    }
}
