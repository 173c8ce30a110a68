package io.allium.authority;

import io.allium.netdoc.Microdescriptor;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.VoteEntry.MicrodescriptorVote;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The microdescriptors that the consensus methods make of one descriptor, for they differ between methods.
 *
 * @param votes the vote's {@code m} lines
 * @param microdescriptors one for each line
 * @spec dir-spec 3.3
 */
record MicrodescriptorVotes(List<MicrodescriptorVote> votes, List<Microdescriptor> microdescriptors) {
    static MicrodescriptorVotes of(RouterDescriptor descriptor) {
        List<MicrodescriptorVote> votes = new ArrayList<>();
        List<Microdescriptor> different = new ArrayList<>();
        for (ConsensusMethod method : ConsensusMethod.supported()) {
            Optional<Microdescriptor> made = Microdescriptor.of(descriptor, method.number());
            if (made.isEmpty()) {
                continue;
            }
            if (different.isEmpty()
                    || !different.getLast().digest().equals(made.get().digest())) {
                different.add(made.get());
                votes.add(new MicrodescriptorVote(List.of(), made.get().digest()));
            }
            List<Integer> methods = new ArrayList<>(votes.getLast().methods());
            methods.add(method.number());
            votes.set(
                    votes.size() - 1,
                    new MicrodescriptorVote(methods, made.get().digest()));
        }
        return new MicrodescriptorVotes(List.copyOf(votes), List.copyOf(different));
    }
}
