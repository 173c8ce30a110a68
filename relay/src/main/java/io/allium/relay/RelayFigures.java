package io.allium.relay;

import io.allium.control.MetricFamily;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What a relay counts of what it does, from its start on. Safe from any thread. */
final class RelayFigures {
    /** What is counted together, by C tor's name. */
    private enum Family {
        ONIONSKINS("tor_relay_load_onionskins_total", "Total number of onionskins handled"),
        CONGESTION("tor_relay_congestion_control_total", "Congestion control related counters"),
        PORTS("tor_relay_load_tcp_exhaustion_total", "Total number of times we ran out of TCP ports"),
        STREAMS("tor_relay_streams_total", "Total number of streams"),
        DNS_QUERIES("tor_relay_exit_dns_query_total", "Total number of DNS queries done by this relay"),
        DNS_ERRORS("tor_relay_exit_dns_error_total", "Total number of DNS errors encountered by this relay"),
        DOS("tor_relay_dos_total", "Denial of Service defenses related counters"),
        DROPS("tor_relay_drop_cell_total", "Total number of DROP cell we received"),
        VIOLATIONS("tor_relay_circ_proto_violation_total", "Total number of circuit protocol violation"),
        EST_INTRO("tor_relay_est_intro_total", "Total number of EST_INTRO cells we received"),
        INTRO1("tor_relay_intro1_total", "Total number of INTRO1 cells we received"),
        EST_REND("tor_relay_est_rend_total", "Total number of EST_REND cells we received"),
        REND1("tor_relay_rend1_total", "Total number of REND1 cells we received");

        private final String text;
        private final String help;

        Family(String text, String help) {
            this.text = text;
            this.help = help;
        }
    }

    /** What happens and is counted. */
    enum Counted {
        /** An onion skin was answered. */
        FAST_PROCESSED(Family.ONIONSKINS, "type", "fast", "action", "processed"),
        NTOR_PROCESSED(Family.ONIONSKINS, "type", "ntor", "action", "processed"),
        NTOR_V3_PROCESSED(Family.ONIONSKINS, "type", "ntor_v3", "action", "processed"),
        /** There was no room for one, or not in time. */
        NTOR_DROPPED(Family.ONIONSKINS, "type", "ntor", "action", "dropped"),
        NTOR_V3_DROPPED(Family.ONIONSKINS, "type", "ntor_v3", "action", "dropped"),

        /** A circuit with congestion control was granted. */
        CONTROLLED_CIRCUIT(Family.CONGESTION, "state", "cc_circuits", "action", "circs_created"),
        /** One ended. */
        CONTROLLED_CIRCUIT_ENDED(Family.CONGESTION, "state", "cc_circuits", "action", "circs_closed"),

        /** A server could not be dialled because all local ports were in use. */
        NO_PORT_LEFT(Family.PORTS),

        BEGIN(Family.STREAMS, "type", "BEGIN"),
        BEGIN_DIR(Family.STREAMS, "type", "BEGIN_DIR"),
        RESOLVE(Family.STREAMS, "type", "RESOLVE"),

        /** A name was looked up, whether or not we remembered it. */
        DNS_QUERY(Family.DNS_QUERIES),
        DNS_SUCCESS(Family.DNS_ERRORS, "reason", "success"),
        DNS_NOT_EXIST(Family.DNS_ERRORS, "reason", "notexist"),
        /** No name server gave an answer that counts. */
        DNS_TIMEOUT(Family.DNS_ERRORS, "reason", "tor_timeout"),

        /** A neighbour did not read until a circuit's queue was full. */
        QUEUE_FULL(Family.DOS, "type", "circuit_killed_max_cell_outq"),
        SINGLE_HOP_REFUSED(Family.DOS, "type", "single_hop_refused"),
        INTRODUCTION_REFUSED(Family.DOS, "type", "introduce2_rejected"),

        DROP(Family.DROPS),
        /** A circuit was ended because somebody broke the rules. */
        VIOLATION(Family.VIOLATIONS),

        EST_INTRO_SUCCESS(Family.EST_INTRO, "action", "success"),
        EST_INTRO_MALFORMED(Family.EST_INTRO, "action", "malformed"),
        EST_INTRO_UNSUITABLE(Family.EST_INTRO, "action", "unsuitable_circuit"),
        EST_INTRO_DEAD(Family.EST_INTRO, "action", "circuit_dead"),

        INTRO1_SUCCESS(Family.INTRO1, "action", "success"),
        /** The service has gone, or does not read. */
        INTRO1_DEAD(Family.INTRO1, "action", "circuit_dead"),
        INTRO1_MALFORMED(Family.INTRO1, "action", "malformed"),
        INTRO1_UNKNOWN(Family.INTRO1, "action", "unknown_service"),
        INTRO1_RATE_LIMITED(Family.INTRO1, "action", "rate_limited"),
        INTRO1_REUSED(Family.INTRO1, "action", "circuit_reused"),
        INTRO1_SINGLE_HOP(Family.INTRO1, "action", "single_hop"),

        EST_REND_SUCCESS(Family.EST_REND, "action", "success"),
        EST_REND_UNSUITABLE(Family.EST_REND, "action", "unsuitable_circuit"),
        EST_REND_SINGLE_HOP(Family.EST_REND, "action", "single_hop"),
        EST_REND_MALFORMED(Family.EST_REND, "action", "malformed"),
        EST_REND_DUPLICATE(Family.EST_REND, "action", "duplicate_cookie"),
        EST_REND_DEAD(Family.EST_REND, "action", "circuit_dead"),

        REND1_SUCCESS(Family.REND1, "action", "success"),
        REND1_UNSUITABLE(Family.REND1, "action", "unsuitable_circuit"),
        REND1_MALFORMED(Family.REND1, "action", "malformed"),
        REND1_UNKNOWN(Family.REND1, "action", "unknown_cookie"),
        REND1_DEAD(Family.REND1, "action", "circuit_dead");

        private final Family family;

        @SuppressWarnings("ImmutableEnumChecker") // a list of List.of is immutable
        private final List<String> labels;

        Counted(Family family, String... labels) {
            this.family = family;
            this.labels = List.of(labels);
        }
    }

    private final List<LongAdder> counts =
            Arrays.stream(Counted.values()).map(_ -> new LongAdder()).toList();

    /** It happened once more. */
    void count(Counted what) {
        counts.get(what.ordinal()).increment();
    }

    /** How often it has happened. */
    long of(Counted what) {
        return counts.get(what.ordinal()).sum();
    }

    /** All of them, as they are shown. */
    List<MetricFamily> families() {
        Map<Family, MetricFamily> families = new LinkedHashMap<>();
        for (Counted each : Counted.values()) {
            families.computeIfAbsent(each.family, family -> MetricFamily.counter(family.text, family.help))
                    .with(of(each), each.labels.toArray(String[]::new));
        }
        return List.copyOf(families.values());
    }
}
