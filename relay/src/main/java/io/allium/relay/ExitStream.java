package io.allium.relay;

import io.allium.base.ByteStream;
import io.allium.base.CopyBuffer;
import io.allium.base.ProtocolViolation;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.cell.EndReason;
import io.allium.cell.RelayMessage;
import io.allium.channel.Backlog;
import io.allium.channel.Channel;
import io.allium.channel.ConnectionCount;
import io.allium.channel.Edge;
import io.allium.circuit.ByteQueue;
import io.allium.circuit.StreamIntake;
import io.allium.circuit.StreamSignals;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client's stream and the connection that it ends in. A virtual thread opens the connection, which may take long; then
 * the loop that carries the circuit's cells carries the connection as well ({@link Edge}), since most streams move little at
 * a time, and waking a thread for it would cost more than moving it. A slow server leaves what the client sent waiting here,
 * so that no SENDME goes out, or XOFF does, and the client stops; a slow client leaves no room, so that nothing is read and
 * TCP slows the server. Nobody else notices either. Where memory is full the streams end whose data has waited longest for
 * their servers. Our own directory writes straight-line code on threads of its own, and so has two threads here to match, and
 * memory that counts as waiting since something last moved.
 *
 * <p>Guarded by {@code lock}, which is never held while something waits, or while the inbound half is called.
 *
 * @spec tor-spec 6.2, 6.3, 7.4; proposal 324, 4.1.3
 */
final class ExitStream {
    /** What one write to the directory takes along at most. */
    private static final int WRITE_BYTES = 32 * 1024;

    /** What a stream to the directory takes whether anything waits or not: two rings, and buffers to copy from and to them. */
    static final int DIRECTORY_BYTES = 4 * MemoryStream.CAPACITY;

    /** How the connection comes about. */
    interface Opening {
        Exit.Outcome open() throws InterruptedException;
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Lane lane;
    private final Channel previous;
    private final Exit exit;
    private final Consumer<ExitStream> onEnd;
    private final Time time;
    private final StreamIntake intake;
    private final StreamSignals signals;
    private final Backlog backlog;
    private final ByteQueue waiting; // what arrived and the server has not taken
    private final Backlog.Holder holder = this::list;
    private boolean listed; // once something came; then the backlog knows of us
    private @Nullable Runnable closer; // of the connection
    private @Nullable Edge edge; // to a server
    private Tasks.@Nullable Task opener;
    private boolean clientEnded;
    private boolean over;
    private boolean toDirectory;
    private volatile long moved; // when bytes last went to or came from the directory

