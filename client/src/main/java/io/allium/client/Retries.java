package io.allium.client;

import io.allium.base.Refused;
import java.time.Duration;

/**
 * Whether a stream that an exit refused is tried at another, and how long each may take to answer. Confined to the task
 * of the stream.
 *
 * @spec path-spec 3; tor-spec 6.3
 */
final class Retries {
    /** Circuits on which one stream is tried; C tor has no bound but the time. */
    static final int ATTEMPTS_MAX = 10;

    /** Exits that may say that a name does not exist or cannot be reached: C tor's MAX_RESOLVE_FAILURES. */
    static final int LOOKUP_FAILURES_MAX = 3;

    /** How long the exit may take to answer the first tries, and the later ones: as in C tor. */
    private static final Duration FIRST_ANSWERS = Duration.ofSeconds(10);

    private static final Duration LATER_ANSWERS = Duration.ofSeconds(15);
    private static final int FIRST_TRIES = 3;

    private final Duration configured;
    private int attempts;
    private int failedLookups;

    /** @param configured how long an exit may take to answer; 0 for the schedule */
    Retries(Duration configured) {
        this.configured = configured;
    }

    /** Begins another attempt: how long the exit has to answer. */
    Duration next() {
        attempts++;
        if (!configured.isZero()) {
            return configured;
        }
        return attempts <= FIRST_TRIES ? FIRST_ANSWERS : LATER_ANSWERS;
    }

    /** The circuit failed, or nobody answered: whether there is to be another attempt. */
    boolean afterFailure() {
        return attempts < ATTEMPTS_MAX;
    }

    /** An exit said no: whether another might say yes. */
    boolean after(Refused no) {
        boolean worth = switch (no.kind()) {
            case RESOLVE_FAILED, TIMEOUT, NO_ROUTE, GENERAL -> ++failedLookups < LOOKUP_FAILURES_MAX;
            case EXIT_POLICY, NETWORK_DOWN, RESOURCE_LIMIT -> true;
            case NOT_ALLOWED, CONNECTION_REFUSED, NOT_DIRECTORY, ADDRESS_TYPE, COMMAND_UNKNOWN -> false;
            case ONION_NOT_FOUND,
                    ONION_DESCRIPTOR_INVALID,
                    ONION_INTRODUCTION_FAILED,
                    ONION_RENDEZVOUS_FAILED,
                    ONION_AUTHORIZATION_MISSING,
                    ONION_AUTHORIZATION_WRONG,
                    ONION_ADDRESS_INVALID,
                    ONION_INTRODUCTION_TIMED_OUT -> false; // no exit says any of these
        };
        return worth && attempts < ATTEMPTS_MAX;
    }
}
