package io.allium.onionservice;

import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.OnionAddress;
import io.allium.directory.Relay;
import java.util.Optional;

/**
 * Who hears where descriptors go and come from: those of services of ours, and of those that are visited. Called from any task: must
 * return at once.
 *
 * @spec control-spec 4.1.25, 4.1.26
 */
public interface DescriptorEvents {
    /** Nobody listens. */
    DescriptorEvents NONE = event -> {};

    void told(Event event);

    /** What happened to a descriptor. */
    sealed interface Event {
        /** Whose it is. */
        OnionAddress service();
    }

    /**
     * A service of ours has one for another time period.
     *
     * @param blinded the service's key in that period, which is how directories know the descriptor
     */
    record Created(OnionAddress service, Ed25519Identity blinded) implements Event {}

    /**
     * It is being brought to a directory.
     *
     * @param index the directory's place in the ring, 32 bytes
     */
    record Upload(OnionAddress service, Ed25519Identity blinded, Relay directory, byte[] index) implements Event {}

    /** A directory took it. */
    record Uploaded(OnionAddress service, Relay directory) implements Event {}

    /** A directory did not take it. */
    record NotUploaded(OnionAddress service, Ed25519Identity blinded, Relay directory, Reason reason)
            implements Event {}

    /**
     * A directory is asked for it.
     *
     * @param index the directory's place in the ring, 32 bytes
     */
    record Requested(OnionAddress service, Ed25519Identity blinded, Relay directory, byte[] index) implements Event {}

    /** A directory gave a good one. */
    record Received(OnionAddress service, Ed25519Identity blinded, Relay directory, byte[] document) implements Event {}

    /**
     * It was not had.
     *
     * @param directory which one was asked; nothing where none was
     */
    record NotReceived(OnionAddress service, Ed25519Identity blinded, Optional<Relay> directory, Reason reason)
            implements Event {}

    /** Why something went wrong. */
    enum Reason {
        /** What the directory has is no descriptor of the service. */
        BAD_DESC,
        /** The directory did not understand us. */
        QUERY_REJECTED,
        /** The directory does not want it. */
        UPLOAD_REJECTED,
        /** The directory has none. */
        NOT_FOUND,
        /** The directory was not reached, or said what it should not. */
        UNEXPECTED,
        /** There is no directory that should have it. */
        QUERY_NO_HSDIR,
        /** All directories that should have it were asked a short time ago. */
        QUERY_RATE_LIMITED
    }
}
