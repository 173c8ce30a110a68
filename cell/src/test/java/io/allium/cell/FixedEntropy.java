package io.allium.cell;

import io.allium.base.Entropy;
import java.security.SecureRandom;
import java.util.Random;

/** Chance that repeats. */
final class FixedEntropy implements Entropy {
    private final Random random;

    FixedEntropy(long seed) {
        random = new Random(seed);
    }

    @Override
    public void fill(byte[] bytes) {
        random.nextBytes(bytes);
    }

    @Override
    public SecureRandom secureRandom() {
        throw new UnsupportedOperationException();
    }
}
