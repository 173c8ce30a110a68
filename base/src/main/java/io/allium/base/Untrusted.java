package io.allium.base;

/** A document is malformed or not signed as it must be: discard the document. */
public final class Untrusted extends TorException {
    private static final long serialVersionUID = 1L;

    public Untrusted(String message) {
        super(message);
    }

    public Untrusted(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public Untrusted in(String where) {
        return new Untrusted(where + ": " + getMessage(), this);
    }
}
