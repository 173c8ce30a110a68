package io.allium.client;

import io.allium.base.Endpoint;
import io.allium.base.Refused;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.cell.RelayMessage;
import io.allium.circuit.EndReasons;
import io.allium.circuit.FlowSignal;
import io.allium.circuit.HopTarget;
import io.allium.circuit.OnionStream;
import io.allium.circuit.StreamEnding;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** The streams that exist, and what the control port is told of them. Safe from any task. */
final class StreamBook {
    private final Time time;
    private final StreamEvents events;
    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, TrackedStream> existing = new ConcurrentSkipListMap<>();

    StreamBook(Time time, StreamEvents events) {
        this.time = time;
        this.events = events;
    }

    /**
     * Enters a stream that is wanted, or a lookup. It is what it will be before anybody hears of it: a controller may do
     * something with it as soon as it does.
     *
     * @param left whether it waits for a controller
     */
    TrackedStream open(boolean lookup, boolean onion, Destination to, Tunnels.Origin origin, long epoch, boolean left) {
        Destination named = origin.named().orElse(to);
        TrackedStream stream = new TrackedStream(lastId.incrementAndGet(), lookup, onion, named, origin.asked(), epoch);
        StreamEvents.Status wanted = stream.status();
        stream.redirect(to);
        StreamEvents.Status remapped = stream.event(StreamEvents.State.REMAP, 0, "CACHE", "");
        StreamEvents.Status waits = stream.event(StreamEvents.State.CONTROLLER_WAIT, 0, "", "");
        if (left) {
            stream.awaitsController();
        }
        existing.put(stream.id, stream);
        events.streamChanged(wanted);
        if (!named.equals(to)) {
            events.streamChanged(remapped);
        }
        if (left) {
            events.streamChanged(waits);
        }
        return stream;
    }

    /** What is done with a stream to a directory. */
    interface DirectoryUse<T> {
        T with(TrackedStream stream) throws TorException, InterruptedException;
    }

    /** Tells of a stream to the directory of a relay, from before there is a circuit for it until it is over. */
    <T> T directory(HopTarget relay, StreamEvents.Purpose purpose, DirectoryUse<T> use)
            throws TorException, InterruptedException {
        TrackedStream stream = new TrackedStream(
                lastId.incrementAndGet(), false, false, directory(relay), StreamEvents.Asked.ofDirectory(purpose), 0);
        existing.put(stream.id, stream);
        events.streamChanged(stream.status());
        try {
            return use.with(stream);
        } catch (TorException failed) {
            failed(stream, failed);
            throw failed;
        } finally {
            closed(stream, "DONE"); // unless more is known of its end, and was told
        }
    }

    /** As C tor names it: an address at this relay, as if it were an exit. */
    private static Destination directory(HopTarget relay) {
        Optional<Endpoint> first = relay.addresses().stream().min(Comparator.comparing(Endpoint::isIpv6));
        String address = first.map(at -> Endpoint.text(at.address())).orElse("0.0.0.0");
        return new Destination(
                address + "." + relay.fingerprint() + ".exit",
                first.map(Endpoint::port).orElse(0));
    }

    /** The directory has answered, and the stream is open. */
    void connected(TrackedStream stream, OnionStream opened) {
        moved(stream, StreamEvents.State.SUCCEEDED, opened.circuit().id());
        opened(stream, opened, opened::close);
    }

    /** It is open; from outside it is ended by {@code closes}. */
    void opened(TrackedStream stream, OnionStream opened, Runnable closes) {
        opened.onSignal(signal -> tell(stream, signal));
        stream.opened(opened, closes);
    }

    /** One end of it has told the other to stop, or to go on. */
    void tell(TrackedStream stream, FlowSignal signal) {
        StreamEvents.State what = switch (signal) {
            case XOFF_SENT -> StreamEvents.State.XOFF_SENT;
            case XON_SENT -> StreamEvents.State.XON_SENT;
            case XOFF_RECV -> StreamEvents.State.XOFF_RECV;
            case XON_RECV -> StreamEvents.State.XON_RECV;
        };
        if (existing.containsKey(stream.id)) {
            events.streamChanged(stream.event(what, stream.circuit(), "", ""));
        }
    }

    /** A request for it goes to the exit of this circuit. */
    void sent(TrackedStream stream, int circuit) {
        moved(stream, stream.lookup ? StreamEvents.State.SENTRESOLVE : StreamEvents.State.SENTCONNECT, circuit);
    }

