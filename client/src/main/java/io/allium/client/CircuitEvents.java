package io.allium.client;

import io.allium.crypto.Fingerprint;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the control port hears of our circuits. Called from whichever task changed the circuit: must return at once.
 *
 * @spec control-spec 4.1.1
 */
public interface CircuitEvents {
    /** How far a circuit has come. */
    enum State {
        LAUNCHED,
        BUILT,
        GUARD_WAIT,
        EXTENDED,
        FAILED,
        CLOSED
    }

    /** What a circuit is for. */
    enum Purpose {
        GENERAL,
        TESTING,
        CONTROLLER,
        CONFLUX_UNLINKED,
        CONFLUX_LINKED
    }

    /**
     * Of a circuit that is linked with others, or to be.
     *
     * @param id the same for all legs of a set, in hexadecimal digits; half of the nonce, the rest being secret
     * @param roundTrip how long the exit took to answer, once it has
     */
    record Conflux(String id, Optional<Duration> roundTrip) {}

    /** A relay of a path, as {@code LongName} writes it. */
    record Hop(Fingerprint fingerprint, String nickname) {
        @Override
        public String toString() {
            return nickname.isEmpty() ? "" + fingerprint : fingerprint + "~" + nickname;
        }
    }

    /**
     * A circuit at one moment.
     *
     * @param path the hops that have answered so far
     * @param oneHop whether it goes no further than a directory ({@code ONEHOP_TUNNEL})
     * @param reason why it failed or was closed, in the words of the control protocol; empty before that
     * @param remoteReason what the other side said the reason was; empty where it was our own
     * @param isolation whose streams it carries; empty before the first
     * @param conflux empty for a circuit that stands alone
     */
    record Status(
            int id,
            State state,
            List<Hop> path,
            boolean oneHop,
            boolean needsCapacity,
            boolean needsUptime,
            Purpose purpose,
            Instant created,
            String reason,
            String remoteReason,
            Optional<Isolation> isolation,
            Optional<Conflux> conflux) {
        public Status {
            path = List.copyOf(path);
        }
    }

    void circuitChanged(Status status);

    /** Nobody listens. */
    CircuitEvents NONE = status -> {};
}
