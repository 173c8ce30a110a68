package io.allium.channel;

import io.allium.base.Endpoint;
import org.jspecify.annotations.Nullable;

/** Who wants to know how links come and go, as the control port does. Called from any thread; must never wait. */
public interface ChannelEvents {
    /** Why a link failed or closed, in the words of the control port's ORCONN event. */
    enum Reason {
        /** It was closed as it should be. */
        DONE,
        /** The connection was refused. */
        CONNECTREFUSED,
        /** Somebody else answered than should have. */
        IDENTITY,
        CONNECTRESET,
        TIMEOUT,
        NOROUTE,
        IOERROR,
        /** The TLS or link handshake went wrong. */
        TLS_ERROR,
        MISC
    }

    /** A dial begins; {@code id} stays with the link for its life. */
    default void launched(long id, ChannelTarget target, Endpoint to) {}

    /** Somebody dialled us. */
    default void accepted(long id, @Nullable Endpoint from) {}

    /** The handshake is done. */
    default void connected(long id, Channel channel) {}

    /** A dial came to nothing; so many circuits, or others, waited for it. */
    default void failed(long id, ChannelTarget target, int waiting, Reason reason, String why) {}

    /** Somebody who dialled us is gone before there was a channel. */
    default void dropped(long id, @Nullable Endpoint from, Reason reason, String why) {}

    /** A channel is gone, and so many circuits with it. */
    default void closed(long id, Channel channel, int circuits, Reason reason, String why) {}

    /** Whether to count what goes through the queues of a circuit: see {@link CellStatsControl}. */
    default boolean wantsCells() {
        return false;
    }

    /** Nobody wants to know. */
    ChannelEvents NONE = new ChannelEvents() {};
}
