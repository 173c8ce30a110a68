package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemoryStreamTest {
    private final MemoryStream.Pair pair = MemoryStream.pair();

    @Test
    void whatOneEndWritesTheOtherReadsInOrder() throws Exception {
        byte[] sent = new byte[5 * MemoryStream.CAPACITY + 17];
        new Random(5).nextBytes(sent);
        Thread writer = Thread.startVirtualThread(() -> {
            try {
                pair.far().write(sent, 0, sent.length);
                pair.far().close();
            } catch (IOException broken) {
                throw new IllegalStateException(broken);
            }
        });
        byte[] received = new byte[sent.length];
        int at = 0;
        for (int n = pair.near().read(received, 0, 777);
                n >= 0;
                n = pair.near().read(received, at, Math.min(777, sent.length - at))) {
            at += n;
            if (at == sent.length) {
                break;
            }
        }
        writer.join();
        assertThat(received).isEqualTo(sent);
        assertThat(pair.near().read(new byte[1], 0, 1)).isEqualTo(-1);
    }

    @Test
    void nobodyWritesToAnEndThatIsClosed() {
        pair.near().close();
        assertThatThrownBy(() -> pair.far().write(new byte[1], 0, 1)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> pair.near().read(new byte[1], 0, 1)).isInstanceOf(IOException.class);
    }
}
