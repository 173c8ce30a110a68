package io.allium.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.allium.authority.ConsensusMaker;
import io.allium.base.Untrusted;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusBody;
import io.allium.netdoc.ConsensusWriter;
import io.allium.netdoc.DetachedSignatures;
import io.allium.netdoc.DirectorySignature;
import io.allium.netdoc.DocumentTimes;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.Timestamps;
import io.allium.netdoc.Vote;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a lone authority goes through: we are all relays and all other authorities to it. Confined to the main thread. */
final class Life {
    /** What every vote begins with. */
    private static final String FIRST_LINE = "(?m)^(?=network-status-version 3$)";

    private static final String MICRODESC = "/tor/status-vote/current/consensus-microdesc";

    /** What an authority begins by itself once it has published is done after this long. */
    private static final Duration AFTERMATH = Duration.ofSeconds(12);

    private final LoneAuthority authority;
    private final List<MadeRelay> relays;
    private final List<MadeAuthority> others;
    private final long seed;
    private int periods;
    private Optional<Consensus> published = Optional.empty();

    Life(LoneAuthority authority, List<MadeRelay> relays, List<MadeAuthority> others, long seed) {
        this.authority = authority;
        this.relays = relays;
        this.others = others;
        this.seed = seed;
    }

    /**
     * The processor seconds of the parts of a period, and what was found to be the same.
     *
     * @param compared a sentence for each consensus that is ours, too
     */
    record Costs(double vote, double ballots, double consensus, double publication, List<String> compared) {}

    /** Every second relay from this one on posts its descriptor and extra-info document; what that costs. */
    double submit(int first) throws IOException {
        double before = cpu();
        for (int i = first; i < relays.size(); i += 2) {
            MadeRelay relay = relays.get(i);
            authority.post("/tor/", joined(relay.newest(), relay.extraInfo()));
        }
        return cpu() - before;
    }

    /** Goes through a period, from the votes to the published consensus. */
    Costs period() throws IOException, InterruptedException {
        Instant validAfter = authority.nextValidAfter(Duration.ofSeconds(10));
        Instant voting = validAfter.minus(LoneAuthority.DELAY.multipliedBy(2));
        List<byte[]> votes = votes(validAfter, voting);

        double vote =
                cost(voting, () -> authority.await("vote", () -> authority.has("/tor/status-vote/next/authority")));

        double ballots = cost(voting, () -> {
            for (byte[] each : votes) {
                authority.post("/tor/post/vote", each);
            }
        });

        Instant votingEnds = validAfter.minus(LoneAuthority.DELAY);
        double consensus = cost(
                votingEnds,
                () -> authority.await(
                        "consensus",
                        () -> authority.says(
                                "/tor/status-vote/next/consensus-signatures",
                                "valid-after " + Timestamps.text(validAfter))));

        List<String> compared = new ArrayList<>();
        authority.post("/tor/post/consensus-signature", signatures(compared).bytes());
        double publication = cost(validAfter, () -> {
            authority.awaitMoment(validAfter.plus(AFTERMATH));
            authority.await("published consensus", () -> authority.has(MICRODESC));
            fetch();
        });
        return new Costs(vote, ballots, consensus, publication, compared);
    }

    double peakMiB() throws IOException {
        return authority.account().peakResidentMiB();
    }

    private interface Step {
        void go() throws IOException, InterruptedException;
    }

    /** Processor seconds of a step that begins just before that moment. */
    private double cost(Instant moment, Step step) throws IOException, InterruptedException {
        authority.awaitMoment(moment.minusMillis(300));
        double before = cpu();
        step.go();
        return cpu() - before;
    }

    private double cpu() throws IOException {
        return authority.account().cpuSeconds();
    }

    private List<byte[]> votes(Instant validAfter, Instant published) {
        DocumentTimes times = new DocumentTimes(
                validAfter,
                validAfter.plus(LoneAuthority.INTERVAL),
                validAfter.plus(LoneAuthority.INTERVAL.multipliedBy(LoneAuthority.INTERVALS_VALID)),
                LoneAuthority.DELAY,
                LoneAuthority.DELAY);
        periods++;
        return others.stream()
                .map(other -> other.vote(relays, times, published, seed + periods))
                .toList();
    }

    /** The others' signatures on what the authority must have computed: that it did is said in {@code compared}. */
    private DetachedSignatures signatures(List<String> compared) throws IOException {
        List<Consensus> signed = new ArrayList<>();
        try {
            List<Vote> votes = new ArrayList<>();
            for (String vote : written("v3-status-votes").split(FIRST_LINE)) {
                votes.add(Vote.parse(vote.getBytes(ISO_8859_1)).claimed());
            }
            for (ConsensusBody body : ConsensusMaker.make(votes, others.size() + 1)) {
                compared.add(compare(votes.size(), body));
                List<DirectorySignature> signatures =
                        others.stream().map(other -> other.sign(body)).toList();
                signed.add(
                        Consensus.parse(ConsensusWriter.write(body, signatures)).claimed());
            }
        } catch (Untrusted unreadable) {
            throw new IOException("the authority's votes: " + unreadable.getMessage(), unreadable);
        }
        return DetachedSignatures.of(signed.getFirst(), signed.getLast());
    }

    private String compare(int votes, ConsensusBody body) throws IOException {
        String flavor = body.header().flavor().text();
        String ours = new String(ConsensusWriter.write(body, List.of()), ISO_8859_1);
        String what = "the " + flavor + " consensus of " + votes + " votes, " + ours.length() + " bytes on "
                + body.routers().size() + " relays, ";
        if (!written("my-consensus-" + flavor).startsWith(ours)) {
            throw new IOException(what + "is another than ConsensusMaker makes of them");
        }
        return what + "is byte for byte what ConsensusMaker makes of them";
    }

    /** The new consensus, and where there was one before, the diff from that. */
    private void fetch() throws IOException {
        if (published.isPresent()) {
            String diff = authority.get(
                    MICRODESC,
                    "X-Or-Diff-From-Consensus: " + published.get().sha3().hex());
            if (!diff.startsWith("network-status-diff-version")) {
                throw new IOException("no diff, but " + diff.lines().findFirst().orElse("nothing"));
            }
        }
        try {
            published = Optional.of(Consensus.parse(authority
                            .get(MICRODESC, "Accept-Encoding: identity")
                            .getBytes(ISO_8859_1))
                    .claimed());
        } catch (Untrusted unreadable) {
            throw new IOException("the published consensus: " + unreadable.getMessage(), unreadable);
        }
    }

    private String written(String file) throws IOException {
        return Files.readString(authority.folder().resolve(file), ISO_8859_1);
    }

    private static byte[] joined(RouterDescriptor descriptor, byte[] extraInfo) {
        byte[] first = descriptor.source().bytes();
        byte[] both = new byte[first.length + extraInfo.length];
        System.arraycopy(first, 0, both, 0, first.length);
        System.arraycopy(extraInfo, 0, both, first.length, extraInfo.length);
        return both;
    }
}
