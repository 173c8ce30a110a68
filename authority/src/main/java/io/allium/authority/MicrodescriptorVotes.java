package io.allium.authority;

import io.allium.netdoc.Microdescriptor;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.Sha256Digest;
import io.allium.netdoc.Slice;
import io.allium.netdoc.VoteEntry.MicrodescriptorVote;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The microdescriptors that the consensus methods make of one descriptor, for they differ between methods.
 *
 * @param votes the vote's {@code m} lines
 * @param documents one for each line
 * @spec dir-spec 3.3
 */
record MicrodescriptorVotes(List<MicrodescriptorVote> votes, List<Slice> documents) {
    static MicrodescriptorVotes of(RouterDescriptor descriptor) {
        List<MicrodescriptorVote> votes = new ArrayList<>();
        List<Slice> different = new ArrayList<>();
        for (List<Integer> methods : ALIKE) {
            Optional<Microdescriptor> made = Microdescriptor.of(descriptor, methods.getFirst());
            if (made.isEmpty()) {
                continue;
            }
            Sha256Digest digest = made.get().digest();
            if (!votes.isEmpty() && votes.getLast().digest().equals(digest)) {
                List<Integer> all = new ArrayList<>(votes.removeLast().methods());
                all.addAll(methods);
                votes.add(new MicrodescriptorVote(all, digest));
            } else {
                different.add(made.get().source());
                votes.add(new MicrodescriptorVote(methods, digest));
            }
        }
        return new MicrodescriptorVotes(List.copyOf(votes), List.copyOf(different));
    }

    /** The methods that we know, those together that make the same of every descriptor. */
    private static final List<List<Integer>> ALIKE = alike();

    private static List<List<Integer>> alike() {
        List<List<Integer>> alike = new ArrayList<>();
        for (ConsensusMethod method : ConsensusMethod.supported()) {
            if (alike.isEmpty() || !Microdescriptor.isMadeAlike(alike.getLast().getLast(), method.number())) {
                alike.add(new ArrayList<>());
            }
            alike.getLast().add(method.number());
        }
        return alike.stream().map(List::copyOf).toList();
    }
}
