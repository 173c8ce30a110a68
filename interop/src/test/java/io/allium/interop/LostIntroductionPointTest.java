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
    /**
     * So many that one less leaves a choice for each hop. Authorities have hardly any bandwidth, so of four relays the one that is
     * gone, and that authorities still list, would be the only middle for circuits from one of the others over another to the third.
     */
    private static final MixedNetwork.Size SIZE = new MixedNetwork.Size(3, 8, 10);

    @TempDir
    Path folder;

    @Test
    void aServiceWhoseIntroductionPointIsKilledTakesAnotherAndIsReached() throws Exception {
        try (WebServer web = new WebServer();
                MixedNetwork network = MixedNetwork.up(folder, SIZE, ours -> false, false)) {
            OnionFolder onion = OnionFolder.make(folder.resolve("onion"));
            MixedNetwork.Node service = network.startClient("service0", true, onion.torrc(web.port()));
            Visitor visitor =
                    new Visitor(folder, network.join("client1", true, List.of()).socksPort());
            network.await("the service has no name", onion::hasAddress);
            network.await("the service was not reached", () -> visitor.reaches(onion.site()));
            MixedNetwork.Node lost = relay(network, introductionPoints(service));

            network.kill(lost);
            network.await(
                    "the service still waits at a relay that is gone",
                    () -> introductionPoints(service).size() >= 3
                            && !introductionPoints(service).contains(fingerprint(lost)));
            network.await("the service was not reached again", () -> visitor.reaches(onion.site()));

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
}
