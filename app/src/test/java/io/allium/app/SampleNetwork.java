package io.allium.app;

import io.allium.base.Endpoint;
import io.allium.base.SystemEntropy;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.RsaKeyPair;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusBody;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.ConsensusHeader;
import io.allium.netdoc.ConsensusSource;
import io.allium.netdoc.DirectorySignature;
import io.allium.netdoc.DirectorySource;
import io.allium.netdoc.DocumentTimes;
import io.allium.netdoc.FlagSet;
import io.allium.netdoc.KeyCertificate;
import io.allium.netdoc.ProtocolDemands;
import io.allium.netdoc.ProtocolVersions;
import io.allium.netdoc.RouterStatus;
import io.allium.netdoc.Sha1Digest;
import io.allium.netdoc.Slice;
import io.allium.netdoc.Vote;
import io.allium.netdoc.VoteBody;
import io.allium.netdoc.VoteEntry;
import io.allium.netdoc.VoteHeader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The answers of three authorities that agree on three relays, to be disturbed. Confined to one test. */
final class SampleNetwork {
    static final Instant PERIOD = Instant.parse("2027-01-31T11:20:00Z");
    static final Duration INTERVAL = Duration.ofMinutes(5);
    static final String ALL = "Fast Guard HSDir Running Stable V2Dir Valid";

    private static final RsaKeyPair KEY = RsaKeyPair.generate(RsaKeyPair.RELAY_BITS, new SystemEntropy());

    Instant now = PERIOD.plusSeconds(60);
    final List<Voter> voters = new ArrayList<>();
    final Map<Fingerprint, String> inFolder = new LinkedHashMap<>();

    /** What one authority will say, to be changed at will. Confined to one test. */
    static final class Voter {
        final String name;
        final Fingerprint identity;
        Optional<String> silence = Optional.empty();
        Duration ahead = Duration.ZERO;
        Instant period = PERIOD;
        Instant consensusPeriod = PERIOD;
        Instant certificateEnds = PERIOD.plus(Duration.ofDays(300));
        String digest = "AA";
        boolean votes = true;
        boolean serves = true;
        List<String> knownFlags = List.of(
                "Authority", "BadExit", "Exit", "Fast", "Guard", "HSDir", "Running", "Stable", "V2Dir", "Valid");
        List<String> clientVersions = List.of();
        final Map<String, Integer> parameters = new TreeMap<>();
        final List<String> signers = new ArrayList<>(List.of("auth0", "auth1", "auth2"));
        final List<String> counted = new ArrayList<>(List.of("auth0", "auth1", "auth2"));
        final List<String> troubles = new ArrayList<>();

        /** Flags by nickname. */
        final Map<String, String> relays = new TreeMap<>();

        Voter(String name) {
            this.name = name;
            this.identity = fingerprint(name);
        }
    }

    SampleNetwork() {
        for (int i = 0; i < 3; i++) {
            Voter voter = new Voter("auth" + i);
            for (int relay = 0; relay < 3; relay++) {
                voter.relays.put("relay" + relay, ALL);
            }
            voters.add(voter);
        }
    }

    Voter voter(int i) {
        return voters.get(i);
    }

    NetworkStatus status() {
        return new NetworkStatus(
                Path.of("/net"), now, voters.stream().map(this::answer).toList(), inFolder);
    }

    static Fingerprint fingerprint(String name) {
        byte[] bytes = new byte[Fingerprint.LENGTH];
        for (int i = 0; i < name.length(); i++) {
            bytes[i] = (byte) name.charAt(i);
        }
        return Fingerprint.of(bytes);
    }

    private AuthorityAnswer answer(Voter voter) {
        Endpoint at = Endpoint.parse("192.0.2.1:7000");
        if (voter.silence.isPresent()) {
            return AuthorityAnswer.silent(voter.name, voter.identity, at, voter.silence.get());
        }
        Map<ConsensusFlavor, AuthorityAnswer.Served> served = new EnumMap<>(ConsensusFlavor.class);
        for (ConsensusFlavor flavor : ConsensusFlavor.values()) {
            if (voter.serves) {
                List<Fingerprint> signers =
                        voter.signers.stream().map(SampleNetwork::fingerprint).toList();
                served.put(flavor, new AuthorityAnswer.Served(consensus(voter, flavor), voter.digest, signers));
            }
        }
        return new AuthorityAnswer(
                voter.name,
                voter.identity,
                at,
                Optional.empty(),
                Optional.of(voter.ahead),
                Optional.of(certificate(voter)),
                voter.votes ? Optional.of(vote(voter)) : Optional.empty(),
                served,
                voter.troubles);
    }

    private static Vote vote(Voter voter) {
        VoteHeader header = new VoteHeader(
                List.of(32, 33),
                voter.period,
                times(voter.period),
                voter.clientVersions,
                List.of(),
                List.of(),
                voter.knownFlags,
                Map.of(),
                ProtocolDemands.NONE,
                voter.parameters,
                Optional.empty(),
                Optional.empty(),
                source(voter.name),
                "nobody",
                Optional.empty(),
                false,
                List.of(),
                Optional.empty(),
                Optional.empty());
        List<VoteEntry> entries = new ArrayList<>();
        voter.relays.forEach((name, flags) ->
                entries.add(new VoteEntry(router(name, flags), Optional.empty(), Optional.empty(), List.of())));
        return new Vote(
                Slice.empty(),
                Slice.empty(),
                Sha1Digest.over(Slice.empty()),
                new VoteBody(header, certificate(voter), entries),
                new DirectorySignature("sha1", voter.identity, voter.identity, Slice.empty()));
    }

    /** What stands behind a {@code /} makes another relay of the same nickname. */
    private static RouterStatus router(String name, String flags) {
        return new RouterStatus(
                name.split("/", 2)[0],
                fingerprint(name),
                Optional.of(Sha1Digest.of(new byte[Sha1Digest.LENGTH])),
                Optional.empty(),
                PERIOD,
                Endpoint.parse("192.0.2.9:9001"),
                0,
                List.of(),
                FlagSet.ofNames(flags.isEmpty() ? List.of() : List.of(flags.split(" "))),
                Optional.empty(),
                ProtocolVersions.none(),
                Optional.empty(),
                Optional.empty());
    }

    private static Consensus consensus(Voter voter, ConsensusFlavor flavor) {
        ConsensusHeader header = new ConsensusHeader(
                flavor,
                33,
                times(voter.consensusPeriod),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                ProtocolDemands.NONE,
                Map.of(),
                Optional.empty(),
                Optional.empty());
        List<ConsensusSource> sources = voter.counted.stream()
                .map(name -> new ConsensusSource(source(name), Optional.empty(), Optional.empty()))
                .toList();
        return new Consensus(
                Slice.empty(), Slice.empty(), new ConsensusBody(header, sources, List.of(), Map.of()), List.of());
    }

    private static DirectorySource source(String name) {
        return new DirectorySource(
                name, fingerprint(name), "192.0.2.1", Endpoint.parseAddress("192.0.2.1"), 7000, 7001);
    }

    private static DocumentTimes times(Instant period) {
        return new DocumentTimes(
                period,
                period.plus(INTERVAL),
                period.plus(INTERVAL.multipliedBy(3)),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60));
    }

    private static KeyCertificate certificate(Voter voter) {
        return new KeyCertificate(
                Slice.empty(),
                Optional.empty(),
                voter.identity,
                PERIOD.minus(Duration.ofDays(1)),
                voter.certificateEnds,
                KEY.publicKey(),
                KEY.publicKey(),
                Slice.empty(),
                Slice.empty(),
                Slice.empty());
    }
}
