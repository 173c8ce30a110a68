package io.allium.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.SystemEntropy;
import io.allium.base.Unreachable;
import io.allium.cell.CircuitId;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CircuitTableTest {
    private final CircuitEnd end = new Neighbours.Recorder();

    @ParameterizedTest
    @CsvSource({"4, true", "4, false", "2, true", "2, false"})
    void idsAreOfOurHalfAndNeverTheSame(int idBytes, boolean high) throws Unreachable {
        CircuitTable table = new CircuitTable(new SystemEntropy(), idBytes, high);
        Set<CircuitId> given = new HashSet<>();
        for (int i = 0; i < 5_000; i++) {
            CircuitId id = table.open(end, busy -> false);
            assertThat(given.add(id)).isTrue();
            assertThat(table.isTheirs(id.value())).isFalse();
            assertThat(id.isNone()).isFalse();
            long unsigned = Integer.toUnsignedLong(id.value());
            long half = idBytes == 4 ? 0x8000_0000L : 0x8000L;
            assertThat(unsigned >= half).isEqualTo(high);
            assertThat(unsigned).isLessThan(2 * half);
        }
        assertThat(table.size()).isEqualTo(5_000);
    }

    @Test
    void afterSixtyFourTriesItGivesUp() {
        CircuitTable table = new CircuitTable(new SystemEntropy(), 4, true);
        int[] tries = {0};
        assertThatThrownBy(() -> table.open(end, busy -> {
                    tries[0]++;
                    return true;
                }))
                .isInstanceOf(Unreachable.class);
        assertThat(tries[0]).isEqualTo(64);
    }

    @Test
    void aDetachedCircuitIsForgotten() throws Unreachable {
        CircuitTable table = new CircuitTable(new SystemEntropy(), 4, true);
        CircuitId id = table.open(end, busy -> false);
        assertThat(table.at(id.value())).isSameAs(end);
        table.detach(id.value());
        assertThat(table.at(id.value())).isNull();
    }
}
