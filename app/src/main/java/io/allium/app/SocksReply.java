package io.allium.app;

import io.allium.base.LocalFailure;
import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.base.Untrusted;
import org.jspecify.annotations.Nullable;

/**
 * How a SOCKS request ended, with the codes of RFC 1928, and those that Tor adds for onion services where a port has the flag
 * {@code ExtendedErrors}; without it, the application hears the plain ones.
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
    /** No directory has the onion service's descriptor. */
    ONION_NOT_FOUND(0xF0, HOST_UNREACHABLE),
    /** The onion service's descriptor is malformed or forged. */
    ONION_DESCRIPTOR_INVALID(0xF1, HOST_UNREACHABLE),
    /** No introduction point of the onion service passed the request on. */
    ONION_INTRODUCTION_FAILED(0xF2, HOST_UNREACHABLE),
    /** The onion service did not come to a rendezvous point. */
    ONION_RENDEZVOUS_FAILED(0xF3, HOST_UNREACHABLE),
    /** The onion service asks for a key that is not there. */
    ONION_AUTHORIZATION_MISSING(0xF4, HOST_UNREACHABLE),
    /** The onion service does not take the key that is there. */
    ONION_AUTHORIZATION_WRONG(0xF5, HOST_UNREACHABLE),
    /** The onion address is malformed. */
    BAD_ONION_ADDRESS(0xF6, GENERAL_FAILURE),
    /** No introduction point of the onion service answered in time. */
    ONION_INTRODUCTION_TIMED_OUT(0xF7, HOST_UNREACHABLE);

    private final int code;
    private final @Nullable SocksReply plain;

    SocksReply(int code) {
        this.code = code;
        this.plain = null;
    }

    SocksReply(int code, SocksReply plain) {
        this.code = code;
        this.plain = plain;
    }

    /** The code of SOCKS 5. */
    int code() {
        return code;
    }

    /** What an application hears where its port has no {@code ExtendedErrors}. */
    SocksReply plain() {
        return plain == null ? this : plain;
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
            case ONION_NOT_FOUND -> ONION_NOT_FOUND;
            case ONION_DESCRIPTOR_INVALID -> ONION_DESCRIPTOR_INVALID;
            case ONION_INTRODUCTION_FAILED -> ONION_INTRODUCTION_FAILED;
            case ONION_RENDEZVOUS_FAILED -> ONION_RENDEZVOUS_FAILED;
            case ONION_AUTHORIZATION_MISSING -> ONION_AUTHORIZATION_MISSING;
            case ONION_AUTHORIZATION_WRONG -> ONION_AUTHORIZATION_WRONG;
            case ONION_ADDRESS_INVALID -> BAD_ONION_ADDRESS;
            case ONION_INTRODUCTION_TIMED_OUT -> ONION_INTRODUCTION_TIMED_OUT;
        };
    }
}
