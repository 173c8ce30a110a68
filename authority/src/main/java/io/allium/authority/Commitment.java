package io.allium.authority;

import io.allium.base.Entropy;
import io.allium.base.Untrusted;
import io.allium.crypto.Digests;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.SharedRandomCommit;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * One authority's share of the next shared random value: first only a hash of it, so that nobody can choose a share that
 * suits the others', and later the share itself.
 *
 * @param authority its v3 identity
 * @param commit base64 of a time and the hash of the reveal
 * @param hash that hash
 * @param reveal base64 of the time and the share; secret before the reveal phase, if it is ours
 * @spec srv-spec 4.1
 */
record Commitment(Fingerprint authority, String commit, byte[] hash, Optional<String> reveal) {
    private static final int VERSION = 1;
    private static final String ALGORITHM = "sha3-256";
    private static final int TIME_LENGTH = 8;
    private static final int LENGTH = TIME_LENGTH + 32;

    /** A new share of ours. */
    static Commitment make(Fingerprint ourselves, Instant run, Entropy entropy) {
        String reveal = encode(run.getEpochSecond(), entropy.bytes(LENGTH - TIME_LENGTH));
        byte[] hash = hash(reveal);
        return new Commitment(ourselves, encode(run.getEpochSecond(), hash), hash, Optional.of(reveal));
    }

    /** Reads what a vote or our state says; the reveal is not checked against the commit. */
    static Commitment read(SharedRandomCommit line) throws Untrusted {
        if (line.version() != VERSION || !line.algorithm().equals(ALGORITHM)) {
            throw new Untrusted("shared-rand-commit of version " + line.version() + ", " + line.algorithm());
        }
        byte[] commit = decode(line.commit());
        if (line.reveal().isPresent()) {
            decode(line.reveal().get());
        }
        byte[] hash = Arrays.copyOfRange(commit, TIME_LENGTH, LENGTH);
        return new Commitment(line.authority(), line.commit(), hash, line.reveal());
    }

    /** As a vote or our state says it; the reveal only when it is time. */
    SharedRandomCommit line(boolean withReveal) {
        return new SharedRandomCommit(VERSION, ALGORITHM, authority, commit, withReveal ? reveal : Optional.empty());
    }

    /** Whether it reveals what it committed to. */
    boolean revealsTruly() {
        return reveal.isPresent()
                && MessageDigest.isEqual(hash(reveal.get()), hash)
                && time(reveal.get()) == time(commit);
    }

    /** Never the reveal. */
    @Override
    public String toString() {
        return "Commitment[" + authority.hex() + "]";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Commitment that
                && authority.equals(that.authority)
                && commit.equals(that.commit)
                && reveal.equals(that.reveal);
    }

    @Override
    public int hashCode() {
        return commit.hashCode();
    }

    private static byte[] hash(String reveal) {
        return Digests.sha3_256(reveal.getBytes(StandardCharsets.US_ASCII));
    }

    private static String encode(long time, byte[] value) {
        ByteBuffer both = ByteBuffer.allocate(LENGTH).putLong(time).put(value);
        return Base64.getEncoder().encodeToString(both.array());
    }

    private static long time(String checked) {
        return ByteBuffer.wrap(Base64.getDecoder().decode(checked)).getLong();
    }

    private static byte[] decode(String text) throws Untrusted {
        try {
            byte[] both = Base64.getDecoder().decode(text);
            if (both.length == LENGTH) {
                return both;
            }
            throw new Untrusted("shared-rand-commit: a value of " + both.length + " bytes");
        } catch (IllegalArgumentException notBase64) {
            throw new Untrusted("shared-rand-commit: a value that is not base64", notBase64);
        }
    }
}
