package io.allium.authority;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which versions of Tor the authorities recommend: those that more than half recommend of the voters that have an
 * opinion.
 *
 * @spec dir-spec 3.8
 */
final class VersionVoter {
    /** Two texts that mean the same version are still two opinions. */
    private static final Comparator<String> EXACT = TorVersion.TEXT_ORDER.thenComparing(Comparator.naturalOrder());

    private VersionVoter() {}

    /**
     * The recommended versions, ascending.
     *
     * @param opinions of each vote; empty where it holds none
     */
    static List<String> recommended(List<List<String>> opinions) {
        List<String> all = new ArrayList<>();
        int voters = 0;
        for (List<String> opinion : opinions) {
            if (!opinion.isEmpty()) {
                voters++;
                all.addAll(distinct(opinion));
            }
        }
        return Tally.saidMoreThan(voters / 2, all, EXACT);
    }

    /** The versions ascending, each once, as authorities also write them into their votes. */
    static List<String> distinct(List<String> versions) {
        List<String> sorted = new ArrayList<>(versions);
        sorted.sort(EXACT);
        List<String> distinct = new ArrayList<>();
        for (String version : sorted) {
            if (distinct.isEmpty() || TorVersion.TEXT_ORDER.compare(distinct.getLast(), version) != 0) {
                distinct.add(version);
            }
        }
        return distinct;
    }
}