    void moved(TrackedStream stream, StreamEvents.State state, int circuit) {
        stream.becomes(state, circuit);
        events.streamChanged(stream.status());
    }

    /** The exit said which address it has connected to. */
    void remapped(TrackedStream stream, OnionStream opened) {
        Optional<InetAddress> address = opened.connected().flatMap(answer -> Optional.ofNullable(answer.address()));
        address.ifPresent(found -> remapped(stream, found, opened.circuit().id()));
    }

    /** The exit said which addresses a name has: the first is told, rather one of IPv4. */
    void resolved(TrackedStream stream, RelayMessage.Resolved answer) {
        answer.answers().stream()
                .filter(RelayMessage.Resolved.Address.class::isInstance)
                .map(each -> ((RelayMessage.Resolved.Address) each).address())
                .min(Comparator.comparing(Inet6Address.class::isInstance))
                .ifPresent(found -> remapped(stream, found, stream.circuit()));
    }

    private void remapped(TrackedStream stream, InetAddress found, int circuit) {
        stream.redirect(new Destination(Endpoint.text(found), stream.target().port()));
        events.streamChanged(stream.event(StreamEvents.State.REMAP, circuit, "EXIT", ""));
    }

    /** It is taken off its circuit, to be put onto another. */
    void detached(TrackedStream stream, TorException why) {
        events.streamChanged(
                stream.event(StreamEvents.State.DETACHED, stream.circuit(), local(stream, why), remote(stream, why)));
        stream.leftCircuit();
    }

    /** It waits for a controller. */
    void awaitsController(TrackedStream stream) {
        StreamEvents.Status waits = stream.event(StreamEvents.State.CONTROLLER_WAIT, stream.circuit(), "", "");
        stream.awaitsController();
        events.streamChanged(waits);
    }

    /** A controller takes it into its hands, if it is there to be taken. */
    boolean detach(TrackedStream stream) {
        if (stream.isAwaitingController()) {
            return true;
        }
        if (!stream.detach()) {
            return false;
        }
        events.streamChanged(stream.event(StreamEvents.State.CONTROLLER_WAIT, stream.circuit(), "", ""));
        return true;
    }

    void failed(TrackedStream stream, TorException why) {
        if (!stream.lookup) {
            events.streamChanged(
                    stream.event(StreamEvents.State.FAILED, stream.circuit(), local(stream, why), remote(stream, why)));
        }
        closed(stream, local(stream, why), remote(stream, why));
    }

    /** An open stream is over; {@code ending} is how, if it ended before we closed it. */
    void ended(TrackedStream stream, Optional<StreamEnding> ending) {
        boolean remote = ending.map(StreamEnding::remote).orElse(false);
        String word = ending.map(each -> each.reason().name()).orElse("DONE");
        Optional<String> closedFor = stream.closedFor();
        if (closedFor.isPresent()) {
            closed(stream, closedFor.get());
        } else {
            closed(stream, remote ? "END" : word, remote ? word : "");
        }
    }

    void closed(TrackedStream stream, String reason) {
        closed(stream, reason, "");
    }

    private void closed(TrackedStream stream, String reason, String remoteReason) {
        if (existing.remove(stream.id) != null) {
            tellTraffic(stream);
            events.streamChanged(stream.event(StreamEvents.State.CLOSED, stream.circuit(), reason, remoteReason));
        }
    }

    Optional<TrackedStream> at(long id) {
        return Optional.ofNullable(existing.get(id));
    }

    List<StreamEvents.Status> existing() {
        return existing.values().stream().map(TrackedStream::status).toList();
    }

    /** Tells what each stream carried since the last time. */
    void tellTraffic() {
        existing.values().forEach(this::tellTraffic);
    }

    private void tellTraffic(TrackedStream stream) {
        stream.tellTraffic((written, read) -> events.streamCarried(stream.id, written, read, time.now()));
    }

    private static String local(TrackedStream stream, TorException why) {
        String ours = stream.hasLostCircuit() ? "DESTROY" : "TIMEOUT";
        return stream.closedFor().orElse(why instanceof Refused ? "END" : ours);
    }

    private static String remote(TrackedStream stream, TorException why) {
        return why instanceof Refused refused && stream.closedFor().isEmpty()
                ? EndReasons.reason(refused.kind()).name()
                : "";
    }
}
