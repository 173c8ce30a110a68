package io.allium.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SystemEntropyTest {
    private final SystemEntropy entropy = new SystemEntropy();

    @Test
    void paddingFillsThePartThatItShouldAndNothingElse() {
        for (int length = 0; length < 3 * PaddingStream.BUFFER_BYTES; length += 1 + length / 3) {
            byte[] bytes = new byte[length + 20];
            entropy.pad(bytes, 10, 10 + length);
            assertThat(Arrays.copyOf(bytes, 10)).as("before %d", length).containsOnly(0);
            assertThat(Arrays.copyOfRange(bytes, 10 + length, bytes.length))
                    .as("after %d", length)
                    .containsOnly(0);
        }
    }

    /** Of any 16 bytes the same never come again, over more buffers than one seed makes; and all bits are there. */
    @Test
    void paddingNeverRepeats() {
        Set<String> seen = new TreeSet<>();
        BitSet bits = new BitSet();
        byte[] bytes = new byte[496];
        int rounds = 3 * PaddingStream.BUFFERS_PER_SEED * PaddingStream.BUFFER_BYTES / bytes.length;
        for (int i = 0; i < rounds; i++) {
            entropy.pad(bytes, 0, bytes.length);
            for (int at = 0; at < bytes.length; at += 16) {
                byte[] part = Arrays.copyOfRange(bytes, at, at + 16);
                bits.or(BitSet.valueOf(part));
                assertThat(seen.add(Arrays.toString(part))).as("round %d", i).isTrue();
            }
        }
        assertThat(bits.cardinality()).isEqualTo(128);
    }

    @Test
    void threadsNeverGetTheSamePadding() throws InterruptedException {
        List<byte[]> padded = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            byte[] bytes = new byte[50_000];
            padded.add(bytes);
            threads.add(Thread.ofVirtual().start(() -> {
                for (int at = 0; at < bytes.length; at += 500) {
                    entropy.pad(bytes, at, at + 500);
                }
            }));
        }
        Set<String> seen = new TreeSet<>();
        for (int i = 0; i < threads.size(); i++) {
            threads.get(i).join();
            for (int at = 0; at < padded.get(i).length; at += 500) {
                assertThat(seen.add(Arrays.toString(Arrays.copyOfRange(padded.get(i), at, at + 16))))
                        .isTrue();
            }
        }
    }
}
