package io.allium.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.cell.BeginFlags;
import io.allium.cell.EndReason;
import io.allium.cell.RelayCell;
import io.allium.cell.RelayCommand;
import io.allium.cell.RelayMessage;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of streams whose readers do not read when the client's memory is full. */
@Timeout(300)
class StreamMemoryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int FULL = RelayCell.DATA_MAX;
    private static final int CELLS = 200;

    /** Room for two streams with so many cells, and not for three but for the spare part, while the oldest is ended. */
    private static final long MEMORY = 300_000;

    private final FakeChain chain = new FakeChain(3, 3, MEMORY);

    StreamMemoryTest() {
        chain.exit().follow((relay, stream, message) -> {
            if (message instanceof RelayMessage.Begin) {
                relay.say(stream, RelayMessage.Connected.SILENT);
            }
        });
    }

    @AfterEach
    void nothingWentWrongAtTheRelays() {
        chain.close();
    }

    @Test
    void atTheBoundNothingEndsAndBeyondItTheStreamWhoseDataHasWaitedLongest() throws Exception {
        OriginCircuit circuit = chain.build();
        OnionStream oldest = fed(circuit);
        OnionStream older = fed(circuit);
        assertThat(chain.exhausted).isNotDone();
        assertThat(chain.backlog().size()).isBetween(2L * CELLS * FULL, MEMORY);
        OnionStream newest = fed(circuit);
        assertThat(chain.exhausted.get()).contains("by ending 1 circuits and streams");
        assertThatThrownBy(() -> oldest.read(new byte[10], 0, 10))
                .isInstanceOf(IOException.class)
                .hasMessage("our memory is full, and the stream's data had waited longest");
        assertThat(readable(older)).isEqualTo(CELLS * FULL);
        assertThat(readable(newest)).isEqualTo(CELLS * FULL);
        assertThat(chain.backlog().size()).isZero();
        assertThat(circuit.isOpen()).isTrue();
    }

    @Test
    void aStreamThatEndedInOrderIsNotTakenForComplete() throws Exception {
        OriginCircuit circuit = chain.build();
        OnionStream ended = fed(circuit);
        chain.onLoop(() -> chain.exit().end(ended.streamId().value(), EndReason.DONE));
        fed(circuit);
        fed(circuit);
        chain.exhausted.get();
        assertThatThrownBy(() -> ended.read(new byte[10], 0, 10))
                .isInstanceOf(IOException.class)
                .hasMessage("our memory is full, and the stream's data had waited longest");
    }

    @Test
    void whereNothingMoreIsTakenTheStreamEndsAndNotItsCircuit() throws Exception {
        OriginCircuit circuit = chain.build();
        OnionStream stream = circuit.connect("example.com", 80, BeginFlags.NONE, PATIENCE);
        chain.backlog().added(MEMORY + MEMORY / 16);
        feed(stream);
        assertThat(stream.ended()).hasValue(StreamEnding.EXHAUSTED);
        assertThat(circuit.isOpen()).isTrue();
        chain.backlog().removed(MEMORY + MEMORY / 16);
        assertThat(chain.backlog().size()).isZero();
    }

    private OnionStream fed(OriginCircuit circuit) throws Exception {
        OnionStream stream = circuit.connect("example.com", 80, BeginFlags.NONE, PATIENCE);
        chain.time.pass(Duration.ofMillis(1));
        feed(stream);
        return stream;
    }

    private void feed(OnionStream stream) {
        chain.onLoop(() -> {
            for (int i = 0; i < CELLS; i++) {
                chain.exit().say(RelayCommand.DATA, stream.streamId().value(), new byte[FULL], FULL);
            }
        });
    }

    private static int readable(OnionStream stream) throws IOException {
        int got = 0;
        while (got < CELLS * FULL) {
            got += stream.read(new byte[FULL], 0, FULL);
        }
        return got;
    }
}
