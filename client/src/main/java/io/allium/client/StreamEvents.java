package io.allium.client;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What the control port hears of our streams. Called from whichever task changed the stream: must return at once.
 *
 * @spec control-spec 4.1.2, 4.1.18
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
        CONTROLLER_WAIT,
        XOFF_SENT,
        XOFF_RECV,
        XON_SENT,
        XON_RECV,
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

    /** What keeps a stream from sharing a circuit with others, in the words and the order of {@code ISO_FIELDS}. */
    enum KeptApartBy {
        DESTPORT,
        DESTADDR,
        SOCKS_USERNAME,
        SOCKS_PASSWORD,
        CLIENT_PROTOCOL,
        CLIENTADDR,
        SESSION_GROUP,
        NYM_EPOCH
    }

    /** Of listeners without a session group of their own, C tor numbers the first so, and the next one less. */
    int FIRST_SESSION_GROUP = -4;

    /** The session group of what controllers have looked up: as in C tor. */
    int CONTROLLER_SESSION_GROUP = -3;

    /** The session group of streams to directories: as in C tor. */
    int DIRECTORY_SESSION_GROUP = -2;

    /**
     * Who asked for a stream, and how.
     *
     * @param source where the application connected from; empty where nobody knows
     * @param protocol SOCKS4, SOCKS5; UNKNOWN where it was no application
     * @param username as the application sent it, whether it keeps streams apart or not; empty where there is none
     * @param sessionGroup the number that listeners have in common whose streams may share circuits
     */
    record Asked(
            String source,
            Purpose purpose,
            String protocol,
            String username,
            String password,
            int sessionGroup,
            Set<KeptApartBy> keptApartBy) {
        /** What listeners keep apart if their lines say nothing else. */
        public static final Set<KeptApartBy> BY_DEFAULT = Collections.unmodifiableSet(EnumSet.of(
                KeptApartBy.SOCKS_USERNAME,
                KeptApartBy.SOCKS_PASSWORD,
                KeptApartBy.CLIENTADDR,
                KeptApartBy.SESSION_GROUP,
                KeptApartBy.NYM_EPOCH));

        public Asked {
            keptApartBy = Collections.unmodifiableSet(
                    keptApartBy.isEmpty() ? EnumSet.noneOf(KeptApartBy.class) : EnumSet.copyOf(keptApartBy));
        }

        /** A stream to the directory of a relay. */
        static Asked ofDirectory(Purpose purpose) {
            return new Asked(
                    "", purpose, "UNKNOWN", "", "", DIRECTORY_SESSION_GROUP, EnumSet.of(KeptApartBy.SESSION_GROUP));
        }

        /** Something of ours rather than an application. */
        public static Asked byUs(String source, Purpose purpose) {
            return new Asked(source, purpose, "UNKNOWN", "", "", CONTROLLER_SESSION_GROUP, BY_DEFAULT);
        }
    }

    /**
     * A stream at one moment.
     *
     * @param circuit the circuit that carries it; 0 while there is none
     * @param target where it goes, {@code host:port}
     * @param reason why it ended or was detached, and of REMAP who said so, in the words of the control protocol; else empty
     * @param remoteReason what the other side said the reason was; empty where it was our own
     * @param epoch how many new identities there had been when it was asked for
     */
    record Status(
            long id,
            State state,
            int circuit,
            String target,
            String reason,
            String remoteReason,
            Asked asked,
            long epoch) {}

    void streamChanged(Status status);

    /**
     * What a stream carried since the last time.
     *
     * @param written bytes of the application
     * @param read bytes for it
     */
    default void streamCarried(long stream, long written, long read, Instant now) {}

    /** Nobody listens. */
    StreamEvents NONE = status -> {};
}
