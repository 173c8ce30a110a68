package io.allium.sim;

import io.allium.base.ByteStream;
import io.allium.base.Entropy;
import io.allium.base.Unreachable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An application on a client's host, which fetches pages through the client's SOCKS port, one after the other, and
 * compares every byte. Confined to the carrier.
 */
final class Browser {
    /** Between two fetches it waits at most this long; half of it on average. */
    static final Duration PAUSE_MAX = Duration.ofSeconds(25);

    private static final int BYTES_MIN = 10_000;
    private static final int BYTES_MAX = 200_000;
    private static final int BUFFER = 16 * 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final SimulatedTor client;
    private final List<WebServer> servers;
    private final Entropy entropy;
    private long fetched;
    private long bytes;
    private long failed;
    private @Nullable String damage;
    private boolean stopped;

    Browser(SimulatedTor client, List<WebServer> servers, Entropy entropy) {
        this.client = client;
        this.servers = servers;
        this.entropy = entropy;
    }

    /**
     * Fetches one page of the first server, once, on a task of the client's host.
     *
     * @param length of the page, in bytes
     * @return empty in a completed future where it came as it was sent; else why not
     */
    CompletableFuture<Optional<String>> visit(int length) {
        CompletableFuture<Optional<String>> outcome = new CompletableFuture<>();
        Page page = new Page(entropy.below(Long.MAX_VALUE), length);
        client.host().fork("visit", () -> {
            try {
                fetch(servers.getFirst().name(), page);
                fetched++;
                outcome.complete(damage());
            } catch (IOException | Unreachable broken) {
                failed++;
                outcome.complete(Optional.of(String.valueOf(broken.getMessage())));
            }
        });
        return outcome;
    }

    /** Fetches until {@link #stop}. */
    void start() {
        client.host().fork("browser", this::browse);
    }

    /** Ends after the present fetch. */
    void stop() {
        stopped = true;
    }

    /** How many pages came as a whole. */
    long fetched() {
        return fetched;
    }

    /** How many bytes of pages came. */
    long bytes() {
        return bytes;
    }

    /** How many fetches ended early. */
    long failed() {
        return failed;
    }

    /** What came that had not been sent so, if that ever happened. */
    Optional<String> damage() {
        return Optional.ofNullable(damage);
    }

    @Override
    public String toString() {
        return "the browser of " + client;
    }

    private void browse() throws InterruptedException {
        while (!client.isBootstrapped()) {
            client.host().time().sleep(PAUSE_MAX);
        }
        while (!stopped) {
            client.host().time().sleep(Duration.ofMillis(entropy.below((int) PAUSE_MAX.toMillis())));
            Page page = new Page(entropy.below(Long.MAX_VALUE), BYTES_MIN + entropy.below(BYTES_MAX - BYTES_MIN));
            String server = entropy.pick(servers).name();
            try {
                fetch(server, page);
                fetched++;
                client.host().trace("fetched " + page.path() + " of " + server);
            } catch (IOException | Unreachable broken) {
                failed++;
                client.host().trace("could not fetch " + page.path() + " of " + server + ": " + broken.getMessage());
            }
        }
    }

    private void fetch(String server, Page page) throws IOException, Unreachable, InterruptedException {
        try (ByteStream stream = client.host().network().dial(SimulatedTor.SOCKS_PORT, PATIENCE)) {
            connect(stream, server);
            stream.write(("GET " + page.path() + " HTTP/1.0\r\nHost: " + server + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            String head = WebServer.head(stream);
            if (!head.startsWith("HTTP/1.0 200 ")) {
                throw new IOException("answered " + head);
            }
            read(stream, page);
        }
    }

    /** SOCKS 5 without authentication: RFC 1928. */
    private static void connect(ByteStream stream, String server) throws IOException {
        stream.write(new byte[] {5, 1, 0});
        exactly(stream, 2);
        byte[] name = server.getBytes(StandardCharsets.US_ASCII);
        byte[] request = new byte[7 + name.length];
        request[0] = 5;
        request[1] = 1;
        request[3] = 3;
        request[4] = (byte) name.length;
        System.arraycopy(name, 0, request, 5, name.length);
        request[6 + name.length] = WebServer.PORT;
        stream.write(request);
        byte[] reply = exactly(stream, 10); // the address in it is always an IPv4 one
        if (reply[1] != 0) {
            throw new IOException("SOCKS error " + reply[1]);
        }
    }

    private void read(ByteStream stream, Page page) throws IOException {
        byte[] buffer = new byte[BUFFER];
        int at = 0;
        for (int count = stream.read(buffer, 0, BUFFER); count >= 0; count = stream.read(buffer, 0, BUFFER)) {
            byte[] expected = page.bytes(at, count);
            if (!Arrays.equals(expected, 0, expected.length, buffer, 0, count) && damage == null) {
                damage = client.name() + ": " + page.path() + " is wrong between byte " + at + " and " + (at + count);
            }
            at += count;
            bytes += count;
        }
        if (at < page.length()) {
            throw new EOFException("ended after " + at + " bytes");
        }
    }

    private static byte[] exactly(ByteStream stream, int count) throws IOException {
        byte[] bytes = new byte[count];
        int at = 0;
        while (at < count) {
            int got = stream.read(bytes, at, count - at);
            if (got < 0) {
                throw new EOFException("the SOCKS port closed");
            }
            at += got;
        }
        return bytes;
    }
}
