package io.allium.app;

import io.allium.base.LocalFailure;
import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.base.Untrusted;

/**
 * How a SOCKS request ended, with the codes of RFC 1928, and one of those that Tor adds where a port has the flag
 * {@code ExtendedErrors}.
 *
 * @spec socks-extensions 1.1
 */
enum SocksReply {
    SUCCEEDED(0x00),
    GENERAL_FAILURE(0x01),
    NOT_ALLOWED(0x02),
    NETWORK_UNREACHABLE(0x03),
    HOST_UNREACHABLE(0x04),
    CONNECTION_REFUSED(0x05),
    TTL_EXPIRED(0x06),
    COMMAND_NOT_SUPPORTED(0x07),
    ADDRESS_TYPE_NOT_SUPPORTED(0x08),
    /** The onion address is malformed. */
    BAD_ONION_ADDRESS(0xF6);

    private final int code;

    SocksReply(int code) {
        this.code = code;
    }

    /** The code of SOCKS 5. */
    int code() {
        return code;
    }

    /** What an application hears where its port has no {@code ExtendedErrors}. */
    SocksReply plain() {
        return this == BAD_ONION_ADDRESS ? GENERAL_FAILURE : this;
    }

    static SocksReply of(TorException why) {
        return switch (why) {
            case Refused refused -> of(refused.kind());
            case Unreachable unreachable -> TTL_EXPIRED;
            case ProtocolViolation violation -> GENERAL_FAILURE;
            case Untrusted untrusted -> GENERAL_FAILURE;
            case LocalFailure failure -> GENERAL_FAILURE;
        };
    }

    private static SocksReply of(Refused.Kind kind) {
        return switch (kind) {
            case GENERAL, RESOURCE_LIMIT, NOT_DIRECTORY -> GENERAL_FAILURE;
            case NOT_ALLOWED, EXIT_POLICY -> NOT_ALLOWED;
            case RESOLVE_FAILED, NO_ROUTE -> HOST_UNREACHABLE;
            case CONNECTION_REFUSED -> CONNECTION_REFUSED;
            case TIMEOUT -> TTL_EXPIRED;
            case NETWORK_DOWN -> NETWORK_UNREACHABLE;
            case ADDRESS_TYPE -> ADDRESS_TYPE_NOT_SUPPORTED;
            case COMMAND_UNKNOWN -> COMMAND_NOT_SUPPORTED;
        };
    }
}
