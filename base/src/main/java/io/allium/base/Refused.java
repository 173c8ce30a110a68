package io.allium.base;

/** The answer is no: tell the user, with the {@link Kind} that an application can act on. */
public final class Refused extends TorException {
    private static final long serialVersionUID = 1L;

    /** Why, in the words of the end reasons that an application hears of. */
    public enum Kind {
        /** No reason that fits another kind. */
        GENERAL,
        /** Our own configuration forbids it. */
        NOT_ALLOWED,
        /** No exit may reach this address and port. */
        EXIT_POLICY,
        /** The name does not exist. */
        RESOLVE_FAILED,
        /** The destination refused the connection. */
        CONNECTION_REFUSED,
        /** No way to the destination's network or host. */
        NO_ROUTE,
        /** It took too long. */
        TIMEOUT,
        /** We are not ready, or not allowed to use the network now. */
        NETWORK_DOWN,
        /** The peer is a directory and does not serve what was asked. */
        NOT_DIRECTORY,
        /** Too much is going on here or there. */
        RESOURCE_LIMIT,
        /** The kind of address is not supported. */
        ADDRESS_TYPE,
        /** The application's command is not supported. */
        COMMAND_UNKNOWN,
        /** No directory has a descriptor of the onion service. */
        ONION_NOT_FOUND,
        /** All descriptors of the onion service that directories have are malformed. */
        ONION_DESCRIPTOR_INVALID,
        /** No introduction point of the onion service took our request on. */
        ONION_INTRODUCTION_FAILED,
        /** The onion service did not come to any rendezvous point. */
        ONION_RENDEZVOUS_FAILED,
        /** The onion service wants a key that we don't have. */
        ONION_AUTHORIZATION_MISSING,
        /** The onion service does not take the key that we have for it. */
        ONION_AUTHORIZATION_WRONG,
        /** The onion service's name is none that a service can have. */
        ONION_ADDRESS_INVALID,
        /** No introduction point of the onion service answered in time. */
        ONION_INTRODUCTION_TIMED_OUT
    }

    private final Kind kind;

    public Refused(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    private Refused(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    @Override
    public Refused in(String where) {
        return new Refused(kind, where + ": " + getMessage(), this);
    }
}
