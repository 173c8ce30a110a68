package io.allium.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Endpoint;
import io.allium.base.Log;
import io.allium.base.Poller;
import io.allium.base.ThreadTasks;
import io.allium.base.Wire;
import io.allium.channel.ChannelOptions.Rate;
import io.allium.testing.ManualTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A connection beside the links: reads what there is room for, writes what there is, and shares the links' bandwidth. */
@Timeout(300)
class EdgeTest {
    private static final int BURST = 20_000;
    private static final Rate RATE = new Rate(10_000, BURST);
    private static final Duration REFILL = Duration.ofMillis(100);
    private static final int GAIN = 1000; // with each refill

    private final ManualTime time = new ManualTime();
    private final Budgets budgets = new Budgets(time, new ThreadTasks(Log.NONE, 1), Log.NONE);
    private final Turns turns = new Turns();
    private final Loop loop = new Loop(turns, time, REFILL::toNanos, Log.NONE);
    private final Server server = new Server("203.0.113.7:80");
    private final Recorder end = new Recorder();
    private @Nullable Edge edge;

    EdgeTest() {
        Thread.ofPlatform().name("loop").start(loop::run);
    }

    @AfterEach
    void close() {
        loop.close();
    }

    /** Turns of the loop, one at a time. */
    private static final class Turns implements Poller {
        private final LinkedBlockingQueue<Runnable> steps = new LinkedBlockingQueue<>();
        private Poller.@Nullable Ready ready;
        private boolean wantsRead = true;
        private boolean wantsWrite;
        private boolean cancelled;

