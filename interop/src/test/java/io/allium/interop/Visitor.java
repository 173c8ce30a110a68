package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Somebody who uses a SOCKS port: curl, each time on a circuit of its own, and whether what comes and goes is whole. Immutable.
 *
 * @param folder where files lie that come and go
 */
record Visitor(Path folder, int socksPort) {
    /** Less than {@link Programs} waits, so that it is curl that says what was missing. */
    private static final String LIMIT_SECONDS = "590";

    /**
     * To connect, and while nothing moves. A service of C tor's in a small network may fail to come to a rendezvous point, and C
     * tor's client then waits there for ten minutes.
     */
    private static final String PATIENCE_SECONDS = "60";

    private static final int ATTEMPTS = 5;

    /** Whether one byte comes from a {@link WebServer} at this address. */
    boolean reaches(String site) throws Exception {
        return attempt("--fail", site + "/bytes/1").status() == 0;
    }

    /** How many of so many at once get a byte, each of whom tries once. */
    int reachesAtOnce(String site, int visitors) throws Exception {
        String[] patient = {"--connect-timeout", LIMIT_SECONDS, "--max-time", "150", "--fail", site + "/bytes/1"};
        List<Boolean> all = atOnce(visitors, () -> attempt(patient).status() == 0);
        return (int) all.stream().filter(reached -> reached).count();
    }

    /** Fetches so many bytes. */
    void downloads(String site, int count) throws Exception {
        Path file = Files.createTempFile(folder, "download", "");
        insist("--fail", "-o", file.toString(), site + "/bytes/" + count);
        assertThat(sha256(file)).as(count + " bytes of " + site).isEqualTo(WebServer.digestOfBytes(count));
        Files.delete(file);
    }

    /** So many fetch so many bytes at once. */
    void downloadsAtOnce(String site, int count, int visitors) throws Exception {
        atOnce(visitors, () -> {
            downloads(site, count);
            return count;
        });
    }

    /** Sends so many bytes, and hears what has come. */
    void uploads(String site, int count) throws Exception {
        Path file = Files.createTempFile(folder, "upload", "");
        write(file, count);
        String answer = insist("--fail", "-T", file.toString(), "-X", "POST", site + "/digest")
                .text();
        assertThat(answer).as("what came of " + count + " bytes at " + site).isEqualTo(sha256(file));
        Files.delete(file);
    }

    private static <T> List<T> atOnce(int visitors, Callable<T> each) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<T> results = new ArrayList<>();
            for (Future<T> one : threads.invokeAll(Collections.nCopies(visitors, each))) {
                results.add(one.get());
            }
            return results;
        }
    }

    private Programs.Outcome insist(String... arguments) throws Exception {
        for (int attempt = 1; ; attempt++) {
            Programs.Outcome outcome = attempt(arguments);
            if (outcome.status() == 0) {
                return outcome;
            }
            String failure = "curl " + String.join(" ", arguments) + ": " + outcome.status() + " " + outcome.errors();
            System.out.println("attempt " + attempt + ": " + failure);
            if (attempt == ATTEMPTS) {
                throw new IOException(failure);
            }
        }
    }

    /** Under a name of its own, so that no stream shares a circuit with another. */
    private Programs.Outcome attempt(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "curl",
                "-sS",
                "--max-time",
                LIMIT_SECONDS,
                "--connect-timeout",
                PATIENCE_SECONDS,
                "--speed-time",
                PATIENCE_SECONDS,
                "--proxy-user",
                UUID.randomUUID() + ":x",
                "--proxy",
                "socks5h://127.0.0.1:" + socksPort));
        command.addAll(List.of(arguments));
        return Programs.attempt(folder, "", command.toArray(String[]::new));
    }

    private static void write(Path file, int count) throws IOException {
        Random random = new Random(count);
        byte[] block = new byte[64 * 1024];
        try (OutputStream to = new BufferedOutputStream(Files.newOutputStream(file))) {
            for (int left = count; left > 0; left -= block.length) {
                random.nextBytes(block);
                to.write(block, 0, Math.min(left, block.length));
            }
        }
    }

    private static String sha256(Path file) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] block = new byte[64 * 1024];
        try (var from = Files.newInputStream(file)) {
            for (int got = from.read(block); got >= 0; got = from.read(block)) {
                digest.update(block, 0, got);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
