package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.ThreadTasks;
import io.allium.directory.DocumentStore;
import io.allium.directory.HttpHeaders;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusDiff;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.DocumentList;
import io.allium.netdoc.ExitPolicy;
import io.allium.netdoc.KeyCertificate;
import io.allium.netdoc.Microdescriptor;
import io.allium.netdoc.Unverified;
import io.allium.testing.ManualTime;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a directory cache answers, from documents of a network of C tor's. */
class CachedDirectoryTest {
    @TempDir
    Path home;

    private Consensus consensus;
    private List<KeyCertificate> certificates;
    private ManualTime time;
    private SelfDescriptor self;
    private CachedDirectory directory;
    private ConsensusDiffs diffs;
    private DocumentStore store;
    private CachedDescriptors descriptors;

    @BeforeEach
    void aCache() throws Exception {
        consensus = Consensus.parse(sample("consensus-microdesc")).claimed();
        certificates = KeyCertificate.parseAll(sample("key-certificates")).documents().stream()
                .map(Unverified::claimed)
                .toList();
        time = new ManualTime(consensus.validAfter().plusSeconds(1));
        SystemDisk disk = new SystemDisk();
        Path data = home.resolve("data");
        disk.privateFolder(data);
        RelayOptions options = RelayOptionsFixture.options(data);
        RelayKeys keys = new RelayKeys(disk, time, new SystemEntropy(), Log.NONE, options);
        self = new SelfDescriptor(
                time,
                Log.NONE,
                options,
                keys,
                ExitPolicy.REJECT_ALL,
                new ObservedBandwidth(time),
                new OnionStatistics(time, new SystemEntropy(), true),
                "on Test");
        store = new DocumentStore(disk, data, Log.NONE);
        store.addMicrodescriptors(Microdescriptor.parseAll(sample("microdescs")).documents(), time.now());
        descriptors = new CachedDescriptors(
                time, new ThreadTasks(Log.NONE, 1), Log.NONE, (_, _) -> null, store, Optional::empty, RelayEvents.NONE);
        diffs = new ConsensusDiffs(time, new ThreadTasks(Log.NONE, 1), Log.NONE, disk, data, _ -> Optional.empty());
        diffs.load();
        directory = new CachedDirectory(
                time,
                flavor -> flavor == ConsensusFlavor.MICRODESC ? Optional.of(consensus) : Optional.empty(),
                () -> certificates,
                new CachedMicrodescriptors(time, store),
                descriptors,
                self,
                diffs);
    }

    @Test
    void theConsensusIsServedAsItCame() throws Exception {
        DirectoryReply reply = ask("/tor/status-vote/current/consensus-microdesc");
        assertThat(reply.bytes()).isEqualTo(sample("consensus-microdesc"));
        assertThat(reply.modified()).contains(consensus.validAfter());
        assertThat(ask("/tor/status-vote/current/consensus").status()).isEqualTo(404);
    }

