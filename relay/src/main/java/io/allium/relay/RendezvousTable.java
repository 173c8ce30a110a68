package io.allium.relay;

import io.allium.base.ProtocolViolation;
import io.allium.cell.RendezvousCookie;
import io.allium.directory.Parameter;
import io.allium.directory.Parameters;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The clients that wait here for an onion service, by the cookie that the service will show. It has no more entries than
 * there are circuits, and each stays as long as its circuit or until the first who shows its cookie: as in C tor, the client
 * decides how long to wait. Safe from any thread.
 *
 * @spec rend-spec-v3 4.1, 4.2
 */
final class RendezvousTable {
    private final Optional<Boolean> refuseSingleHop;
    private final Supplier<Parameters> parameters;
    private final Map<RendezvousCookie, OnionEnd> waiting = new ConcurrentHashMap<>();

    /**
     * @param refuseSingleHop {@code DoSRefuseSingleHopClientRendezvous}; empty: as the consensus says
     * @param parameters the consensus's
     */
    RendezvousTable(Optional<Boolean> refuseSingleHop, Supplier<Parameters> parameters) {
        this.refuseSingleHop = refuseSingleHop;
        this.parameters = parameters;
    }

    /** Whether clients that come without a relay between may wait here. */
    boolean takesSingleHop() {
        return !refuseSingleHop.orElseGet(() -> parameters.get().isOn(Parameter.DOS_REFUSE_SINGLE_HOP_RENDEZVOUS));
    }

    /** Has a circuit wait. */
    void await(RendezvousCookie cookie, OnionEnd client) throws ProtocolViolation {
        if (waiting.putIfAbsent(cookie, client) != null) {
            throw new ProtocolViolation("ESTABLISH_RENDEZVOUS: somebody waits with this cookie already");
        }
    }

    /** Whoever waits with this cookie, and from now on does no more. */
    OnionEnd take(RendezvousCookie cookie) throws ProtocolViolation {
        OnionEnd client = waiting.remove(cookie);
        if (client == null) {
            throw new ProtocolViolation("RENDEZVOUS1: nobody waits with this cookie");
        }
        return client;
    }

    /** The circuit has ended. */
    void forget(RendezvousCookie cookie, OnionEnd client) {
        waiting.remove(cookie, client);
    }
}
