package io.allium.cell;

/**
 * What tells an exit that two circuits are legs of one set. Whoever knows it can put data into somebody's streams.
 *
 * @spec prop329 2.2
 */
public final class ConfluxNonce extends CircuitToken<ConfluxNonce> implements Comparable<ConfluxNonce> {
    /** Its length. */
    public static final int BYTES = 32;

    private ConfluxNonce(byte[] bytes) {
        super(bytes, BYTES);
    }

    /** A nonce of {@link #BYTES} bytes, which are copied. */
    public static ConfluxNonce of(byte[] bytes) {
        return new ConfluxNonce(bytes);
    }
}
