package io.allium.channel;

import io.allium.base.Endpoint;
import io.allium.base.Network;
import io.allium.base.Unreachable;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What has happened on all links since the start. Safe from any thread. */
final class LinkCounts {
    private final AtomicLongArray begun = new AtomicLongArray(4); // by who dialled, and over what
    private final LongAdder withoutPort = new LongAdder();
    private final LongAdder destroys = new LongAdder();

    /** There was a connection, whatever became of it. */
    void begun(boolean dialled, @Nullable Endpoint remote) {
        begun.incrementAndGet(place(dialled, isIpv6(remote)));
    }

    /** A dial came to nothing. */
    void failed(Unreachable nobody) {
        if (nobody.getMessage().toLowerCase(Locale.ROOT).contains(Network.NO_PORT_LEFT)) {
            withoutPort.increment();
        }
    }

    /** A DESTROY came. */
    void destroyed() {
        destroys.increment();
    }

    long begun(boolean dialled, boolean ipv6) {
        return begun.get(place(dialled, ipv6));
    }

    /** How often there was no local port left to dial from. */
    long withoutPort() {
        return withoutPort.sum();
    }

    long destroys() {
        return destroys.sum();
    }

    static boolean isIpv6(@Nullable Endpoint remote) {
        return remote != null && remote.isIpv6();
    }

    private static int place(boolean dialled, boolean ipv6) {
        return (dialled ? 2 : 0) + (ipv6 ? 1 : 0);
    }
}
