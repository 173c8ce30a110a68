package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.TorException;
import io.allium.control.CircuitLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    private static Set<String> introductionPoints(MixedNetwork.Node service) throws TorException, InterruptedException {
        Set<String> points = new TreeSet<>();
        try (NodeController controller = NodeController.of(service)) {
            for (CircuitLine circuit : controller.tor().circuits()) {
                if (circuit.field("HS_STATE").equals(Optional.of("HSSI_ESTABLISHED"))) {
                    circuit.end().map(CircuitLine.Hop::fingerprint).ifPresent(points::add);
                }
            }
        }
        return points;
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
