package io.allium.relay;

import io.allium.base.Endpoint;
import io.allium.base.Names;
import io.allium.netdoc.RouterDescriptor;

/** Who wants to know how a relay fares, as controllers do. Called from any task; must return at once. */
public interface RelayEvents extends Names.Watcher {
    /** We have the descriptor of another relay, which we had not. */
    default void descriptorArrived(RouterDescriptor descriptor) {}

    /** We say something else of ourselves than before. */
    default void descriptorChanged() {}

    /** Whether others reach this port of ours is being found out. */
    default void checkingReachability(Endpoint orPort) {}

    /** They do. */
    default void reachable(Endpoint orPort) {}

    /** Nobody has for long. */
    default void unreachable(Endpoint orPort) {}

    /** The authority at this DirPort took our descriptor. */
    default void descriptorAccepted(Endpoint authority) {}

    /** The authority at this DirPort refused it, and says why. */
    default void descriptorRefused(Endpoint authority, String reason) {}

    /** An interval is over, in which these clients came to us as a bridge. */
    default void clientsSeen(ClientsSeen.Interval interval) {}

    /** Nobody wants to know. */
    RelayEvents NONE = new RelayEvents() {};
}
