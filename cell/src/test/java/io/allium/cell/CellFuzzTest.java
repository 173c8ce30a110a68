package io.allium.cell;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.Random;
import org.junit.jupiter.api.Test;

class CellFuzzTest {
    private static final int ROUNDS = 20_000;

    @Test
    void randomBytesAreReadOrRefused() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        assertThatCode(() -> {
                    for (int i = 0; i < ROUNDS; i++) {
                        byte[] input = plausible(random);
                        CellFuzz.channelCell(input);
                        CellFuzz.relayCell(input);
                        CellFuzz.extensions(input);
                        CellFuzz.introduction(input);
                        CellFuzz.framing(input);
                    }
                })
                .as("seed %d", seed)
                .doesNotThrowAnyException();
    }

    /** Bytes with known commands and small numbers more often than chance has them. */
    private static byte[] plausible(Random random) {
        byte[] input = new byte[random.nextInt(600)];
        for (int i = 0; i < input.length; i++) {
            input[i] = (byte) (random.nextInt(3) > 0 ? random.nextInt(8) : random.nextInt(256));
        }
        if (input.length > 0) {
            input[0] = (byte) (random.nextBoolean() ? random.nextInt(45) : 128 + random.nextInt(6));
        }
        return input;
    }
}
