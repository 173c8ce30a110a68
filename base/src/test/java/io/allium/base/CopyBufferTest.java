package io.allium.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CopyBufferTest {
    private final CopyBuffer buffer = new CopyBuffer();

    @Test
    void itGrowsWhileReadsFillItAndNoFurtherThanItMay() {
        for (int i = 0; i < 10; i++) {
            buffer.took(buffer.bytes().length);
        }
        assertThat(buffer.bytes()).hasSize(CopyBuffer.MOST);
    }

    @Test
    void itShrinksWhenLittleComes() {
        buffer.took(CopyBuffer.LEAST);
        buffer.took(2 * CopyBuffer.LEAST);
        for (int i = 0; i < 10; i++) {
            buffer.took(1);
        }
        assertThat(buffer.bytes()).hasSize(CopyBuffer.LEAST);
    }

    @Test
    void itStaysAsItIsWhereReadsFillSomeOfIt() {
        buffer.took(CopyBuffer.LEAST);
        byte[] same = buffer.bytes();
        buffer.took(same.length / 2);
        assertThat(buffer.bytes()).isSameAs(same);
    }
}
