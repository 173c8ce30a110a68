package io.allium.sim;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * One direction of a connection, from a writing wire to a reading one: bytes in order, after the time that they take. At
 * most {@link #WINDOW} bytes are on their way or unread. Confined to the carrier.
 */
final class Pipe {
    /** What a Linux socket's send and receive buffers hold between them when the kernel has widened them a little. */
    static final int WINDOW = 512 * 1024;

    /** The most that travels, and is lost, as one: a TLS record. More would add to delays what no network does. */
    static final int SEGMENT_MAX = 16 * 1024;

    private final SimNetwork network;
    private final String name;
    private final SimHost from;
    private final SimHost to;
    private final ArrayDeque<ByteBuffer> arrived = new ArrayDeque<>();
    private final ArrayDeque<Segment> heldBack = new ArrayDeque<>();
    private SimWire writer;
    private SimWire reader;
    private long lastArrival;
    private int outstanding;
    private boolean ended;
    private boolean broken;
    private boolean readerGone;
    private boolean refused;
    private boolean forgotten;

    /** What travels: bytes, or the end of them. */
    private record Segment(byte[] bytes, boolean last) {}

    @SuppressWarnings("NullAway.Init") // the two wires and their pipes know each other: ends() follows at once
    Pipe(SimNetwork network, String name, SimHost from, SimHost to) {
        this.network = network;
        this.name = name;
        this.from = from;
        this.to = to;
    }

    void ends(SimWire writingWire, SimWire readingWire) {
        writer = writingWire;
        reader = readingWire;
    }

    boolean joins(SimHost one, SimHost other) {
        return from == one && to == other || from == other && to == one;
    }

    // What the writer sees.

    int room() {
        return WINDOW - outstanding;
    }

    /** Whether something came back for what was sent after the reader had closed its wire: writing is in vain. */
    boolean isRefused() {
        return refused;
    }

    /** Takes what fits, and sends it on its way. */
    int write(ByteBuffer bytes) {
        int taken = Math.min(room(), bytes.remaining());
        int left = taken;
        while (left > 0) {
            byte[] segment = new byte[Math.min(left, SEGMENT_MAX)];
            bytes.get(segment);
            left -= segment.length;
            network.sent(from, to, segment);
            send(new Segment(segment, false));
        }
        outstanding += taken;
        return taken;
    }

    /** Nothing more follows. */
    void finish() {
        send(new Segment(new byte[0], true));
    }

    // What the reader sees.

    boolean isReadable() {
        return !arrived.isEmpty() || ended || broken;
    }

    boolean isBroken() {
        return broken;
    }

    /** Whether the end has come, whatever is unread before it. */
    boolean isEnded() {
        return ended;
    }

    /** 0 when nothing is there, -1 at the end. */
    int read(ByteBuffer into) {
        int count = 0;
        while (!arrived.isEmpty() && into.hasRemaining()) {
            ByteBuffer head = arrived.getFirst();
            int part = Math.min(head.remaining(), into.remaining());
            into.put(head.slice(head.position(), part));
            head.position(head.position() + part);
            count += part;
            if (!head.hasRemaining()) {
                arrived.removeFirst();
            }
        }
        if (count == 0) {
            return ended && into.hasRemaining() ? -1 : 0;
        }
        outstanding -= count;
        writer.changed();
        return count;
    }

    /** The reader closed its wire: what arrives from now on is thrown away. */
    void abandon() {
        readerGone = true;
        arrived.forEach(bytes -> outstanding -= bytes.remaining());
        arrived.clear();
        writer.changed();
        forgetIfOver();
    }

    // What the network does.

    private void send(Segment segment) {
        if (network.cut(from, to) || !heldBack.isEmpty()) {
            heldBack.add(segment);
            return;
        }
        int length = segment.bytes.length;
        long sent = network.entered(from, to, from.upload(length), length);
        long arrival = to.download(sent + network.flight(from, to), length);
        lastArrival = Math.max(arrival, lastArrival); // a segment waits for a lost one before it
        network.time().at(lastArrival, () -> deliver(segment));
    }

    /** Sends again what a partition held back, once TCP notices that it may. */
    void resend() {
        if (heldBack.isEmpty()) {
            return;
        }
        lastArrival = Math.max(lastArrival, network.time().plus(SimNetwork.RESEND_AFTER));
        ArrayDeque<Segment> waiting = new ArrayDeque<>(heldBack);
        heldBack.clear();
        waiting.forEach(this::send);
    }

    private void deliver(Segment segment) {
        if (broken) {
            return;
        }
        if (segment.last) {
            network.trace().add(name + " end");
            ended = true;
            forgetIfOver();
        } else if (readerGone) {
            outstanding -= segment.bytes.length;
            network.time().at(network.time().nanos() + network.flight(to, from), this::refuse);
        } else {
            network.trace().add(name + " " + segment.bytes.length);
            arrived.add(ByteBuffer.wrap(segment.bytes));
        }
        reader.changed();
    }

    private void refuse() {
        refused = true;
        writer.changed();
    }

    /** Both wires see a reset, in this direction. */
    void breakOff() {
        if (broken) {
            return;
        }
        network.trace().add(name + " reset");
        broken = true;
        arrived.clear();
        heldBack.clear();
        forget();
        reader.changed();
        writer.changed();
    }

    private void forgetIfOver() {
        if (ended && readerGone) {
            forget();
        }
    }

    private void forget() {
        if (!forgotten) {
            forgotten = true;
            network.forget(this);
        }
    }
}
