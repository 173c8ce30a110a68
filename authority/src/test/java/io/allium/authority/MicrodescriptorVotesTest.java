package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.VoteEntry.MicrodescriptorVote;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MicrodescriptorVotesTest {
    @Test
    void ourMicrodescriptorsAreThoseThatCTorVotesFor() {
        String vote = new String(Samples.read("measured/vote-0"), StandardCharsets.US_ASCII);
        int compared = 0;
        for (RouterDescriptor descriptor : Samples.descriptors()) {
            int at = vote.indexOf(" " + descriptor.digest().base64() + " ");
            if (at >= 0) {
                String entry = vote.substring(at, nextEntry(vote, at));
                String ours = lines(MicrodescriptorVotes.of(descriptor).votes());
                assertThat(entry).as(descriptor.nickname()).endsWith(ours);
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(3);
    }

    private static int nextEntry(String vote, int from) {
        int next = vote.indexOf("\nr ", from);
        return (next < 0 ? vote.indexOf("\ndirectory-footer", from) : next) + 1;
    }

    private static String lines(List<MicrodescriptorVote> votes) {
        return votes.stream()
                .map(vote -> "m "
                        + vote.methods().stream().map(Object::toString).collect(Collectors.joining(",")) + " sha256="
                        + vote.digest().base64() + "\n")
                .collect(Collectors.joining());
    }
}
