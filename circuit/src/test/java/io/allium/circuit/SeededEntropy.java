package io.allium.circuit;

import io.allium.base.Entropy;
import java.security.SecureRandom;
import java.util.Random;

/** Chance that a seed repeats. */
final class SeededEntropy implements Entropy {
    private final Random random;

    SeededEntropy(long seed) {
        random = new Random(seed);
    }

    @Override
    public void fill(byte[] bytes) {
        random.nextBytes(bytes);
    }

    @Override
    public SecureRandom secureRandom() {
        return new SecureRandom();
    }
}
