package io.allium.cell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RelayCommandTest {
    @Test
    void xoffComesBeforeXon() {
        assertThat(RelayCommand.name(43)).isEqualTo("XOFF");
        assertThat(RelayCommand.name(44)).isEqualTo("XON");
        assertThat(new RelayMessage.Xoff().command()).isEqualTo(43);
        assertThat(new RelayMessage.Xon(0).command()).isEqualTo(44);
    }
}
