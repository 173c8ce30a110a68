package io.allium.channel;

import io.allium.base.Wire;
import io.allium.cell.CellCodec;
import io.allium.cell.CellCommand;
import io.allium.cell.ChannelCell;
import io.allium.cell.CircuitId;
import io.allium.testing.Waiting;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client that has shaken hands with a relay, and from then on says and reads only what a test wants it to. */
final class RawLink {
    static final CellCodec CODEC = CellCodec.of(5);

    /** So many cells wait where all is full: more than the kernel finds room for a moment later. */
    private static final int WAITING = 1000;

    private static final int AT_ONCE = 50;

    final Wire wire;

    /** The relay's end. */
    final Channel channel;

    private final TlsSession tls;
    private final CellConversation link;
    private @Nullable CircuitId filling;

    RawLink(Neighbours neighbours, Channels relay, ChannelTarget target) throws Exception {
        wire = neighbours.network.dial(target.addresses().getFirst(), Neighbours.PATIENCE);
        tls = new TlsSession(LinkTls.initiator(neighbours.entropy).engine(), wire, neighbours.tasks);
        tls.handshake();
        link = new CellConversation(tls, wire, null);
        LinkHandshake state = InitiatorHandshake.begin(new InitiatorHandshake.Initiator(
                link, target, null, List.of(), LinkHandshake.VERSIONS, neighbours.time, neighbours.entropy));
        while (!(state instanceof LinkHandshake.Done)) {
            ChannelCell cell = link.next();
            state = LinkHandshake.isPadding(cell) ? state : state.receive(cell);
        }
        channel = Neighbours.first(relay);
    }

    /** Has the relay send until what lies between the two is full, or the relay has given up. */
    void block() throws Exception {
        CircuitId circuit = filling == null ? channel.open(new Neighbours.Recorder()) : filling;
        filling = circuit;
        byte[] body = new byte[CellCodec.BODY_BYTES];
        Waiting.until(() -> {
            for (int i = 0; i < AT_ONCE; i++) {
                channel.outbox().add(circuit, CellCommand.RELAY, body, 0);
            }
            return channel.isBlocked() && channel.outbox().size() >= WAITING || !channel.isOpen();
        });
    }

    /** Says bytes, of cells or not. */
    void say(byte... bytes) throws IOException {
        tls.write(bytes);
    }

    /** Asks for new keys, which the relay has to answer, and says something else as well. */
    void askForKeysAndSay(byte... bytes) throws IOException {
        tls.engine().beginHandshake();
        tls.write(bytes);
    }

    /** The next cell that came. */
    ChannelCell next() throws Exception {
        return link.next();
    }
}
