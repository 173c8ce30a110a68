package io.allium.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteQueueTest {
    @Test
    void bytesComeOutInTheOrderInWhichTheyWentIn() {
        for (long seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            ByteQueue queue = new ByteQueue(10_000);
            int in = 0;
            int out = 0;
            byte[] buffer = new byte[3000];
            for (int step = 0; step < 2000; step++) {
                int length = Math.min(random.nextInt(buffer.length), 10_000 - queue.size());
                for (int i = 0; i < length; i++) {
                    buffer[i] = (byte) (in++ * 31);
                }
                queue.put(buffer, 0, length);
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
        ByteQueue queue = new ByteQueue(5000);
        queue.put(new byte[5000], 0, 5000);
        assertThat(queue.size()).isEqualTo(5000);
        assertThatThrownBy(() -> queue.put(new byte[1], 0, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void nothingGoesInAndOutOfAnEmptyOne() {
        ByteQueue queue = new ByteQueue(100);
        queue.put(new byte[0], 0, 0);
        assertThat(queue.take(new byte[5], 0, 5)).isZero();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void clearedItForgets() {
        ByteQueue queue = new ByteQueue(100);
        queue.put(new byte[70], 0, 70);
        queue.clear();
        assertThat(queue.isEmpty()).isTrue();
        queue.put(new byte[100], 0, 100);
        assertThat(queue.size()).isEqualTo(100);
    }
}
