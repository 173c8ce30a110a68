package io.allium.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service of ours over C tor's relays loses its introduction points, and takes others by itself. */
class LostIntroductionPointTest {
    @TempDir
    Path folder;

    @Test
    void aServiceWhoseIntroductionPointIsKilledTakesAnotherAndIsReached() throws Exception {
        try (WebServer web = new WebServer();
                MixedNetwork network = MixedNetwork.up(folder, ours -> false, false)) {
            MixedNetwork.Node service = network.startService("service0", true, web.port());
            MixedNetwork.Node visitor = network.join("client1", true, List.of());
            network.await("the service was not reached", () -> isReached(visitor, service));
            MixedNetwork.Node lost = relay(network, introductionPoints(service));

            network.lose(lost);
            network.await(
                    "the service still waits at a relay that is gone",
                    () -> introductionPoints(service).size() >= 3
                            && !introductionPoints(service).contains(fingerprint(lost)));
            network.await("the service was not reached again", () -> isReached(visitor, service));
            network.await("the service was not reached by C tor", () -> isReached(network.client(), service));

            assertThat(introductionPoints(service)).doesNotContain(fingerprint(lost));
        }
    }

    /** Where circuits wait for clients, by the service's own account. */
    private static Set<String> introductionPoints(MixedNetwork.Node service) throws IOException {
        Set<String> points = new TreeSet<>();
        for (String line : ask(service, "GETINFO circuit-status")) {
            if (line.contains("HS_STATE=HSSI_ESTABLISHED")) {
                String path = line.split(" ", 4)[2];
                points.add(path.substring(path.lastIndexOf('$') + 1).split("[~=]", 2)[0]);
            }
        }
        return points;
    }

    private static List<String> ask(MixedNetwork.Node node, String question) throws IOException {
        byte[] cookie = Files.readAllBytes(node.folder().resolve("control_auth_cookie"));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.controlPort())) {
            String said = "AUTHENTICATE " + HexFormat.of().formatHex(cookie) + "\r\n" + question + "\r\nQUIT\r\n";
            socket.getOutputStream().write(said.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1)
                    .lines()
                    .toList();
        }
    }

    /** One of them, no authority if there is one that is none. */
    private static MixedNetwork.Node relay(MixedNetwork network, Set<String> fingerprints) throws IOException {
        List<MixedNetwork.Node> among = new ArrayList<>();
        for (MixedNetwork.Node node : network.nodes()) {
            if (!node.isClient() && fingerprints.contains(fingerprint(node))) {
                among.add(node.isRelay() ? 0 : among.size(), node);
            }
        }
        return among.getFirst();
    }

    private static String fingerprint(MixedNetwork.Node node) throws IOException {
        return Files.readString(node.folder().resolve("fingerprint"))
                .strip()
                .split(" ", 2)[1]
                .replace(" ", "");
    }

    private boolean isReached(MixedNetwork.Node client, MixedNetwork.Node service) throws Exception {
        return Programs.attempt(
                                folder,
                                "",
                                "curl",
                                "-sS",
                                "--fail",
                                "--max-time",
                                "60",
                                "--socks5-hostname",
                                "127.0.0.1:" + client.socksPort(),
                                "http://" + service.onion() + "/bytes/10")
                        .status()
                == 0;
    }
}
