package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.crypto.Base32;
import io.allium.crypto.OnionAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Programs that control Tor, as Debian has them, control ours. What is expected of nyx and txtorcon is what each says of C tor in
 * the same network.
 */
@ExtendWith(AmongCTors.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ControllerProgramsTest {
    private static final int FIRST_PORT = 19_030;

    @TempDir
    Path folder;

    private MixedNetwork network;
    private MixedNetwork.Node ours;
    private Path socket;

    @BeforeAll
    void join(MixedNetwork among, @TempDir Path place) throws Exception {
        network = among;
        socket = place.resolve("control");
        ours = network.join("clientPrograms", true, List.of("ControlSocket " + socket));
    }

    @AfterAll
    void leave() throws Exception {
        network.leave(ours);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nyxShowsOursOnAllOfItsScreens(boolean overSocket) throws Exception {
        try (WebServer web = new WebServer()) {
            List<Object> arguments =
                    new ArrayList<>(List.of(ours.controlPort(), ours.socksPort(), web.port(), "relay1"));
            if (overSocket) {
                arguments.add(socket);
            }
            assertThat(Scripts.lines(folder, "nyx_screens.py", arguments.toArray()))
                    .containsExactly(
                            "header: ('0.4.9.11', True, True)",
                            "graph: Bandwidth",
                            "log: Heartbeat: ",
                            "connections: (True, True, " + (overSocket ? "False" : "True") + ")",
                            "details: None",
                            "configuration: (True, '1 GB')",
                            "torrc: DataDirectory",
                            "interpreter: ((True, 'address'), '600', 'Queries the tor process for information')",
                            "leave: 0");
        }
    }

    @Test
    void txtorconBuildsCircuitsAttachesStreamsAndAddsServices() throws Exception {
        try (WebServer web = new WebServer()) {
            assertThat(Scripts.lines(
                            folder,
                            "txtorcon_controller.py",
                            ours.controlPort(),
                            ours.socksPort(),
                            web.port(),
                            "relay1",
                            "relay2",
                            "relay3"))
                    .containsExactly(
                            "connect: 0.4.9.11",
                            "information: (['status/bootstrap-phase', 'version'], None)",
                            "state: (True, True, ['relay1', 'relay2', 'relay3'])",
                            "routers: (True, '127.0.0.1', True, True)",
                            "circuit: (['relay1', 'relay2', 'relay3'], 'GENERAL')",
                            "circuit_of_its_choice: 3",
                            "request_by_an_attacher: (200, 1000, True, True)",
                            "request_over_a_circuit: (200, 1000)",
                            "listening_to_circuits: [('built', 3), ('closed', 'REQUESTED')]",
                            "events: (True, True)",
                            "lookup: 127.0.0.1",
                            "onion_service: (200, 1000, True, True)",
                            "onion_endpoint: b'hello visitor'",
                            "configuration: ({'MaxCircuitDirtiness': '1234'}, True, True, True)");
        }
    }

    @Test
    void whatTxtorconLaunchesStartsAndEnds() throws Exception {
        FreePorts ports = new FreePorts(FIRST_PORT);
        Path data = Files.createDirectory(
                folder.resolve("data"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        var said = Scripts.lines(
                folder, "txtorcon_launch.py", NetworkLayout.program(true), data, ports.take(), ports.take(), common());
        assertThat(said.subList(1, 3)).containsExactly("(100, 'Done')", "True");
        network.await(
                "the process still runs, and txtorcon does not",
                () -> ProcessHandle.of(Long.parseLong(said.getFirst())).isEmpty());
    }

    @Test
    void whatOnionShareSharesThroughOursIsFetchedThroughCTor() throws Exception {
        String settings = """
                {"connection_type": "control_port", "control_port_address": "127.0.0.1", "control_port_port": %d}\
                """.formatted(ours.controlPort());
        try (OnionShare sharing = OnionShare.start(folder, settings, folder, report())) {
            network.await("onionshare does not share", () -> {
                assertThat(sharing.isRunning()).as(sharing.log()).isTrue();
                return sharing.shares();
            });
            isFetched(sharing, "clientVisits0");
        }
    }

    @Test
    void onionShareStartsOursAsItsOwn() throws Exception {
        Path tor = folder.resolve("tor");
        Path processes = folder.resolve("processes"); // of each Tor, which onionshare leaves behind where it is late
        Files.write(
                tor,
                List.of(
                        "#!/bin/sh",
                        "echo $$ >> " + processes,
                        "export JAVA_HOME=" + System.getProperty("java.home"), // onionshare passes on none
                        "exec " + NetworkLayout.program(true) + " --defaults-torrc " + common() + " \"$@\""));
        Files.setPosixFilePermissions(tor, PosixFilePermissions.fromString("rwx------"));
        String settings = "{\"connection_type\": \"bundled\"}";
        try (OnionShare sharing = OnionShare.start(folder, settings, folder, report())) {
            network.await("onionshare does not share", () -> {
                sharing.insist();
                return sharing.shares();
            });
            isFetched(sharing, "clientVisits1");
        } finally {
            for (String process : Files.readAllLines(processes)) {
                ProcessHandle.of(Long.parseLong(process)).ifPresent(ProcessHandle::destroy);
            }
        }
    }

    private Path common() {
        return ours.folder().resolveSibling("common.torrc");
    }

    private Path report() throws Exception {
        byte[] report = new byte[200_000];
        new Random(1).nextBytes(report);
        return Files.write(folder.resolve("report.bin"), report);
    }

    private void isFetched(OnionShare sharing, String by) throws Exception {
        MixedNetwork.Node visitor = network.join(by, false, List.of());
        try (NodeController controller = NodeController.of(visitor)) {
            controller
                    .tor()
                    .onions()
                    .addAuthorization(
                            OnionAddress.parse(sharing.name() + ".onion"),
                            Base64.getEncoder().encodeToString(Base32.decode(sharing.key())));
            Path fetched = folder.resolve("fetched");
            network.await("what is shared was not fetched", () -> {
                Programs.Outcome curl = Programs.attempt(
                        folder,
                        "",
                        "curl",
                        "-sS",
                        "--fail",
                        "--max-time",
                        "120",
                        "--proxy",
                        "socks5h://127.0.0.1:" + visitor.socksPort(),
                        "-o",
                        fetched.toString(),
                        "http://" + sharing.name() + ".onion/download");
                return curl.status() == 0;
            });
            assertThat(fetched).hasSameBinaryContentAs(folder.resolve("report.bin"));
        } finally {
            network.leave(visitor);
        }
    }
}
