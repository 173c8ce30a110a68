package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.interop.ControlTranscript.Finding;
import io.allium.interop.ControlTranscript.Side;
import io.allium.interop.ControlTranscript.Verdict;
import io.allium.interop.MixedNetwork.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same commands to the control ports of a C tor and of ours that are in the same situation. What they answer differently is
 * explained in the script, or is none; the whole transcript goes to {@code target/transcripts}.
 */
class ControlTranscriptTest {
    private static final Path REPORTS = Path.of("target/transcripts");

    /** From here on it takes none that is a fallback directory's too, as {@code config/defaults} names those. */
    private static final int FIRST_PORT = 19_010;

    private static final int TRIES = 600;

    @TempDir
    Path folder;

    @Test
    void stillNodesAnswerAlike() throws Exception {
        FreePorts ports = new FreePorts(FIRST_PORT);
        try (StillNode theirs = StillNode.start(folder.resolve("theirs"), false, ports.take());
                StillNode ours = StillNode.start(folder.resolve("ours"), true, ports.take())) {
            compare("still", theirs.side, ours.side, Map.of());
        }
    }

    @Test
    @ExtendWith(AmongCTors.class)
    void clientNodesAnswerAlike(MixedNetwork network) throws Exception {
        Node theirs = network.join("clienttheirs", false, List.of());
        Node ours = network.join("clientours", true, List.of());
        try (WebServer web = new WebServer()) {
            compare("client", side(theirs), side(ours), variables(network, web.port()));
        } finally {
            network.leave(theirs);
            network.leave(ours);
        }
    }

    @Test
    @ExtendWith(AmongBoth.class)
    void relayNodesAnswerAlike(MixedNetwork network) throws Exception {
        compare("relay", side(network.node("relay4")), side(network.node("relay3")), variables(network, 0));
    }

    private static void compare(String title, Side theirs, Side ours, Map<String, String> variables) throws Exception {
        List<Finding> findings = ControlTranscript.of(ControlScript.read(title), theirs, ours, variables);
        Path report = report(title, findings);
        List<String> different = findings.stream()
                .filter(finding ->
                        finding.verdict() == Verdict.DIFFERENT || finding.verdict() == Verdict.NO_LONGER_DIFFERENT)
                .map(Finding::toString)
                .toList();
        assertThat(different)
                .as("answers that differ, or no longer do as the script says; all are in " + report)
                .isEmpty();
    }

    /** What differs first, then everything. */
    private static Path report(String title, List<Finding> findings) throws IOException {
        Map<Verdict, Long> counts = new EnumMap<>(Verdict.class);
        findings.forEach(finding -> counts.merge(finding.verdict(), 1L, Long::sum));
        List<String> lines = new ArrayList<>(List.of(title + ": " + findings.size() + " steps, " + counts, ""));
        findings.stream()
                .filter(finding -> finding.verdict() != Verdict.ALIKE)
                .sorted(Comparator.comparing(Finding::verdict).reversed().thenComparing(Finding::line))
                .forEach(finding -> lines.add(finding + "\n"));
        lines.add("Everything:\n");
        findings.forEach(finding -> lines.add(finding + "\n"));
        Files.createDirectories(REPORTS);
        return Files.write(REPORTS.resolve(title + ".txt"), lines).toAbsolutePath();
    }

    private static Map<String, String> variables(MixedNetwork network, int webPort) throws IOException {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("web", "" + webPort);
        String fingerprint = Files.readString(network.node("relay1").folder().resolve("fingerprint"));
        variables.put("relay", fingerprint.strip().split(" ", 2)[1].replace(" ", ""));
        variables.put("descriptor", descriptor(side(network.node("relay2"))));
        return variables;
    }

    /** What this relay knows of relay1, once it does. */
    private static String descriptor(Side relay) throws IOException {
        try (ControlTalk talk = ControlTalk.letIn(relay.controlPort(), relay.cookie())) {
            for (int i = 0; i < TRIES; i++) {
                String text = talk.ask("GETINFO desc/name/relay1", List.of())
                        .map(answer -> answer.lines().getFirst().data())
                        .orElse("");
                if (!text.isEmpty()) {
                    return text.strip();
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        throw new IOException("nobody knows the descriptor of relay1");
    }

    private static Side side(Node node) {
        return new Side(node.controlPort(), node.socksPort(), node.folder());
    }

    /** A node without a network. */
    private record StillNode(Process process, Side side) implements AutoCloseable {
        static StillNode start(Path folder, boolean ours, int port) throws Exception {
            Files.createDirectories(folder);
            Path torrc = Files.write(
                    folder.resolve("torrc"),
                    List.of(
                            "DataDirectory " + folder,
                            "ControlPort " + port,
                            "CookieAuthentication 1",
                            "SocksPort 0",
                            "DisableNetwork 1",
                            "PidFile " + folder.resolve("pid"),
                            "Log notice file " + folder.resolve("notice.log")));
            Process process = new ProcessBuilder(NetworkLayout.program(ours), "-f", torrc.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("stdout").toFile())
                    .start();
            StillNode node = new StillNode(process, new Side(port, 0, folder));
            for (int i = 0; i < TRIES && !node.answers(); i++) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
            return node;
        }

        private boolean answers() {
            try {
                ControlTalk.letIn(side.controlPort(), side.cookie()).close();
                return true;
            } catch (IOException notYet) {
                return false;
            }
        }

        @Override
        public void close() {
            process.destroy();
            process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
            process.destroyForcibly(); // where it has not ended by itself
        }
    }
}
