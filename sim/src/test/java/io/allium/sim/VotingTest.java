package io.allium.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.authority.Authority;
import io.allium.authority.AuthorityKeys;
import io.allium.authority.AuthorityOptions;
import io.allium.authority.BadRelays;
import io.allium.authority.FlagOptions;
import io.allium.authority.SubmissionOptions;
import io.allium.authority.VoteOptions;
import io.allium.authority.VotingSchedule.Timing;
import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.Unreachable;
import io.allium.base.Untrusted;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.RsaKeyPair;
import io.allium.directory.DirectoryAuthority;
import io.allium.directory.HttpFetcher;
import io.allium.directory.HttpMessage;
import io.allium.netdoc.AdvertisedBandwidth;
import io.allium.netdoc.AuthoritySignatures;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.ConsensusHeader;
import io.allium.netdoc.DetachedSignatures;
import io.allium.netdoc.KeyCertificate;
import io.allium.netdoc.ProtocolVersions;
import io.allium.netdoc.RouterDescriptorWriter;
import io.allium.netdoc.RouterDetails;
import io.allium.netdoc.RouterSecrets;
import io.allium.netdoc.RouterStatus;
import io.allium.netdoc.Slice;
import io.allium.netdoc.Vote;
import io.allium.relay.DirectoryHandler;
import io.allium.relay.DirectoryQuery;
import io.allium.relay.DirectoryReply;
import io.allium.relay.DirectoryServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Authorities that vote with each other, on a network that may fail them. */
class VotingTest {
    private static final Duration INTERVAL = Duration.ofSeconds(20);
    private static final Duration DELAY = Duration.ofSeconds(4);
    private static final int PORT = 7000;

    private static final long SEED = Long.getLong("sim.seed", 20_261_121);

    /** How long partitions come and go; a week with {@code -Dsim.full=true}. */
    private static final int DAYS = Boolean.getBoolean("sim.full") ? 7 : 1;

    private final Simulation simulation = Simulation.of(SEED);
    private final List<Member> members = new ArrayList<>();
    private Timing timing = new Timing(INTERVAL, DELAY, DELAY);

    /** By the time from which they hold: all that differ of those that anybody published with enough signatures. */
    private final Map<Instant, Set<Slice>> consensuses = new TreeMap<>();

    /** What each authority posted in each period: one vote, and signatures on the same consensuses. */
    private final Map<String, Set<String>> said = new TreeMap<>();

    /** One authority with its host. Confined to the simulation. */
    private final class Member {
        private SimHost host;
        private AuthorityKeys keys;
        private final DirectoryAuthority entry;
        private final Map<ConsensusFlavor, Consensus> published = new EnumMap<>(ConsensusFlavor.class);

        Member(int number) throws Exception {
            host = simulation.host("10.0.0." + number);
            Entropy entropy = host.entropy();
            keys = keys(Duration.ofDays(90));
            entry = new DirectoryAuthority(
                    "auth" + number,
                    dirPort(),
                    PORT + 1,
                    Optional.empty(),
                    Fingerprint.of(entropy.bytes(Fingerprint.LENGTH)),
                    Optional.of(keys.identity()),
                    false,
                    1);
        }

        private AuthorityKeys keys(Duration lifetime) throws Exception {
            RsaKeyPair identity = RsaKeyPair.generate(RsaKeyPair.RELAY_BITS, host.entropy());
            RsaKeyPair signing = RsaKeyPair.generate(RsaKeyPair.RELAY_BITS, host.entropy());
            Instant now = host.time().now();
            byte[] certificate =
                    KeyCertificate.write(Optional.of(dirPort()), identity, signing, now, now.plus(lifetime));
            return new AuthorityKeys(signing, KeyCertificate.parse(certificate).verify(KeyCertificate::selfSigned));
        }

        /** From now on it had another identity before. */
        void formerly() throws Exception {
            keys = new AuthorityKeys(keys.signing(), keys.certificate(), Optional.of(keys(Duration.ofDays(90))));
        }

        final Endpoint dirPort() {
            return new Endpoint(host.addresses().getFirst(), PORT);
        }

