package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UndeliveredTest {
    private static final byte[] MEGABYTE = new byte[1 << 20];

    @Test
    void aCircuitHoldsOnlySoMuch() {
        Undelivered.OfCircuit circuit = new Undelivered(1 << 30).ofCircuit();
        int held = 1;
        while (circuit.add(MEGABYTE)) {
            held++;
        }
        assertThat(held).isEqualTo(16);
        circuit.remove(MEGABYTE);
        circuit.remove(MEGABYTE);
        assertThat(circuit.add(MEGABYTE)).isTrue();
    }

    @Test
    void whenAllTogetherHoldTooMuchThoseWithLittleStay() {
        Undelivered undelivered = new Undelivered(4 << 20);
        Undelivered.OfCircuit large = undelivered.ofCircuit();
        for (int i = 0; i < 3; i++) {
            assertThat(large.add(MEGABYTE)).isTrue();
        }
        assertThat(large.add(MEGABYTE)).isFalse();
        assertThat(undelivered.ofCircuit().add(new byte[1000])).isTrue();
        for (int i = 0; i < 4; i++) {
            large.remove(MEGABYTE);
        }
        assertThat(undelivered.size()).isEqualTo(1032);
    }
}
