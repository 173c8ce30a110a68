package io.allium.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteReaderTest {
    @Test
    void whatAWriterWroteAReaderReads() throws Exception {
        byte[] bytes = new ByteWriter(1)
                .u8(0xfe)
                .u16(0xfedc)
                .u32(0xfedcba98L)
                .u64(0x7edcba9876543210L)
                .put(new byte[] {1, 2, 3})
                .zeros(2)
                .put("host:80\0".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1))
                .toBytes();
        ByteReader reader = new ByteReader(bytes);
        assertThat(reader.u8("a")).isEqualTo(0xfe);
        assertThat(reader.u16("b")).isEqualTo(0xfedc);
        assertThat(reader.u32("c")).isEqualTo(0xfedcba98L);
        assertThat(reader.u64("d")).isEqualTo(0x7edcba9876543210L);
        assertThat(reader.take(3, "e")).containsExactly(1, 2, 3);
        ByteReader slice = reader.slice(2, "f");
        assertThat(reader.textToNul("g")).isEqualTo("host:80");
        reader.expectEnd("all");
        assertThat(slice.rest()).containsExactly(0, 0);
    }

    @Test
    void whatIsTruncatedSaysWhereAndNeverReadsBeyondItsSlice() {
        Random random = new Random(7);
        for (int turn = 0; turn < 1000; turn++) {
            int length = random.nextInt(8);
            ByteReader reader = new ByteReader(new byte[32], random.nextInt(16), length);
            int wanted = length + 1 + random.nextInt(4);
            assertThatThrownBy(() -> reader.take(wanted, "TLV body"))
                    .isInstanceOf(ProtocolViolation.class)
                    .hasMessageStartingWith("TLV body: truncated");
            assertThat(reader.remaining()).isEqualTo(length);
        }
    }

    @Test
    void anErrorTakesItsContextInFront() {
        assertThat(new ProtocolViolation("expires before it begins").in("CERTS").getMessage())
                .isEqualTo("CERTS: expires before it begins");
    }
}
