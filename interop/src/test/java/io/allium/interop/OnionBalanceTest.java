package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Two services of ours behind Debian's onionbalance, which controls a client of ours: visitors know its address alone, and come to both. */
@ExtendWith(AmongBoth.class)
class OnionBalanceTest {
    private static final int BYTES = Integer.getInteger("onions.bytes", 1_000_000);
    private static final int AT_ONCE = 20;

    @TempDir
    Path folder;

    @Test
    void clientsOfTheFrontEndComeToAllOfItsServices(MixedNetwork network) throws Exception {
        OnionFolder front = OnionBalance.front(folder.resolve("front"));
        List<MixedNetwork.Node> joined = new ArrayList<>();
        List<OnionFolder> services = new ArrayList<>();
        try (WebServer one = new WebServer();
                WebServer other = new WebServer()) {
            for (WebServer web : List.of(one, other)) {
                OnionFolder service = OnionFolder.make(folder.resolve("instance" + services.size()));
                Files.writeString(
                        service.path().resolve("ob_config"),
                        "MasterOnionAddress " + front.address().host() + "\n");
                joined.add(network.startClient(
                        "serviceBalanced" + services.size(),
                        true,
                        service.torrc(web.port(), "HiddenServiceOnionBalanceInstance 1")));
                services.add(service);
            }
            joined.add(network.startClient("clientBalanced0", false, List.of()));
            joined.add(network.startClient("clientBalanced1", true, List.of()));
            MixedNetwork.Node controlled = network.startClient("clientBalancing", true, List.of());
            joined.add(controlled);
            network.awaitBootstrap(controlled);
            for (OnionFolder service : services) {
                network.await("the service has no name", service::hasAddress);
            }
            try (OnionBalance balance = OnionBalance.start(front, services, controlled)) {
                for (MixedNetwork.Node client : joined.subList(2, 4)) {
                    Visitor visitor = new Visitor(folder, client.socksPort());
                    network.await(
                            "the front end was not reached",
                            () -> !balance.log().isEmpty() && visitor.reaches(front.site()));
                    visitor.downloads(front.site(), BYTES);
                    visitor.uploads(front.site(), BYTES);
                    network.await("not both of its services were", () -> {
                        visitor.downloadsAtOnce(front.site(), BYTES / AT_ONCE, AT_ONCE);
                        return one.visits() > 0 && other.visits() > 0;
                    });
                    one.forgetVisits();
                    other.forgetVisits();
                }
            }
            assertThat(network.logs().complaints()).isEmpty();
            assertThat(network.logs().violations()).isEmpty();
        } finally {
            for (MixedNetwork.Node each : joined) {
                network.leave(each);
            }
        }
    }
}
