package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What our authorities serve, as an independent parser sees it. */
class ServedDocumentsTest {
    @TempDir
    Path folder;

    @Test
    void stemChecksEveryDocumentThatOurAuthoritiesServe() throws Exception {
        try (MixedNetwork network = MixedNetwork.up(folder, name -> true, true)) {
            Path script = Path.of(Objects.requireNonNull(getClass().getResource("validate_documents.py"))
                    .toURI());
            assertThat(Files.exists(script)).isTrue();
            for (String name : new String[] {"auth0", "auth1", "auth2"}) {
                String said = Programs.run(
                                folder,
                                "/usr/bin/python3",
                                script.toString(),
                                "" + network.node(name).dirPort())
                        .text();
                assertThat(said.lines().map(line -> line.split(" ")[0]))
                        .contains(
                                "server-descriptors",
                                "extra-infos",
                                "consensus",
                                "consensus-microdesc",
                                "vote",
                                "microdescriptors",
                                "key-certificates");
            }
        }
    }
}
