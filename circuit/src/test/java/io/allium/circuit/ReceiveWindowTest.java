package io.allium.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ProtocolViolation;
import org.junit.jupiter.api.Test;

class ReceiveWindowTest {
    @Test
    void anAcknowledgementIsOwedAfterEachWholeIncrement() throws ProtocolViolation {
        ReceiveWindow window = ReceiveWindow.ofCircuit();
        for (int cell = 1; cell <= 2500; cell++) {
            window.received();
            assertThat(window.owesAcknowledgement()).as("cell " + cell).isEqualTo(cell % 100 == 0);
            if (window.owesAcknowledgement()) {
                window.acknowledge();
            }
        }
        assertThat(window.left()).isEqualTo(1000);
    }

    @Test
    void aReaderThatDoesNotReadOwesManyAtOnce() throws ProtocolViolation {
        ReceiveWindow window = ReceiveWindow.ofStream();
        for (int i = 0; i < 500; i++) {
            window.received();
        }
        int acknowledged = 0;
        while (window.owesAcknowledgement()) {
            window.acknowledge();
            acknowledged++;
        }
        assertThat(acknowledged).isEqualTo(10);
        assertThatThrownBy(window::acknowledge).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aCellBeyondTheWindowIsAViolation() throws ProtocolViolation {
        ReceiveWindow window = new ReceiveWindow(3, 2);
        window.received();
        window.received();
        window.received();
        assertThatThrownBy(window::received)
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("DATA: arrived beyond the window of 3 cells");
    }
}
