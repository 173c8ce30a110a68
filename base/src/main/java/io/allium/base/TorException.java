package io.allium.base;

/**
 * What can go wrong, closed by who must act on it. The message is a sentence that says what and where; each caller adds
 * only what it alone knows, with {@link #in(String)}.
 */
public abstract sealed class TorException extends Exception
        permits ProtocolViolation, Unreachable, Refused, Untrusted, LocalFailure {
    private static final long serialVersionUID = 1L;

    TorException(String message) {
        super(message);
    }

    TorException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The same kind of failure, its sentence preceded by where it happened: {@code "CERTS: expires before it begins"}. */
    public abstract TorException in(String where);

    /** The sentence; never absent. */
    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? getClass().getSimpleName() : message;
    }
}
