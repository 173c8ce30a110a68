package io.allium.onionservice;

import io.allium.base.Entropy;
import java.security.SecureRandom;
import java.util.Random;

/** Chance from a seed, so that a failure can be repeated. */
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
        throw new UnsupportedOperationException("no test here needs it");
    }
}
