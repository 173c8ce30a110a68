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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an outbox counts of its circuits' cells. */
class CellStatsTest {
    private static final CellCodec CODEC = CellCodec.of(5);
    private static final CircuitId ONE = new CircuitId(1);
    private static final CircuitId TWO = new CircuitId(2);

    private final ManualTime time = new ManualTime();
    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
    private final CircuitTable circuits = new CircuitTable(new SystemEntropy(), 4, true);
    private boolean wanted = true;
    private final Outbox outbox = new Outbox(
            CODEC,
            circuits,
            new Backlog(1L << 40, time, tasks, Log.NONE),
            Duration.ofSeconds(30)::toNanos,
            () -> wanted,
            time,
            () -> {});

    CellStatsTest() {
        circuits.attach(ONE, new Neighbours.Recorder());
        circuits.attach(TWO, new Neighbours.Recorder());
    }

    @AfterEach
    void close() {
        tasks.close();
    }

    @Test
    void cellsAreCountedByTheirCommands() {
        add(ONE, CellCommand.CREATE2, 1);
        add(TWO, CellCommand.RELAY, 3);
        add(ONE, CellCommand.RELAY_EARLY, 2);
        add(ONE, CellCommand.RELAY, 1);
        assertThat(told(ONE)).isEqualTo(" InboundAdded=relay:1,relay_early:2,create2:1");
        assertThat(told(TWO)).isEqualTo(" InboundAdded=relay:3");
    }

    @Test
    void ofCellsThatLeftItIsToldHowLongTheyWaitedEachToAHundredthOfASecond() {
        add(ONE, CellCommand.CREATE2, 1);
        time.pass(Duration.ofMillis(19));
        add(ONE, CellCommand.RELAY, 2);
        time.pass(Duration.ofMillis(9));
        take(2);
        assertThat(told(ONE))
                .isEqualTo(" InboundAdded=relay:2,create2:1 InboundRemoved=relay:1,create2:1"
                        + " InboundTime=relay:0,create2:20");
        time.pass(Duration.ofMillis(6));
        take(1);
        assertThat(told(ONE)).isEqualTo(" InboundRemoved=relay:1 InboundTime=relay:10");
        assertThat(told(ONE)).isEmpty();
    }

    @Test
    void whatNobodyTakesAddsUp() {
        for (int i = 0; i < 50; i++) {
            add(ONE, CellCommand.RELAY, 100);
            take(100);
        }
        assertThat(told(ONE)).isEqualTo(" InboundAdded=relay:5000 InboundRemoved=relay:5000 InboundTime=relay:0");
    }

    @Test
    void aCellThatTheQueueDoesNotTakeIsNotCounted() {
        add(ONE, CellCommand.RELAY, Outbox.CIRCUIT_CELLS_MAX);
        assertThat(outbox.add(ONE, CellCommand.RELAY, (into, at) -> {})).isFalse();
        take(Outbox.CIRCUIT_CELLS_MAX);
        assertThat(told(ONE)).isEqualTo(" InboundAdded=relay:2500 InboundRemoved=relay:2500 InboundTime=relay:0");
    }

    @Test
    void theEndOfACircuitIsNoneOfItsCells() {
        add(ONE, CellCommand.DESTROY, 1);
        take(1);
        assertThat(told(ONE)).isEmpty();
    }

    @Test
    void cellsThatWaitedBeforeSomebodyListenedAreNotCounted() {
        wanted = false;
        add(ONE, CellCommand.RELAY, 3);
        outbox.countCells(true);
        add(ONE, CellCommand.RELAY_EARLY, 1);
        take(3);
        assertThat(told(ONE)).isEqualTo(" InboundAdded=relay_early:1");
        take(1);
        assertThat(told(ONE)).isEqualTo(" InboundRemoved=relay_early:1 InboundTime=relay_early:0");
    }

    @Test
    void whatWasThrownAwayDidNotLeave() {
        add(ONE, CellCommand.RELAY, 3);
        outbox.drop(ONE.value());
        add(ONE, CellCommand.CREATE2, 1);
        take(1);
        assertThat(told(ONE))
                .isEqualTo(" InboundAdded=relay:3,create2:1 InboundRemoved=create2:1 InboundTime=create2:0");
    }

    @Test
    void onceNobodyListensNothingIsCounted() {
        add(ONE, CellCommand.RELAY, 3);
        wanted = false;
        outbox.countCells(false);
        take(3);
        assertThat(told(ONE)).isEmpty();
        circuits.attach(new CircuitId(3), new Neighbours.Recorder());
        add(new CircuitId(3), CellCommand.CREATE2, 1);
        assertThat(told(new CircuitId(3))).isEmpty();
    }

    private void add(CircuitId circuit, int command, int count) {
        for (int i = 0; i < count; i++) {
            assertThat(outbox.add(circuit, command, (into, at) -> {})).isTrue();
        }
    }

    private void take(int count) {
        byte[] record = new byte[CODEC.fixedBytes()];
        for (int i = 0; i < count; i++) {
            assertThat(outbox.take(record, 0, record.length, new ArrayList<>())).isPositive();
        }
    }

    private String told(CircuitId circuit) {
        CellStats stats = outbox.takeStats(circuit);
        return stats == null ? "" : stats.text("Inbound");
    }
}
