package io.allium.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.Wire;
import io.allium.channel.ChannelOptions.Rate;
import io.allium.testing.ManualTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class MeteredStreamTest {
    private static final int BURST = 20_000;
    private static final Duration REFILL = Duration.ofMillis(100);
    private static final int GAIN = 1000; // with each refill

    private final ManualTime time = new ManualTime();
    private final TokenBucket shared = new TokenBucket(() -> new Rate(10_000, BURST), REFILL::toNanos, time);
    private final TokenBucket unlimited = new TokenBucket(() -> Rate.UNLIMITED, REFILL::toNanos, time);
    private final Counter wire = new Counter();
    private final MeteredStream stream = new MeteredStream(wire, meter(), meter(), REFILL::toNanos, time);

    private Meter meter() {
        return new Meter(shared, unlimited, unlimited, false, () -> false);
    }

    @Test
    void whatIsBeyondTheBurstGoesWithTheRefills() throws Exception {
        CompletableFuture<Void> writing = inAnotherThread(() -> stream.write(new byte[BURST + 2 * GAIN]));
        time.awaitSleepers(1);
        assertThat(wire.written).hasValue(BURST);
        time.pass(REFILL);
        time.awaitSleepers(1);
        assertThat(wire.written).hasValue(BURST + GAIN);
        time.pass(REFILL);
        writing.get();
        assertThat(wire.written).hasValue(BURST + 2 * GAIN);
    }

    @Test
    void whoReadsWaitsToo() throws Exception {
        shared.use(BURST);
        CompletableFuture<Void> reading = inAnotherThread(
                () -> assertThat(stream.read(new byte[5000], 0, 5000)).isEqualTo(GAIN));
        time.pass(REFILL);
        reading.get();
        assertThat(shared.tokens()).isZero();
    }

    @Test
    void whoeverIsInterruptedStopsWaiting() throws Exception {
        shared.use(BURST);
        CompletableFuture<Void> ended = new CompletableFuture<>();
        Thread writer = Thread.ofVirtual().start(() -> {
            assertThatThrownBy(() -> stream.write(new byte[1])).isInstanceOf(IOException.class);
            ended.complete(null);
        });
        time.awaitSleepers(1);
        writer.interrupt();
        ended.get();
        assertThat(wire.written).hasValue(0);
    }

    /** What may wait. */
    private interface Act {
        void run() throws Exception;
    }

    private static CompletableFuture<Void> inAnotherThread(Act act) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                act.run();
                done.complete(null);
            } catch (Exception | Error failed) {
                done.completeExceptionally(failed);
            }
        });
        return done;
    }

    /** Has as much to read as anybody wants. */
    private static final class Counter implements Wire {
        private final AtomicInteger written = new AtomicInteger();

        @Override
        public @Nullable Endpoint remote() {
            return null;
        }

        @Override
        public @Nullable Endpoint local() {
            return null;
        }

        @Override
        public int tryRead(ByteBuffer into) {
            throw new UnsupportedOperationException("no loop reads it");
        }

        @Override
        public int tryWrite(ByteBuffer from) {
            throw new UnsupportedOperationException("no loop writes it");
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            return length;
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            written.addAndGet(length);
        }

        @Override
        public void finish() {}

        @Override
        public void close() {}
    }
}
