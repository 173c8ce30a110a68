package io.allium.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.SystemEntropy;
import io.allium.base.ThreadTasks;
import io.allium.cell.CellCodec;
import io.allium.cell.CellCommand;
import io.allium.cell.CircuitId;
import io.allium.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private static final CellCodec CODEC = CellCodec.of(5);
    private static final CircuitId ONE = new CircuitId(1);
    private static final CircuitId TWO = new CircuitId(0x80000002);
    private static final Duration HALF_LIFE = Duration.ofSeconds(30);
    private static final long PLENTY = 1L << 40;

    private final CircuitTable circuits = new CircuitTable(new SystemEntropy(), 4, true);
    private final List<CircuitId> drained = new ArrayList<>();
    private int flushes;
    private boolean cellsWanted;
    private final ManualTime time = new ManualTime();
    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
    private final Backlog backlog = backlog(PLENTY);
    private final Outbox outbox = outbox(backlog);

    private Outbox outbox(Backlog counting) {
        return new Outbox(CODEC, circuits, counting, HALF_LIFE::toNanos, () -> cellsWanted, time, () -> flushes++);
    }

    private Backlog backlog(long max) {
        return new Backlog(max, time, tasks, Log.NONE);
    }

    OutboxTest() {
        circuits.attach(ONE, new Neighbours.Recorder());
        circuits.attach(TWO, new Neighbours.Recorder());
    }

    @Test
    void aCellIsFramedAndFlushed() {
        byte[] body = new byte[CellCodec.BODY_BYTES + 3];
        body[3] = 77;
        assertThat(outbox.add(TWO, CellCommand.RELAY, body, 3)).isTrue();
        assertThat(flushes).isEqualTo(1);
        byte[] record = new byte[CODEC.fixedBytes()];
        assertThat(outbox.take(record, 0, record.length, drained)).isEqualTo(514);
        assertThat(record).startsWith(0x80, 0, 0, 2, CellCommand.RELAY, 77);
        assertThat(outbox.size()).isZero();
    }

    @Test
    void onlyWholeCellsAreTaken() {
        add(ONE, 40);
        byte[] record = new byte[RecordBuffers.PLAIN_BYTES];
        assertThat(outbox.take(record, 0, record.length, drained)).isEqualTo(31 * 514);
        assertThat(outbox.take(record, 0, 513, drained)).isZero();
        assertThat(outbox.size()).isEqualTo(9);
    }

    @Test
    void aQuietCircuitComesBeforeABusyOne() {
        add(ONE, 100);
        takeIds(20);
        add(TWO, 1);
        assertThat(takeIds(10)).contains(TWO);
    }

    @Test
    void whatWasSentLongAgoCountsLess() {
        add(ONE, 1000);
        takeIds(800);
        time.pass(HALF_LIFE.multipliedBy(4)); // 50 of the 800 are left
        add(TWO, 500);
        assertThat(takeIds(50)).containsOnly(TWO);
        assertThat(takeIds(200).stream().filter(ONE::equals)).hasSizeBetween(99, 101);
    }

    @Test
    void theOrderOutlivesAnyTimeAndAnotherHalfLife() {
        add(ONE, 2000);
        add(TWO, 2000);
        takeIds(10);
        for (long halfLives : new long[] {1, 499, 3, 501, 1_000_000}) {
            time.pass(HALF_LIFE.multipliedBy(halfLives));
            assertThat(takeIds(100).stream().filter(ONE::equals)).hasSizeBetween(49, 51);
        }
    }

    @Test
    void aQuietCircuitsCellNeverWaitsBehindMoreOfABusyOneThanItSentItself() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int quietSent = 0;
        for (int i = 0; i < 2000; i++) {
            time.pass(Duration.ofMillis(random.nextInt(100)));
            int bulk = 1 + random.nextInt(50);
            add(ONE, Math.min(bulk, Outbox.CIRCUIT_CELLS_MAX - outbox.size(ONE)));
            takeIds(random.nextInt(2 * bulk));
            if (random.nextInt(20) == 0) {
                add(TWO, 1);
                int waited = takeIds(quietSent + 2).indexOf(TWO);
                assertThat(waited).as("seed %d, cell %d", seed, i).isBetween(0, i < 100 ? quietSent + 1 : 0);
                quietSent++;
            }
        }
    }

    @Test
    void allCircuitsThatSendAlwaysGetTheSame() {
        int many = 300;
        int[] sent = new int[many];
        for (int i = 0; i < many; i++) {
            add(new CircuitId(1000 + i), 100);
        }
        for (CircuitId id : takeIds(many * 50)) {
            sent[id.value() - 1000]++;
        }
        assertThat(sent).containsOnly(50);
    }

    @Test
    void busyCircuitsTakeTurns() {
        add(ONE, 100);
        add(TWO, 100);
        List<CircuitId> order = takeIds(160);
        assertThat(order.stream().filter(ONE::equals)).hasSize(80);
    }

    @Test
    void cellsOfACircuitKeepTheirOrderWhateverTheOthersDo() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int[] added = new int[2];
        int[] taken = new int[2];
        byte[] cell = new byte[514];
        for (int i = 0; i < 20_000; i++) {
            int which = random.nextInt(2);
            if (random.nextInt(100) < 50) {
                int number = added[which];
                if (outbox.append(which == 0 ? ONE : TWO, CellCommand.RELAY, (into, at) -> put(into, at, number))) {
                    added[which]++;
                }
            } else if (outbox.take(cell, 0, 514, drained) > 0) {
                int from = CODEC.circuitId(cell, 0) == ONE.value() ? 0 : 1;
                assertThat(number(cell)).as("seed %d", seed).isEqualTo(taken[from]++);
            }
        }
        assertThat(outbox.size()).isEqualTo(added[0] + added[1] - taken[0] - taken[1]);
    }

    @Test
    void aFullCircuitTakesNoMoreAndOthersDo() {
        add(ONE, Outbox.CIRCUIT_CELLS_MAX);
        assertThat(outbox.append(ONE, CellCommand.RELAY, (into, at) -> {})).isFalse();
        assertThat(outbox.append(TWO, CellCommand.RELAY, (into, at) -> {})).isTrue();
    }

    @Test
    void aFullChannelTakesNoMore() {
        int circuit = 100;
        while (outbox.size() < Outbox.CELLS_MAX) {
            add(new CircuitId(circuit++), Math.min(Outbox.CIRCUIT_CELLS_MAX, Outbox.CELLS_MAX - outbox.size()));
        }
        assertThat(outbox.append(TWO, CellCommand.RELAY, (into, at) -> {})).isFalse();
    }

    @Test
    void whoeverWasToldThatThereIsNoRoomHearsWhenThereIs() {
        add(ONE, Outbox.ROOM_UNTIL - 1);
        assertThat(outbox.hasRoom(ONE)).isTrue();
        add(ONE, 1);
        assertThat(outbox.hasRoom(ONE)).isFalse();
        assertThat(outbox.hasRoom(TWO)).isTrue();
        takeIds(Outbox.ROOM_UNTIL - Outbox.ROOM_AGAIN - 1);
        assertThat(drained).isEmpty();
        takeIds(1);
        assertThat(drained).containsExactly(ONE);
        takeIds(Outbox.ROOM_AGAIN);
        assertThat(drained).hasSize(1);
    }

    @Test
    void theCellsOfADetachedCircuitAreStillSentAndItsIdIsBusyUntilThen() {
        add(ONE, 2);
        circuits.detach(ONE.value());
        outbox.end(ONE.value());
        assertThat(outbox.isEnding(ONE.value())).isTrue();
        assertThat(takeIds(5)).containsExactly(ONE, ONE);
        assertThat(outbox.isEnding(ONE.value())).isFalse();
    }

    @Test
    void theCellsOfADestroyedCircuitAreNot() {
        add(ONE, 10);
        add(TWO, 1);
        outbox.drop(ONE.value());
        assertThat(outbox.size()).isEqualTo(1);
        assertThat(takeIds(5)).containsExactly(TWO);
    }

    @Test
    void queuesHoldMemoryOnlyWhileCellsWait() {
        add(ONE, 1000);
        assertThat(backlog.size()).isBetween(1000L * CODEC.fixedBytes(), 1000L * 2 * CODEC.fixedBytes());
        takeIds(1000);
        assertThat(backlog.size()).isLessThanOrEqualTo(100_000);
        outbox.trim();
        outbox.trim();
        assertThat(backlog.size()).isZero();
    }

    @Test
    void whereNoMemoryIsLeftOnlyDestroyIsTaken() {
        Outbox poor = outbox(backlog(1));
        int taken = 0;
        while (poor.append(ONE, CellCommand.RELAY, (into, at) -> {})) {
            taken++;
        }
        assertThat(taken).isEqualTo(CellChunks.CELLS);
        assertThat(poor.append(TWO, CellCommand.DESTROY, (into, at) -> {})).isTrue();
    }

    @Test
    void aClosedOutboxTakesNothing() {
        add(ONE, 10);
        outbox.close();
        assertThat(outbox.size()).isZero();
        assertThat(outbox.append(ONE, CellCommand.RELAY, (into, at) -> {})).isFalse();
        assertThat(takeIds(5)).isEmpty();
    }

    private void add(CircuitId circuit, int count) {
        for (int i = 0; i < count; i++) {
            assertThat(outbox.append(circuit, CellCommand.RELAY, (into, at) -> {}))
                    .isTrue();
        }
    }

    private List<CircuitId> takeIds(int count) {
        List<CircuitId> ids = new ArrayList<>();
        byte[] cell = new byte[514];
        for (int i = 0; i < count && outbox.take(cell, 0, 514, drained) > 0; i++) {
            ids.add(new CircuitId(CODEC.circuitId(cell, 0)));
        }
        return ids;
    }

    private static void put(byte[] into, int at, int number) {
        for (int i = 0; i < 4; i++) {
            into[at + i] = (byte) (number >>> 24 - 8 * i);
        }
    }

    private static int number(byte[] cell) {
        int number = 0;
        for (int i = 0; i < 4; i++) {
            number = number << 8 | (cell[5 + i] & 0xff);
        }
        return number;
    }
}
