package io.allium.cell;

import io.allium.base.ByteReader;
import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * By which a rendezvous point knows which two circuits to join. Whoever else knows it can take the service's place, so it is
 * compared as a secret and never shown.
 *
 * @spec rend-spec-v3 4.1
 */
public final class RendezvousCookie implements Comparable<RendezvousCookie> {
    /** In bytes. */
    public static final int LENGTH = 20;

    private final byte[] bytes;

    private RendezvousCookie(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A cookie of {@value #LENGTH} bytes, which are copied. */
    public static RendezvousCookie of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a rendezvous cookie of " + bytes.length + " bytes");
        }
        return new RendezvousCookie(bytes.clone());
    }

    /** One that nobody has. */
    public static RendezvousCookie generate(Entropy entropy) {
        return new RendezvousCookie(entropy.bytes(LENGTH));
    }

    static RendezvousCookie decode(ByteReader in) throws ProtocolViolation {
        return new RendezvousCookie(in.take(LENGTH, "RENDEZVOUS_COOKIE"));
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    /** Lets a table of cookies that peers chose stay fast, whatever they chose. */
    @Override
    public int compareTo(RendezvousCookie other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RendezvousCookie cookie && MessageDigest.isEqual(bytes, cookie.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "[cookie]";
    }
}