        void start() throws Exception {
            Authority authority = new Authority(
                    host.time(),
                    host.entropy(),
                    host.tasks(),
                    host.network()::dial,
                    host.disk(),
                    host.log(),
                    options(),
                    keys,
                    entry.fingerprint(),
                    (target, patience) -> {},
                    this::publish);
            List<DirectoryHandler> handlers = new ArrayList<>(List.of(VotingTest.this::overhear));
            handlers.addAll(authority.handlers());
            new DirectoryServer(host.time(), host.tasks(), host.log(), handlers)
                    .listen(host.network().listen(dirPort()));
            authority.start();
        }

        private void publish(ConsensusFlavor flavor, byte[] document) {
            Consensus consensus = consensus(document);
            published.put(flavor, consensus);
            if (flavor == ConsensusFlavor.NS) {
                consensuses
                        .computeIfAbsent(consensus.validAfter(), from -> new LinkedHashSet<>())
                        .add(consensus.signed());
            }
        }

        private AuthorityOptions options() {
            return new AuthorityOptions(
                    Path.of("/data"),
                    members.stream().map(member -> member.entry).toList(),
                    false,
                    true,
                    Optional.empty(),
                    Optional.empty(),
                    new VoteOptions(
                            entry.nickname(),
                            "(none)",
                            Endpoint.text(dirPort().address()),
                            dirPort().address(),
                            PORT,
                            entry.orPort(),
                            timing,
                            timing,
                            Duration.ZERO,
                            3,
                            List.of(),
                            List.of(),
                            new TreeMap<>(Map.of("circwindow", 1000)),
                            2,
                            false,
                            Duration.ZERO,
                            true),
                    FlagOptions.testing(FlagOptions.Chosen.ALL, FlagOptions.Chosen.ALL, FlagOptions.Chosen.ALL),
                    SubmissionOptions.TESTING,
                    BadRelays.NONE);
        }

        /** Is killed, and starts again after that long with what its disk kept. */
        void restart(Duration after) throws Exception {
            host = host.crash();
            simulation.run(after);
            start();
        }

        Consensus ns() {
            return published.get(ConsensusFlavor.NS);
        }

        /** Whether it has published a consensus of the period that is now. */
        boolean isCurrent(Duration interval) {
            return published.containsKey(ConsensusFlavor.NS)
                    && host.time().now().isBefore(ns().validAfter().plus(interval));
        }
    }

    @Test
    void allAuthoritiesPublishOneConsensusThatAllSigned() throws Exception {
        startAuthorities(3);
        postDescriptors(4);
        simulation.run(INTERVAL.multipliedBy(3));

        for (ConsensusFlavor flavor : ConsensusFlavor.values()) {
            byte[] first = members.getFirst().published.get(flavor).source().bytes();
            for (Member member : members) {
                assertThat(member.published.get(flavor).source().bytes()).isEqualTo(first);
                assertThat(good(member.published.get(flavor))).hasSize(3);
            }
        }
        assertThat(members.getFirst().ns().routers())
                .extracting(RouterStatus::nickname)
                .containsExactlyInAnyOrder("relay1", "relay2", "relay3", "relay4");
        assertThat(members.getFirst().ns().validAfter()).isEqualTo(SimTime.BEGINNING.plus(INTERVAL.multipliedBy(3)));
    }

    @Test
    void aRelayThatReachedOneAuthorityIsKnownToAllInTheNextPeriod() throws Exception {
        startAuthorities(3);
        postDescriptors(1, members.subList(0, 1));
        simulation.run(INTERVAL);
        assertThat(members.getLast().ns().routers()).isEmpty();
        simulation.run(INTERVAL);
        assertThat(members.getLast().ns().routers()).hasSize(1);
    }

    @Test
    void afterTwoRunsThereAreTwoSharedRandomValues() throws Exception {
        startAuthorities(3);
        simulation.run(INTERVAL.multipliedBy(2 * 24 + 2));
        ConsensusHeader header = members.getFirst().ns().header();
        assertThat(header.currentSharedRandom().orElseThrow().reveals()).isEqualTo(3);
        assertThat(header.previousSharedRandom()).isPresent().isNotEqualTo(header.currentSharedRandom());
        assertThat(good(members.getFirst().ns())).hasSize(3);
    }

