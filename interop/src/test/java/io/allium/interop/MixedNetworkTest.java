package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Bytes through three hops in networks where some nodes are ours and the others C tor's. Each role is tried once as the
 * one who starts and once as the one who answers; C tor's logs and counters are its verdict on us.
 */
class MixedNetworkTest {
    private static final int DOWNLOAD = 10_000_000;
    private static final int SMALL = 200_000;
    private static final int AT_ONCE = 20;
    private static final int UPLOAD = 4_000_000;

    @TempDir
    Path folder;

    @ParameterizedTest(name = "ours: {0}, own keys: {1}")
    @CsvSource({"relay., false", "relay.|client0, true", "auth., false", "auth., true", ".*, false", ".*, true"})
    void bytesComeBackWholeAndCTorHasNothingToComplainOf(String ours, boolean ownKeys) throws Exception {
        Predicate<String> pattern = Pattern.compile(ours).asMatchPredicate();
        try (MixedNetwork network = MixedNetwork.up(folder, pattern, ownKeys)) {
            bytesComeBackWhole(network);
        }
    }

    @Test
    @ExtendWith(AmongCTors.class)
    void ourClientAloneGivesCTorNothingToComplainOf(MixedNetwork network) throws Exception {
        bytesComeBackWhole(network);
    }

    private void bytesComeBackWhole(MixedNetwork network) throws Exception {
        try (WebServer web = new WebServer()) {
            Visitor visitor = new Visitor(folder, network.client().socksPort());
            String site = web.url("");
            visitor.downloads(site, DOWNLOAD);
            visitor.downloadsAtOnce(site, SMALL, AT_ONCE);
            visitor.uploads(site, UPLOAD);
            assertThat(network.logs().complaints()).isEmpty();
            assertThat(network.logs().violations()).isEmpty();
        }
    }
}
