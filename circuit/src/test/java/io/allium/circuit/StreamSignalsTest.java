package io.allium.circuit;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.cell.RelayMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

class StreamSignalsTest {
    private final List<RelayMessage> sent = new ArrayList<>(); // only the one who sends adds to it

    @Test
    void twoThreadsSendInTheOrderOfTheirDecisions() throws Exception {
        StreamSignals signals = new StreamSignals(sent::add);
        ReentrantLock lock = new ReentrantLock();
        long[] number = new long[1];
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            for (int thread = 0; thread < 2; thread++) {
                threads.submit(() -> {
                    for (int i = 0; i < 50_000; i++) {
                        lock.lock();
                        try {
                            signals.decided(List.of(new RelayMessage.Xon(number[0]++)));
                        } finally {
                            lock.unlock();
                        }
                        signals.send();
                    }
                });
            }
        }
        assertThat(sent).hasSize(100_000);
        for (int i = 0; i < sent.size(); i++) {
            assertThat(sent.get(i)).isEqualTo(new RelayMessage.Xon(i));
        }
    }
}
