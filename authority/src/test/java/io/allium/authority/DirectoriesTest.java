package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.authority.VotingSchedule.Timing;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.SystemTime;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.directory.HttpHeaders;
import io.allium.netdoc.KeyCertificate;
import io.allium.netdoc.Microdescriptor;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.Vote;
import io.allium.relay.DirectoryHandler;
import io.allium.relay.DirectoryQuery;
import io.allium.relay.DirectoryQuery.Method;
import io.allium.relay.DirectoryReply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an authority answers to which path. */
class DirectoriesTest {
    private static final Instant VOTING = Instant.parse("2026-11-20T11:22:52Z");
    private static final Timing TIMING =
            new Timing(Duration.ofSeconds(20), Duration.ofSeconds(4), Duration.ofSeconds(4));

    private final SystemTime time = new SystemTime();
    private final Microdescriptors microdescriptors = new Microdescriptors();
    private Submissions submissions;
    private Ballots ballots;
    private Vote vote;
    private Published published;
    private List<DirectoryHandler> handlers = List.of();

    @TempDir
    private Path folder;

    @BeforeEach
    void fill() throws LocalFailure, Untrusted {
        Set<Fingerprint> authorities = new TreeSet<>();
        for (int i = 0; i < 3; i++) {
            vote = Vote.parse(Samples.read("measured/vote-" + i)).claimed();
            authorities.add(vote.authority());
        }
        Certificates certificates = new Certificates(authorities);
        ballots = new Ballots(authorities, certificates, (one, interval) -> {}, Log.NONE);
        ballots.open(VotingSchedule.next(VOTING, TIMING, Duration.ZERO));
        ballots.receive(vote.source().bytes(), Ballots.Way.TAKEN, "test", VOTING);
        SystemDisk disk = new SystemDisk();
        submissions = new Submissions(
                SubmissionOptions.TESTING, KeyPins.load(disk, folder.resolve("pins")), Log.NONE, one -> {});
        submissions.post(Samples.read("server-descriptors"), Samples.TIME);
        submissions.post(Samples.read("extra-infos"), Samples.TIME);
        published = new Published(disk, Log.NONE, folder, (flavor, document) -> {}, Optional.empty());
        handlers = List.of(
                new VotingDirectory(
                        time,
                        ballots,
                        new Drafts(authorities, certificates, Log.NONE),
                        certificates,
                        published,
                        vote.authority()),
                new DescriptorDirectory(
                        time,
                        submissions,
                        microdescriptors,
                        Samples.descriptor("a1").fingerprint()));
    }

    @AfterEach
    void stop() {
        time.close();
    }

    @Test
    void votesAreServedByAuthorityAndByDigest() throws Exception {
        byte[] document = vote.source().bytes();
        assertThat(get("/tor/status-vote/next/authority").body()).isEqualTo(document);
        assertThat(get("/tor/status-vote/next/" + vote.authority().hex()).body())
                .isEqualTo(document);
        assertThat(get("/tor/status-vote/next/d/" + vote.digest().hex()).body()).isEqualTo(document);
        assertThat(get("/tor/status-vote/current/authority").status()).isEqualTo(404);
        ballots.close();
        assertThat(get("/tor/status-vote/current/authority").body()).isEqualTo(document);
        assertThat(get("/tor/status-vote/current/d/" + vote.digest().hex()).body())
                .isEqualTo(document);
    }

    @Test
    void certificatesAreServedByIdentityAndSigningKey() throws Exception {
        KeyCertificate certificate = vote.body().certificate();
        String identity = certificate.fingerprint().hex();
        String signing = certificate.signingKeyDigest().hex();
        for (String path :
                List.of("all", "authority", "fp/" + identity, "sk/" + signing, "fp-sk/" + identity + "-" + signing)) {
            assertThat(get("/tor/keys/" + path).body())
                    .as(path)
                    .isEqualTo(certificate.source().bytes());
        }
        assertThat(get("/tor/keys/fp/" + "0".repeat(40)).status()).isEqualTo(404);
    }

