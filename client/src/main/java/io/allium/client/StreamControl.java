package io.allium.client;

import io.allium.circuit.OriginCircuit;
import io.allium.circuit.StreamCarrier;
import io.allium.control.ControlArguments;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlEvent;
import io.allium.control.ControlEvents;
import io.allium.control.ControlPart;
import io.allium.control.ControlReply;
import io.allium.control.ControlSyntax;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Our streams, as controllers see them, put them onto circuits and end them. Immutable.
 *
 * @spec control-spec 3.12, 3.13, 3.16, 4.1.2, 4.1.18
 */
public final class StreamControl implements ControlPart, StreamEvents {
    private static final int UNMANAGED = 555;

    private final Supplier<Optional<Client>> client;
    private final ControlEvents events;

    StreamControl(Supplier<Optional<Client>> client, ControlEvents events) {
        this.client = client;
        this.events = events;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue
                .key("stream-status", "Our streams.", this::streams)
                .command(
                        "ATTACHSTREAM",
                        ControlSyntax.words(2, 2).withKeywords(Set.of("HOP")),
                        (arguments, session) -> attachStream(arguments))
                .command(
                        "REDIRECTSTREAM",
                        ControlSyntax.words(2, Integer.MAX_VALUE),
                        (arguments, session) -> redirectStream(arguments))
                .command(
                        "CLOSESTREAM",
                        ControlSyntax.words(2, Integer.MAX_VALUE),
                        (arguments, session) -> closeStream(arguments));
    }

    private String streams() {
        return client.get()
                .map(now -> now.tunnels().streams().stream()
                        .map(CircuitText::streamNow)
                        .collect(Collectors.joining("\n")))
                .orElse("");
    }

    @Override
    public void streamChanged(StreamEvents.Status status) {
        if (events.wanted(ControlEvent.STREAM)) {
            events.tell(ControlEvent.STREAM, CircuitText.stream(status));
        }
    }

    @Override
    public void streamCarried(long stream, long written, long read, Instant now) {
        if (events.wanted(ControlEvent.STREAM_BW)) {
            events.tell(ControlEvent.STREAM_BW, CircuitText.traffic(stream, written, read, now));
        }
    }

    private ControlReply attachStream(ControlArguments arguments) {
        Optional<TrackedStream> stream = stream(arguments.word(0));
        if (stream.isEmpty()) {
            return unknownStream(arguments.word(0));
        }
        String number = arguments.word(1);
        if (number.equals("0")) {
            return attach(stream.get(), new TrackedStream.Placement.Anywhere());
        }
        Optional<TrackedCircuit> circuit = number.matches("[0-9]{1,9}")
                ? client.get().flatMap(now -> now.tunnels().controlled().circuit(Integer.parseInt(number)))
                : Optional.empty();
        if (circuit.isEmpty()) {
            return ControlReply.of(ControlReply.UNRECOGNIZED, "Unknown circuit \"" + number + "\"");
        }
        String hop = arguments.keyword("HOP").orElse("0");
        if (!hop.matches("[0-9]{1,9}")) {
            return ControlReply.of(ControlReply.UNRECOGNIZED, "Bad value hop=" + hop);
        }
        return attach(stream.get(), new TrackedStream.Placement.On(circuit.get(), Integer.parseInt(hop)));
    }

    private ControlReply attach(TrackedStream stream, TrackedStream.Placement where) {
        boolean ours = client.get()
                .map(now -> now.tunnels().controlled().detach(stream))
                .orElse(false);
        if (!ours) {
            return ControlReply.of(UNMANAGED, "Connection is not managed by controller.");
        }
        if (where instanceof TrackedStream.Placement.On on) {
            Optional<String> wrong = wrong(stream, on);
            if (wrong.isPresent()) {
                return ControlReply.of(ControlReply.FAILED, wrong.get());
            }
        }
        stream.place(toLast(where));
        return ControlReply.ok();
    }

