package io.allium.app;

import io.allium.base.Endpoint;
import io.allium.channel.Channel;
import io.allium.client.CircuitEvents;
import io.allium.client.GuardEvents;
import io.allium.client.Isolation;
import io.allium.client.StreamEvents;
import io.allium.netdoc.RouterStatus;
import io.allium.netdoc.Sha1Digest;
import io.allium.onionservice.ServiceStatus;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How circuits, streams, guards and connections are written on the control port. Pure functions.
 *
 * @spec control-spec 4.1.1, 4.1.2, 4.1.3
 */
final class ControlText {
    private static final Base64.Encoder BASE64 = Base64.getEncoder().withoutPadding();
    /** The length of the digest that a microdescriptor consensus does not have: zeros stand for it. */
    private static final int NO_DIGEST = 20;

    private ControlText() {}

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

    /**
     * How an onion service of ours fares: the step that is not done or READY, what is there of what is wanted, and introductions
     * that were dropped.
     */
    static String service(ServiceStatus service) {
        StringBuilder text = new StringBuilder("SERVICE=")
                .append(service.service().label())
                .append(" STEP=")
                .append(service.step())
                .append(" SINCE=")
                .append(precise(service.since()))
                .append(" INTRODUCTION_POINTS=")
                .append(service.introductionPoints())
                .append('/')
                .append(service.introductionPointsWanted())
                .append(" DIRECTORIES=")
                .append(service.directories())
                .append('/')
                .append(service.directoriesAsked());
        service.dropped()
                .forEach((why, count) ->
                        text.append(" DROPPED_").append(why).append('=').append(count));
        return text.append(" REASON=").append(CString.quote(service.words())).toString();
    }

    /** A line of {@code GETINFO entry-guards}. */
    static String guard(GuardEvents.Status guard) {
        return guard.guard() + " " + guard.state().word()
                + guard.since().map(since -> " " + seconds(since)).orElse("");
    }

    /** What a consensus says of a relay, as a consensus would write it for controllers. */
    static String relay(RouterStatus relay) {
        byte[] digest = relay.descriptor().map(Sha1Digest::bytes).orElse(new byte[NO_DIGEST]);
        StringBuilder text = new StringBuilder("r ")
                .append(relay.nickname())
                .append(' ')
                .append(BASE64.encodeToString(relay.fingerprint().bytes()))
                .append(' ')
                .append(BASE64.encodeToString(digest))
                .append(' ')
                .append(seconds(relay.published()))
                .append(' ')
                .append(Endpoint.text(relay.orPort().address()))
                .append(' ')
                .append(relay.orPort().port())
                .append(' ')
                .append(relay.dirPort());
        relay.additionalOrPorts().forEach(port -> text.append("\na ").append(port));
        text.append("\ns ").append(relay.flags());
        relay.bandwidth().ifPresent(bandwidth -> text.append("\nw Bandwidth=").append(bandwidth.bandwidth()));
        return text.toString();
    }

    /** Who is at the other end, as well as we know it. */
    static String peer(Channel channel) {
        return channel.peer().fingerprint().map(Object::toString).orElseGet(() -> String.valueOf(channel.peer()));
    }

    /** {@code 2026-11-20 23:00:00}. */
    static String seconds(Instant time) {
        LocalDateTime at = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
        return at.toLocalDate() + " " + two(at.getHour()) + ":" + two(at.getMinute()) + ":" + two(at.getSecond());
    }

    /** {@code 2026-11-20T23:00:00.123456}. */
    private static String precise(Instant time) {
        String micros = Integer.toString(1_000_000 + time.get(ChronoField.MICRO_OF_SECOND))
                .substring(1);
        return seconds(time).replace(' ', 'T') + "." + micros;
    }

    private static String two(int value) {
        return (value < 10 ? "0" : "") + value;
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
