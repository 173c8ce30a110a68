package io.allium.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.allium.directory.ContentCoding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a network of ours serves, as others see it: an independent parser, and clients of C tor's. */
class ServedDocumentsTest {
    /** How C tor names them to the one who debugs it. */
    private static final Map<ContentCoding, Integer> NUMBERS = new EnumMap<>(
            Map.of(ContentCoding.GZIP, 1, ContentCoding.DEFLATE, 2, ContentCoding.LZMA, 3, ContentCoding.ZSTD, 4));

    /** Where C tor's program has the names of all codings, the only place that has this one. */
    private static final String A_NAME = "\0" + ContentCoding.LZMA.token() + "\0";

    /** How far around it the others are. */
    private static final int AROUND = 64;

    @TempDir
    static Path folder;

    private static MixedNetwork network;

    @BeforeAll
    static void start() throws Exception {
        network = MixedNetwork.up(folder.resolve("network"), name -> true, true);
    }

    @AfterAll
    static void end() {
        if (network != null) {
            network.close();
        }
    }

    @Test
    void stemChecksEveryDocumentThatOurAuthoritiesServe() throws Exception {
        Path script = Path.of(Objects.requireNonNull(getClass().getResource("validate_documents.py"))
                .toURI());
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
                            "key-certificates",
                            "bandwidth-file");
        }
    }

    /**
     * C tor's clients accept all codings, of which a cache chooses one: each of these knows one name alone. Nobody of
     * them gets a plain diff, since the paths that they ask for end with {@code .z}.
     */
    @Test
    void cTorsClientsTakeDiffsFromOurCachesInEveryCoding() throws Exception {
        Map<ContentCoding, MixedNetwork.Node> clients = new EnumMap<>(ContentCoding.class);
        for (ContentCoding coding : NUMBERS.keySet()) {
            String name = "clientOf" + coding;
            String log = "Log [dir]debug file " + folder.resolve(name + ".log");
            clients.put(coding, network.startClient(name, false, torThatKnows(coding), List.of(log)));
        }
        for (Map.Entry<ContentCoding, MixedNetwork.Node> each : clients.entrySet()) {
            ContentCoding coding = each.getKey();
            Path log = folder.resolve(each.getValue().name() + ".log");
            Pattern applied = Pattern.compile("(?s) compression: " + NUMBERS.get(coding)
                    + "\\)(?:(?!Received response on).)*Applied consensus diff \\(size ");
            network.await("no diff in " + coding.token(), () -> {
                return Files.exists(log)
                        && applied.matcher(Files.readString(log)).find();
            });
        }
        for (MixedNetwork.Node client : clients.values()) {
            assertThat(Files.readString(client.log())).doesNotContain("[warn] Unable to decompress", "[err]");
            network.leave(client);
        }
    }

    /** A copy of C tor's program in which all other names of codings are ones that nobody knows. */
    private static String torThatKnows(ContentCoding coding) throws Exception {
        Path installed = Path.of(
                Programs.run(folder, "sh", "-c", "command -v tor").text().strip());
        byte[] program = Files.readAllBytes(installed);
        String text = new String(program, ISO_8859_1);
        int names = text.indexOf(A_NAME);
        assertThat(names).as("the names of codings in " + installed).isPositive();
        assertThat(text.indexOf(A_NAME, names + 1)).isNegative();
        for (ContentCoding other : ContentCoding.values()) {
            if (other != coding && NUMBERS.containsKey(other)) {
                int at = text.indexOf(other.token() + "\0", names - AROUND);
                assertThat(at).as(other.token()).isBetween(names - AROUND, names + AROUND);
                program[at] = '?';
            }
        }
        Path changed = folder.resolve("tor-" + coding.token());
        Files.write(changed, program);
        Files.setPosixFilePermissions(changed, PosixFilePermissions.fromString("rwx------"));
        return changed.toString();
    }
}
