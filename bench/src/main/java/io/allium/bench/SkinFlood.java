package io.allium.bench;

import io.allium.base.Unreachable;
import io.allium.cell.CellCodec;
import io.allium.cell.CellCommand;
import io.allium.cell.ChannelCell;
import io.allium.cell.CircuitId;
import io.allium.cell.DestroyReason;
import io.allium.cell.HandshakeType;
import io.allium.channel.Channel;
import io.allium.channel.CircuitEnd;
import java.util.concurrent.atomic.LongAdder;

/**
 * Asks a relay for circuits over one channel: whenever one is answered it is destroyed, and the next is asked for.
 * Confined to the channel's loop, but for the counts, which any thread may read.
 */
final class SkinFlood {
    /** As many as wait for an answer at once: enough that no core of the relay ever waits for us. */
    private static final int AT_ONCE = 256;

    private final Channel channel;
    private final byte[] create;
    private final LongAdder answers = new LongAdder();
    private final LongAdder refusals = new LongAdder();
    private boolean ended;

    SkinFlood(Channel channel, byte[] onionSkin) {
        this.channel = channel;
        this.create = CellCodec.fixedBody(new ChannelCell.Create2(HandshakeType.NTOR, onionSkin));
    }

    void begin() {
        channel.execute(() -> {
            for (int i = 0; i < AT_ONCE; i++) {
                new Asked().ask();
            }
        });
    }

    void end() {
        channel.execute(() -> ended = true);
    }

    long answers() {
        return answers.sum();
    }

    long refusals() {
        return refusals.sum();
    }

    /** One circuit that was asked for. Confined to the loop. */
    private final class Asked implements CircuitEnd {
        private CircuitId circuit = CircuitId.NONE;

        private void ask() {
            try {
                circuit = channel.open(this);
                channel.outbox().add(circuit, CellCommand.CREATE2, create, 0);
            } catch (Unreachable closed) {
                ended = true;
            }
        }

        @Override
        public void cell(Channel from, int command, byte[] buffer, int bodyOffset) {
            if (command == CellCommand.CREATED2) {
                answers.increment();
                channel.destroy(circuit, DestroyReason.NONE);
            } else {
                refusals.increment();
                channel.detach(circuit);
            }
            if (!ended) {
                new Asked().ask();
            }
        }

        @Override
        public void channelClosed(Channel which, String why) {
            ended = true;
        }

        @Override
        public void outboxDrained(Channel which) {
            // Each circuit sends one cell and never asks for room.
        }
    }
}