    @Test
    void aConsensusNeedsNoMoreThanTwoOfThree() throws Exception {
        startAuthorities(3);
        members.getLast().host.crash();
        postDescriptors(2);
        simulation.run(INTERVAL.multipliedBy(3));
        assertThat(good(members.getFirst().ns())).hasSize(2);
        assertThat(members.getFirst().ns().routers()).hasSize(2);
    }

    @Test
    void oneOfThreeAlonePublishesNothing() throws Exception {
        startAuthorities(3);
        members.get(1).host.crash();
        members.get(2).host.crash();
        simulation.run(INTERVAL.multipliedBy(3));
        assertThat(members.getFirst().published).isEmpty();
    }

    @Test
    void anAuthorityThatHadAnotherIdentitySignsUnderBoth() throws Exception {
        addAuthorities(3);
        members.getFirst().formerly();
        start();
        postDescriptors(1);
        simulation.run(INTERVAL.multipliedBy(3));

        KeyCertificate former = members.getFirst().keys.legacy().orElseThrow().certificate();
        for (Member member : members) {
            for (ConsensusFlavor flavor : ConsensusFlavor.values()) {
                Consensus consensus = member.published.get(flavor);
                assertThat(consensus.body().sources())
                        .extracting(source -> source.source().nickname())
                        .containsExactlyInAnyOrder("auth1", "auth1-legacy", "auth2", "auth3");
                assertThat(consensus.signatures()).hasSize(4);
                assertThat(good(consensus)).hasSize(3);
                assertThat(new AuthoritySignatures(
                                        List.of(former.fingerprint()),
                                        List.of(former),
                                        simulation.time().now())
                                .tally(consensus)
                                .isEnough())
                        .isTrue();
            }
        }
    }

    @Test
    void aFormerIdentityDoesNotCountAsOneMoreAuthority() throws Exception {
        addAuthorities(3);
        members.getFirst().formerly();
        start();
        members.get(1).host.crash();
        members.get(2).host.crash();
        simulation.run(INTERVAL.multipliedBy(3));
        assertThat(members.getFirst().published).isEmpty();
    }

    @Test
    void anAuthorityWhoseCertificateHasExpiredDoesNotVote() throws Exception {
        addAuthorities(3);
        members.getLast().keys = members.getLast().keys(Duration.ofSeconds(-1));
        start();
        simulation.run(INTERVAL.multipliedBy(3));
        assertThat(members.getFirst().ns().body().sources()).hasSize(2);
    }

    @Test
    void aVoteThatCannotComeDirectlyIsFetchedFromAnother() throws Exception {
        startAuthorities(3);
        postDescriptors(1);
        LinkQuality hopeless = LinkQuality.of(Duration.ofMinutes(10));
        simulation.network().link(members.get(0).host, members.get(1).host, hopeless);
        simulation.run(INTERVAL.multipliedBy(3));
        for (Member member : members) {
            assertThat(member.ns().body().sources()).hasSize(3);
            assertThat(good(member.ns())).hasSize(3);
        }
    }

    @Test
    void authoritiesThatWereCutOffJoinAgain() throws Exception {
        startAuthorities(4);
        postDescriptors(1);
        simulation.network().partition(host -> host == members.getFirst().host);
        simulation.run(INTERVAL.multipliedBy(3));
        assertThat(members.getFirst().published).isEmpty();
        assertThat(good(members.getLast().ns())).hasSize(3);

        simulation.network().heal();
        simulation.run(INTERVAL.multipliedBy(2));
        assertThat(good(members.getFirst().ns())).hasSize(4);
    }

