package io.allium.authority;

import io.allium.netdoc.SharedRandomValue;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The shared random value that enough votes agree on. What the authorities have only now computed takes more of them
 * than what was in the last consensus already, for a minority that missed reveals would compute another.
 *
 * @spec srv-spec 4.1.4
 */
final class SharedRandomVoter {
    private SharedRandomVoter() {}

    /**
     * @param said by the votes that take part
     * @param authorities how many there are
     * @param fresh whether a protocol run has just ended
     * @param neededIfFresh parameter {@code AuthDirNumSRVAgreements}, by default two thirds
     */
    static Optional<SharedRandomValue> agreed(
            List<SharedRandomValue> said, int authorities, boolean fresh, int neededIfFresh) {
        Optional<SharedRandomValue> winner = Tally.mostFrequent(said, Comparator.comparing(SharedRandomValue::value));
        if (winner.isEmpty()) {
            return winner;
        }
        long votes = said.stream()
                .filter(value -> value.value().equals(winner.get().value()))
                .count();
        boolean enough = votes >= authorities / 2 + 1 && (!fresh || votes >= neededIfFresh);
        return enough ? winner : Optional.empty();
    }
}
