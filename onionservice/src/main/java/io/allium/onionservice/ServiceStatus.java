package io.allium.onionservice;

import io.allium.crypto.OnionAddress;
import java.time.Instant;
import java.util.Map;

/**
 * How far a service of ours has come on its way to be reached by clients, and what is in the way. Immutable.
 *
 * @param step the one that is not done, or {@link Step#READY}
 * @param since when it came to that step
 * @param isFailing whether it takes longer or went wrong more often than it should
 * @param words what the step waits for and what went wrong, as the rest of a sentence about the service
 * @param introductionPoints that are established, of those editions whose descriptors are out or to be
 * @param introductionPointsWanted how many there should be of them
 * @param directories that have the descriptors as they are now, of those that clients ask
 * @param directoriesAsked how many clients ask
 * @param dropped introductions that were not followed since the service began, by the reason
 */
public record ServiceStatus(
        OnionAddress service,
        Step step,
        Instant since,
        boolean isFailing,
        String words,
        int introductionPoints,
        int introductionPointsWanted,
        int directories,
        int directoriesAsked,
        Map<DroppedIntroductions.Why, Long> dropped) {
    /** What has to be done until clients can come, one step after the other. */
    public enum Step {
        /** To know the network. */
        NETWORK,
        /** To build circuits to introduction points. */
        CIRCUITS,
        /** To have relays say that they are introduction points. */
        INTRODUCTION_POINTS,
        /** To bring the descriptors to the directories that clients ask. */
        UPLOAD,
        /** To be found there by a client: by us, on circuits that have nothing to do with the service's. */
        FIND,
        /** To have that client introduced. */
        INTRODUCE,
        /** To meet it at the rendezvous point that it chose. */
        JOIN,
        /** Nothing: clients can come. */
        READY
    }

    public boolean isReady() {
        return step == Step.READY;
    }
}
