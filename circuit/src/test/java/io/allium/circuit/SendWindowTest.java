package io.allium.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ProtocolViolation;
import org.junit.jupiter.api.Test;

class SendWindowTest {
    @Test
    void aCircuitSendsAThousandCellsAndThenNone() {
        SendWindow window = SendWindow.ofCircuit(SendWindow.CIRCUIT_START);
        for (int i = 0; i < 1000; i++) {
            assertThat(window.left()).isPositive();
            window.sent();
        }
        assertThat(window.left()).isZero();
        assertThatThrownBy(window::sent).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void everyHundredthCellCompletesAnIncrementWhateverTheWindowBeganWith() throws ProtocolViolation {
        SendWindow window = SendWindow.ofCircuit(150);
        for (int cell = 1; cell <= 1000; cell++) {
            boolean completes = window.sent();
            assertThat(completes).as("cell " + cell).isEqualTo(cell % 100 == 0);
            if (completes) {
                window.sendme();
            }
        }
        assertThat(window.left()).isEqualTo(150);
    }

    @Test
    void aSendmeWidensAStreamByFifty() throws ProtocolViolation {
        SendWindow window = SendWindow.ofStream();
        send(window, 120);
        assertThat(window.acknowledgementsDue()).isEqualTo(2);
        window.sendme();
        assertThat(window.left()).isEqualTo(430);
    }

    @Test
    void aSendmeForCellsThatWereNotSentIsAViolation() throws ProtocolViolation {
        SendWindow window = SendWindow.ofStream();
        send(window, 99);
        window.sendme();
        assertThatThrownBy(window::sendme)
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("SENDME: acknowledges 50 cells where 49 were sent since the last one");
    }

    private static void send(SendWindow window, int cells) {
        for (int i = 0; i < cells; i++) {
            window.sent();
        }
    }
}
