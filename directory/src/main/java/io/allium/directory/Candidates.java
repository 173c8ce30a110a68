package io.allium.directory;

import io.allium.base.Entropy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * Relays from which one is drawn by weight, again and again: a draw costs a binary search, whatever their number.
 * Immutable.
 */
final class Candidates {
    /** Draws that may fail to please before all relays are looked at: most wishes are met at once. */
    private static final int DRAWS_MAX = 32;

    private final List<Relay> relays;
    private final double[] sums;

    Candidates(List<Relay> relays, ToDoubleFunction<Relay> weight) {
        this.relays = List.copyOf(relays);
        this.sums = new double[relays.size()];
        double total = 0;
        for (int i = 0; i < sums.length; i++) {
            total += Math.max(0, weight.applyAsDouble(relays.get(i)));
            sums[i] = total;
        }
    }

    private Candidates(List<Relay> relays, double[] sums) {
        this.relays = List.copyOf(relays);
        this.sums = sums;
    }

    /**
     * One that pleases, each as likely as its weight among all that would; where these have no weight, each as likely
     * as any other.
     */
    Optional<Relay> draw(Predicate<Relay> wanted, Entropy entropy) {
        for (int i = 0; i < DRAWS_MAX && total() > 0; i++) {
            Relay drawn = relays.get(draw(entropy));
            if (wanted.test(drawn)) {
                return Optional.of(drawn);
            }
        }
        Candidates pleasing = only(wanted);
        if (pleasing.relays.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                pleasing.total() > 0 ? pleasing.relays.get(pleasing.draw(entropy)) : entropy.pick(pleasing.relays));
    }

    private Candidates only(Predicate<Relay> wanted) {
        List<Relay> left = new ArrayList<>();
        double[] leftSums = new double[sums.length];
        double total = 0;
        for (int i = 0; i < sums.length; i++) {
            if (wanted.test(relays.get(i))) {
                total += i == 0 ? sums[0] : sums[i] - sums[i - 1];
                leftSums[left.size()] = total;
                left.add(relays.get(i));
            }
        }
        return new Candidates(left, Arrays.copyOf(leftSums, left.size()));
    }

    private double total() {
        return sums.length == 0 ? 0 : sums[sums.length - 1];
    }

    /** The index of the first sum above a random share of the total: never that of a relay without weight. */
    private int draw(Entropy entropy) {
        double at = entropy.unit() * total();
        int found = Arrays.binarySearch(sums, at);
        int index = found >= 0 ? found : -found - 1;
        while (sums[index] <= at && index < sums.length - 1) {
            index++;
        }
        return index;
    }
}
