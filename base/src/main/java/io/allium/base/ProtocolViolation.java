package io.allium.base;

/** A peer broke the protocol: close the thing that it arrived on, and only that. */
public final class ProtocolViolation extends TorException {
    private static final long serialVersionUID = 1L;

    public ProtocolViolation(String message) {
        super(message);
    }

    public ProtocolViolation(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public ProtocolViolation in(String where) {
        return new ProtocolViolation(where + ": " + getMessage(), this);
    }
}
