package io.allium.client;

import static io.allium.control.ControlTime.precise;
import static io.allium.control.ControlTime.seconds;

import io.allium.control.CString;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How the control protocol writes circuits, streams and guards. Pure functions.
 *
 * @spec control-spec 4.1.1, 4.1.2
 */
final class CircuitText {
    private CircuitText() {}

    static String circuit(CircuitEvents.Status circuit) {
        return circuit.id() + " " + circuit.state() + described(circuit);
    }

    /** Of a circuit that was used for something else, or for it in another state, until now. */
    static String circuitUse(CircuitEvents.Status circuit, CircuitEvents.Use before, Optional<Instant> cannibalised) {
        StringBuilder text = new StringBuilder()
                .append(circuit.id())
                .append(cannibalised.isPresent() ? " CANNIBALIZED" : " PURPOSE_CHANGED")
                .append(described(circuit))
                .append(" OLD_PURPOSE=")
                .append(before.purpose());
        before.state().ifPresent(state -> text.append(" OLD_HS_STATE=").append(state));
        cannibalised.ifPresent(created -> text.append(" OLD_TIME_CREATED=").append(precise(created)));
        return text.toString();
    }

    private static String described(CircuitEvents.Status circuit) {
        StringBuilder text = new StringBuilder();
        if (!circuit.path().isEmpty()) {
            text.append(' ')
                    .append(circuit.path().stream().map(Object::toString).collect(Collectors.joining(",")));
        }
        List<String> flags = new ArrayList<>();
        if (circuit.oneHop()) {
            flags.add("ONEHOP_TUNNEL");
        }
        if (circuit.internal()) {
            flags.add("IS_INTERNAL");
        }
        if (circuit.needsCapacity()) {
            flags.add("NEED_CAPACITY");
        }
        if (circuit.needsUptime()) {
            flags.add("NEED_UPTIME");
        }
        if (!flags.isEmpty()) {
            text.append(" BUILD_FLAGS=").append(String.join(",", flags));
        }
        text.append(" PURPOSE=").append(circuit.use().purpose());
        circuit.use().state().ifPresent(state -> text.append(" HS_STATE=").append(state));
        circuit.use().service().ifPresent(service -> text.append(" REND_QUERY=").append(service));
        text.append(" TIME_CREATED=").append(precise(circuit.created()));
        reasons(text, circuit.reason(), circuit.remoteReason());
        circuit.isolation().ifPresent(isolation -> credentials(text, isolation));
        if (circuit.effort() > 0) {
            text.append(" HS_POW=v1,").append(circuit.effort());
        }
        circuit.conflux().ifPresent(conflux -> {
            text.append(" CONFLUX_ID=").append(conflux.id());
            conflux.roundTrip().ifPresent(time -> text.append(" CONFLUX_RTT=").append(time.toNanos() / 1000));
        });
        return text.toString();
    }

    static String stream(StreamEvents.Status stream) {
        StringBuilder text = new StringBuilder()
                .append(stream.id())
                .append(' ')
                .append(stream.state())
                .append(' ')
                .append(stream.circuit())
                .append(' ')
                .append(stream.target());
        reasons(text, stream.reason(), stream.remoteReason());
        boolean isNew = stream.state() == StreamEvents.State.NEW || stream.state() == StreamEvents.State.NEWRESOLVE;
        if (isNew) {
            if (!stream.source().isEmpty()) {
                text.append(" SOURCE_ADDR=").append(stream.source());
            }
            text.append(" PURPOSE=").append(stream.purpose());
        }
        credentials(text, stream.isolation());
        return text.toString();
    }

    /** A line of {@code GETINFO entry-guards}. */
    static String guard(GuardEvents.Status guard) {
        return guard.guard() + " " + guard.state().word()
                + guard.since().map(since -> " " + seconds(since)).orElse("");
    }

    private static void reasons(StringBuilder text, String reason, String remoteReason) {
        if (!reason.isEmpty()) {
            text.append(" REASON=").append(reason);
        }
        if (!remoteReason.isEmpty()) {
            text.append(" REMOTE_REASON=").append(remoteReason);
        }
    }

    private static void credentials(StringBuilder text, Isolation isolation) {
        if (!isolation.username().isEmpty()) {
            text.append(" SOCKS_USERNAME=").append(CString.quote(isolation.username()));
        }
        if (!isolation.password().isEmpty()) {
            text.append(" SOCKS_PASSWORD=").append(CString.quote(isolation.password()));
        }
    }
}
