package io.allium.circuit;

import io.allium.base.Refused;
import io.allium.base.Refused.Kind;
import io.allium.cell.EndReason;

/**
 * End reasons as an application hears of them, and the other way round for an exit.
 *
 * @spec tor-spec 6.3
 */
public final class EndReasons {
    private EndReasons() {}

    /** The kind of refusal that an exit's reason is. */
    public static Kind kind(EndReason reason) {
        return switch (reason) {
            case RESOLVEFAILED -> Kind.RESOLVE_FAILED;
            case CONNECTREFUSED, CONNRESET, DONE -> Kind.CONNECTION_REFUSED; // DONE before it was open: as in C tor
            case EXITPOLICY -> Kind.EXIT_POLICY;
            case TIMEOUT -> Kind.TIMEOUT;
            case NOROUTE -> Kind.NO_ROUTE;
            case HIBERNATING, RESOURCELIMIT -> Kind.RESOURCE_LIMIT;
            case NOTDIRECTORY -> Kind.NOT_DIRECTORY;
            case MISC, DESTROY, INTERNAL, TORPROTOCOL -> Kind.GENERAL;
        };
    }

    /** The reason that an exit gives for a refusal of this kind. */
    public static EndReason reason(Kind kind) {
        return switch (kind) {
            case RESOLVE_FAILED -> EndReason.RESOLVEFAILED;
            case CONNECTION_REFUSED -> EndReason.CONNECTREFUSED;
            case EXIT_POLICY, NOT_ALLOWED, ADDRESS_TYPE -> EndReason.EXITPOLICY;
            case TIMEOUT -> EndReason.TIMEOUT;
            case NO_ROUTE -> EndReason.NOROUTE;
            case RESOURCE_LIMIT -> EndReason.RESOURCELIMIT;
            case NETWORK_DOWN -> EndReason.HIBERNATING;
            case NOT_DIRECTORY -> EndReason.NOTDIRECTORY;
            case GENERAL, COMMAND_UNKNOWN -> EndReason.MISC;
            case ONION_NOT_FOUND,
                    ONION_DESCRIPTOR_INVALID,
                    ONION_INTRODUCTION_FAILED,
                    ONION_RENDEZVOUS_FAILED,
                    ONION_AUTHORIZATION_MISSING,
                    ONION_AUTHORIZATION_WRONG,
                    ONION_ADDRESS_INVALID,
                    ONION_INTRODUCTION_TIMED_OUT -> EndReason.RESOLVEFAILED;
        };
    }

    /** The refusal that an END before the stream was open stands for. */
    static Refused refused(EndReason reason, String what) {
        return new Refused(kind(reason), what + ": the exit refuses: " + reason);
    }
}
