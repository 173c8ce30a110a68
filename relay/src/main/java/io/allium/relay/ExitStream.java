package io.allium.relay;

import io.allium.base.ByteStream;
import io.allium.base.CopyBuffer;
import io.allium.base.ProtocolViolation;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.cell.EndReason;
import io.allium.cell.RelayMessage;
import io.allium.circuit.StreamIntake;
import io.allium.circuit.StreamSignals;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client's stream and the connection that it ends in. One virtual thread opens the connection and then writes what the
 * client sends; a second one reads what the server sends. A slow server makes the first wait, so that no SENDME goes out,
 * or XOFF does, and the client stops; a slow client makes the second wait for its windows, so that TCP slows the server. Nobody else
 * notices either.
 *
 * <p>Guarded by {@code lock}, which is never held while something waits, or while the inbound half is called.
 *
 * @spec tor-spec 6.2, 6.3, 7.4
 */
final class ExitStream {
    /** What one write to a server takes along at most. */
    private static final int WRITE_BYTES = 32 * 1024;

    /** How the connection comes about. */
    interface Opening {
        Exit.Outcome open() throws InterruptedException;
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Lane lane;
    private final Exit exit;
    private final Undelivered.OfCircuit undelivered;
    private final Consumer<ExitStream> onEnd;
    private final Time time;
    private final StreamIntake intake;
    private final StreamSignals signals;
    private final ArrayDeque<byte[]> arrived = new ArrayDeque<>(); // bounded by the intake
    private int waiting; // bytes that arrived and that the server has not taken
    private @Nullable ByteStream server;
    private Tasks.@Nullable Task opener;
    private boolean clientEnded;
    private boolean over;

    ExitStream(Lane lane, Exit exit, Time time, Undelivered.OfCircuit undelivered, Consumer<ExitStream> onEnd) {
        this.lane = lane;
        this.time = time;
        this.intake = lane.intake();
        this.signals = new StreamSignals(lane::send);
        this.exit = exit;
        this.undelivered = undelivered;
        this.onEnd = onEnd;
    }

    /** Opens the connection and serves it; returns at once. */
    void start(Opening opening) {
        Tasks.Task task = exit.fork("exit stream", () -> serve(opening));
        lock.lock();
        try {
            opener = task;
            if (over) {
                task.cancel();
            }
        } finally {
            lock.unlock();
        }
    }

    private void serve(Opening opening) throws InterruptedException {
        try {
            switch (opening.open()) {
                case Exit.Denied denied -> end(denied.end());
                case Exit.Open open -> {
                    if (adopt(open.server())) {
                        lane.send(open.connected());
                        exit.fork("exit stream reader", () -> copyFromServer(open.server()));
                        copyToServer(open.server());
                    }
                }
            }
        } finally {
            end(new RelayMessage.End(EndReason.INTERNAL)); // where all went well it has ended, and this does nothing
        }
    }

    /** False where the stream has ended while the connection was being made. */
    private boolean adopt(ByteStream opened) {
        lock.lock();
        try {
            if (!over) {
                server = opened;
            }
        } finally {
            lock.unlock();
        }
        if (server == null) {
            opened.close();
        }
        return server != null;
    }

    private void copyFromServer(ByteStream from) throws InterruptedException {
        CopyBuffer buffer = new CopyBuffer();
        try {
            for (int count = read(from, buffer); count >= 0; count = read(from, buffer)) {
                lane.packageData(buffer.bytes(), 0, count);
                buffer.took(count);
            }
            end(new RelayMessage.End(EndReason.DONE));
        } catch (IOException broken) {
            if (!isEndedByClient()) { // else it is the client who takes no more, and its last data are still delivered
                end(new RelayMessage.End(EndReason.CONNRESET));
            }
        }
    }

    private static int read(ByteStream from, CopyBuffer into) throws IOException {
        return from.read(into.bytes(), 0, into.bytes().length);
    }

    private void copyToServer(ByteStream to) throws InterruptedException {
        try {
            for (byte[] batch = nextBatch(); batch.length > 0; batch = nextBatch()) {
                to.write(batch, 0, batch.length);
                delivered(batch.length);
            }
            abandon(); // the client has ended the stream, and all that it sent before is delivered
        } catch (IOException broken) {
            end(new RelayMessage.End(EndReason.CONNRESET));
        }
    }

    /** Waits for data and takes what is there, many small cells as one; nothing once the stream is over. */
    private byte[] nextBatch() throws InterruptedException {
        lock.lock();
        try {
            while (arrived.isEmpty() && !clientEnded && !over) {
                changed.await();
            }
            if (over) {
                return new byte[0];
            }
            ByteArrayOutputStream batch = new ByteArrayOutputStream();
            while (!arrived.isEmpty() && batch.size() + arrived.getFirst().length <= WRITE_BYTES) {
                byte[] data = arrived.removeFirst();
                undelivered.remove(data);
                batch.writeBytes(data);
            }
            return batch.toByteArray();
        } finally {
            lock.unlock();
        }
    }

    private void delivered(int bytes) {
        lock.lock();
        try {
            waiting -= bytes;
            signals.decided(intake.delivered(bytes, waiting, time.nanos()));
        } finally {
            lock.unlock();
        }
        signals.send();
    }

    /** Takes DATA from the client. On the circuit's loop. */
    void data(byte[] bytes) throws ProtocolViolation {
        lock.lock();
        try {
            intake.received();
            if (bytes.length > 0 && !over) {
                arrived.add(bytes);
                waiting += bytes.length;
                changed.signalAll();
                if (!undelivered.add(bytes) || waiting > intake.waitingMax()) {
                    throw new ProtocolViolation("DATA: more waits for servers that do not read than may");
                }
            }
            if (!over) {
                signals.decided(intake.arrived(waiting, time.nanos()));
            }
        } finally {
            lock.unlock();
        }
        signals.send();
    }

    /** Takes a SENDME from the client. On the circuit's loop. */
    void acknowledged() throws ProtocolViolation {
        lane.acknowledged();
    }

    /** The client wants no more for now. On the circuit's loop. */
    void xoff() throws ProtocolViolation {
        lane.xoff();
    }

    /** The client takes more, at this rate. On the circuit's loop. */
    void xon(long rate) throws ProtocolViolation {
        lane.xon(rate);
    }

    /** The client ended the stream: what it sent before is still delivered. On the circuit's loop. */
    void endedByClient() {
        boolean isOpen;
        lock.lock();
        try {
            clientEnded = true;
            isOpen = server != null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        lane.end();
        if (!isOpen) {
            abandon();
        }
    }

    /** Ends the stream and tells the client why. */
    private void end(RelayMessage.End why) {
        if (close() && !isEndedByClient()) {
            lane.send(why);
        }
        lane.end();
    }

    /** Ends the stream without a word to the client. */
    void abandon() {
        close();
        lane.end();
    }

    private boolean isEndedByClient() {
        lock.lock();
        try {
            return clientEnded;
        } finally {
            lock.unlock();
        }
    }

    /** Lets go of the connection, or of the attempt to make one. Only the first call returns true. */
    private boolean close() {
        ByteStream closing;
        Tasks.Task interrupted = null;
        lock.lock();
        try {
            if (over) {
                return false;
            }
            over = true;
            closing = server;
            if (closing == null) {
                interrupted = opener;
            }
            arrived.forEach(undelivered::remove);
            arrived.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (closing != null) {
            closing.close();
        }
        if (interrupted != null) {
            interrupted.cancel();
        }
        onEnd.accept(this);
        return true;
    }
}
