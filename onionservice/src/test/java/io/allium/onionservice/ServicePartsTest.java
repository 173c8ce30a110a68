package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.directory.Parameters;
import io.allium.testing.MemoryDisk;
import io.allium.testing.RecordedLog;
import io.allium.testing.SeededEntropy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Parts of a service of ours that decide by themselves. */
class ServicePartsTest {
    private static final Path FOLDER = Path.of("/hs");

    private final MemoryDisk disk = new MemoryDisk();
    private final SeededEntropy entropy = new SeededEntropy(1);

    @Test
    void keysAreMadeOnceAndNamed() throws Exception {
        ServiceKeys made = load();

        assertThat(new String(disk.files().get(FOLDER.resolve("hostname")), StandardCharsets.US_ASCII))
                .isEqualTo(made.address().host() + "\n");
        assertThat(new String(
                        disk.files().get(FOLDER.resolve("hs_ed25519_secret_key")), 0, 29, StandardCharsets.US_ASCII))
                .isEqualTo("== ed25519v1-secret: type0 ==");
        assertThat(load().address()).isEqualTo(made.address());
    }

    @Test
    void theNameAndThePublicKeyAreMadeAgainWhereTheyAreMissing() throws Exception {
        ServiceKeys made = load();
        disk.files().remove(FOLDER.resolve("hostname"));
        disk.files().remove(FOLDER.resolve("hs_ed25519_public_key"));

        assertThat(load().address()).isEqualTo(made.address());
        assertThat(disk.files()).hasSize(3);
    }

    @Test
    void keysThatDoNotMatchAreTheOperatorsToMend() throws Exception {
        load();
        byte[] other = disk.files().get(FOLDER.resolve("hs_ed25519_public_key")).clone();
        other[40] ^= 1;
        disk.files().put(FOLDER.resolve("hs_ed25519_public_key"), other);

        assertThatThrownBy(this::load).isInstanceOf(LocalFailure.class).hasMessageContaining("does not match");
    }

    @Test
    void aLostSecretIsNotReplacedInSilence() throws Exception {
        load();
        disk.files().remove(FOLDER.resolve("hs_ed25519_secret_key"));

        assertThatThrownBy(this::load).isInstanceOf(LocalFailure.class).hasMessageContaining("is missing");
    }

    private ServiceKeys load() throws LocalFailure {
        return ServiceKeys.load(disk, FOLDER, false, entropy, Log.NONE);
    }

    @Test
    void aCopyIsRecognised() {
        ReplayCache cache = new ReplayCache(10, 0);

        assertThat(cache.isReplay(new byte[] {1}, 0)).isFalse();
        assertThat(cache.isReplay(new byte[] {2}, 0)).isFalse();
        assertThat(cache.isReplay(new byte[] {1}, Long.MAX_VALUE)).isTrue();
    }

    @Test
    void theOldestMakeRoomAndTheOldAreForgotten() {
        ReplayCache cache = new ReplayCache(2, Duration.ofMinutes(5).toNanos());
        cache.isReplay(new byte[] {1}, 0);
        cache.isReplay(new byte[] {2}, 1);
        cache.isReplay(new byte[] {3}, 2);

        assertThat(cache.size()).isEqualTo(2);
        assertThat(cache.isReplay(new byte[] {3}, 3)).isTrue();
        assertThat(cache.isReplay(new byte[] {3}, Duration.ofMinutes(6).toNanos()))
                .isFalse();
    }

    @Test
    void theOperatorHearsOnceOfEachOutageOfAServer() {
        RecordedLog log = new RecordedLog();
        SilentServers servers = new SilentServers(log);
        ServicePort.Target web = new ServicePort.Tcp(Endpoint.parse("127.0.0.1:80"));
        ServicePort.Target mail = new ServicePort.Tcp(Endpoint.parse("127.0.0.1:25"));
        servers.answered(web);
        servers.failed(80, web, "refused");
        servers.failed(80, web, "refused");
        servers.failed(25, mail, "refused");
        servers.answered(web);
        servers.failed(80, web, "refused");

        assertThat(log.lines())
                .extracting(line -> line.substring(0, line.indexOf(' ')))
                .containsExactly("WARN", "INFO", "WARN", "NOTICE", "WARN");
    }

    @Test
    void theHeaderTellsCircuitsApart() {
        assertThat(new String(ServiceStreams.proxyLine(0xffffffff, 42), StandardCharsets.US_ASCII))
                .isEqualTo("PROXY TCP6 fc00:dead:beef:4dad::ffff:ffff ::1 65535 42\r\n");
        assertThat(new String(ServiceStreams.proxyLine(0x12345, 80), StandardCharsets.US_ASCII))
                .isEqualTo("PROXY TCP6 fc00:dead:beef:4dad::1:2345 ::1 9029 80\r\n");
    }

    /** In some of these, digits are others. */
    @Test
    void theHeaderIsTheSameInEveryLanguage() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        try {
            assertThat(new String(ServiceStreams.proxyLine(0x12345, 80), StandardCharsets.US_ASCII))
                    .isEqualTo("PROXY TCP6 fc00:dead:beef:4dad::1:2345 ::1 9029 80\r\n");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void whoWasLetInOnceIsNotLetInAgainHoweverManyCome() {
        Parameters few = new Parameters(Map.of("hs_intro_min_introduce2", 1, "hs_intro_max_introduce2", 1));
        OwnIntroductionPoint point = new OwnIntroductionPoint(
                TestNetwork.view(Instant.EPOCH).relays().getFirst(), few, new SeededEntropy(1), 0);
        assertThat(point.takes(new byte[] {0, 0}, 0)).isTrue();
        assertThat(point.isDone(0)).isTrue();
        for (int i = 1; i <= OwnIntroductionPoint.AFTERWARDS_MAX; i++) {
            assertThat(point.takes(new byte[] {(byte) (i >> 8), (byte) i}, 0)).isTrue();
        }

        assertThat(point.takes(new byte[3], 0)).as("one more").isFalse();
        assertThat(point.takes(new byte[] {0, 0}, 0)).as("the first one").isFalse();
    }

    @Test
    void moreIntroductionsThanTheQueueHoldsAreDropped() throws Exception {
        IntroductionQueue queue = new IntroductionQueue();
        IntroductionQueue.Arrival arrival = new IntroductionQueue.Arrival(null, null, null, 0);
        for (int i = 0; i < IntroductionQueue.WAITING_MAX; i++) {
            assertThat(queue.offer(arrival)).isTrue();
        }

        assertThat(queue.offer(arrival)).isFalse();
        assertThat(queue.take()).isSameAs(arrival);
        assertThat(queue.offer(arrival)).isTrue();
    }
}
