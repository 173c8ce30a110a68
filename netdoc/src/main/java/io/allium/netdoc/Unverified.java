package io.allium.netdoc;

import io.allium.base.Untrusted;

/**
 * A document that reads well but whose signatures nobody has checked. What it claims may serve to find the keys to check
 * it with; {@link #verify} is the way to the document itself. Immutable.
 *
 * @param <T> the document
 */
public final class Unverified<T> {
    private final T document;

    Unverified(T document) {
        this.document = document;
    }

    /** What the document claims. Anybody may have written it. */
    public T claimed() {
        return document;
    }

    /** The document, once {@code check} finds its signatures good. */
    public T verify(Check<? super T> check) throws Untrusted {
        check.check(document);
        return document;
    }

    /**
     * A way to check the signatures of a document.
     *
     * @param <T> the document
     */
    @FunctionalInterface
    public interface Check<T> {
        /** Returns only if the document is signed by those who must have signed it. */
        void check(T document) throws Untrusted;
    }
}
