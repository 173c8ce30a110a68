package io.allium.client;

import io.allium.base.Endpoint;
import io.allium.base.Refused;
import io.allium.base.TorException;
import io.allium.circuit.EndReasons;
import io.allium.circuit.OnionStream;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** The streams that exist, for the control port. Safe from any task. */
final class StreamBook {
    private final StreamEvents events;
    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, Entry> existing = new ConcurrentSkipListMap<>();

    /** How a stream can be ended from outside; the latest that was told. */
    private record Entry(StreamEvents.Status status, Runnable end) {}

    StreamBook(StreamEvents events) {
        this.events = events;
    }

    /** Enters a stream that is wanted. */
    StreamEvents.Status open(boolean lookup, String target, Isolation isolation, Tunnels.Origin origin) {
        return tell(new StreamEvents.Status(
                lastId.incrementAndGet(),
                lookup ? StreamEvents.State.NEWRESOLVE : StreamEvents.State.NEW,
                0,
                target,
                "",
                "",
                origin.source(),
                origin.purpose(),
                isolation));
    }

    /** A request for it goes to the exit of this circuit. */
    void sent(StreamEvents.Status stream, int circuit) {
        boolean lookup = stream.state() == StreamEvents.State.NEWRESOLVE;
        moved(stream, lookup ? StreamEvents.State.SENTRESOLVE : StreamEvents.State.SENTCONNECT, circuit);
    }

    StreamEvents.Status moved(StreamEvents.Status stream, StreamEvents.State state, int circuit) {
        return tell(with(stream, state, circuit, "", ""));
    }

    /** The exit said which address the name has. */
    void remapped(StreamEvents.Status stream, OnionStream opened) {
        Optional<InetAddress> address = opened.connected().flatMap(answer -> Optional.ofNullable(answer.address()));
        int port = Integer.parseInt(stream.target().substring(stream.target().lastIndexOf(':') + 1));
        address.map(found -> "" + new Endpoint(found, port))
                .filter(target -> !target.equals(stream.target()))
                .ifPresent(target -> events.streamChanged(new StreamEvents.Status(
                        stream.id(),
                        StreamEvents.State.REMAP,
                        opened.circuit().id(),
                        target,
                        "",
                        "",
                        stream.source(),
                        stream.purpose(),
                        stream.isolation())));
    }

    /** It is taken off its circuit, to be put onto another. */
    StreamEvents.Status detached(StreamEvents.Status stream, TorException why) {
        return tell(with(stream, StreamEvents.State.DETACHED, 0, local(why), remote(why)));
    }

    void failed(StreamEvents.Status stream, TorException why) {
        tell(with(stream, StreamEvents.State.FAILED, stream.circuit(), local(why), remote(why)));
        existing.remove(stream.id());
    }

    void closed(StreamEvents.Status stream, String reason) {
        if (existing.remove(stream.id()) != null) {
            events.streamChanged(with(stream, StreamEvents.State.CLOSED, stream.circuit(), reason, ""));
        }
    }

    /** The stream is open, and can be ended from outside by this. */
    void endableBy(StreamEvents.Status stream, Runnable end) {
        existing.computeIfPresent(stream.id(), (id, entry) -> new Entry(entry.status, end));
    }

    /** Ends an open stream. False where there is none. */
    boolean end(long id) {
        Entry entry = existing.get(id);
        if (entry == null) {
            return false;
        }
        entry.end.run();
        return true;
    }

    List<StreamEvents.Status> existing() {
        return existing.values().stream().map(Entry::status).toList();
    }

    private StreamEvents.Status tell(StreamEvents.Status status) {
        existing.compute(status.id(), (id, before) -> new Entry(status, before == null ? () -> {} : before.end));
        events.streamChanged(status);
        return status;
    }

    private static StreamEvents.Status with(
            StreamEvents.Status stream, StreamEvents.State state, int circuit, String reason, String remoteReason) {
        return new StreamEvents.Status(
                stream.id(),
                state,
                circuit,
                stream.target(),
                reason,
                remoteReason,
                stream.source(),
                stream.purpose(),
                stream.isolation());
    }

    private static String local(TorException why) {
        return why instanceof Refused ? "END" : "TIMEOUT";
    }

    private static String remote(TorException why) {
        return why instanceof Refused refused
                ? EndReasons.reason(refused.kind()).name()
                : "";
    }
}
