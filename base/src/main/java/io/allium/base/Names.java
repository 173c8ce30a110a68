package io.allium.base;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/** The machine's name service, used only by exits. May wait: never called on a loop. */
public interface Names {
    /** An answer and how long it may be kept. */
    record Answer<T>(List<T> values, Duration ttl) {
        public Answer {
            values = List.copyOf(values);
        }
    }

    /** Who wants to know how the name servers fare. Called from any thread; must return at once. */
    interface Watcher {
        /** This one does not answer any more. */
        default void serverFailed(Endpoint server, String why) {}

        /** It does again. */
        default void serverBack(Endpoint server) {}

        /** None does. */
        default void allServersFailed() {}
    }

    /** Has somebody hear how the name servers fare, where we ask them ourselves. */
    default void watch(Watcher who) {}

    /** The addresses of a name. {@link Refused} where it has none, {@link Unreachable} where no server answered. */
    Answer<InetAddress> addresses(String name) throws Refused, Unreachable, InterruptedException;

    /** The names of an address. */
    Answer<String> names(InetAddress address) throws Refused, Unreachable, InterruptedException;
}
