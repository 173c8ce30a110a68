package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.ByteStream;
import io.allium.base.Endpoint;
import io.allium.base.Log;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.directory.HttpMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
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
    void itIsCompressedAsTheAskerAccepts() throws Exception {
        HttpMessage.Response zipped =
                ask(HttpMessage.Request.get("/tor/document").with("Accept-Encoding", "x-tor-lzma, gzip"), false);
        assertThat(zipped.headers().first("Content-Encoding")).contains("gzip");
        assertThat(zipped.document(1 << 20)).isEqualTo(DOCUMENT);
        HttpMessage.Response deflated = ask(HttpMessage.Request.get("/tor/document.z"), false);
        assertThat(deflated.headers().first("Content-Encoding")).contains("deflate");
        assertThat(deflated.document(1 << 20)).isEqualTo(DOCUMENT);
    }

    @Test
    void anAnonymousAskerGetsDeflateOrNothing() throws Exception {
        HttpMessage.Request rare = HttpMessage.Request.get("/tor/document").with("Accept-Encoding", "gzip");
        assertThat(ask(rare, true).headers().first("Content-Encoding")).contains("identity");
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
    void whoTakesNothingInReadsNoBody() throws Exception {
        DirectoryHandler onlyGet = new DirectoryHandler() {
            @Override
            public Optional<DirectoryReply> answer(DirectoryQuery query) {
                return Optional.empty();
            }

            @Override
            public int bodyMax() {
                return 0;
            }
        };
        DirectoryServer cache = new DirectoryServer(time, new ThreadTasks(Log.NONE, 1), Log.NONE, List.of(onlyGet));
        try (ByteStream client = cache.connect(asker(false))) {
            client.write("POST /tor/ HTTP/1.0\r\nContent-Length: 1000000\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(HttpMessage.readResponse(client).status()).isEqualTo(400); // and waits for none of it
        }
    }

    private HttpMessage.Response ask(HttpMessage.Request request, boolean anonymous) throws Exception {
        try (ByteStream client = server.connect(asker(anonymous))) {
            client.write(request.encode());
            return HttpMessage.readResponse(client);
        }
    }

    private static DirectoryQuery.Asker asker(boolean anonymous) {
        return new DirectoryQuery.Asker(Optional.of(Endpoint.parse("203.0.113.9:4711")), anonymous, true);
    }

    private static Optional<DirectoryReply> documents(DirectoryQuery query) {
        return query.after("/tor/document")
                .map(_ ->
                        DirectoryReply.document(DOCUMENT, Duration.ofMinutes(5)).modifiedAt(CHANGED));
    }

    private static Optional<DirectoryReply> posts(DirectoryQuery query) {
        return query.method() == DirectoryQuery.Method.POST
                ? Optional.of(DirectoryReply.passing(query.body()))
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