    @Test
    void whoIsKilledAtAnyMomentOfAPeriodNeverContradictsItselfAndIsBackInTheNext() throws Exception {
        startAuthorities(4);
        postDescriptors(1);
        simulation.run(INTERVAL);
        Duration step = Duration.ofMillis(500);
        Duration down = Duration.ofMillis(300);
        for (Duration moment = Duration.ZERO; moment.compareTo(INTERVAL) < 0; moment = moment.plus(step)) {
            simulation.run(untilNextPeriod().plus(moment));
            Member killed = members.get((int) (moment.toMillis() / 500 % members.size()));
            killed.restart(down);
            simulation.run(untilNextPeriod().plus(INTERVAL).plus(down));
            assertThat(good(killed.ns()))
                    .as("killed " + moment + " after a period began")
                    .hasSize(4);
            assertThat(killed.ns().body().sources()).hasSize(4);
            assertThat(killed.isCurrent(INTERVAL)).isTrue();
        }
        assertThat(said)
                .isNotEmpty()
                .allSatisfy((who, what) -> assertThat(what).as(who).hasSize(1));
        assertThat(consensuses.values()).allSatisfy(same -> assertThat(same).hasSize(1));
    }

    @Test
    void whoIsKilledAfterItSignedPublishesWhatAllSigned() throws Exception {
        startAuthorities(3);
        postDescriptors(1);
        simulation.run(INTERVAL.multipliedBy(2).minus(DELAY.dividedBy(4)));
        members.getFirst().published.clear();
        members.getFirst().restart(Duration.ofMillis(200));
        simulation.run(DELAY);
        assertThat(members.getFirst().ns().source().bytes())
                .isEqualTo(members.getLast().ns().source().bytes());
    }

    private Duration untilNextPeriod() {
        Instant now = simulation.time().now();
        long into = Duration.between(SimTime.BEGINNING, now).toMillis() % INTERVAL.toMillis();
        return INTERVAL.minusMillis(into);
    }

    @Test
    void partitionsAndSlowLinksNeverGiveTwoConsensusesForOnePeriod() throws Exception {
        Duration hour = Duration.ofHours(1);
        timing = new Timing(hour, Duration.ofMinutes(5), Duration.ofMinutes(5));
        startAuthorities(5);
        Random chance = new Random(SEED);
        int alone = 0;
        Instant end = simulation.time().now().plus(Duration.ofDays(DAYS));
        while (simulation.time().now().isBefore(end)) {
            switch (chance.nextInt(4)) {
                case 0 -> {
                    int side = chance.nextInt(1 << members.size());
                    simulation.network().partition(host -> (side >> number(host) & 1) == 1);
                }
                case 1 -> {
                    simulation.network().heal();
                    setLinks(() -> LinkQuality.of(Duration.ofMillis(40)));
                }
                case 2 -> setLinks(() -> LinkQuality.of(Duration.ofSeconds(chance.nextInt(chance.nextInt(1, 200)))));
                default -> postDescriptors(1 + chance.nextInt(3), List.of(members.get(chance.nextInt(5))));
            }
            simulation.run(Duration.ofSeconds(chance.nextInt(900)));
            long published =
                    members.stream().filter(member -> member.isCurrent(hour)).count();
            alone += published > 0 && published < members.size() ? 1 : 0;
        }
        assertThat(consensuses.values())
                .as("seed " + SEED)
                .allSatisfy(same -> assertThat(same).hasSize(1));
        assertThat(consensuses.size()).as("periods with a consensus").isBetween(2 * DAYS, 23 * DAYS);
        assertThat(alone)
                .as("moments at which some had one and others had none")
                .isPositive();
    }

    /** Notes what authorities post, and leaves the answer to others. */
    private Optional<DirectoryReply> overhear(DirectoryQuery query) {
        try {
            if (query.path().equals("/tor/post/vote")) {
                Vote vote = Vote.parse(query.body()).claimed();
                note(
                        vote.authority() + " voting for "
                                + vote.header().times().validAfter(),
                        vote.digest().hex());
            } else if (query.path().equals("/tor/post/consensus-signature")) {
                DetachedSignatures all = DetachedSignatures.parse(query.body());
                note(
                        query.asker().address().orElseThrow().address() + " signing for " + all.validAfter(),
                        all.consensusDigest() + " " + all.digest(ConsensusFlavor.MICRODESC));
            }
        } catch (Untrusted malformed) {
            throw new AssertionError("posted what cannot be read", malformed);
        }
        return Optional.empty();
    }

