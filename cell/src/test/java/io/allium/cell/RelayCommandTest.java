package io.allium.cell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RelayCommandTest {
    @Test
    void xoffComesBeforeXon() {
        assertThat(RelayCommand.name(43)).isEqualTo("XOFF");
        assertThat(RelayCommand.name(44)).isEqualTo("XON");
        assertThat(new RelayMessage.Xoff().command()).isEqualTo(43);
        assertThat(new RelayMessage.Xon(0).command()).isEqualTo(44);
    }

    @Test
    void onionServicesHaveTheNumbersOfTheSpecification() {
        assertThat(IntStream.rangeClosed(32, 40).mapToObj(RelayCommand::name))
                .containsExactly(
                        "ESTABLISH_INTRO",
                        "ESTABLISH_RENDEZVOUS",
                        "INTRODUCE1",
                        "INTRODUCE2",
                        "RENDEZVOUS1",
                        "RENDEZVOUS2",
                        "INTRO_ESTABLISHED",
                        "RENDEZVOUS_ESTABLISHED",
                        "INTRODUCE_ACK");
    }
}
