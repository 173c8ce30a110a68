package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An onion service of C tor's and a client of C tor's find each other, and move files both ways, over relays of which some
 * or all are ours: as hidden service directories, introduction points and rendezvous points.
 */
class OnionServiceOverRelaysTest {
    private static final int DOWNLOAD = 5_000_000;
    private static final int UPLOAD = 2_000_000;

    @TempDir
    Path folder;

    @ParameterizedTest(name = "ours: {0}")
    @ValueSource(strings = {"auth.|relay.", "relay."})
    void aServiceAndAClientOfCTorsMeetOverOurRelays(String ours) throws Exception {
        Predicate<String> pattern = Pattern.compile(ours).asMatchPredicate();
        try (WebServer web = new WebServer();
                MixedNetwork network = MixedNetwork.up(folder, pattern, false)) {
            OnionFolder service = OnionFolder.make(folder.resolve("onion"));
            network.startClient("service0", false, service.torrc(web.port()));
            network.await("the service has no name", service::hasAddress);
            Visitor visitor = new Visitor(folder, network.client().socksPort());
            String site = service.site();
            network.await("the onion service was not reached", () -> visitor.reaches(site));
            visitor.downloads(site, DOWNLOAD);
            visitor.uploads(site, UPLOAD);
            assertThat(network.logs().complaints()).isEmpty();
            assertThat(network.logs().violations()).isEmpty();
        }
    }
}
