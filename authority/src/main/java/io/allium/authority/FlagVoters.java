package io.allium.authority;

import io.allium.netdoc.RouterFlag;
import io.allium.netdoc.Vote;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ObjIntConsumer;

/**
 * How many votes have an opinion on each flag: a majority of those, not of all votes, decides about it.
 *
 * @param counts by the flag's name
 * @spec dir-spec 3.8
 */
record FlagVoters(SortedMap<String, Integer> counts) {
    static FlagVoters of(List<Vote> votes) {
        SortedMap<String, Integer> counts = new TreeMap<>();
        for (Vote vote : votes) {
            for (String flag : new TreeSet<>(vote.header().knownFlags())) {
                counts.merge(flag, 1, Integer::sum);
            }
        }
        return new FlagVoters(counts);
    }

    boolean knows(RouterFlag flag) {
        return counts.containsKey(flag.text());
    }

    /** The flags that the consensus may hold, sorted: those, and what only a consensus can tell. */
    List<String> names() {
        TreeSet<String> names = new TreeSet<>(counts.keySet());
        names.add(RouterFlag.NO_ED_CONSENSUS.text());
        return List.copyOf(names);
    }

    void forEach(ObjIntConsumer<String> each) {
        counts.forEach((flag, voters) -> {
            if (!flag.equals(RouterFlag.NO_ED_CONSENSUS.text())) {
                each.accept(flag, voters);
            }
        });
    }
}
