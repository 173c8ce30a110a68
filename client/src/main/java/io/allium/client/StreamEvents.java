package io.allium.client;

/**
 * What the control port hears of our streams. Called from whichever task changed the stream: must return at once.
 *
 * @spec control-spec 4.1.2
 */
public interface StreamEvents {
    /** How far a stream has come. */
    enum State {
        NEW,
        NEWRESOLVE,
        SENTCONNECT,
        SENTRESOLVE,
        REMAP,
        SUCCEEDED,
        DETACHED,
        FAILED,
        CLOSED
    }

    /** What a stream is for. */
    enum Purpose {
        DIR_FETCH,
        DIR_UPLOAD,
        DIRPORT_TEST,
        DNS_REQUEST,
        USER
    }

    /**
     * A stream at one moment.
     *
     * @param circuit the circuit that carries it; 0 while there is none
     * @param target where it goes, {@code host:port}
     * @param reason why it ended or was detached, in the words of the control protocol; empty before that
     * @param remoteReason what the other side said the reason was; empty where it was our own
     * @param source where the application connected from; empty where nobody knows
     */
    record Status(
            long id,
            State state,
            int circuit,
            String target,
            String reason,
            String remoteReason,
            String source,
            Purpose purpose,
            Isolation isolation) {}

    void streamChanged(Status status);

    /** Nobody listens. */
    StreamEvents NONE = status -> {};
}