        /** Does something on the loop, as what makes a turn begin, and waits until the turn is over. */
        void turn(Runnable step) {
            CountDownLatch done = new CountDownLatch(1);
            steps.add(step);
            steps.add(done::countDown);
            try {
                done.await();
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }

        @Override
        public Registration register(Wire wire, Ready whose) {
            ready = whose;
            return new Registration() {
                @Override
                public void wantRead(boolean want) {
                    wantsRead = want;
                }

                @Override
                public void wantWrite(boolean want) {
                    wantsWrite = want;
                }

                @Override
                public void cancel() {
                    cancelled = true;
                }
            };
        }

        @Override
        public void await(long nanos) {
            try {
                steps.take().run();
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }

        @Override
        public void wake() {
            steps.add(() -> {});
        }

        @Override
        public void close() {}
    }

    /** Has as much to read as it is told, and takes as much as it is told. */
    private static final class Server implements Wire {
        private final Endpoint at;
        private int toRead;
        private int takes = Integer.MAX_VALUE;
        private boolean atEnd;
        private boolean broken;
        private boolean finished;
        private boolean closed;
        private final List<Integer> written = new ArrayList<>();

        Server(String at) {
            this.at = Endpoint.parse(at);
        }

        @Override
        public Endpoint remote() {
            return at;
        }

        @Override
        public @Nullable Endpoint local() {
            return null;
        }

        @Override
        public int tryRead(ByteBuffer into) throws IOException {
            if (broken) {
                throw new IOException("Connection reset");
            }
            int count = Math.min(toRead, into.remaining());
            toRead -= count;
            into.position(into.position() + count);
            return count == 0 && atEnd ? -1 : count;
        }

        @Override
        public int tryWrite(ByteBuffer from) {
            int count = Math.min(takes, from.remaining());
            written.add(count);
            return count;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            throw new UnsupportedOperationException("that would wait");
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            throw new UnsupportedOperationException("that would wait");
        }

        @Override
        public void finish() {
            finished = true;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** Has as much room as it is told, and gives as much as it is told. */
    private static final class Recorder implements Edge.End {
        private int room = Integer.MAX_VALUE;
        private int takes = Integer.MAX_VALUE;
        private int toGive;
        private volatile boolean endless;
        private boolean last;
        private int taken;
        private final List<String> told = new ArrayList<>();

        @Override
        public int room() {
            return room;
        }

        @Override
        public int take(byte[] bytes, int offset, int length) {
            int count = Math.min(takes, length);
            taken += count;
            return count;
        }

        @Override
        public int give(byte[] into, int most) {
            return toGive == 0 && last ? -1 : Math.min(most, Math.min(toGive, into.length));
        }

        @Override
        public boolean isLast() {
            return last;
        }

        @Override
        public void written(int count) {
            toGive -= endless ? 0 : count;
        }

        @Override
        public void emptied() {
            told.add("emptied");
        }

        @Override
        public void finished() {
            told.add("finished");
        }

        @Override
        public void broken() {
            told.add("broken");
        }
    }

    private Edge start() {
        Edge made =
                new Edge(loop, server, budgets.edgeReading(server.at), budgets.edgeWriting(server.at), end, Log.NONE);
        edge = made;
        made.start();
        turns.turn(() -> {});
        return made;
    }

    private void readable() {
        turns.turn(() -> Objects.requireNonNull(turns.ready).readable());
    }

    private void limit() {
        budgets.configure(new ChannelOptions(
                ChannelOptions.PRIORITY_HALF_LIFE,
                1 << 20,
                RATE,
                new Rate(1, 1), // what is relayed, which this is not
                Rate.UNLIMITED,
                REFILL,
                false));
        time.pass(Duration.ofMinutes(1)); // there was nothing in the buckets while nothing was limited
        budgets.edgeReading(server.at).allowance(1);
        budgets.edgeWriting(server.at).allowance(1);
    }

    @Test
    void aTurnReadsNoMoreThanItsShare() {
        start();
        server.toRead = 3 * Edge.BYTES_A_TURN;
        readable();
        assertThat(end.taken).isEqualTo(Edge.BYTES_A_TURN);
    }

    @Test
    void nothingIsReadWithoutRoomUntilThereIsSome() {
        end.room = 0;
        server.toRead = 100;
        Edge paused = start();
        readable();
        assertThat(turns.wantsRead).isFalse();
        assertThat(server.toRead).isEqualTo(100);
        end.room = 60;
        paused.resume();
        turns.turn(() -> {});
        assertThat(end.taken).isEqualTo(60); // without asking the poller
        assertThat(turns.wantsRead).isTrue();
    }

    @Test
    void whatWasNotTakenIsOfferedAgainBeforeAnythingElse() {
        Edge offering = start();
        end.takes = 10;
        server.toRead = 30;
        readable();
        assertThat(end.taken).isEqualTo(10);
        assertThat(turns.wantsRead).isFalse();
        server.toRead = 5;
        end.takes = 15;
        offering.resume();
        turns.turn(() -> {});
        assertThat(end.taken).isEqualTo(25);
        assertThat(server.toRead).isEqualTo(5);
        end.takes = 100;
        offering.resume();
        turns.turn(() -> {});
        assertThat(end.taken).isEqualTo(35);
    }

    @Test
    void whatTheNetworkDoesNotTakeStaysWithTheEnd() {
        Edge writing = start();
        end.toGive = 100;
        server.takes = 30;
        writing.flush();
        turns.turn(() -> {});
        assertThat(end.toGive).isEqualTo(70);
        assertThat(turns.wantsWrite).isTrue();
        writing.flush(); // changes nothing while the network is full
        turns.turn(() -> {});
        assertThat(server.written).containsExactly(30);
        server.takes = 100;
        turns.turn(() -> Objects.requireNonNull(turns.ready).writable());
        assertThat(server.written).containsExactly(30, 70);
        assertThat(turns.wantsWrite).isFalse();
    }

    @Test
    void whoAlwaysHasMoreToWriteLetsOthersHaveTheirTurn() throws Exception {
        Edge writing = start();
        end.toGive = Integer.MAX_VALUE;
        end.endless = true;
        writing.flush();
        turns.turn(() -> {}); // comes to an end
        end.endless = false;
        turns.turn(() -> {});
        assertThat(end.toGive).isPositive();
    }

    @Test
    void theEndHearsOnceThatAllIsWritten() {
        Edge writing = start();
        end.toGive = Edge.BYTES_A_TURN + 1;
        end.last = true;
        writing.flush();
        turns.turn(() -> {});
        writing.flush();
        turns.turn(() -> {});
        assertThat(server.written).containsExactly(Edge.BYTES_A_TURN, 1);
        assertThat(end.told).containsExactly("emptied");
        writing.finish();
        turns.turn(() -> {});
        assertThat(server.finished).isTrue();
    }

    @Test
    void whoTakesNoneOfTheLastBytesIsGivenUp() {
        Edge writing = start();
        end.toGive = 100;
        server.takes = 0;
        writing.flush();
        turns.turn(() -> {});
        assertThat(time.timers()).as("while more may come").isZero();
        end.last = true;
        writing.flush();
        turns.turn(() -> {});
        assertThat(time.timers()).isEqualTo(1);
        server.takes = 30;
        turns.turn(() -> Objects.requireNonNull(turns.ready).writable());
        time.pass(Edge.LAST_BYTES_PATIENCE);
        turns.turn(() -> {});
        assertThat(end.told).as("it took some").isEmpty();
        time.pass(Edge.LAST_BYTES_PATIENCE);
        turns.turn(() -> {});
        assertThat(end.told).containsExactly("broken");
        assertThat(server.closed).isTrue();
    }

    @Test
    void whoTakesAllOfTheLastBytesIsWatchedNoLonger() {
        Edge writing = start();
        end.toGive = 100;
        end.last = true;
        server.takes = 0;
        writing.flush();
        turns.turn(() -> {});
        server.takes = 100;
        turns.turn(() -> Objects.requireNonNull(turns.ready).writable());
        time.pass(Edge.LAST_BYTES_PATIENCE);
        turns.turn(() -> {});
        assertThat(end.told).containsExactly("emptied");
        assertThat(time.timers()).isZero();
    }

    @Test
    void theOtherSidesEndIsToldAndItsConnectionStays() {
        start();
        server.atEnd = true;
        readable();
        assertThat(end.told).containsExactly("finished");
        assertThat(turns.wantsRead).isFalse();
        assertThat(server.closed).isFalse();
    }

    @Test
    void aBrokenConnectionIsClosedAndToldOf() {
        Edge breaking = start();
        server.broken = true;
        readable();
        assertThat(end.told).containsExactly("broken");
        assertThat(server.closed).isTrue();
        assertThat(turns.cancelled).isTrue();
        end.toGive = 10;
        breaking.flush();
        turns.turn(() -> {});
        assertThat(server.written).isEmpty();
    }

    @Test
    void whoClosesItHearsNothingMore() {
        Edge closing = start();
        server.toRead = 10;
        closing.close();
        turns.turn(() -> {});
        assertThat(server.closed).isTrue();
        readable();
        assertThat(end.taken).isZero();
        assertThat(end.told).isEmpty();
    }

    @Test
    void aWriterTakesTheBurstAndThenWaitsForEachRefill() throws Exception {
        limit();
        Edge writing = start();
        end.toGive = BURST + GAIN + 500;
        writing.flush();
        turns.turn(() -> {});
        assertThat(sum(server.written)).isLessThanOrEqualTo(BURST);
        while (end.toGive > 0) {
            int before = sum(server.written);
            time.awaitTimers(1);
            time.pass(REFILL);
            turns.turn(() -> {});
            assertThat(sum(server.written) - before).isBetween(1, GAIN);
        }
    }

    @Test
    void aReaderReadsNoMoreThanIsLeft() throws Exception {
        limit();
        start();
        server.toRead = 10 * BURST;
        for (int i = 0; i < 100; i++) { // more often than a share of what is left goes into it
            readable();
        }
        assertThat(end.taken).isEqualTo(BURST);
        assertThat(turns.wantsRead).isFalse();
        time.awaitTimers(1);
        time.pass(REFILL);
        turns.turn(() -> {});
        assertThat(end.taken).isEqualTo(BURST + GAIN);
    }

    @Test
    void linksDrawOnTheSameBucket() {
        limit();
        AuthenticatedPeer client = new AuthenticatedPeer(null, null, null, List.of(), null, null, 5, false);
        Meter link = budgets.writing(client, Endpoint.parse("203.0.113.9:9001"), () -> false);
        link.used(BURST);
        Edge writing = start();
        end.toGive = 1;
        writing.flush();
        turns.turn(() -> {});
        assertThat(server.written).isEmpty();
    }

    @Test
    void whatStaysInTheMachinesNetworkIsExempt() {
        limit();
        budgets.edgeWriting(server.at).used(BURST);
        assertThat(budgets.edgeWriting(server.at).allowance(1)).isZero();
        assertThat(budgets.edgeWriting(Endpoint.parse("127.0.0.1:80")).allowance(1))
                .isOne();
        assertThat(budgets.edgeWriting(Endpoint.parse("10.1.2.3:80")).allowance(1))
                .isOne();
    }

    private static int sum(List<Integer> parts) {
        return parts.stream().mapToInt(part -> part).sum();
    }
}
