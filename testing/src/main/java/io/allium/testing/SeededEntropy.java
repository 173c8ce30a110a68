package io.allium.testing;

import io.allium.base.Entropy;
import java.security.SecureRandom;
import java.util.Random;

/** Chance from a seed, so that a failure can be repeated. Confined to the test. */
public final class SeededEntropy implements Entropy {
    private final Random random;

    public SeededEntropy(long seed) {
        random = new Random(seed);
    }

    @Override
    public void fill(byte[] bytes) {
        random.nextBytes(bytes);
    }

    @Override
    public SecureRandom secureRandom() {
        return new Repeatable(random);
    }

    private static final class Repeatable extends SecureRandom {
        private static final long serialVersionUID = 1L;
        private final Random random;

        Repeatable(Random random) {
            super(null, null);
            this.random = random;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            random.nextBytes(bytes);
        }
    }
}