    ExitStream(Lane lane, Channel previous, Exit exit, Time time, Consumer<ExitStream> onEnd) {
        this.lane = lane;
        this.previous = previous;
        this.time = time;
        this.intake = lane.intake();
        this.signals = new StreamSignals(lane::send);
        this.exit = exit;
        this.backlog = exit.backlog();
        this.waiting = new ByteQueue(intake.waitingMax(), backlog);
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
                case Exit.Open open -> serve(open);
                case Exit.OpenDirectory open -> serve(open.directory());
            }
        } catch (InterruptedException | RuntimeException failed) {
            end(new RelayMessage.End(EndReason.INTERNAL));
            throw failed;
        }
    }

    private void serve(Exit.Open open) {
        ConnectionCount count = exit.count();
        Edge made = previous.carry(open.server(), new Server(count));
        lane.tell(made);
        Runnable closing = () -> {
            made.close();
            count.close();
        };
        if (adopt(closing, made)) {
            lane.send(open.connected());
            made.start(); // only now, since DATA may not come before CONNECTED
        } else {
            closing.run();
        }
    }

    private void serve(ByteStream ours) throws InterruptedException {
        ByteStream directory = exit.count().ofReading(ours);
        if (adopt(directory::close, null)) {
            holdMemory();
            lane.send(RelayMessage.Connected.SILENT);
            exit.fork("directory stream reader", () -> copyFromServer(directory));
            copyToServer(directory);
        } else {
            directory.close();
        }
    }

    private void holdMemory() {
        lock.lock();
        try {
            if (!over) {
                toDirectory = true;
                moved = time.nanos();
                backlog.added(DIRECTORY_BYTES);
                join();
            }
        } finally {
            lock.unlock();
        }
    }

    /** False where the stream has ended while the connection was being made. */
    private boolean adopt(Runnable closing, @Nullable Edge carried) {
        lock.lock();
        try {
            if (!over) {
                closer = closing;
                edge = carried;
            }
            return !over;
        } finally {
            lock.unlock();
        }
    }

    /** What the loop asks and tells of the connection to a server. */
    private final class Server implements Edge.End {
        private final ConnectionCount count;

        private Server(ConnectionCount count) {
            this.count = count;
        }

        @Override
        public int room() {
            return lane.room();
        }

        @Override
        public int take(byte[] bytes, int offset, int length) {
            int taken = lane.offer(bytes, offset, length);
            count.read(taken);
            return taken;
        }

        @Override
        public int give(byte[] into, int most) {
            lock.lock();
            try {
                return waiting.isEmpty() && clientEnded ? -1 : waiting.peek(into, most);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public boolean isLast() {
            return isEndedByClient();
        }

        @Override
        public void written(int bytes) {
            count.written(bytes);
            delivered(bytes);
        }

        @Override
        public void emptied() {
            abandon();
        }

        @Override
        public void finished() {
            if (!isEndedByClient()) { // else its last data are still delivered
                end(new RelayMessage.End(EndReason.DONE));
            }
        }

        @Override
        public void broken() {
            end(new RelayMessage.End(EndReason.CONNRESET));
        }
    }

    private void copyFromServer(ByteStream from) throws InterruptedException {
        CopyBuffer buffer = new CopyBuffer();
        try {
            for (int count = read(from, buffer); count >= 0; count = read(from, buffer)) {
                lane.packageData(buffer.bytes(), 0, count);
                buffer.took(count);
                moved = time.nanos();
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

    /**
     * Waits for data and copies what is there, many small cells as one; nothing once the stream is over. It waits on in the
     * queue, and so in memory a second time, until the server has taken it.
     */
    private byte[] nextBatch() throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty() && !clientEnded && !over) {
                changed.await();
            }
            return waiting.peek(WRITE_BYTES);
        } finally {
            lock.unlock();
        }
    }

    private void delivered(int bytes) {
        lock.lock();
        try {
            if (!over) {
                waiting.drop(bytes);
                moved = time.nanos();
                signals.decided(intake.delivered(bytes, waiting.size(), time.nanos()));
            }
        } finally {
            lock.unlock();
        }
        signals.send();
    }

    /** Takes DATA from the client. On the circuit's loop. */
    void data(byte[] bytes) throws ProtocolViolation {
        boolean taken = true;
        lock.lock();
        try {
            intake.received();
            if (over) {
                return;
            }
            if (bytes.length > intake.waitingMax() - waiting.size()) {
                throw new ProtocolViolation("DATA: more waits for a server that does not read than may");
            }
            long now = time.nanos();
            taken = waiting.put(bytes, 0, bytes.length, now);
            if (taken) {
                join();
                changed();
                signals.decided(intake.arrived(waiting.size(), now));
            }
        } finally {
            lock.unlock();
        }
        if (!taken) {
            end(new RelayMessage.End(EndReason.RESOURCELIMIT));
        }
        signals.send();
    }

    private void changed() {
        changed.signalAll();
        if (edge != null) {
            edge.flush();
        }
    }

    private void join() {
        if (!listed) {
            listed = true;
            backlog.join(holder);
        }
    }

    private void list(List<Backlog.Waiting> into) {
        lock.lock();
        try {
            if (toDirectory) {
                into.add(new Backlog.Waiting(moved, DIRECTORY_BYTES + waiting.held(), this::exhausted));
            } else if (!waiting.isEmpty()) {
                into.add(new Backlog.Waiting(waiting.since(), waiting.held(), this::exhausted));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Our memory is full, and what waits here has waited longest. */
    private void exhausted() {
        boolean waits;
        lock.lock();
        try {
            waits = toDirectory || !waiting.isEmpty();
        } finally {
            lock.unlock();
        }
        if (waits) { // else the server has just taken it
            end(new RelayMessage.End(EndReason.RESOURCELIMIT));
        }
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
            isOpen = closer != null;
            changed();
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
        Runnable closing;
        Tasks.Task interrupted = null;
        lock.lock();
        try {
            if (over) {
                return false;
            }
            over = true;
            closing = closer;
            if (closing == null) {
                interrupted = opener;
            }
            waiting.clear();
            if (toDirectory) {
                backlog.removed(DIRECTORY_BYTES);
            }
            if (listed) {
                backlog.leave(holder);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (closing != null) {
            closing.run();
        }
        if (interrupted != null) {
            interrupted.cancel();
        }
        onEnd.accept(this);
        return true;
    }
}
