package io.allium.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.ThreadTasks;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.base.Untrusted;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusDiff;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.testing.ManualTime;
import io.allium.testing.MemoryDisk;
import io.allium.testing.SeededEntropy;
import io.allium.testing.Waiting;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DirectoryClientTest {
    private static final Path CACHE = Path.of("/cache");

    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 2);
    private final ManualTime time = new ManualTime();
    private final MemoryDisk disk = new MemoryDisk();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<Integer> progress = new CopyOnWriteArrayList<>();
    private final List<Duration> skews = new CopyOnWriteArrayList<>();
    private final List<String> problems = new CopyOnWriteArrayList<>();
    private final CountDownLatch enough = new CountDownLatch(1);

    private final DirectoryEvents events = new DirectoryEvents() {
        @Override
        public void bootstrapped(BootstrapPhase phase, int percent) {
            progress.add(percent);
        }

        @Override
        public void bootstrapProblem(BootstrapPhase phase, int percent, int count, String reason, String why) {
            problems.add(why);
        }

        @Override
        public void enoughInformation(boolean isEnough) {
            if (isEnough) {
                enough.countDown();
            }
        }

        @Override
        public void clockSkew(Duration skew, String source) {
            skews.add(skew);
        }
    };

    @AfterEach
    void endTasks() {
        tasks.close();
    }

    @Test
    void aClientWithoutCacheFetchesAllAndSavesIt() throws Exception {
        try (DirectoryClient client = client(this::sample)) {
            client.start();

            assertThat(enough.await(1, TimeUnit.MINUTES)).isTrue();
            assertThat(client.hasEnough()).isTrue();
            assertThat(client.whatIsMissing()).isEmpty();
            assertThat(client.view().orElseThrow().relays()).hasSize(7);
            assertThat(client.consensus(ConsensusFlavor.MICRODESC)
                            .orElseThrow()
                            .source()
                            .bytes())
                    .isEqualTo(Samples.bytes("consensus-microdesc"));
        }
        assertThat(asked).hasSize(3);
        assertThat(progress).contains(0).isSorted();
    }

    @Test
    void aClientWithACacheAsksNobody() throws Exception {
        DocumentStore store = new DocumentStore(disk, CACHE, Log.NONE);
        store.saveCertificates(Samples.certificates());
        store.saveConsensus(ConsensusFlavor.MICRODESC, Samples.bytes("consensus-microdesc"));
        store.addMicrodescriptors(Samples.microdescriptors(), Samples.NOW);

        try (DirectoryClient client = client(this::nobody)) {
            client.start();

            assertThat(enough.await(1, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void aGarbledConsensusOnDiskIsSetAsideAndFetchedAnew() throws Exception {
        Path file = CACHE.resolve("cached-microdesc-consensus");
        disk.files().put(file, "network-status-version 3 microdesc\n".getBytes(StandardCharsets.US_ASCII));

        try (DirectoryClient client = client(this::sample)) {
            client.start();

            assertThat(enough.await(1, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(disk.files()).containsKey(CACHE.resolve("cached-microdesc-consensus.broken"));
        assertThat(asked).hasSize(3);
    }

    @Test
    void microdescriptorsOfTheCacheServeAConsensusThatComesLater() throws Exception {
        new DocumentStore(disk, CACHE, Log.NONE).addMicrodescriptors(Samples.microdescriptors(), Samples.NOW);
        try (DirectoryClient client = client(this::sample)) {
            client.start();

            assertThat(enough.await(1, TimeUnit.MINUTES)).isTrue();
            assertThat(client.view().orElseThrow().relays()).allMatch(Relay::isUsable);
        }
        assertThat(asked).hasSize(2).noneMatch(path -> path.contains("/micro/"));
    }

    @Test
    void aDirectoryThatHasNothingOfUseIsNoProblemOfTheBootstrap() throws Exception {
        CountDownLatch asks = new CountDownLatch(3);
        time.set(Samples.NOW);
        try (DirectoryClient client = client((request, origin) -> {
            asks.countDown();
            return new DocumentFetcher.Answer(new byte[0], true, "x", Optional.empty());
        })) {
            client.start();

            Waiting.until(() -> {
                time.pass(Duration.ofSeconds(1)); // until it asks again
                return asks.getCount() == 0;
            });
        }
        assertThat(problems).isEmpty();
    }

    @Test
    void aDirectoryWhoseClockIsFarFromOursIsTold() throws Exception {
        time.set(Samples.NOW);
        try (DirectoryClient client = client((request, origin) -> {
            DocumentFetcher.Answer answer = sample(request, origin);
            return new DocumentFetcher.Answer(
                    answer.document(), true, "x", Optional.of(Samples.NOW.minus(Duration.ofHours(2))));
        })) {
            client.start();

            assertThat(enough.await(1, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(skews).contains(Duration.ofHours(2));
    }

    @Test
    void theClockOfAnyOtherDirectoryProvesNothing() throws Exception {
        try (DirectoryClient client = client((request, origin) -> {
            DocumentFetcher.Answer answer = sample(request, origin);
            Optional<Instant> date = origin == DocumentFetcher.Origin.AUTHORITY
                    ? Optional.empty()
                    : Optional.of(Samples.NOW.minus(Duration.ofHours(2)));
            return new DocumentFetcher.Answer(answer.document(), true, "x", date);
        })) {
            client.start();

            assertThat(enough.await(1, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(skews).isEmpty();
    }

    @Test
    void microdescriptorsThatNobodyAskedForAreNotSaved() throws Exception {
        String all = new String(Samples.bytes("microdescs"), StandardCharsets.US_ASCII);
        String first =
                all.substring(all.indexOf("onion-key\n"), all.indexOf("onion-key\n", 10 + all.indexOf("onion-key\n")));
        String unasked = first.replaceFirst("\nntor-onion-key .{4}", "\nntor-onion-key AAAA");
        byte[] both = (unasked + all).getBytes(StandardCharsets.US_ASCII);
        Path journal = CACHE.resolve("cached-microdescs.new");

        try (DirectoryClient client = client((request, origin) -> {
            DocumentFetcher.Answer answer = sample(request, origin);
            return request instanceof DirectoryRequest.Microdescriptors
                    ? new DocumentFetcher.Answer(both, true, "x", Optional.empty())
                    : answer;
        })) {
            client.start();

            Waiting.until(() -> disk.files().containsKey(journal));
        }
        assertThat(new DocumentStore(disk, CACHE, Log.NONE).microdescriptors()).hasSize(7);
    }

    @Test
    void aDiffMakesTheNewConsensusOfTheOneWeHave() throws Exception {
        try (DirectoryClient client = clientWithBase(Samples.bytes("consensus-microdesc-diff"))) {
            client.start();

            awaitNewer(client);
        }
        assertThat(asked).containsExactly("/diff");
        assertThat(disk.files().get(CACHE.resolve("cached-microdesc-consensus")))
                .isEqualTo(newer());
    }

    @Test
    void whereADiffIsBadTheWholeConsensusIsAskedFor() throws Exception {
        byte[] bad = new String(Samples.bytes("consensus-microdesc-diff"), StandardCharsets.US_ASCII)
                .replaceFirst("(?m)^[0-9]+,[0-9]+c$", "1,2c")
                .replaceFirst("(?m)^valid-until .*$", "valid-until 2036-11-20 11:32:00")
                .getBytes(StandardCharsets.US_ASCII);
        try (DirectoryClient client = clientWithBase(bad)) {
            client.start();

            awaitNewer(client);
        }
        assertThat(asked).containsExactly("/diff", "/whole");
    }

    private static byte[] newer() throws Untrusted {
        return ConsensusDiff.parse(Samples.bytes("consensus-microdesc-diff"))
                .apply(Consensus.parse(Samples.bytes("consensus-microdesc-diff.base"))
                        .claimed());
    }

    private static void awaitNewer(DirectoryClient client) throws Untrusted {
        Instant wanted = Consensus.parse(newer()).claimed().validAfter();
        Waiting.until(() -> client.consensus(ConsensusFlavor.MICRODESC)
                .filter(have -> have.validAfter().equals(wanted))
                .isPresent());
    }

    /** One that has an earlier consensus on disk, and is answered with this where it asks for a diff. */
    private DirectoryClient clientWithBase(byte[] diff) throws Exception {
        byte[] base = Samples.bytes("consensus-microdesc-diff.base");
        DocumentStore store = new DocumentStore(disk, CACHE, Log.NONE);
        store.saveCertificates(Samples.certificates());
        store.saveConsensus(ConsensusFlavor.MICRODESC, base);
        String digest = Consensus.parse(base).claimed().sha3().hex();
        DirectoryClient client = client((request, origin) -> {
            if (!(request instanceof DirectoryRequest.ConsensusDocument)) {
                throw new Unreachable("only a consensus");
            }
            boolean wantsDiff = request.http("x")
                    .headers()
                    .first("X-Or-Diff-From-Consensus")
                    .equals(Optional.of(digest));
            asked.add(wantsDiff ? "/diff" : "/whole");
            return new DocumentFetcher.Answer(wantsDiff ? diff : newer(), true, "x", Optional.empty());
        });
        time.set(Instant.parse("2026-11-20T11:31:50Z")); // when the base holds no more
        return client;
    }

    private DocumentFetcher.Answer sample(DirectoryRequest request, DocumentFetcher.Origin origin) throws TorException {
        asked.add(request.path());
        byte[] document = switch (request) {
            case DirectoryRequest.ConsensusDocument consensus -> Samples.bytes("consensus-microdesc");
            case DirectoryRequest.KeyCertificatesBySigningKey keys -> Samples.bytes("key-certificates");
            case DirectoryRequest.Microdescriptors digests -> Samples.bytes("microdescs");
            case DirectoryRequest.KeyCertificates other -> throw new Unreachable("not here");
            case DirectoryRequest.ServerDescriptors other -> throw new Unreachable("not here");
            case DirectoryRequest.ServerDescriptorsOf other -> throw new Unreachable("not here");
            case DirectoryRequest.ExtraInfos other -> throw new Unreachable("not here");
            case DirectoryRequest.ByPath other -> throw new Unreachable("not here");
        };
        Optional<Instant> date = Optional.empty();
        return new DocumentFetcher.Answer(document, true, "sample", date);
    }

    private DocumentFetcher.Answer nobody(DirectoryRequest request, DocumentFetcher.Origin origin) throws TorException {
        asked.add(request.path());
        throw new Unreachable("nobody is there");
    }

    private DirectoryClient client(DocumentFetcher fetcher) throws Exception {
        time.set(Samples.NOW);
        DirectoryPlan plan = new DirectoryPlan(
                Samples.authorities(), List.of(ConsensusFlavor.MICRODESC), false, false, false, -1, Duration.ZERO);
        return new DirectoryClient(
                time,
                new SeededEntropy(1),
                tasks,
                Log.NONE,
                plan,
                new DocumentStore(disk, CACHE, Log.NONE),
                fetcher,
                events,
                new BootstrapReport(time, Log.NONE, events),
                DirectoryClient.Readiness.ALWAYS);
    }
}
