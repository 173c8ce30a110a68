package io.allium.crypto;

import java.time.Duration;
import java.time.Instant;

/**
 * Numbers the descriptors of one blinded key: later ones are greater, wherever they are made, and tell nobody what time it is
 * there. It is the time since the key could be used, in an encryption that keeps order. C tor computes the same, so that a
 * service may move from one to the other. Immutable.
 *
 * @spec rend-spec-v3 F.2
 */
public final class RevisionCounter {
    /** The greatest time that is told apart, in seconds: three days, of which a key is used for two. C tor's OPE_INPUT_MAX. */
    static final int SECONDS_MAX = 262_144;

    /** C tor hashes the NUL at the end too. */
    private static final byte[] TAG = Bytes.ascii("rev-counter-generation\0");

    private static final int CHUNK = 4096;

    private final byte[] key;

    private RevisionCounter(byte[] key) {
        this.key = key;
    }

    /** That of a key, which stays secret. */
    public static RevisionCounter of(Ed25519KeyPair blinded) {
        return new RevisionCounter(Digests.sha3_256(TAG, blinded.expanded()));
    }

    static RevisionCounter ofKey(byte[] key) {
        return new RevisionCounter(key.clone());
    }

    /** The number of a descriptor that is made now, with a key whose time began then. */
    public long at(Instant now, Instant validSince) {
        long seconds = Duration.between(validSince, now).toSeconds() + 1;
        return encrypt(Math.clamp(seconds, 1, SECONDS_MAX));
    }

    /** The sum of so many numbers of the key stream, each one more than two of its bytes say. */
    long encrypt(int seconds) {
        AesCtr stream = new AesCtr(key);
        byte[] zeros = new byte[CHUNK];
        byte[] words = new byte[CHUNK];
        long sum = 0;
        for (int left = 2 * seconds; left > 0; left -= CHUNK) {
            int count = Math.min(CHUNK, left);
            stream.apply(zeros, 0, count, words, 0);
            for (int i = 0; i < count; i += 2) {
                sum += (words[i] & 0xff | (words[i + 1] & 0xff) << 8) + 1;
            }
        }
        return sum;
    }
}
