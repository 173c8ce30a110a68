package io.allium.base;

/** Somebody could not be reached in time, or broke off: try another. */
public final class Unreachable extends TorException {
    private static final long serialVersionUID = 1L;

    public Unreachable(String message) {
        super(message);
    }

    public Unreachable(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public Unreachable in(String where) {
        return new Unreachable(where + ": " + getMessage(), this);
    }
}
