package io.allium.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CellCodecTest {
    @ParameterizedTest
    @CsvSource({"3, 2, 512", "4, 4, 514", "5, 4, 514"})
    void theVersionSaysHowWideCellsAre(int version, int idBytes, int cellBytes) {
        CellCodec codec = CellCodec.of(version);
        assertThat(codec.circuitIdBytes()).isEqualTo(idBytes);
        assertThat(codec.fixedBytes()).isEqualTo(cellBytes);
    }

    @Test
    void versionsGoesOutWithANarrowIdAndItsLength() {
        byte[] cell = CellCodec.BEFORE_VERSIONS.encode(CircuitId.NONE, new ChannelCell.Versions(List.of(3, 4, 5)));
        assertThat(HexFormat.of().formatHex(cell)).isEqualTo("0000070006000300040005");
    }

    @Test
    void aFixedCellIsPaddedWithZeros() {
        CellCodec codec = CellCodec.of(4);
        byte[] cell = codec.encode(new CircuitId(0x80000001), new ChannelCell.Destroy(DestroyReason.CHANNEL_CLOSED));
        assertThat(cell).hasSize(514).startsWith(0x80, 0, 0, 1, 4, 8, 0, 0);
        assertThat(codec.circuitId(cell, 0)).isEqualTo(0x80000001);
        assertThat(codec.command(cell, 0)).isEqualTo(CellCommand.DESTROY);
        assertThat(codec.bodyOffset(CellCommand.DESTROY)).isEqualTo(5);
    }

    @Test
    void aNarrowIdKeepsItsSixteenBits() {
        byte[] cell = CellCodec.of(3).encode(new CircuitId(0xfffe), new ChannelCell.Padding());
        assertThat(CellCodec.of(3).circuitId(cell, 0)).isEqualTo(0xfffe);
    }

    @Test
    void theLengthIsUnknownUntilTheHeaderIsThere() {
        CellCodec codec = CellCodec.of(5);
        byte[] cell = codec.encode(CircuitId.NONE, new ChannelCell.VPadding(300));
        for (int available = 0; available < 7; available++) {
            assertThat(codec.cellBytes(cell, 0, available)).isZero();
        }
        assertThat(codec.cellBytes(cell, 0, 7)).isEqualTo(307).isEqualTo(cell.length);
        byte[] fixed = codec.encode(CircuitId.NONE, new ChannelCell.Padding());
        assertThat(codec.cellBytes(fixed, 0, 4)).isZero();
        assertThat(codec.cellBytes(fixed, 0, 5)).isEqualTo(514);
    }

    @Test
    void theLongestCellIsOneOfVariableLength() {
        CellCodec codec = CellCodec.of(5);
        byte[] cell = codec.encode(CircuitId.NONE, new ChannelCell.VPadding(CellCodec.VARIABLE_BODY_MAX));
        assertThat(cell).hasSize(codec.longestBytes());
    }

    @Test
    void aBodyThatDoesNotFitIsOurOwnMistake() {
        assertThatThrownBy(() -> CellCodec.of(5).encode(CircuitId.NONE, new ChannelCell.Create2(2, new byte[506])))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
