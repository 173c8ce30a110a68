package io.allium.client;

import io.allium.crypto.Fingerprint;
import java.time.Instant;
import java.util.Optional;

/**
 * What the control port hears of our guards. Called from whichever task changed the guard: must return at once.
 *
 * @spec control-spec 4.1.16
 */
public interface GuardEvents {
    /** What became of a guard. */
    enum Change {
        NEW,
        UP,
        DOWN,
        BAD,
        GOOD,
        DROPPED,
        /** It follows our guards now on circuits of onion services. */
        GOOD_L2,
        BAD_L2
    }

    /** What {@code GETINFO entry-guards} says of a guard. */
    enum State {
        UP("up"),
        NEVER_CONNECTED("never-connected"),
        DOWN("down"),
        /** No longer listed, or not allowed by the configuration. */
        UNUSABLE("unusable");

        private final String word;

        State(String word) {
            this.word = word;
        }

        /** The word of the control protocol. */
        public String word() {
            return word;
        }
    }

    /**
     * A guard at one moment.
     *
     * @param since when it was down or no longer listed
     */
    record Status(CircuitEvents.Hop guard, State state, Optional<Instant> since, boolean primary, boolean confirmed) {}

    void guardChanged(Fingerprint guard, String nickname, Change change);

    /** Nobody listens. */
    GuardEvents NONE = (guard, nickname, change) -> {};
}
