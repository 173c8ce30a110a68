package io.allium.sim;

import io.allium.base.Entropy;
import java.security.SecureRandom;
import java.util.SplittableRandom;

/** Chance from a seed. Confined to the carrier. */
public final class SimEntropy implements Entropy {
    private final SplittableRandom stream;
    private final SecureRandom secureRandom;

    SimEntropy(long seed) {
        stream = new SplittableRandom(seed);
        secureRandom = new Seeded(stream);
    }

    /** A stream of its own for {@code label}, so that what one part draws leaves the others as they were. */
    static SimEntropy of(long seed, String label) {
        return new SimEntropy(seed * 31 + label.hashCode());
    }

    @Override
    public void fill(byte[] bytes) {
        stream.nextBytes(bytes);
    }

    @Override
    public SecureRandom secureRandom() {
        return secureRandom;
    }

    /** The same stream for the JDK's key generators and TLS; seeding it anew does nothing. */
    private static final class Seeded extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final transient SplittableRandom stream;

        Seeded(SplittableRandom stream) {
            super(null, null);
            this.stream = stream;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            stream.nextBytes(bytes);
        }

        @Override
        public byte[] generateSeed(int count) {
            byte[] seed = new byte[count];
            stream.nextBytes(seed);
            return seed;
        }

        @Override
        public void setSeed(byte[] seed) {}

        @Override
        public void setSeed(long seed) {}
    }
}
