package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.interop.MixedNetwork.Node;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Debian's stem controls us as it controls C tor: its tutorials and examples come to the same. */
@ExtendWith(AmongCTors.class)
class StemControllerTest {
    private static final int FIRST_PORT = 19_000;

    @TempDir
    Path folder;

    @Test
    void whatStemsTutorialsDoComesToTheSame(MixedNetwork network) throws Exception {
        Node theirs = network.join("clientStem0", false, List.of());
        Node ours = network.join("clientStem1", true, List.of());
        try (WebServer web = new WebServer()) {
            List<String> there = steps(theirs, web);
            assertThat(steps(ours, web)).containsExactlyElementsOf(there);
        } finally {
            network.leave(theirs);
            network.leave(ours);
        }
    }

    @Test
    void stemFindsItsWayThroughAUnixSocket(MixedNetwork network) throws Exception {
        List<String> there = overSocket(network, false);
        assertThat(there).hasSize(8).contains("cookie: True", "event: True", "connect: True");
        assertThat(overSocket(network, true)).containsExactlyElementsOf(there);
    }

    /** What stem sees of a client that has a control socket, and a cookie whose name is not ASCII. */
    private List<String> overSocket(MixedNetwork network, boolean ours) throws Exception {
        Path socket = folder.resolve("socket" + ours);
        Path cookie = folder.resolve("schlüssel" + ours);
        List<String> torrc = List.of("ControlSocket " + socket, "CookieAuthFile " + cookie);
        Node node = network.join("clientSocket" + (ours ? 1 : 0), ours, torrc);
        try {
            return Scripts.lines(folder, "stem_socket.py", socket, cookie);
        } finally {
            network.leave(node);
        }
    }

    @Test
    void whatStemLaunchesStartsAndEndsWithIt(MixedNetwork network) throws Exception {
        FreePorts ports = new FreePorts(FIRST_PORT);
        String common = network.client().folder().resolveSibling("common.torrc").toString();
        List<String> said = Scripts.lines(
                folder, "stem_launch.py", NetworkLayout.program(true), folder, ports.take(), ports.take(), common);
        assertThat(said.get(1)).startsWith("Bootstrapped 100% (done): Done");
        assertThat(said.get(2)).startsWith("NOTICE BOOTSTRAP PROGRESS=100 TAG=done");
        network.await(
                "the process still runs, and stem does not",
                () -> ProcessHandle.of(Long.parseLong(said.getFirst())).isEmpty());
    }

    @Test
    void theTorPromptIsAnswered(MixedNetwork network) throws Exception {
        String port = "127.0.0.1:" + network.client().controlPort();
        assertThat(Programs.run(folder, "tor-prompt", "-i", port, "--no-color", "--run", "GETINFO version")
                        .text())
                .startsWith("250-version=0.4.9.11")
                .contains("250 OK");
    }

    /** A line for each step; what went wrong otherwise is on the error stream. */
    private List<String> steps(Node node, WebServer web) throws Exception {
        return Scripts.lines(
                folder,
                "stem_controller.py",
                node.controlPort(),
                node.socksPort(),
                web.port(),
                "relay1",
                "relay2",
                "relay3");
    }
}
