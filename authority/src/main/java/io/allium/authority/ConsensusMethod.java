package io.allium.authority;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * A numbered way of computing a consensus: authorities must compute the same bytes, so what changes gets a new number.
 *
 * @spec dir-spec 3.8.1
 */
public record ConsensusMethod(int number) {
    /** The oldest that we can compute: knows MiddleOnly. */
    public static final ConsensusMethod OLDEST = new ConsensusMethod(32);
    /** The newest that we can compute, as C tor 0.4.9. */
    public static final ConsensusMethod NEWEST = new ConsensusMethod(35);

    /** From this one on, microdescriptor consensuses have no time of publication. */
    static final int WITHOUT_MICRODESC_PUBLICATION = 33;
    /** From this one on, there are no package lines. */
    static final int WITHOUT_PACKAGES = 34;

    /** All that we can compute, ascending. */
    public static List<ConsensusMethod> supported() {
        List<ConsensusMethod> all = new ArrayList<>();
        for (int number = OLDEST.number; number <= NEWEST.number; number++) {
            all.add(new ConsensusMethod(number));
        }
        return all;
    }

    /** Whether this method does what method {@code number} began to do. */
    public boolean atLeast(int number) {
        return this.number >= number;
    }

    /**
     * The highest method that more than two thirds of the voters offer; our newest where we cannot compute that one,
     * which will then not be signed by enough of us.
     *
     * @param offers the methods of each vote
     */
    public static ConsensusMethod choose(List<? extends Collection<Integer>> offers) {
        List<Integer> all = new ArrayList<>();
        offers.forEach(offer -> all.addAll(new TreeSet<>(offer)));
        List<Integer> agreed = Tally.saidMoreThan(offers.size() * 2 / 3, all, Integer::compare);
        if (agreed.isEmpty()) {
            return NEWEST;
        }
        ConsensusMethod highest = new ConsensusMethod(agreed.getLast());
        return supported().contains(highest) ? highest : NEWEST;
    }

    @Override
    public String toString() {
        return Integer.toString(number);
    }
}
