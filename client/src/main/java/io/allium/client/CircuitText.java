package io.allium.client;

import static io.allium.control.ControlTime.precise;
import static io.allium.control.ControlTime.seconds;

import io.allium.circuit.CircuitTraffic;
import io.allium.circuit.CongestionState;
import io.allium.control.CString;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How the control protocol writes circuits, streams and guards. Pure functions.
 *
 * @spec control-spec 4.1.1, 4.1.2, 4.1.18, 4.1.22
 */
final class CircuitText {
    private CircuitText() {}

    static String circuit(CircuitEvents.Status circuit) {
        StringBuilder text = new StringBuilder()
                .append(circuit.id())
                .append(' ')
                .append(circuit.state())
                .append(described(circuit));
        reasons(text, circuit.reason(), circuit.remoteReason());
        return text.toString();
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
        circuit.isolation().ifPresent(isolation -> credentials(text, isolation.username(), isolation.password()));
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
        StringBuilder text = new StringBuilder(streamNow(stream));
        if (stream.state() == StreamEvents.State.REMAP) {
            text.append(" SOURCE=").append(stream.reason());
        } else {
            reasons(text, stream.reason(), stream.remoteReason());
        }
        StreamEvents.Asked asked = stream.asked();
        boolean isNew = stream.state() == StreamEvents.State.NEW || stream.state() == StreamEvents.State.NEWRESOLVE;
        if (isNew) {
            if (!asked.source().isEmpty()) {
                text.append(" SOURCE_ADDR=").append(asked.source());
            }
            text.append(" PURPOSE=").append(asked.purpose());
        }
        credentials(text, asked.username(), asked.password());
        text.append(" CLIENT_PROTOCOL=").append(asked.protocol());
        text.append(" NYM_EPOCH=").append(stream.epoch());
        text.append(" SESSION_GROUP=").append(asked.sessionGroup());
        text.append(" ISO_FIELDS=")
                .append(asked.keptApartBy().stream()
                        .map(StreamEvents.KeptApartBy::name)
                        .collect(Collectors.joining(",")));
        return text.toString();
    }

    /** A line of {@code GETINFO stream-status}. */
    static String streamNow(StreamEvents.Status stream) {
        return stream.id() + " " + stream.state() + " " + stream.circuit() + " " + stream.target();
    }

    /** What a stream carried. */
    static String traffic(long stream, long written, long read, Instant now) {
        return stream + " " + written + " " + read + " " + precise(now);
    }

    /** What a circuit carried. */
    static String traffic(int circuit, CircuitTraffic traffic, Optional<CongestionState> congestion, Instant now) {
        return "ID=" + circuit
                + " READ=" + traffic.read()
                + " WRITTEN=" + traffic.written()
                + " TIME=" + precise(now)
                + " DELIVERED_READ=" + traffic.deliveredRead()
                + " OVERHEAD_READ=" + traffic.overheadRead()
                + " DELIVERED_WRITTEN=" + traffic.deliveredWritten()
                + " OVERHEAD_WRITTEN=" + traffic.overheadWritten()
                + congestion.map(CircuitText::congestion).orElse("");
    }

    private static String congestion(CongestionState state) {
        return " SS=" + (state.slowStart() ? 1 : 0)
                + " CWND=" + state.window()
                + " RTT=" + state.roundTrip().toMillis()
                + " MIN_RTT=" + state.leastRoundTrip().toMillis();
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

    private static void credentials(StringBuilder text, String username, String password) {
        if (!username.isEmpty()) {
            text.append(" SOCKS_USERNAME=").append(CString.quote(username));
        }
        if (!password.isEmpty()) {
            text.append(" SOCKS_PASSWORD=").append(CString.quote(password));
        }
    }

    /** For {@code BUILDTIMEOUT_SET}. */
    static String buildTimeout(CircuitEvents.BuildTimeout timeout) {
        return String.format(
                Locale.ROOT,
                "%s TOTAL_TIMES=%d TIMEOUT_MS=%d XM=%d ALPHA=%s CUTOFF_QUANTILE=%f TIMEOUT_RATE=%f CLOSE_MS=%d CLOSE_RATE=%f",
                timeout.isComputed() ? "COMPUTED" : "RESET",
                timeout.remembered(),
                timeout.timeoutMillis(),
                timeout.xm(),
                Double.isInfinite(timeout.alpha()) ? "inf" : String.format(Locale.ROOT, "%f", timeout.alpha()),
                timeout.quantile(),
                timeout.timeoutRate(),
                timeout.closeMillis(),
                timeout.closeRate());
    }
}
