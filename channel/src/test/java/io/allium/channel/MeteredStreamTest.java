package io.allium.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.ByteStream;
import io.allium.base.Endpoint;
import io.allium.base.Log;
import io.allium.base.ThreadTasks;
import io.allium.base.Wire;
import io.allium.channel.ChannelOptions.Rate;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections to servers draw on the bandwidth of the links, and wait for refills. */
@Timeout(60)
class MeteredStreamTest {
    private static final int BURST = 20_000;
    private static final Rate RATE = new Rate(10_000, BURST);
    private static final Duration REFILL = Duration.ofMillis(100);
    private static final int GAIN = 1000; // with each refill

    private final SetTime time = new SetTime(Instant.EPOCH);
    private final Budgets budgets = new Budgets(time, new ThreadTasks(Log.NONE, 1), Log.NONE);
    private final Server server = new Server("203.0.113.7:80");

    /** Somebody who takes all that is written, and has as much to read as anybody wants. */
    private static final class Server implements Wire {
        private final @Nullable Endpoint at;
        private final List<Integer> written = Collections.synchronizedList(new ArrayList<>());
        private volatile boolean closed;

        Server(String at) {
            this.at = Endpoint.parse(at);
        }

        int taken() {
            return written.stream().mapToInt(bytes -> bytes).sum();
        }

        @Override
        public @Nullable Endpoint remote() {
            return at;
        }

        @Override
        public @Nullable Endpoint local() {
            return null;
        }

        @Override
        public int tryRead(ByteBuffer into) {
            return 0;
        }

        @Override
        public int tryWrite(ByteBuffer from) {
            return 0;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            return length;
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            written.add(length);
        }

        @Override
        public void finish() {}

        @Override
        public void close() {
            closed = true;
        }
    }

    private void configure(Rate rate, boolean countPrivate) {
        budgets.configure(new ChannelOptions(
                ChannelOptions.PRIORITY_HALF_LIFE,
                1 << 20,
                rate,
                new Rate(1, 1), // what is relayed, which this is not
                Rate.UNLIMITED,
                REFILL,
                countPrivate));
    }

    /** A connection where the burst has been used up. */
    private ByteStream exhausted() throws IOException {
        configure(RATE, false);
        time.jump(Duration.ofMinutes(1)); // there was nothing in the buckets while nothing was limited
        ByteStream stream = budgets.metered(server);
        stream.write(new byte[BURST]);
        assertThat(server.taken()).isEqualTo(BURST);
        server.written.clear();
        return stream;
    }

    private interface Step {
        void run() throws IOException;
    }

    private static CompletableFuture<@Nullable IOException> onThread(Step step) {
        CompletableFuture<@Nullable IOException> done = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                step.run();
                done.complete(null);
            } catch (IOException failed) {
                done.complete(failed);
            } catch (RuntimeException | Error bug) {
                done.completeExceptionally(bug);
            }
        });
        return done;
    }

    @Test
    void aWriterTakesTheBurstAtOnceAndThenWaitsForEachRefill() throws Exception {
        ByteStream stream = exhausted();
        CompletableFuture<@Nullable IOException> writer = onThread(() -> stream.write(new byte[2 * GAIN + 500]));
        time.pass(REFILL.minusMillis(1));
        time.pass(Duration.ofMillis(1));
        time.pass(REFILL);
        time.pass(REFILL);
        assertThat(writer.get()).isNull();
        assertThat(server.written).containsExactly(GAIN, GAIN, 500);
    }

    @Test
    void aReaderReadsNoMoreThanIsLeft() throws Exception {
        ByteStream stream = exhausted();
        int left = BURST; // whatever was written
        while (left > 0) {
            left -= stream.read(new byte[left], 0, left);
        }
        CompletableFuture<@Nullable IOException> reader = onThread(
                () -> assertThat(stream.read(new byte[65_536], 0, 65_536)).isEqualTo(GAIN));
        time.pass(REFILL);
        assertThat(reader.get()).isNull();
    }

    @Test
    void whoeverWaitsForARefillHearsThatTheConnectionIsClosed() throws Exception {
        ByteStream stream = exhausted();
        CompletableFuture<@Nullable IOException> writer = onThread(() -> stream.write(new byte[1]));
        time.awaitSleeper();
        stream.close();
        assertThat(server.closed).isTrue();
        time.pass(Duration.ZERO);
        assertThat(writer.get()).isInstanceOf(ClosedChannelException.class);
        assertThat(server.written).isEmpty();
    }

    @Test
    void whoeverWaitsForARefillCanBeInterrupted() throws Exception {
        ByteStream stream = exhausted();
        CompletableFuture<@Nullable IOException> outcome = onThread(() -> {
            Thread.currentThread().interrupt();
            stream.write(new byte[1]);
        });
        assertThat(outcome.get()).isInstanceOf(InterruptedIOException.class);
    }

    @Test
    void linksAndConnectionsToServersDrawOnTheSameBucket() throws Exception {
        exhausted();
        AuthenticatedPeer client = new AuthenticatedPeer(null, null, null, List.of(), null, null, 5, false);
        Meter link = budgets.writing(client, Endpoint.parse("203.0.113.9:9001"), () -> false);
        assertThat(link.allowance(1)).isZero();
        time.jump(REFILL);
        assertThat(link.allowance(1)).isOne();
        link.used(GAIN);
        CompletableFuture<@Nullable IOException> writer =
                onThread(() -> budgets.metered(server).write(new byte[GAIN]));
        time.pass(REFILL);
        assertThat(writer.get()).isNull();
        assertThat(server.written).containsExactly(GAIN);
    }

    @Test
    void withoutALimitNobodyWaits() throws Exception {
        configure(Rate.UNLIMITED, false);
        ByteStream stream = budgets.metered(server);
        stream.write(new byte[10_000_000]);
        assertThat(server.written).containsExactly(10_000_000);
    }

    @Test
    void whatStaysOnThisMachineOrItsNetworkIsExemptUnlessItCounts() {
        Server here = new Server("127.0.0.1:80");
        Server near = new Server("10.1.2.3:80");
        configure(RATE, false);
        assertThat(budgets.metered(here)).isSameAs(here);
        assertThat(budgets.metered(near)).isSameAs(near);
        configure(RATE, true);
        assertThat(budgets.metered(here)).isInstanceOf(MeteredStream.class);
        assertThat(budgets.metered(near)).isInstanceOf(MeteredStream.class);
    }
}
