package io.allium.cell;

import io.allium.base.ByteReader;
import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;

/**
 * By which a rendezvous point knows which two circuits to join. Whoever else knows it can take the service's place.
 *
 * @spec rend-spec-v3 4.1
 */
public final class RendezvousCookie extends CircuitToken<RendezvousCookie> implements Comparable<RendezvousCookie> {
    /** In bytes. */
    public static final int LENGTH = 20;

    private RendezvousCookie(byte[] bytes) {
        super(bytes, LENGTH);
    }

    /** A cookie of {@value #LENGTH} bytes, which are copied. */
    public static RendezvousCookie of(byte[] bytes) {
        return new RendezvousCookie(bytes);
    }

    /** One that nobody has. */
    public static RendezvousCookie generate(Entropy entropy) {
        return new RendezvousCookie(entropy.bytes(LENGTH));
    }

    static RendezvousCookie decode(ByteReader in) throws ProtocolViolation {
        return new RendezvousCookie(in.take(LENGTH, "RENDEZVOUS_COOKIE"));
    }
}
