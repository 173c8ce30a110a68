package io.allium.relay;

import io.allium.base.ProtocolViolation;
import io.allium.base.Time;
import io.allium.cell.EndReason;
import io.allium.cell.RelayMessage;
import io.allium.cell.StreamId;
import io.allium.channel.Channel;
import io.allium.relay.RelayFigures.Counted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one transit circuit that leave the network here, or end in our directory. Guarded by {@code lock}, which
 * is never held while a stream or the inbound half is called.
 *
 * @spec tor-spec 6.2, 6.3, 6.4
 */
final class ExitStreams {
    /** Streams and lookups that a circuit may have at a time: a heavy page has a few hundred. */
    static final int STREAMS_MAX = 1000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Exit exit;
    private final Time time;
    private final Channel previous;
    private final Map<StreamId, ExitStream> streams = new LinkedHashMap<>();
    private final Set<ExitStream> draining = new LinkedHashSet<>(); // ended by the client, not yet delivered
    private int lookups;
    private boolean closed;

    ExitStreams(Exit exit, Time time, Channel previous) {
        this.exit = exit;
        this.time = time;
        this.previous = previous;
    }

    /** Opens a stream to a server out there. */
    void begin(StreamId id, RelayMessage.Begin begin, Carriage inbound) {
        exit.figures().count(Counted.BEGIN);
        Optional<EndReason> refusal = exit.whyNot(previous.peer());
        if (refusal.isPresent()) {
            refuse(id, inbound, refusal.get());
        } else {
            open(id, inbound, () -> exit.connect(begin));
        }
    }

    /** Opens a stream to our own directory. */
    void beginDirectory(StreamId id, Carriage inbound) {
        exit.figures().count(Counted.BEGIN_DIR);
        if (exit.isDirectory()) {
            open(id, inbound, () -> exit.connectDirectory(previous.peer()));
        } else {
            refuse(id, inbound, EndReason.NOTDIRECTORY);
        }
    }

    /** Looks a name up and answers. */
    void resolve(StreamId id, String name, Carriage inbound) {
        if (id.isCircuit()) {
            return;
        }
        exit.figures().count(Counted.RESOLVE);
        if (!addLookup()) {
            inbound.send(id, Exit.failure(true));
            return;
        }
        exit.fork("exit lookup", () -> {
            try {
                inbound.send(id, exit.resolve(name));
            } finally {
                removeLookup();
            }
        });
    }

    /** Bytes for a server. */
    void data(StreamId id, byte[] bytes) throws ProtocolViolation {
        ExitStream stream = at(id);
        if (stream != null) { // else it has ended, and the client does not know yet
            stream.data(bytes);
        }
    }

    /** The client wants no more of a stream. */
    void end(StreamId id) {
        ExitStream stream;
        lock.lock();
        try {
            stream = streams.remove(id);
            if (stream != null) {
                draining.add(stream);
            }
        } finally {
            lock.unlock();
        }
        if (stream != null) {
            stream.endedByClient();
        }
    }

    /** The client took some of a stream's data. */
    void acknowledged(StreamId id) throws ProtocolViolation {
        ExitStream stream = at(id);
        if (stream != null) {
            stream.acknowledged();
        }
    }

    /** The client wants no more of a stream for now. */
    void xoff(StreamId id) throws ProtocolViolation {
        ExitStream stream = at(id);
        if (stream != null) {
            stream.xoff();
        }
    }

    /** The client takes more of a stream, at this rate. */
    void xon(StreamId id, long rate) throws ProtocolViolation {
        ExitStream stream = at(id);
        if (stream != null) {
            stream.xon(rate);
        }
    }

    /** Whether there is none, nor a lookup under way. */
    boolean isEmpty() {
        lock.lock();
        try {
            return streams.isEmpty() && draining.isEmpty() && lookups == 0;
        } finally {
            lock.unlock();
        }
    }

    /** The circuit is over, and all of them with it. */
    void close() {
        List<ExitStream> ending;
        lock.lock();
        try {
            closed = true;
            ending = new ArrayList<>(streams.values());
            ending.addAll(draining);
            streams.clear();
            draining.clear();
        } finally {
            lock.unlock();
        }
        ending.forEach(ExitStream::abandon);
    }

    private void open(StreamId id, Carriage inbound, ExitStream.Opening opening) {
        if (id.isCircuit() || at(id) != null) {
            return; // as C tor does, a request that makes no sense is dropped
        }
        ExitStream stream = new ExitStream(inbound.open(id), previous, exit, time, ended -> remove(id, ended));
        if (add(id, stream)) {
            stream.start(opening);
        } else {
            stream.abandon();
            refuse(id, inbound, EndReason.RESOURCELIMIT);
        }
    }

    private static void refuse(StreamId id, Carriage inbound, EndReason reason) {
        if (!id.isCircuit()) {
            inbound.send(id, new RelayMessage.End(reason));
        }
    }

    private @Nullable ExitStream at(StreamId id) {
        lock.lock();
        try {
            return streams.get(id);
        } finally {
            lock.unlock();
        }
    }

    private boolean add(StreamId id, ExitStream stream) {
        lock.lock();
        try {
            boolean room = hasRoom();
            if (room) {
                streams.put(id, stream);
            }
            return room;
        } finally {
            lock.unlock();
        }
    }

    private void remove(StreamId id, ExitStream ended) {
        lock.lock();
        try {
            streams.remove(id, ended);
            draining.remove(ended);
        } finally {
            lock.unlock();
        }
    }

    private boolean addLookup() {
        lock.lock();
        try {
            boolean room = hasRoom();
            if (room) {
                lookups++;
            }
            return room;
        } finally {
            lock.unlock();
        }
    }

    /** A stream counts until its server has taken what is left of it: else ending streams would hide them. */
    private boolean hasRoom() {
        return !closed && streams.size() + draining.size() + lookups < STREAMS_MAX;
    }

    private void removeLookup() {
        lock.lock();
        try {
            lookups--;
        } finally {
            lock.unlock();
        }
    }
}
