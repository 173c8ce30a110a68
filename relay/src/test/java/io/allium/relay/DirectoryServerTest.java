package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.ByteStream;
import io.allium.base.Endpoint;
import io.allium.base.Log;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.base.Wire;
import io.allium.directory.HttpMessage;
import io.allium.netdoc.Slice;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DirectoryServerTest {
    private static final byte[] DOCUMENT = document();
    private static final Instant CHANGED = Instant.parse("2026-11-20T10:00:00Z");

    private final SystemTime time = new SystemTime();
    private final DirectoryServer server = new DirectoryServer(
            time,
            new ThreadTasks(Log.NONE, 1),
            Log.NONE,
            List.of(DirectoryServerTest::documents, DirectoryServerTest::posts));

    @Test
    void aDocumentComesPlainWithTheHeadersThatCachesGoBy() throws Exception {
        HttpMessage.Response response = ask(HttpMessage.Request.get("/tor/document"), false);
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(DOCUMENT);
        assertThat(response.headers().first("Content-Type")).contains("text/plain");
        assertThat(response.headers().first("Content-Encoding")).contains("identity");
        assertThat(response.headers().time("Expires").orElseThrow())
                .isEqualTo(response.headers().time("Date").orElseThrow().plus(Duration.ofMinutes(5)));
        assertThat(response.headers().first("X-Your-Address-Is")).contains("203.0.113.9");
    }

    @Test
    void itIsCompressedInTheFirstCodingOfCTorsListThatTheAskerAccepts() throws Exception {
        assertThat(coding("/tor/document", "deflate, x-zstd, x-tor-lzma")).isEqualTo("x-tor-lzma");
        assertThat(coding("/tor/document", "gzip, deflate, x-zstd")).isEqualTo("x-zstd");
        assertThat(coding("/tor/document.z", "")).isEqualTo("deflate");
        assertThat(coding("/tor/document.z", "x-zstd")).isEqualTo("x-zstd");
        assertThat(coding("/tor/document", "gzip")).isEqualTo("deflate");
        assertThat(coding("/tor/many", "gzip, x-tor-lzma")).isEqualTo("gzip");
        assertThat(coding("/tor/many", "gzip, deflate")).isEqualTo("deflate");
        assertThat(coding("/tor/many", "x-tor-lzma")).isEqualTo("identity");
        assertThat(coding("/tor/many", "br;q=1, GZIP")).isEqualTo("identity");
    }

    private String coding(String path, String accepted) throws Exception {
        HttpMessage.Response response = ask(HttpMessage.Request.get(path).with("Accept-Encoding", accepted), false);
        assertThat(response.document(1 << 20)).isEqualTo(DOCUMENT);
        assertThat(response.headers().first("Content-Length")).isEmpty();
        return response.headers().first("Content-Encoding").orElseThrow();
    }

    @Test
    void aPathIsTheSameHoweverItIsWritten() throws Exception {
        for (String target : List.of("/document", "document", "http://127.0.0.1:80/tor/document", "/tor/document")) {
            assertThat(ask(HttpMessage.Request.get(target), false).body())
                    .as(target)
                    .isEqualTo(DOCUMENT);
        }
    }

    @Test
    void noMoreThanSomeAnswersAreCompressedWhileTheyAreSent() throws Exception {
        HttpMessage.Request request = HttpMessage.Request.get("/tor/many").with("Accept-Encoding", "x-zstd");
        List<ByteStream> slow = new ArrayList<>();
        for (int i = 0; i < ReplyWriter.COMPRESSORS_MAX; i++) {
            ByteStream client = server.connect(asker(false));
            client.write(request.encode());
            client.read(new byte[1], 0, 1); // it has begun, and more than fits in between is still to come
            slow.add(client);
        }
        assertThat(ask(request, false).headers().first("Content-Encoding")).contains("identity");
        slow.forEach(ByteStream::close);
    }

    @Test
    void whoWantsSomethingElseThanGetAndPostHearsNothing() throws Exception {
        try (ByteStream client = server.connect(asker(false))) {
            client.write("PUT /tor/ HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(client.read(new byte[1], 0, 1)).isEqualTo(-1);
        }
    }

    @Test
    void whenTooMuchIsBeingPostedTheNextHearsThatWeAreBusy() throws Exception {
        List<ByteStream> uploads = new ArrayList<>();
        int whole = Uploads.BYTES_MAX / Uploads.ONE_ADDRESS_MAX;
        byte[] most = new byte[Uploads.ONE_ADDRESS_MAX - 1000];
        String head = "POST /tor/ HTTP/1.0\r\nContent-Length: " + Uploads.ONE_ADDRESS_MAX + "\r\n\r\n";
        for (int i = 0; i < whole; i++) {
            ByteStream upload = server.connect(from("203.0.113." + i + ":1"));
            upload.write(head.getBytes(StandardCharsets.US_ASCII));
            upload.write(most);
            uploads.add(upload);
        }
        // The server may not have read all of that yet, nor counted what it has just read.
        int more = whole * (1000 + 2 * MemoryStream.CAPACITY) + 10_000;
        assertThat(post("203.0.113.0:2", more).status()).isEqualTo(503); // the share of one address
        assertThat(post("203.0.113.99:1", more).reason()).isEqualTo("Directory busy, try again later");
        uploads.getFirst().close();
        HttpMessage.Response answer = post("203.0.113.99:1", more);
        while (answer.status() == 503) { // until the one that left is forgotten
            answer = post("203.0.113.99:1", more);
        }
        assertThat(answer.body()).hasSize(more);
        uploads.forEach(ByteStream::close);
    }

    private HttpMessage.Response post(String from, int length) throws Exception {
        try (ByteStream client = server.connect(from(from))) {
            client.write(HttpMessage.Request.post("/tor/", new byte[length]).encode());
            return HttpMessage.readResponse(client);
        }
    }

    private static DirectoryQuery.Asker from(String address) {
        return new DirectoryQuery.Asker(Optional.of(Endpoint.parse(address)), false, false);
    }

    @Test
    void whoHasTheNewestDocumentHearsThatNothingChanged() throws Exception {
        HttpMessage.Request known =
                HttpMessage.Request.get("/tor/document").with("If-Modified-Since", "Fri, 20 Nov 2026 10:00:00 GMT");
        assertThat(ask(known, false).status()).isEqualTo(304);
        HttpMessage.Request older =
                HttpMessage.Request.get("/tor/document").with("If-Modified-Since", "Fri, 20 Nov 2026 09:59:59 GMT");
        assertThat(ask(older, false).status()).isEqualTo(200);
    }

    @Test
    void aPostReachesItsHandler() throws Exception {
        HttpMessage.Response response = ask(HttpMessage.Request.post("/tor/post/vote", DOCUMENT), false);
        assertThat(response.body()).isEqualTo(DOCUMENT);
        assertThat(response.headers().first("Pragma")).contains("no-cache");
    }

    @Test
    void anUnknownPathIsNotFoundAndNonsenseIsABadRequest() throws Exception {
        assertThat(ask(HttpMessage.Request.get("/nothing"), false).status()).isEqualTo(404);
        try (ByteStream client = server.connect(asker(false))) {
            client.write("HELLO\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            client.finish();
            assertThat(HttpMessage.readResponse(client).status()).isEqualTo(400);
        }
    }

    @Test
    void beyondTheBoundOfConnectionsTheOneSilentForLongestGoes() throws Exception {
        List<ByteStream> idle = IntStream.range(0, DirectoryServer.CONNECTIONS_MAX)
                .mapToObj(_ -> server.connect(asker(false)))
                .toList();
        assertThat(ask(HttpMessage.Request.get("/tor/document"), false).status())
                .isEqualTo(200);
        assertThat(idle.getFirst().read(new byte[1], 0, 1)).isEqualTo(-1);
        idle.forEach(ByteStream::close);
    }

    @Test
    void whoHoldsAllConnectionsAndDoesNotReadKeepsNobodyElseOut() throws Exception {
        DirectoryQuery.Asker greedy =
                new DirectoryQuery.Asker(Optional.of(Endpoint.parse("203.0.113.66:4711")), false, true);
        List<ByteStream> unread = new ArrayList<>();
        for (int i = 0; i < DirectoryServer.CONNECTIONS_MAX; i++) {
            ByteStream client = server.connect(greedy);
            client.write(HttpMessage.Request.get("/tor/document").encode());
            assertThat(client.read(new byte[1], 0, 1)).isEqualTo(1); // heard, and the rest waits
            unread.add(client);
        }
        assertThat(server.connect(greedy).read(new byte[1], 0, 1)).isEqualTo(-1);
        assertThat(ask(HttpMessage.Request.get("/tor/document"), false).status())
                .isEqualTo(200);
        unread.forEach(ByteStream::close);
    }

    @Test
    void whoTakesNothingInReadsNoBody() throws Exception {
        DirectoryHandler onlyGet = new DirectoryHandler() {
            @Override
            public Optional<DirectoryReply> answer(DirectoryQuery query) {
                return Optional.empty();
            }

            @Override
            public int bodyMax(String path) {
                return 0;
            }
        };
        DirectoryServer cache = new DirectoryServer(time, new ThreadTasks(Log.NONE, 1), Log.NONE, List.of(onlyGet));
        try (ByteStream client = cache.connect(asker(false))) {
            client.write("POST /tor/ HTTP/1.0\r\nContent-Length: 1000000\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            HttpMessage.Response response = HttpMessage.readResponse(client); // without waiting for the body
            assertThat(response.status()).isEqualTo(400);
            assertThat(response.reason())
                    .isEqualTo("Nonauthoritative directory does not accept posted server descriptors");
        }
    }

    @Test
    void whoAsksADirPortThatHasNoBandwidthLeftIsSentAway() throws Exception {
        DirectoryServer busy = new DirectoryServer(
                time, new ThreadTasks(Log.NONE, 1), Log.NONE, List.of(DirectoryServerTest::documents), new Full());
        HttpMessage.Request document = HttpMessage.Request.get("/tor/document");
        HttpMessage.Response response = ask(busy, from("203.0.113.9:4711"), document);
        assertThat(response.status()).isEqualTo(503);
        assertThat(response.reason()).isEqualTo("Directory busy, try again later");
        assertThat(ask(busy, from("203.0.113.9:4711"), document.with("Accept-Encoding", "x-zstd"))
                        .status())
                .isEqualTo(200); // compressed it is short enough
        assertThat(ask(busy, asker(false), document).status()).isEqualTo(200); // the link has waited already
        assertThat(ask(busy, from("203.0.113.9:4711"), HttpMessage.Request.get("/tor/nothing"))
                        .status())
                .isEqualTo(404);
    }

    /** A little less room than a document takes. */
    private static final class Full implements DirectoryLoad {
        @Override
        public ByteStream metered(Wire connection) {
            return connection;
        }

        @Override
        public boolean isTooMuch(Optional<Endpoint> asker, long bytes) {
            return bytes >= DOCUMENT.length;
        }
    }

    private static HttpMessage.Response ask(
            DirectoryServer directory, DirectoryQuery.Asker asker, HttpMessage.Request request) throws Exception {
        try (ByteStream client = directory.connect(asker)) {
            client.write(request.encode());
            return HttpMessage.readResponse(client);
        }
    }

    private HttpMessage.Response ask(HttpMessage.Request request, boolean anonymous) throws Exception {
        return ask(server, asker(anonymous), request);
    }

    private static DirectoryQuery.Asker asker(boolean anonymous) {
        return new DirectoryQuery.Asker(Optional.of(Endpoint.parse("203.0.113.9:4711")), anonymous, true);
    }

    private static Optional<DirectoryReply> documents(DirectoryQuery query) {
        List<Slice> parts = new ArrayList<>();
        for (int i = 0; i < DOCUMENT.length; i += 1000) {
            parts.add(new Slice(DOCUMENT, i, Math.min(1000, DOCUMENT.length - i)));
        }
        Optional<Duration> lifetime = Optional.of(Duration.ofMinutes(5));
        return switch (query.path()) {
            case "/tor/document" ->
                Optional.of(DirectoryReply.of(DirectoryReply.Form.CONSENSUS, List.of(Slice.of(DOCUMENT)), lifetime)
                        .modifiedAt(CHANGED));
            case "/tor/many" -> Optional.of(DirectoryReply.of(DirectoryReply.Form.DOCUMENTS, parts, lifetime));
            default -> Optional.empty();
        };
    }

    private static Optional<DirectoryReply> posts(DirectoryQuery query) {
        return query.method() == DirectoryQuery.Method.POST
                ? Optional.of(
                        DirectoryReply.of(DirectoryReply.Form.MADE, List.of(Slice.of(query.body())), Optional.empty()))
                : Optional.empty();
    }

    /** Long, and no denser than text is. */
    private static byte[] document() {
        Random random = new Random(1);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 5000; i++) {
            text.append(Long.toHexString(random.nextLong())).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