    @Test
    void aClientThatTrustsOthersHearsThatTheyDidNotSign() {
        String first = consensus.signatures().get(0).identity().hex().substring(0, 6);
        String second = consensus.signatures().get(1).identity().hex().substring(0, 6);
        String path = "/tor/status-vote/current/consensus-microdesc/";
        assertThat(ask(path + first + "+" + second + "+FFFFFF").status()).isEqualTo(200);
        assertThat(ask(path + first.toLowerCase(Locale.ROOT)).status()).isEqualTo(200);
        DirectoryReply reply = ask(path + first + "+EEEEEE");
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.phrase()).isEqualTo("Consensus not signed by sufficient number of requested authorities");
    }

    @Test
    void whoHasAnEarlierConsensusGetsTheDiff() throws Exception {
        Consensus old = Consensus.parse(sample("earlier-microdesc")).claimed();
        String path = "/tor/status-vote/current/consensus-microdesc";
        HttpHeaders has = HttpHeaders.NONE.with(
                "X-Or-Diff-From-Consensus", "nonsense, " + old.sha3().hex());
        assertThat(ask(query(path, has)).bytes()).isEqualTo(sample("consensus-microdesc")); // which we don't have
        assertThat(ask(path + "/diff/" + old.sha3().hex()).phrase()).isEqualTo("No such diff available");

        diffs.keep(old);

        DirectoryReply reply = ask(query(path, has));
        assertThat(reply.form()).isEqualTo(DirectoryReply.Form.DIFF);
        assertThat(ConsensusDiff.parse(reply.bytes()).apply(old)).isEqualTo(sample("consensus-microdesc"));
        assertThat(ask(path + "/diff/" + old.sha3().hex()).body().getFirst())
                .isSameAs(reply.body().getFirst()); // made once
        assertThat(ask(path + "/diff/ABCD").phrase()).isEqualTo("Couldn't parse request");
        HttpHeaders newest = HttpHeaders.NONE.with(
                "X-Or-Diff-From-Consensus", consensus.sha3().hex());
        assertThat(ask(query(path, newest)).status()).isEqualTo(304);
    }

    @Test
    void aConsensusOfTheDayBeforeYesterdayIsTooOld() {
        time.pass(
                Duration.between(time.now(), consensus.validUntil()).plusDays(1).plusSeconds(1));
        assertThat(ask("/tor/status-vote/current/consensus-microdesc").phrase()).isEqualTo("Consensus is too old");
    }

    @Test
    void microdescriptorsAreFoundByDigest() {
        List<Microdescriptor> all =
                Microdescriptor.parseAll(sample("microdescs")).documents();
        String one = all.get(0).digest().base64();
        String two = all.get(1).digest().base64();
        String unknown = "A".repeat(43);
        DirectoryReply reply = ask("/tor/micro/d/" + one + "-" + unknown + "-" + two + "-nonsense!");
        DocumentList<Microdescriptor> served = Microdescriptor.parseAll(reply.bytes());
        assertThat(served.documents())
                .extracting(Microdescriptor::digest)
                .containsExactly(all.get(0).digest(), all.get(1).digest());
        assertThat(ask("/tor/micro/d/" + unknown).status()).isEqualTo(404);
    }

    @Test
    void certificatesAreFoundByAnyOfTheirNames() {
        KeyCertificate one = certificates.get(0);
        String fp = one.fingerprint().hex();
        String sk = one.signingKeyDigest().hex();
        byte[] text = one.source().bytes();
        assertThat(ask("/tor/keys/fp/" + fp).bytes()).isEqualTo(text);
        assertThat(ask("/tor/keys/sk/" + sk.toLowerCase(Locale.ROOT)).bytes()).isEqualTo(text);
        assertThat(ask("/tor/keys/fp-sk/" + fp + "-" + sk).bytes()).isEqualTo(text);
        assertThat(ask("/tor/keys/fp-sk/" + sk + "-" + fp).status()).isEqualTo(404);
        assertThat(ask("/tor/keys/all").bytes().length).isGreaterThan(2 * text.length);
    }

    @Test
    void ourOwnDocumentsAreServedByEveryName() {
        SelfDescriptor.Documents ours = self.current();
        assertThat(ask("/tor/server/authority").bytes()).isEqualTo(ours.router());
        assertThat(ask("/tor/server/all").bytes()).isEqualTo(ours.router());
        assertThat(ask("/tor/server/fp/" + self.fingerprint().hex()).bytes()).isEqualTo(ours.router());
        assertThat(ask("/tor/server/d/" + ours.routerDigest().hex()).bytes()).isEqualTo(ours.router());
        assertThat(ask("/tor/extra/d/" + ours.extraInfoDigest().hex()).bytes()).isEqualTo(ours.extraInfo());
        assertThat(ask("/tor/extra/fp/" + self.fingerprint().hex()).bytes()).isEqualTo(ours.extraInfo());
        assertThat(ask("/tor/server/fp/00").phrase()).isEqualTo("Not found");
        assertThat(ask("/tor/server/nonsense").status()).isEqualTo(404);
    }

    @Test
    void ourDescriptorIsServedOnceThoughTheConsensusListsUsToo() throws Exception {
        byte[] ours = self.current().router();
        store.saveFile(CachedDescriptors.FILE, ours);
        descriptors.load();
        assertThat(descriptors.of(self.fingerprint())).isPresent();
        assertThat(ask("/tor/server/all").bytes()).isEqualTo(ours);
    }

    @Test
    void otherPathsAreNotOurs() throws Exception {
        assertThat(directory.answer(query("/tor/status-vote/next/authority", HttpHeaders.NONE)))
                .isEmpty();
        assertThat(new String(ask("/tor/robots.txt").bytes(), StandardCharsets.US_ASCII))
                .startsWith("User-agent: *");
    }

    private DirectoryReply ask(String path) {
        return ask(query(path, HttpHeaders.NONE));
    }

    private DirectoryReply ask(DirectoryQuery query) {
        try {
            return directory.answer(query).orElseThrow();
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    private static DirectoryQuery query(String path, HttpHeaders headers) {
        return new DirectoryQuery(
                DirectoryQuery.Method.GET,
                path,
                headers,
                new byte[0],
                new DirectoryQuery.Asker(Optional.empty(), true, true));
    }

    private static byte[] sample(String name) {
        try (InputStream in = Objects.requireNonNull(CachedDirectoryTest.class.getResourceAsStream(name))) {
            return in.readAllBytes();
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }
}
