package io.allium.base;

/** This machine or its configuration is in the way: tell the operator. */
public final class LocalFailure extends TorException {
    private static final long serialVersionUID = 1L;

    public LocalFailure(String message) {
        super(message);
    }

    public LocalFailure(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public LocalFailure in(String where) {
        return new LocalFailure(where + ": " + getMessage(), this);
    }
}
