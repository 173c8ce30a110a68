package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.netdoc.ExitPolicy;
import io.allium.netdoc.ExtraInfo;
import io.allium.netdoc.RouterDescriptor;
import io.allium.testing.ManualTime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelfDescriptorTest {
    @TempDir
    Path home;

    private final ManualTime time = new ManualTime();
    private final ObservedBandwidth bandwidth = new ObservedBandwidth(time);
    private final OnionStatistics statistics = new OnionStatistics(time, new SystemEntropy(), true);
    private RelayKeys keys;
    private SelfDescriptor self;

    @BeforeEach
    void aRelay() throws Exception {
        SystemDisk disk = new SystemDisk();
        disk.privateFolder(home.resolve("data"));
        RelayOptions options = RelayOptionsFixture.options(home.resolve("data"));
        keys = new RelayKeys(disk, time, new SystemEntropy(), Log.NONE, options);
        ExitPolicy policy = ExitRules.policy(options);
        self = new SelfDescriptor(time, Log.NONE, options, keys, policy, bandwidth, statistics, "(Allium) on Test");
    }

    @Test
    void whatWasCountedInAWholeDayIsTold() throws Exception {
        assertThat(new String(self.current().extraInfo(), StandardCharsets.US_ASCII))
                .doesNotContain("hidserv");
        time.pass(OnionStatistics.PERIOD);
        statistics.round();
        assertThat(new String(self.rebuild("a day").extraInfo(), StandardCharsets.US_ASCII))
                .contains("hidserv-v3-stats-end 2026-11-21 12:00:00 (86400 s)\n");
    }

    @Test
    void bothDocumentsAreSignedAndBelongTogether() throws Exception {
        SelfDescriptor.Documents documents = self.current();
        RouterDescriptor router =
                RouterDescriptor.parse(documents.router()).verify(RouterDescriptor.signedAt(time.now()));
        ExtraInfo extraInfo =
                ExtraInfo.parse(documents.extraInfo()).verify(ExtraInfo.signedBy(router.keys(), time.now()));
        assertThat(router.fingerprint()).isEqualTo(keys.fingerprint());
        assertThat(router.identity()).isEqualTo(keys.identity());
        assertThat(router.ntorOnionKey()).isEqualTo(keys.onionKeys().ntor().publicKey());
        assertThat(router.details().extraInfo()).contains(extraInfo.digest());
        assertThat(router.details().platform()).contains("Tor 0.4.9.11 (Allium) on Test");
        assertThat(router.details().tunnelledDirectory()).isTrue();
        assertThat(documents.routerDigest()).isEqualTo(router.digest());
    }

    @Test
    void onlyWhatWeDoIsPromised() {
        assertThat(SelfDescriptor.PROTOCOLS_OF_CACHE.supports("DirCache", 2)).isTrue();
        assertThat(SelfDescriptor.PROTOCOLS_OF_CACHE.supports("Relay", 5)).isFalse();
        assertThat(SelfDescriptor.PROTOCOLS_OF_CACHE.supports("HSDir", 2)).isTrue();
        assertThat(SelfDescriptor.PROTOCOLS.supports("HSDir", 2)).isFalse();
        assertThat(SelfDescriptor.PROTOCOLS.supports("HSIntro", 5)).isTrue();
        assertThat(SelfDescriptor.PROTOCOLS.supports("HSRend", 2)).isTrue();
        assertThat(SelfDescriptor.PROTOCOLS.supports("DirCache", 2)).isFalse();
    }

    @Test
    void aDescriptorIsReplacedAfterEighteenHours() {
        self.current();
        time.pass(Duration.ofHours(18).minusSeconds(1));
        assertThat(self.isDue(Optional.empty())).isEmpty();
        time.pass(Duration.ofSeconds(1));
        assertThat(self.isDue(Optional.empty())).contains("time for new descriptor");
        assertThat(self.rebuild("time").published()).isEqualTo(time.now());
        assertThat(self.isDue(Optional.empty())).isEmpty();
    }

    @Test
    void oneThatTheConsensusDoesNotKnowIsReplacedSooner() {
        self.current();
        Optional<SelfDescriptor.Listing> unlisted =
                Optional.of(new SelfDescriptor.Listing(time.now(), Optional.empty()));
        time.pass(Duration.ofMinutes(89));
        assertThat(self.isDue(unlisted)).isEmpty();
        time.pass(Duration.ofMinutes(1));
        assertThat(self.isDue(unlisted)).contains("not listed in consensus");
    }

    @Test
    void theFirstTrafficIsTold() {
        self.current();
        bandwidth.carried(100_000);
        bandwidth.tick();
        assertThat(self.isDue(Optional.empty())).contains("bandwidth has changed");
        assertThat(self.rebuild("bandwidth").observed()).isEqualTo(10_000);
        bandwidth.carried(10_000_000);
        bandwidth.tick();
        assertThat(self.isDue(Optional.empty())).isEmpty();
        time.pass(Duration.ofHours(3));
        assertThat(self.isDue(Optional.empty())).contains("bandwidth has changed");
    }

    @Test
    void anOverloadIsToldForThreeDays() throws Exception {
        self.overloaded(Instant.parse("2026-11-20T12:00:00Z"));
        assertThat(overload(self.rebuild("overload"))).contains("1 2026-11-20 12:00:00");
        time.pass(Duration.ofHours(72));
        assertThat(overload(self.rebuild("time"))).isEmpty();
    }

    private static Optional<String> overload(SelfDescriptor.Documents documents) throws Exception {
        return RouterDescriptor.parse(documents.router())
                .verify(RouterDescriptor.signedAt(documents.published()))
                .details()
                .overloadGeneral();
    }
}
