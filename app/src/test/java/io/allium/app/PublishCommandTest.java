package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNames;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.crypto.Base32;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.testing.DeafPort;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said and left behind where an address never gets as far as to be reached. */
class PublishCommandTest {
    private static final Pattern KEY = Pattern.compile("client([0-9]): for Tor Browser, which asks for it:  (\\S+)");

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final SystemTime time = new SystemTime();
    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
    private final DeafPort nobody = DeafPort.open();
    private Path torrc;

    @BeforeEach
    void writeTorrc() throws Exception {
        String authority = "DirAuthority x orport=" + nobody.endpoint().port() + " v3ident=" + "E".repeat(40) + " "
                + nobody.endpoint() + " " + "F".repeat(40);
        torrc = Files.writeString(folder.resolve("torrc"), "TestingTorNetwork 1\n" + authority + "\n");
    }

    @AfterEach
    void close() {
        tasks.close();
        time.close();
        nobody.close();
    }

    @Test
    void theKeysOfClientsAreShownBeforeAnythingCanComeInTheWay() throws Exception {
        assertThat(runInterrupted()).isEqualTo(PublishCommand.DONE);
        Path clients = folder.resolve("user/services/blog/authorized_clients");
        String said = out.toString(StandardCharsets.UTF_8);
        Matcher shown = KEY.matcher(said);
        for (int client = 1; client <= 2; client++) {
            assertThat(shown.find()).as(said).isTrue();
            byte[] secret = Base32.decode(shown.group(2));
            String known =
                    Base32.encode(Curve25519KeyPair.ofSecret(secret).publicKey().bytes());
            assertThat(clients.resolve("client" + shown.group(1) + ".auth"))
                    .content()
                    .contains(known);
        }
        assertThat(said).doesNotContain("can be reached now");
    }

    @Test
    void keysThatNobodyWasShownAreTakenBack() throws Exception {
        Files.writeString(torrc, "NoSuchOption 1\n");
        assertThat(runInterrupted()).isEqualTo(PublishCommand.FAILED);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("NoSuchOption");
        assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("client1");
        assertThat(folder.resolve("user/services/blog/authorized_clients")).isEmptyDirectory();
    }

    /** Publishes for somebody who has already told it to end. */
    private int runInterrupted() {
        Publication.Machine machine = new Publication.Machine(
                folder, time, new SystemEntropy(), new SystemNetwork(), new SystemDisk(), tasks, new SystemNames());
        return new PublishCommand(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        false,
                        folder.resolve("user"),
                        machine,
                        CompletableFuture.completedFuture(null))
                .run(List.of(
                        "publish",
                        nobody.endpoint().toString(),
                        "--name",
                        "blog",
                        "--clients",
                        "2",
                        "--torrc",
                        torrc.toString()));
    }
}
