package io.allium.client;

import io.allium.base.Entropy;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** A random choice in which some are likelier than others. */
final class WeightedChoice {
    private WeightedChoice() {}

    /** One of them, each as likely as its weight among all; where no weight is positive, each as likely as any other. */
    static <T> Optional<T> among(List<T> candidates, ToDoubleFunction<T> weight, Entropy entropy) {
        if (candidates.isEmpty()) {
            return Optional.empty();
        }
        double[] sums = new double[candidates.size()];
        double total = 0;
        for (int i = 0; i < sums.length; i++) {
            total += Math.max(0, weight.applyAsDouble(candidates.get(i)));
            sums[i] = total;
        }
        if (total <= 0) {
            return Optional.of(entropy.pick(candidates));
        }
        double chosen = entropy.unit() * total;
        for (int i = 0; i < sums.length; i++) {
            if (chosen < sums[i]) {
                return Optional.of(candidates.get(i));
            }
        }
        return Optional.of(candidates.getLast());
    }
}
