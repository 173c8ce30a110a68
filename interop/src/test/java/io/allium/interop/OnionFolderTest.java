package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.SystemEntropy;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.OnionAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The folder of an onion service goes from one implementation to the other, and is the same service there. */
@ExtendWith(AmongBoth.class)
class OnionFolderTest {
    private static final int BYTES = 100_000;

    @TempDir
    Path folder;

    private final Curve25519KeyPair key = Curve25519KeyPair.generate(new SystemEntropy());
    private final List<MixedNetwork.Node> joined = new ArrayList<>();
    private final MixedNetwork network;

    OnionFolderTest(MixedNetwork network) {
        this.network = network;
    }

    @AfterEach
    void endAll() throws Exception {
        for (MixedNetwork.Node each : joined) {
            network.leave(each);
        }
    }

    /** Made by the one, run by the other, and by the first again. */
    @ParameterizedTest(name = "made by ours: {0}")
    @ValueSource(booleans = {false, true})
    void aServiceKeepsItsNameAndItsClients(boolean madeByOurs) throws Exception {
        OnionFolder open = OnionFolder.make(folder.resolve("made/open"));
        OnionFolder closed = OnionFolder.make(folder.resolve("made/closed"));
        closed.admit("alice", key.publicKey());
        try (WebServer web = new WebServer()) {
            String made = madeByOurs ? "Ours" : "Theirs";
            MixedNetwork.Node maker = start("serviceMaker" + made, madeByOurs, open, closed, web);
            network.await("the services have no names", () -> open.hasAddress() && closed.hasAddress());
            closed.giveKey(folder.resolve("keys"), key);
            Visitor visitor = client("clientKnown" + made, List.of("ClientOnionAuthDir " + folder.resolve("keys")));
            Visitor stranger = client("clientStrange" + made, List.of());
            List<OnionAddress> names = List.of(open.address(), closed.address());
            visit(visitor, open, closed);
            network.stop(maker);

            Files.move(folder.resolve("made"), folder.resolve("moved"));
            OnionFolder openThere = new OnionFolder(folder.resolve("moved/open"));
            OnionFolder closedThere = new OnionFolder(folder.resolve("moved/closed"));
            MixedNetwork.Node other = start("serviceOther" + made, !madeByOurs, openThere, closedThere, web);
            visit(visitor, openThere, closedThere);
            assertThat(List.of(openThere.address(), closedThere.address())).isEqualTo(names);
            assertThat(stranger.reaches(closedThere.site())).isFalse();
            network.stop(other);

            Files.move(folder.resolve("moved"), folder.resolve("made"));
            network.restart(maker);
            visit(visitor, open, closed);
            assertThat(List.of(open.address(), closed.address())).isEqualTo(names);
            assertThat(network.logs().complaints()).isEmpty();
            assertThat(network.logs().violations()).isEmpty();
        }
    }

    private MixedNetwork.Node start(String name, boolean ours, OnionFolder open, OnionFolder closed, WebServer web)
            throws Exception {
        List<String> lines = new ArrayList<>(open.torrc(web.port()));
        lines.addAll(closed.torrc(web.port()));
        joined.add(network.startClient(name, ours, lines));
        return joined.getLast();
    }

    private Visitor client(String name, List<String> further) throws Exception {
        joined.add(network.join(name, false, further));
        return new Visitor(folder, joined.getLast().socksPort());
    }

    /** Until it is reached: what the client knows of it may be of when another ran it. */
    private void visit(Visitor visitor, OnionFolder... services) throws Exception {
        for (OnionFolder service : services) {
            network.await("the service was not reached", () -> visitor.reaches(service.site()));
            visitor.downloads(service.site(), BYTES);
            visitor.uploads(service.site(), BYTES);
        }
    }
}
