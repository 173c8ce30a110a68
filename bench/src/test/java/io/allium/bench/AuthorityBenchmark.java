package io.allium.bench;

import io.allium.authority.ConsensusMaker;
import io.allium.base.Untrusted;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusBody;
import io.allium.netdoc.ConsensusDiff;
import io.allium.netdoc.ConsensusDiffWriter;
import io.allium.netdoc.ConsensusWriter;
import io.allium.netdoc.DirectorySignature;
import io.allium.netdoc.DocumentTimes;
import io.allium.netdoc.ExtraInfo;
import io.allium.netdoc.Microdescriptor;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.Vote;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What one of nine authorities of 8000 relays computes in a period. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class AuthorityBenchmark {
    private static final int RELAYS = 8_000;
    private static final int AUTHORITIES = 9;
    private static final Instant NOW = Instant.parse("2026-11-21T00:10:00Z");

    private List<MadeRelay> relays = List.of();
    private List<byte[]> votes = List.of();
    private List<Vote> read = List.of();
    private List<ConsensusBody> consensuses = List.of();
    private List<Consensus> earlier = List.of();
    private List<Consensus> later = List.of();
    private int next;

    @Setup
    public void prepare() throws Untrusted {
        relays = Population.of(RELAYS, 1, NOW);
        List<MadeAuthority> authorities = MadeAuthority.of(AUTHORITIES, 1, 5000, NOW);
        votes = votes(authorities, 1);
        read = read(votes);
        consensuses = ConsensusMaker.make(read, AUTHORITIES);
        later = signed(consensuses, authorities);
        earlier = signed(ConsensusMaker.make(read(votes(authorities, 2)), AUTHORITIES), authorities);
    }

    /** A descriptor and its extra-info: two documents, eight signatures. */
    @Benchmark
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    public ExtraInfo readsAndChecksOneRelaysDocuments() throws Untrusted {
        next = (next + 1) % RELAYS;
        MadeRelay relay = relays.get(next);
        RouterDescriptor descriptor =
                RouterDescriptor.parse(relay.newest().source().bytes()).verify(RouterDescriptor.signedAt(NOW));
        return ExtraInfo.parse(relay.extraInfo()).verify(ExtraInfo.signedBy(descriptor.keys(), NOW));
    }

    /** For two consensus methods, as they differ between some. */
    @Benchmark
    public int makesAllMicrodescriptors() {
        int length = 0;
        for (MadeRelay relay : relays) {
            for (int method = Microdescriptor.METHOD_FAMILY_IDS - 1;
                    method <= Microdescriptor.METHOD_FAMILY_IDS;
                    method++) {
                length += Microdescriptor.of(relay.newest(), method)
                        .orElseThrow()
                        .source()
                        .length();
            }
        }
        return length;
    }

    @Benchmark
    public List<Vote> readsAndChecksNineVotes() throws Untrusted {
        return read(votes);
    }

    @Benchmark
    public List<ConsensusBody> computesBothConsensuses() {
        return ConsensusMaker.make(read, AUTHORITIES);
    }

    @Benchmark
    public int writesBothConsensuses() {
        int length = 0;
        for (ConsensusBody body : consensuses) {
            length += ConsensusWriter.signedPart(body).length();
        }
        return length;
    }

    /** Of both flavours, from one earlier consensus each. */
    @Benchmark
    public List<ConsensusDiff> makesBothDiffs() throws Untrusted {
        List<ConsensusDiff> diffs = new ArrayList<>();
        for (int flavor = 0; flavor < later.size(); flavor++) {
            diffs.add(ConsensusDiffWriter.between(earlier.get(flavor), later.get(flavor)));
        }
        return diffs;
    }

    private List<byte[]> votes(List<MadeAuthority> authorities, long seed) {
        Duration delay = Duration.ofMinutes(5);
        Instant validAfter = NOW.plus(delay.multipliedBy(2));
        DocumentTimes times = new DocumentTimes(
                validAfter, validAfter.plus(Duration.ofHours(1)), validAfter.plus(Duration.ofHours(3)), delay, delay);
        return authorities.stream()
                .map(authority -> authority.vote(relays, times, NOW, seed))
                .toList();
    }

    private static List<Vote> read(List<byte[]> votes) throws Untrusted {
        List<Vote> read = new ArrayList<>();
        for (byte[] vote : votes) {
            read.add(Vote.parse(vote).verify(Vote.signedAt(NOW)));
        }
        return read;
    }

    private static List<Consensus> signed(List<ConsensusBody> bodies, List<MadeAuthority> authorities)
            throws Untrusted {
        List<Consensus> signed = new ArrayList<>();
        for (ConsensusBody body : bodies) {
            List<DirectorySignature> signatures =
                    authorities.stream().map(authority -> authority.sign(body)).toList();
            signed.add(Consensus.parse(ConsensusWriter.write(body, signatures)).claimed());
        }
        return signed;
    }
}
