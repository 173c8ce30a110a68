package io.allium.base;

import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/** The operating system's secure source, and nothing else. Safe from any thread. */
public final class SystemEntropy implements Entropy {
    private final SecureRandom random = source();

    @Override
    public void fill(byte[] bytes) {
        random.nextBytes(bytes);
    }

    @Override
    public SecureRandom secureRandom() {
        return random;
    }

    /** The JDK's DRBG is seeded by the system and far faster than a system call for each few bytes. */
    private static SecureRandom source() {
        try {
            return SecureRandom.getInstance("DRBG");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("this JDK has no DRBG", impossible);
        }
    }
}
