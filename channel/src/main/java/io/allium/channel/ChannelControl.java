package io.allium.channel;

import io.allium.base.Endpoint;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlEvent;
import io.allium.control.ControlEvents;
import io.allium.control.ControlPart;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Our connections to relays, as controllers see them. Immutable.
 *
 * @spec control-spec 3.9, 4.1.3
 */
public final class ChannelControl implements ControlPart, ChannelEvents {
    private final Supplier<Optional<Channels>> channels;
    private final ControlEvents events;

    /** @param channels nothing while the network is disabled */
    public ChannelControl(Supplier<Optional<Channels>> channels, ControlEvents events) {
        this.channels = channels;
        this.events = events;
    }

    @Override
    public void enter(ControlCatalogue catalogue) {
        catalogue
                .key("traffic/read", "Bytes read.", () -> bytes(Channels::bytesRead))
                .key("traffic/written", "Bytes written.", () -> bytes(Channels::bytesWritten))
                .key(
                        "orconn-status",
                        "The relays that we are connected to.",
                        () -> channels.get().map(Channels::all).orElse(List.of()).stream()
                                .filter(Channel::isOpen)
                                .map(channel -> peer(channel) + " CONNECTED")
                                .collect(Collectors.joining("\n")));
    }

    private String bytes(ToLongFunction<Channels> count) {
        return Long.toString(channels.get().stream().mapToLong(count).sum());
    }

    @Override
    public void launched(long id, ChannelTarget target, Endpoint to) {
        events.tell(ControlEvent.ORCONN, target.fingerprint() + " LAUNCHED ID=" + id);
    }

    @Override
    public void accepted(long id, @Nullable Endpoint from) {
        events.tell(ControlEvent.ORCONN, (from == null ? "(unknown)" : from) + " NEW ID=" + id);
    }

    @Override
    public void connected(long id, Channel channel) {
        events.tell(ControlEvent.ORCONN, peer(channel) + " CONNECTED ID=" + id);
    }

    @Override
    public void failed(long id, @Nullable ChannelTarget target, Reason reason, String why) {
        String peer = target == null ? "(unknown)" : target.fingerprint().toString();
        events.tell(ControlEvent.ORCONN, peer + " FAILED REASON=" + reason + " ID=" + id);
    }

    @Override
    public void closed(long id, Channel channel, Reason reason, String why) {
        events.tell(ControlEvent.ORCONN, peer(channel) + " CLOSED REASON=" + reason + " ID=" + id);
    }

    /** Who is at the other end, as well as we know it. */
    private static String peer(Channel channel) {
        return channel.peer().fingerprint().map(Object::toString).orElseGet(() -> String.valueOf(channel.peer()));
    }
}