    private void note(String who, String what) {
        said.computeIfAbsent(who, first -> new LinkedHashSet<>()).add(what);
    }

    private void setLinks(Supplier<LinkQuality> quality) {
        for (Member one : members) {
            for (Member other : members) {
                simulation.network().link(one.host, other.host, quality.get());
            }
        }
    }

    private int number(SimHost host) {
        return members.stream().map(member -> member.host).toList().indexOf(host);
    }

    private void startAuthorities(int count) throws Exception {
        addAuthorities(count);
        start();
    }

    private void addAuthorities(int count) throws Exception {
        for (int number = 1; number <= count; number++) {
            members.add(new Member(number));
        }
    }

    private void start() throws Exception {
        simulation.network().usual(LinkQuality.of(Duration.ofMillis(40)));
        for (Member member : members) {
            member.start();
        }
    }

    private List<Fingerprint> good(Consensus consensus) {
        List<KeyCertificate> certificates =
                members.stream().map(member -> member.keys.certificate()).toList();
        return new AuthoritySignatures(
                        members.stream().map(member -> member.keys.identity()).toList(),
                        certificates,
                        simulation.time().now())
                .tally(consensus)
                .good();
    }

    private static Consensus consensus(byte[] document) {
        try {
            return Consensus.parse(document).claimed();
        } catch (Untrusted malformed) {
            throw new AssertionError("published what cannot be read", malformed);
        }
    }

    private void postDescriptors(int relays) throws Exception {
        postDescriptors(relays, members);
    }

    private void postDescriptors(int relays, List<Member> to) throws Exception {
        for (int number = 1; number <= relays; number++) {
            SimHost relay = simulation.host("10.0.1." + number);
            byte[] descriptor = descriptor("relay" + number, relay);
            HttpFetcher http = new HttpFetcher(
                    relay.time(), relay.entropy(), relay.network()::dial, List.of(), Duration.ofSeconds(30));
            for (Member member : to) {
                simulation.call(Duration.ofMinutes(1), () -> {
                    try {
                        HttpMessage.Response answer =
                                http.exchange(member.dirPort(), HttpMessage.Request.post("/tor/", descriptor));
                        assertThat(answer.status()).as(answer.reason()).isEqualTo(200);
                    } catch (Unreachable crashed) {
                        relay.trace("could not post to " + member.entry.nickname());
                    }
                    return null;
                });
            }
        }
    }

    private static byte[] descriptor(String nickname, SimHost host) {
        Entropy entropy = host.entropy();
        Ed25519KeyPair master = Ed25519KeyPair.generate(entropy);
        Ed25519KeyPair signing = Ed25519KeyPair.generate(entropy);
        Instant now = host.time().now();
        RouterSecrets secrets = new RouterSecrets(
                RsaKeyPair.generate(RsaKeyPair.RELAY_BITS, entropy),
                Ed25519Certificate.sign(
                        Ed25519Certificate.IDENTITY_SIGNS_SIGNING,
                        signing.publicKey(),
                        now.plus(Duration.ofDays(30)),
                        master,
                        true),
                signing,
                RsaKeyPair.generate(RsaKeyPair.RELAY_BITS, entropy),
                Curve25519KeyPair.generate(entropy),
                List.of());
        RouterDetails details = RouterDetails.builder(nickname, host.addresses().getFirst(), 9001, now)
                .platform("Tor 0.4.9.11 on Linux")
                .protocols(ProtocolVersions.of("Cons=1-2 Desc=1-4 FlowCtrl=1-2 Link=3-5 Relay=2-4"))
                .bandwidth(new AdvertisedBandwidth(1_000_000, 2_000_000, 300_000))
                .tunnelledDirectory(true)
                .hiddenServiceDirectory(true)
                .build();
        return RouterDescriptorWriter.write(details, secrets, Duration.ofDays(28));
    }
}