    /** The last hop named by its number is the same as none named, also where several circuits are linked. */
    private static TrackedStream.Placement toLast(TrackedStream.Placement where) {
        return where instanceof TrackedStream.Placement.On on
                        && on.hop() == on.circuit().status().path().size()
                ? new TrackedStream.Placement.On(on.circuit(), 0)
                : where;
    }

    /** Why this stream cannot be put there. */
    private static Optional<String> wrong(TrackedStream stream, TrackedStream.Placement.On where) {
        TrackedCircuit circuit = where.circuit();
        Optional<StreamCarrier> carrier = circuit.carrier();
        if (circuit.state() != CircuitEvents.State.BUILT || carrier.isEmpty()) {
            return Optional.of("Can't attach stream to non-open origin circuit");
        }
        int hops = circuit.status().path().size();
        if (hops < 2 || where.hop() == 1) {
            return Optional.of("Can't attach stream to this one-hop circuit.");
        }
        if (where.hop() > hops) {
            return Optional.of("Circuit doesn't have " + where.hop() + " hops.");
        }
        boolean isForStreams = switch (circuit.purpose()) {
            case GENERAL, CONTROLLER, TESTING, CONFLUX_LINKED -> true;
            case MEASURE_TIMEOUT,
                    CONFLUX_UNLINKED,
                    HS_VANGUARDS,
                    HS_CLIENT_HSDIR,
                    HS_CLIENT_INTRO,
                    HS_CLIENT_REND,
                    HS_SERVICE_HSDIR,
                    HS_SERVICE_INTRO,
                    HS_SERVICE_REND -> false;
        };
        boolean isLeg = !(carrier.get() instanceof OriginCircuit);
        if (stream.onion || !isForStreams || isLeg && where.hop() > 0 && where.hop() < hops) {
            return Optional.of("Unable to attach stream");
        }
        return Optional.empty();
    }

    private ControlReply redirectStream(ControlArguments arguments) {
        Optional<TrackedStream> stream = stream(arguments.word(0));
        if (stream.isEmpty()) {
            return unknownStream(arguments.word(0));
        }
        Optional<Integer> port = Optional.of(stream.get().target().port());
        if (arguments.words().size() > 2) {
            port = number(arguments.word(2), 1, 0xffff);
            if (port.isEmpty()) {
                return ControlReply.of(ControlReply.BAD_ARGUMENT, "Cannot parse port \"" + arguments.word(2) + "\"");
            }
        }
        String host = arguments.word(1);
        boolean isOnion = host.toLowerCase(Locale.ROOT).endsWith(".onion");
        if (!Destination.isHost(host) || isOnion != stream.get().onion) {
            return ControlReply.of(
                    ControlReply.BAD_ARGUMENT, "A stream like this one cannot be redirected to \"" + host + "\"");
        }
        stream.get().redirect(new Destination(host, port.get()));
        return ControlReply.ok();
    }

    private ControlReply closeStream(ControlArguments arguments) {
        Optional<TrackedStream> stream = stream(arguments.word(0));
        if (stream.isEmpty()) {
            return unknownStream(arguments.word(0));
        }
        Optional<Integer> reason = number(arguments.word(1), 0, 255);
        if (reason.isEmpty()) {
            return ControlReply.of(ControlReply.UNRECOGNIZED, "Unrecognized reason \"" + arguments.word(1) + "\"");
        }
        client.get().ifPresent(now -> now.tunnels().controlled().close(stream.get(), reason.get()));
        return ControlReply.ok();
    }

    private Optional<TrackedStream> stream(String number) {
        return number.matches("[0-9]{1,18}")
                ? client.get().flatMap(now -> now.tunnels().controlled().stream(Long.parseLong(number)))
                : Optional.empty();
    }

    private static Optional<Integer> number(String text, int least, int most) {
        return text.matches("[0-9]{1,9}")
                ? Optional.of(Integer.parseInt(text)).filter(value -> value >= least && value <= most)
                : Optional.empty();
    }

    private static ControlReply unknownStream(String number) {
        return ControlReply.of(ControlReply.UNRECOGNIZED, "Unknown stream \"" + number + "\"");
    }
}
