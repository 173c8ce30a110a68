package io.allium.directory;

import io.allium.netdoc.ConsensusFlavor;
import java.time.Duration;

/** What others hear of the directory and of how we come to know the network. Called from any task: must return at once. */
public interface DirectoryEvents {
    /**
     * A further step of the bootstrap.
     *
     * @param percent at least that of the phase
     */
    default void bootstrapped(BootstrapPhase phase, int percent) {}

    /**
     * Something went wrong on the way.
     *
     * @param problems how many times so far since the last step
     * @param reason in the words of the control protocol: TIMEOUT, CONNECTREFUSED, …
     * @param why a sentence for the log
     */
    default void bootstrapProblem(BootstrapPhase phase, int percent, int problems, String reason, String why) {}

    /** There is a new view of the network: another consensus, or more descriptors of it. */
    default void viewChanged(NetworkView view) {}

    /** A new consensus came and is trusted; {@link #viewChanged} follows. */
    default void consensusArrived(NetworkView view) {}

    /** A new consensus came and is trusted, of any flavor that we follow; what is to be said of the first has been said. */
    default void consensusRenewed(ConsensusFlavor flavor) {}

    /** Whether we know enough of the network to build circuits; told when it changes. */
    default void enoughInformation(boolean enough) {}

    /**
     * Our clock is probably wrong.
     *
     * @param skew by how much ours is ahead of the source's (negative: behind)
     * @param source who says so
     */
    default void clockSkew(Duration skew, String source) {}

    /** Nobody listens. */
    DirectoryEvents NONE = new DirectoryEvents() {};
}
