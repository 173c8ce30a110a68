package io.allium.circuit;

import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.base.Time;
import io.allium.base.Unreachable;
import io.allium.cell.BeginFlags;
import io.allium.cell.DestroyReason;
import io.allium.cell.EndReason;
import io.allium.cell.RelayCommand;
import io.allium.cell.RelayMessage;
import io.allium.cell.StreamId;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * The streams of a circuit of ours, or of several that are linked: opens them, or accepts them as an onion service, and gives
 * them what comes for them. Safe
 * from any thread; what comes is given to it in order, one message at a time.
 *
 * @spec tor-spec 6.2, 6.3, 6.4
 */
final class OriginStreams {
    /** The longest name in BEGIN and RESOLVE: of DNS, RFC 1035 2.3.4. Onion addresses are shorter. */
    private static final int NAME_MAX = 255;

    /** What a message says to its stream. */
    interface Told {
        void to(StreamEntry stream) throws ProtocolViolation;
    }

    private final StreamCarrier carrier;
    private final Carriage carriage;
    private final StreamTable table;
    private final Time time;
    private volatile long lastUsed;

    OriginStreams(StreamCarrier carrier, Carriage carriage, Time time, Entropy entropy) {
        this.carrier = carrier;
        this.carriage = carriage;
        this.table = new StreamTable(entropy);
        this.time = time;
        this.lastUsed = time.nanos();
    }

    StreamCarrier carrier() {
        return carrier;
    }

    Carriage carriage() {
        return carriage;
    }

    /** Opens a stream to a host without waiting. */
    OnionStream begin(Hop exit, String host, int port, BeginFlags flags) throws Refused, Unreachable {
        return begin(exit, new RelayMessage.Begin(name(host), port, flags));
    }

    /** Opens the stream that this message asks for. */
    OnionStream begin(Hop exit, RelayMessage message) throws Refused, Unreachable {
        OnionStream stream = table.add(streamId -> new OnionStream(this, exit, streamId, time));
        lastUsed = time.nanos();
        carriage.send(exit, stream.id(), message);
        return stream;
    }

    /** Has the exit look up a name. */
    RelayMessage.Resolved resolve(Hop exit, String name, Duration patience)
            throws Refused, Unreachable, InterruptedException {
        RelayMessage.Resolve message = new RelayMessage.Resolve(name(name));
        Lookup lookup = table.add(streamId -> new Lookup(exit, streamId));
        lastUsed = time.nanos();
        carriage.send(exit, lookup.id(), message);
        try {
            return time.await(lookup.answer(), patience);
        } catch (TimeoutException late) {
            table.halfClose(lookup.id(), lookup, lookup.remains(time));
            throw new Unreachable("the exit did not answer a lookup for " + patience.toMillis() + " ms", late);
        } catch (InterruptedException interrupted) {
            table.halfClose(lookup.id(), lookup, lookup.remains(time));
            throw interrupted;
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Refused refused) {
                throw refused;
            }
            throw failed.getCause() instanceof Unreachable why
                    ? why.in("lookup")
                    : new Unreachable("lookup: the circuit ended", failed);
        }
    }

    /**
     * A client opens a stream to us; on its channel's loop.
     *
     * @spec rend-spec-v3 4.3
     */
    void begun(Serving serving, int id, int port) throws ProtocolViolation {
        if (id == StreamId.CIRCUIT.value()) {
            throw new ProtocolViolation("BEGIN: came without a stream ID");
        }
        boolean admitted = serving.limit().admits(table.open());
        if (!admitted && serving.limit().endsCircuit()) {
            carrier.close(DestroyReason.NONE);
            return;
        }
        OnionStream stream = OnionStream.accepted(this, serving.client(), id, time);
        if (!table.accept(id, stream)) {
            return; // the circuit has just ended
        }
        lastUsed = time.nanos();
        if (admitted) {
            serving.acceptor().begin(stream, port);
        } else {
            stream.refuse(EndReason.DONE); // which says least, so that nobody learns of the limit: as in C tor
        }
    }

    /** A stream was closed on our side. */
    void closed(OnionStream stream, HalfClosedStream remains, EndReason why) {
        carriage.send(stream.hop(), stream.id(), new RelayMessage.End(why));
        table.halfClose(stream.id(), stream, remains);
        carriage.wake(stream);
        lastUsed = time.nanos();
    }

    /** DATA came. */
    void data(Hop from, int id, byte[] body, int offset, int length) throws ProtocolViolation {
        at(from, id, RelayCommand.DATA).data(body, offset, length);
    }

    /** A message about a stream came, other than DATA; {@code told} gives the stream what it says. */
    void tell(Hop from, int id, int command, Told told) throws ProtocolViolation {
        StreamEntry stream = at(from, id, command);
        if (command == RelayCommand.END || command == RelayCommand.RESOLVED) {
            freed(id);
        }
        told.to(stream);
    }

    /** Streams and lookups that somebody still wants. */
    int open() {
        return table.open();
    }

    /** Streams in the table: those too that the other end may still speak about. */
    int size() {
        return table.size();
    }

    /** Since when there have been none; nothing while there are some. */
    OptionalLong idleSince() {
        return table.open() > 0 ? OptionalLong.empty() : OptionalLong.of(lastUsed);
    }

    /** Ends all of them: what carried them is over. */
    void close() {
        table.close().forEach(StreamEntry::circuitEnded);
    }

    private void freed(int id) {
        table.remove(id);
        lastUsed = time.nanos();
    }

    /** The stream that the message is about, if this hop may speak about it. */
    private StreamEntry at(Hop hop, int id, int command) throws ProtocolViolation {
        StreamEntry stream = table.at(id);
        if (stream == null) {
            throw new ProtocolViolation(RelayCommand.name(command) + ": for stream " + id + ", which is not open");
        }
        if (stream.hop() != hop) {
            throw new ProtocolViolation(RelayCommand.name(command) + ": for stream " + id + " with hop "
                    + stream.hop().number() + ", from hop " + hop.number());
        }
        return stream;
    }

    /** A host as it goes into a message: lower case, so that its case tells nothing of the user's program. */
    private static String name(String host) throws Refused {
        boolean printable = host.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (host.length() > NAME_MAX || !printable) {
            throw new Refused(
                    Refused.Kind.ADDRESS_TYPE, "a host name of at most " + NAME_MAX + " ASCII letters is wanted");
        }
        return host.toLowerCase(Locale.ROOT);
    }
}
