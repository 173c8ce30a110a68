package io.allium.base;

import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Stream;

/** The operating system's secure source; padding comes from key streams that it has the keys of. Safe from any thread. */
public final class SystemEntropy implements Entropy {
    /** How many threads can get padding at a time, at 4 KB each: a power of two. */
    private static final int PADDING_STREAMS = 8;

    private final SecureRandom random = source();
    private final List<PaddingStream> padding = Stream.generate(() -> new PaddingStream(random))
            .limit(PADDING_STREAMS)
            .toList();

    @Override
    public void fill(byte[] bytes) {
        random.nextBytes(bytes);
    }

    /** Each thread begins with another stream, and waits for it only if all are taken. */
    @Override
    public void pad(byte[] into, int from, int to) {
        int first = (int) Thread.currentThread().threadId();
        for (int i = 0; i < PADDING_STREAMS; i++) {
            if (padding.get(first + i & PADDING_STREAMS - 1).tryFill(into, from, to)) {
                return;
            }
        }
        padding.get(first & PADDING_STREAMS - 1).fill(into, from, to);
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
