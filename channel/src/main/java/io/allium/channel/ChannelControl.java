package io.allium.channel;

import io.allium.base.Endpoint;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlEvent;
import io.allium.control.ControlEvents;
import io.allium.control.ControlPart;
import io.allium.crypto.Fingerprint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Our connections to relays and clients, as controllers see them. Immutable.
 *
 * @spec control-spec 3.9, 4.1.3
 */
public final class ChannelControl implements ControlPart, ChannelEvents {
    private final Supplier<Optional<Channels>> channels;
    private final Function<Fingerprint, Optional<String>> nicknames;
    private final CellStatsControl cells;
    private final ControlEvents events;

    /**
     * @param channels nothing while the network is disabled
     * @param nicknames what the consensus calls a relay
     */
    public ChannelControl(
            Supplier<Optional<Channels>> channels,
            Function<Fingerprint, Optional<String>> nicknames,
            CellStatsControl cells,
            ControlEvents events) {
        this.channels = channels;
        this.nicknames = nicknames;
        this.cells = cells;
        this.events = events;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue.key(
                "orconn-status",
                "The relays and clients that we are connected to.",
                () -> String.join("\n", channels.get().map(this::states).orElse(List.of())));
    }

    private List<String> states(Channels now) {
        List<String> states = new ArrayList<>();
        for (Channel channel : now.all()) {
            if (channel.isOpen()) {
                states.add(peer(channel.peer()) + " CONNECTED");
            }
        }
        now.dialling().forEach(target -> states.add(relay(target.fingerprint()) + " LAUNCHED"));
        now.arriving().forEach(from -> states.add(from + " NEW"));
        return states;
    }

    @Override
    public void launched(long id, ChannelTarget target, Endpoint to) {
        tell(() -> relay(target.fingerprint()) + " LAUNCHED", id);
    }

    @Override
    public void accepted(long id, @Nullable Endpoint from) {
        tell(() -> somebody(from) + " NEW", id);
    }

    @Override
    public void connected(long id, Channel channel) {
        tell(() -> peer(channel.peer()) + " CONNECTED", id);
    }

    @Override
    public void failed(long id, ChannelTarget target, int waiting, Reason reason, String why) {
        tell(() -> relay(target.fingerprint()) + " FAILED REASON=" + reason + circuits(waiting), id);
    }

    @Override
    public void dropped(long id, @Nullable Endpoint from, Reason reason, String why) {
        tell(() -> somebody(from) + " FAILED REASON=" + reason, id);
    }

    @Override
    public void closed(long id, Channel channel, int circuits, Reason reason, String why) {
        tell(() -> peer(channel.peer()) + " CLOSED REASON=" + reason + circuits(circuits), id);
    }

    @Override
    public boolean wantsCells() {
        return cells.isWanted();
    }

    private void tell(Supplier<String> what, long id) {
        if (events.wanted(ControlEvent.ORCONN)) {
            events.tell(ControlEvent.ORCONN, what.get() + " ID=" + id);
        }
    }

    private static String circuits(int count) {
        return count == 0 ? "" : " NCIRCS=" + count;
    }

    /** Who is at the other end: a relay by its identity, a client by where it is. */
    private String peer(AuthenticatedPeer peer) {
        return peer.fingerprint()
                .map(this::relay)
                .orElseGet(() -> somebody(peer.endpoint().orElse(null)));
    }

    private String relay(Fingerprint fingerprint) {
        return fingerprint
                + nicknames.apply(fingerprint).map(name -> "~" + name).orElse("");
    }

    private static String somebody(@Nullable Endpoint at) {
        return at == null ? "(unknown)" : at.toString();
    }
}