    @Test
    void descriptorsAreServedByFingerprintAndDigest() throws Exception {
        RouterDescriptor one = Samples.descriptor("r1");
        RouterDescriptor other = Samples.descriptor("r2");
        assertThat(get("/tor/server/fp/" + one.fingerprint().hex()).body())
                .isEqualTo(one.source().bytes());
        String both = get("/tor/server/d/" + one.digest().hex() + "+"
                        + other.digest().hex().toLowerCase(Locale.ROOT))
                .bodyText();
        assertThat(both).contains("router r1 ", "router r2 ");
        assertThat(get("/tor/server/authority").bodyText()).startsWith("router a1 ");
        assertThat(get("/tor/extra/fp/" + one.fingerprint().hex()).bodyText()).startsWith("extra-info r1 ");
        assertThat(get("/tor/server/d/nonsense").status()).isEqualTo(404);
    }

    @Test
    void microdescriptorsAreServedOnceAVoteNamesThem() throws Exception {
        RouterDescriptor descriptor = Samples.descriptor("r1");
        Microdescriptor one = Microdescriptor.of(descriptor, 35).orElseThrow();
        String path = "/tor/micro/d/" + one.digest().base64() + "-nonsense";
        assertThat(get(path).status()).isEqualTo(404);
        microdescriptors.name(List.of(MicrodescriptorVotes.of(descriptor)), VOTING);
        assertThat(get(path).body()).isEqualTo(one.source().bytes());
    }

    @Test
    void measurementsAreServedAsTheyWereRead() throws Exception {
        assertThat(get("/tor/status-vote/next/bandwidth").status()).isEqualTo(404);
        byte[] content = Samples.read("bandwidth-next");
        published.nextBandwidths(Optional.of(BandwidthFile.read(content, VOTING, problem -> {})));
        assertThat(get("/tor/status-vote/next/bandwidth").body()).isEqualTo(content);
        assertThat(get("/tor/status-vote/current/bandwidth").status()).isEqualTo(404);
    }

    @Test
    void postsAreAnsweredInCTorsWords() throws Exception {
        DirectoryReply late = ask(Method.POST, "/tor/post/vote", vote.source().bytes());
        assertThat(late.status()).isEqualTo(400);
        assertThat(late.phrase()).isEqualTo("Posted vote received too late, would be dangerous to count it");
        assertThat(ask(Method.POST, "/tor/post/consensus-signature", new byte[0])
                        .phrase())
                .isEqualTo("Couldn't parse detached signatures.");
        assertThat(ask(Method.POST, "/tor/", new byte[0]).status()).isEqualTo(400);
    }

    @Test
    void whatIsAnothersIsLeftToOthers() throws InterruptedException {
        for (String path :
                List.of("/tor/status-vote/current/consensus", "/tor/robots.txt", "/tor/keys/nonsense", "/")) {
            DirectoryQuery query = query(Method.GET, path, new byte[0]);
            for (DirectoryHandler handler : handlers) {
                assertThat(handler.answer(query)).as(path).isEmpty();
            }
        }
    }

    /** An answer with its body as text too. */
    private record Got(int status, byte[] body) {
        String bodyText() {
            return new String(body, StandardCharsets.US_ASCII);
        }
    }

    private Got get(String path) throws InterruptedException {
        DirectoryReply reply = ask(Method.GET, path, new byte[0]);
        return new Got(reply.status(), reply.bytes());
    }

    private DirectoryReply ask(Method method, String path, byte[] body) throws InterruptedException {
        for (DirectoryHandler handler : handlers) {
            Optional<DirectoryReply> reply = handler.answer(query(method, path, body));
            if (reply.isPresent()) {
                return reply.get();
            }
        }
        throw new AssertionError("nobody answers " + path);
    }

    private static DirectoryQuery query(Method method, String path, byte[] body) {
        return new DirectoryQuery(
                method, path, HttpHeaders.NONE, body, new DirectoryQuery.Asker(Optional.empty(), false, false));
    }
}
