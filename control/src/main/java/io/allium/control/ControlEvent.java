package io.allium.control;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a controller may ask to hear of, in the order of {@code GETINFO events/names}.
 *
 * @spec control-spec 4.1
 */
public enum ControlEvent {
    CIRC,
    CIRC_MINOR,
    STREAM,
    ORCONN,
    BW,
    DEBUG,
    INFO,
    NOTICE,
    WARN,
    ERR,
    NEWDESC,
    ADDRMAP,
    DESCCHANGED,
    NS,
    STATUS_GENERAL,
    STATUS_CLIENT,
    STATUS_SERVER,
    GUARD,
    STREAM_BW,
    CLIENTS_SEEN,
    NEWCONSENSUS,
    BUILDTIMEOUT_SET,
    SIGNAL,
    CONF_CHANGED,
    CONN_BW,
    CELL_STATS,
    CIRC_BW,
    TRANSPORT_LAUNCHED,
    HS_DESC,
    HS_DESC_CONTENT,
    NETWORK_LIVENESS;

    /** The event of that name, whatever its case. */
    static Optional<ControlEvent> named(String name) {
        return Arrays.stream(values())
                .filter(event -> event.name().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst();
    }

    /** What {@code GETINFO events/names} says. */
    static String names() {
        return Arrays.stream(values()).map(ControlEvent::name).collect(Collectors.joining(" "));
    }
}
