package io.allium.client;

import io.allium.circuit.CircuitTraffic;
import io.allium.circuit.CongestionState;
import io.allium.crypto.Fingerprint;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the control port hears of our circuits. Called from whichever task changed the circuit: must return at once.
 *
 * @spec control-spec 4.1.1, 4.1.16, 4.1.22, 4.1.27
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
        /** Took longer than circuits are waited for, and is built to its end only to learn how long that takes. */
        MEASURE_TIMEOUT,
        CONFLUX_UNLINKED,
        CONFLUX_LINKED,
        /** Built ahead for onion services, and then used for what comes up. */
        HS_VANGUARDS,
        HS_CLIENT_HSDIR,
        HS_CLIENT_INTRO,
        HS_CLIENT_REND,
        HS_SERVICE_HSDIR,
        HS_SERVICE_INTRO,
        HS_SERVICE_REND
    }

    /** How far what a circuit is for has come, where that is an onion service. */
    enum HsState {
        /** The client's to its introduction point, or to a directory. */
        HSCI_CONNECTING,
        HSCI_INTRO_SENT,
        HSCI_DONE,
        /** The client's to its rendezvous point. */
        HSCR_CONNECTING,
        HSCR_ESTABLISHED_IDLE,
        HSCR_ESTABLISHED_WAITING,
        HSCR_JOINED,
        /** The service's to its introduction point, or to a directory. */
        HSSI_CONNECTING,
        HSSI_ESTABLISHED,
        /** The service's to a rendezvous point. */
        HSSR_CONNECTING,
        HSSR_JOINED
    }

    /**
     * What a circuit is for.
     *
     * @param state of an onion service's circuit
     * @param service the onion service's address without {@code .onion}, where one is known
     */
    record Use(Purpose purpose, Optional<HsState> state, Optional<String> service) {
        static Use of(Purpose purpose) {
            return new Use(purpose, Optional.empty(), Optional.empty());
        }
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
     * How long circuits are waited for from now on.
     *
     * @param isComputed from the times of others; otherwise these are to be learned anew
     * @param remembered how many times
     * @param timeoutMillis for a circuit of three hops
     * @param xm where the curve begins that fits the times, in milliseconds; 0 where there is none
     * @param alpha how steeply it falls
     * @param quantile the part of all circuits that is quicker; 1 where nothing is known
     * @param timeoutRate the part of all circuits that were given up
     * @param closeMillis for how long such a circuit goes on being built, to learn from
     * @param closeRate the part of all circuits that did not come to an end by then
     * @spec control-spec 4.1.16
     */
    record BuildTimeout(
            boolean isComputed,
            int remembered,
            long timeoutMillis,
            int xm,
            double alpha,
            double quantile,
            double timeoutRate,
            long closeMillis,
            double closeRate) {}

    /**
     * A circuit at one moment.
     *
     * @param path the hops that have answered so far
     * @param oneHop whether it goes no further than its first relay ({@code ONEHOP_TUNNEL})
     * @param internal whether no stream leaves the network on it ({@code IS_INTERNAL})
     * @param reason why it failed or was closed, in the words of the control protocol; empty before that
     * @param remoteReason what the other side said the reason was; empty where it was our own
     * @param isolation whose streams it carries; empty before the first
     * @param conflux empty for a circuit that stands alone
     * @param effort of the proof of work by which an onion service was asked to come to it, 0 where there was none
     */
    record Status(
            int id,
            State state,
            List<Hop> path,
            boolean oneHop,
            boolean internal,
            boolean needsCapacity,
            boolean needsUptime,
            Use use,
            Instant created,
            String reason,
            String remoteReason,
            Optional<Isolation> isolation,
            Optional<Conflux> conflux,
            long effort) {
        public Status {
            path = List.copyOf(path);
        }
    }

    void circuitChanged(Status status);

    /**
     * It is used for something else now, or has come further with it.
     *
     * @param before what it was used for
     * @param cannibalised when it was created, where it was built ahead for no particular use
     */
    default void useChanged(Status status, Use before, Optional<Instant> cannibalised) {}

    /**
     * What a circuit carried since the last time.
     *
     * @param congestion how congestion control with its last relay stands, where there is any
     */
    default void circuitCarried(
            int circuit, CircuitTraffic traffic, Optional<CongestionState> congestion, Instant now) {}

    /** The network answers again, or no longer does. */
    default void networkChanged(boolean live) {}

    /** How long circuits are waited for was computed, or is to be learned anew. */
    default void buildTimeoutSet(BuildTimeout timeout) {}

    /** Nobody listens. */
    CircuitEvents NONE = status -> {};
}
