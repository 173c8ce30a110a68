package io.allium.channel;

import io.allium.control.ControlCatalogue;
import io.allium.control.ControlEvent;
import io.allium.control.ControlEvents;
import io.allium.control.ControlPart;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * What our links carry, and in testing networks other connections, as controllers see it: in all, and second by second. Guarded
 * by {@code lock}.
 *
 * @spec control-spec 3.9, 4.1.4, 4.1.21
 */
public final class TrafficControl implements ControlPart {
    /** Seconds that are remembered: five minutes, as in C tor. */
    static final int SECONDS_MAX = 300;

    /** What one connection, or all, had carried when we last looked. */
    private record Carried(long read, long written) {
        private static final Carried NOTHING = new Carried(0, 0);

        /** What came since; all of it where counting began anew. */
        Carried since(Carried before) {
            boolean anew = read < before.read || written < before.written;
            return anew ? this : new Carried(read - before.read, written - before.written);
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Supplier<Optional<Channels>> channels;
    private final BooleanSupplier ofEachConnection;
    private final ControlEvents events;
    private final Deque<String> seconds = new ArrayDeque<>();
    private Carried all = Carried.NOTHING;
    private Map<Long, Carried> connections = new LinkedHashMap<>();

    /**
     * @param channels nothing while the network is disabled
     * @param ofEachConnection whether CONN_BW is told: it shows too much of others for a public network
     */
    public TrafficControl(
            Supplier<Optional<Channels>> channels, BooleanSupplier ofEachConnection, ControlEvents events) {
        this.channels = channels;
        this.ofEachConnection = ofEachConnection;
        this.events = events;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue
                .key("traffic/read", "Bytes read.", () -> Long.toString(count(Channels::bytesRead)))
                .key("traffic/written", "Bytes written.", () -> Long.toString(count(Channels::bytesWritten)))
                .key("bw-event-cache", "What the last BW events told, the oldest first.", this::remembered);
    }

    private long count(ToLongFunction<Channels> what) {
        return channels.get().stream().mapToLong(what).sum();
    }

    private String remembered() {
        lock.lock();
        try {
            return String.join(" ", seconds);
        } finally {
            lock.unlock();
        }
    }

    /** Another second has passed: tells what it carried. */
    public void second() {
        lock.lock();
        try {
            Carried now = new Carried(count(Channels::bytesRead), count(Channels::bytesWritten));
            Carried second = now.since(all);
            all = now;
            if (seconds.size() == SECONDS_MAX) {
                seconds.removeFirst();
            }
            seconds.addLast(second.read + "," + second.written);
            if (events.wanted(ControlEvent.BW)) {
                events.tell(ControlEvent.BW, second.read + " " + second.written);
            }
            tellOfConnections();
        } finally {
            lock.unlock();
        }
    }

    /** A controller that has just come hears what each connection carried so far. */
    private void tellOfConnections() {
        List<ConnectionCounts.Count> others =
                channels.get().map(Channels::takeCounts).orElse(List.of());
        if (!ofEachConnection.getAsBoolean() || !events.wanted(ControlEvent.CONN_BW)) {
            connections = new LinkedHashMap<>();
            return;
        }
        Map<Long, Carried> now = new LinkedHashMap<>();
        for (Channel channel : channels.get().map(Channels::all).orElse(List.of())) {
            now.put(channel.id(), new Carried(channel.bytesRead(), channel.bytesWritten()));
            tellOf(channel.id(), "OR", now);
        }
        for (ConnectionCounts.Count other : others) {
            now.put(other.id(), new Carried(other.bytesRead(), other.bytesWritten()));
            tellOf(other.id(), other.kind().name(), now);
        }
        connections = now;
    }

    private void tellOf(long id, String type, Map<Long, Carried> now) {
        Carried second = Objects.requireNonNull(now.get(id)).since(connections.getOrDefault(id, Carried.NOTHING));
        if (!second.equals(Carried.NOTHING)) {
            events.tell(
                    ControlEvent.CONN_BW,
                    "ID=" + id + " TYPE=" + type + " READ=" + second.read + " WRITTEN=" + second.written);
        }
    }
}
