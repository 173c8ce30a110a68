package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.ByteStream;
import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.SystemEntropy;
import io.allium.base.Tasks;
import io.allium.base.ThreadTasks;
import io.allium.channel.Backlog;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.KeyBlinding;
import io.allium.crypto.TimePeriod;
import io.allium.directory.HttpMessage;
import io.allium.directory.Parameters;
import io.allium.netdoc.OnionDescriptor;
import io.allium.netdoc.OnionDescriptorKeys;
import io.allium.testing.ManualTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a hidden service directory answers, in C tor's words. */
class OnionDirectoryTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:30:00Z");
    private static final Duration LIFETIME = Duration.ofHours(3);
    private static final DirectoryQuery.Asker THROUGH_RELAYS =
            new DirectoryQuery.Asker(Optional.of(Endpoint.parse("203.0.113.9:4711")), true, true);
    private static final DirectoryQuery.Asker DIRECT =
            new DirectoryQuery.Asker(Optional.of(Endpoint.parse("203.0.113.9:4711")), false, true);

    private final ManualTime time = new ManualTime(NOW);
    private final Entropy entropy = new SystemEntropy();
    private final Tasks tasks = new ThreadTasks(Log.NONE, 1);
    private final Ed25519KeyPair identity = Ed25519KeyPair.generate(entropy);
    private final OnionDescriptorKeys keys = keys(identity, NOW.plus(Duration.ofHours(54)));
    private final OnionStatistics statistics = new OnionStatistics(time, entropy, true);
    private final DirectoryServer server = server(Parameters.STANDARD, true);

    @Test
    void aDescriptorThatWasPostedIsThereForWhoKnowsTheKey() throws Exception {
        byte[] descriptor = descriptor(keys, 7, 10_000);
        assertThat(post(server, descriptor, THROUGH_RELAYS)).isEqualTo("200 HS descriptor stored successfully.");
        HttpMessage.Response response = get(server, keys.blindedKey(), THROUGH_RELAYS);
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(descriptor);
        assertThat(response.headers().first("Content-Type")).contains("text/plain");
        assertThat(response.headers().first("Content-Encoding")).contains("identity");
        assertThat(response.headers().first("Content-Length")).contains("" + descriptor.length);
        assertThat(response.headers().first("Pragma")).contains("no-cache");
    }

    @Test
    void nobodyIsAnsweredWhoseAddressIsSeen() throws Exception {
        byte[] descriptor = descriptor(keys, 7, 10_000);
        assertThat(post(server, descriptor, DIRECT)).isEqualTo("503 Rejecting single hop HS descriptor post");
        post(server, descriptor, THROUGH_RELAYS);
        HttpMessage.Response response = get(server, keys.blindedKey(), DIRECT);
        assertThat(response.status() + " " + response.reason())
                .isEqualTo("503 Rejecting single hop HS v3 descriptor request");
    }

    @Test
    void whatIsNotThereIsNotFound() throws Exception {
        assertThat(get(server, keys.blindedKey(), THROUGH_RELAYS).status()).isEqualTo(404);
        for (String path : List.of("/tor/hs/3/", "/tor/hs/3/abc", "/tor/hs/2/abc", "/tor/hs/3/publish", "/tor/hs/")) {
            HttpMessage.Response response = ask(server, HttpMessage.Request.get(path), THROUGH_RELAYS);
            assertThat(response.status() + " " + response.reason()).as(path).isEqualTo("404 Not found");
        }
    }

    @Test
    void onlyALaterRevisionIsTaken() throws Exception {
        byte[] first = descriptor(keys, 7, 1000);
        post(server, first, THROUGH_RELAYS);
        assertThat(post(server, first, THROUGH_RELAYS)).isEqualTo("400 Invalid HS descriptor. Rejected.");
        assertThat(post(server, descriptor(keys, 6, 1000), THROUGH_RELAYS)).startsWith("400");
        assertThat(get(server, keys.blindedKey(), THROUGH_RELAYS).body()).isEqualTo(first);
        byte[] second = descriptor(keys, 8, 1000);
        assertThat(post(server, second, THROUGH_RELAYS)).startsWith("200");
        assertThat(get(server, keys.blindedKey(), THROUGH_RELAYS).body()).isEqualTo(second);
    }

    @Test
    void afterItsLifetimeItIsNotFound() throws Exception {
        post(server, descriptor(keys, 7, 1000), THROUGH_RELAYS);
        time.pass(LIFETIME);
        assertThat(get(server, keys.blindedKey(), THROUGH_RELAYS).status()).isEqualTo(404);
    }

    @Test
    void whatTheBlindedKeyHasNotSignedIsRejected() throws Exception {
        byte[] descriptor = descriptor(keys, 7, 1000);
        for (String changed : List.of("revision-counter 7", "descriptor-lifetime 180")) {
            byte[] forged = new String(descriptor, StandardCharsets.US_ASCII)
                    .replace(changed, changed.replaceAll("[0-9]+", "9"))
                    .getBytes(StandardCharsets.US_ASCII);
            assertThat(post(server, forged, THROUGH_RELAYS)).as(changed).startsWith("400");
        }
        OnionDescriptorKeys others = keys(Ed25519KeyPair.generate(entropy), NOW.plus(Duration.ofHours(54)));
        OnionDescriptorKeys mixed =
                new OnionDescriptorKeys(keys.blindedKey(), keys.subcredential(), others.signing(), keys.certificate());
        assertThat(post(server, descriptor(mixed, 7, 1000), THROUGH_RELAYS)).startsWith("400");
        assertThat(get(server, keys.blindedKey(), THROUGH_RELAYS).status()).isEqualTo(404);
    }

    @Test
    void oneWhoseCertificateHasExpiredIsRejected() throws Exception {
        OnionDescriptorKeys expired = keys(identity, NOW.minus(Duration.ofHours(1)));
        assertThat(post(server, descriptor(expired, 7, 1000), THROUGH_RELAYS)).startsWith("400");
    }

    @Test
    void onlyPublishingIsAnswered() throws Exception {
        byte[] descriptor = descriptor(keys, 7, 1000);
        for (String path : List.of("/tor/hs/3/", "/tor/hs/2/publish", "/tor/hs/publish")) {
            HttpMessage.Response response = ask(server, HttpMessage.Request.post(path, descriptor), THROUGH_RELAYS);
            assertThat(response.status() + " " + response.reason())
                    .as(path)
                    .isEqualTo("400 Invalid HS descriptor. Rejected.");
        }
    }

    @Test
    void theConsensusSaysHowLongADescriptorMayBe() throws Exception {
        int length = descriptor(keys, 7, 1000).length;
        DirectoryServer exactly = server(new Parameters(Map.of("HSV3MaxDescriptorSize", length)), true);
        assertThat(post(exactly, descriptor(keys, 7, 1000), THROUGH_RELAYS)).startsWith("400");
        DirectoryServer oneMore = server(new Parameters(Map.of("HSV3MaxDescriptorSize", length + 1)), true);
        assertThat(post(oneMore, descriptor(keys, 7, 1000), THROUGH_RELAYS)).startsWith("200");
        assertThat(post(server, descriptor(keys, 7, 50_000), THROUGH_RELAYS)).startsWith("400");
    }

    @Test
    void whatIsLongerThanAnyConsensusShouldAllowIsNotRead() throws Exception {
        try (ByteStream client = server.connect(THROUGH_RELAYS)) {
            int length = OnionDirectory.DOCUMENT_MAX + 1;
            client.write(("POST /tor/hs/3/publish HTTP/1.0\r\nContent-Length: " + length + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(HttpMessage.readResponse(client).status()).isEqualTo(400);
        }
    }

    @Test
    void whatIsNoDescriptorAtAllIsRejected() throws Exception {
        byte[] descriptor = descriptor(keys, 7, 1000);
        for (byte[] bad : List.of(
                new byte[0],
                new byte[1000],
                Arrays.copyOf(descriptor, descriptor.length - 1000),
                Arrays.copyOf(descriptor, descriptor.length + 1))) {
            assertThat(post(server, bad, THROUGH_RELAYS)).startsWith("400");
        }
    }

    @Test
    void aBridgeTakesNothingIn() throws Exception {
        assertThat(post(server(Parameters.STANDARD, false), descriptor(keys, 7, 1000), THROUGH_RELAYS))
                .isEqualTo("503 Not acting as a public relay");
    }

    private DirectoryServer server(Parameters parameters, boolean isPublic) {
        OnionDirectory directory = new OnionDirectory(
                time,
                tasks,
                Log.NONE,
                () -> parameters,
                statistics,
                10_000_000,
                new Backlog(100_000_000, time, tasks, Log.NONE),
                isPublic);
        return new DirectoryServer(time, tasks, Log.NONE, List.of(directory));
    }

    private OnionDescriptorKeys keys(Ed25519KeyPair service, Instant expires) {
        Ed25519KeyPair blinded = KeyBlinding.blind(service, TimePeriod.containing(NOW, TimePeriod.LENGTH_DEFAULT));
        return OnionDescriptorKeys.of(service.publicKey(), blinded, Ed25519KeyPair.generate(entropy), expires);
    }

    private byte[] descriptor(OnionDescriptorKeys with, long revision, int length) {
        return OnionDescriptor.write(with, LIFETIME, revision, entropy.bytes(length));
    }

    private static String post(DirectoryServer to, byte[] descriptor, DirectoryQuery.Asker asker) throws Exception {
        HttpMessage.Response response = ask(to, HttpMessage.Request.post("/tor/hs/3/publish", descriptor), asker);
        return response.status() + " " + response.reason();
    }

    private static HttpMessage.Response get(DirectoryServer from, Ed25519Identity key, DirectoryQuery.Asker asker)
            throws Exception {
        return ask(from, HttpMessage.Request.get("/tor/hs/3/" + key.base64()), asker);
    }

    private static HttpMessage.Response ask(
            DirectoryServer server, HttpMessage.Request request, DirectoryQuery.Asker asker) throws Exception {
        try (ByteStream client = server.connect(asker)) {
            client.write(request.encode());
            return HttpMessage.readResponse(client);
        }
    }
}
