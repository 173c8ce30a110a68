package io.allium.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Log;
import io.allium.base.ThreadTasks;
import io.allium.channel.Backlog;
import io.allium.testing.ManualTime;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteQueueTest {
    private static final long MAX = 1_000_000;
    private static final long PIECE = ByteQueue.PIECE_BYTES + ByteQueue.OVERHEAD_BYTES;

    private final Backlog backlog = new Backlog(MAX, new ManualTime(), new ThreadTasks(Log.NONE, 1), Log.NONE);

    @Test
    void bytesComeOutInTheOrderInWhichTheyWentIn() {
        for (long seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            ByteQueue queue = new ByteQueue(10_000, backlog);
            int in = 0;
            int out = 0;
            byte[] buffer = new byte[3000];
            for (int step = 0; step < 2000; step++) {
                int length = Math.min(random.nextInt(buffer.length), 10_000 - queue.size());
                for (int i = 0; i < length; i++) {
                    buffer[i] = (byte) (in++ * 31);
                }
                queue.put(buffer, 0, length, step);
                int taken = queue.take(buffer, 0, random.nextInt(buffer.length));
                for (int i = 0; i < taken; i++) {
                    assertThat(buffer[i]).as("seed " + seed).isEqualTo((byte) (out++ * 31));
                }
                assertThat(queue.size()).isEqualTo(in - out);
            }
        }
    }

    @Test
    void itHoldsAsMuchAsItsLimitAndNoMore() {
        ByteQueue queue = new ByteQueue(5000, backlog);
        queue.put(new byte[5000], 0, 5000, 0);
        assertThat(queue.size()).isEqualTo(5000);
        assertThatThrownBy(() -> queue.put(new byte[1], 0, 1, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void nothingGoesInAndOutOfAnEmptyOne() {
        ByteQueue queue = new ByteQueue(100, backlog);
        queue.put(new byte[0], 0, 0, 0);
        assertThat(queue.take(new byte[5], 0, 5)).isZero();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void whatIsLookedAtStaysUntilItIsDropped() {
        ByteQueue queue = new ByteQueue(10_000, backlog);
        byte[] bytes = new byte[9000];
        new Random(1).nextBytes(bytes);
        queue.put(bytes, 0, 9000, 0);
        assertThat(queue.peek(5000)).isEqualTo(Arrays.copyOf(bytes, 5000));
        assertThat(queue.size()).isEqualTo(9000);
        queue.drop(5000);
        assertThat(queue.peek(10_000)).isEqualTo(Arrays.copyOfRange(bytes, 5000, 9000));
    }

    @Test
    void itsMemoryIsCountedAndComesAndGoesWithItsBytes() {
        ByteQueue queue = new ByteQueue(100_000, backlog);
        assertThat(backlog.size()).isZero();
        queue.put(new byte[1], 0, 1, 0);
        assertThat(backlog.size()).isEqualTo(PIECE).isEqualTo(queue.held());
        queue.put(new byte[2 * ByteQueue.PIECE_BYTES], 0, 2 * ByteQueue.PIECE_BYTES, 0);
        assertThat(backlog.size()).isEqualTo(3 * PIECE);
        queue.drop(ByteQueue.PIECE_BYTES);
        assertThat(backlog.size()).isEqualTo(2 * PIECE);
        queue.take(new byte[100_000], 0, 100_000);
        assertThat(backlog.size()).isZero();
        queue.put(new byte[50_000], 0, 50_000, 0);
        queue.clear();
        assertThat(backlog.size()).isZero();
    }

    @Test
    void itsAgeIsThatOfThePieceThatIsNext() {
        ByteQueue queue = new ByteQueue(100_000, backlog);
        queue.put(new byte[4000], 0, 4000, 10);
        queue.put(new byte[4000], 0, 4000, 20);
        queue.put(new byte[4000], 0, 4000, 30);
        assertThat(queue.since()).isEqualTo(10);
        queue.drop(4096);
        assertThat(queue.since()).isEqualTo(20);
        queue.drop(4096);
        assertThat(queue.since()).isEqualTo(30);
    }

    @Test
    void farBeyondTheBoundNothingIsTakenThatNeedsMemory() {
        ByteQueue queue = new ByteQueue(100_000, backlog);
        backlog.added(MAX + MAX / 16 - 1);
        assertThat(queue.put(new byte[10], 0, 10, 0)).isTrue();
        assertThat(queue.put(new byte[4096], 0, 4096, 0)).isFalse();
        assertThat(queue.size()).isEqualTo(10);
        assertThat(queue.put(new byte[4086], 0, 4086, 0)).isTrue();
        assertThat(queue.put(new byte[1], 0, 1, 0)).isFalse();
    }

    @Test
    void clearedItForgets() {
        ByteQueue queue = new ByteQueue(100, backlog);
        queue.put(new byte[70], 0, 70, 0);
        queue.clear();
        assertThat(queue.isEmpty()).isTrue();
        queue.put(new byte[100], 0, 100, 0);
        assertThat(queue.size()).isEqualTo(100);
    }
}
