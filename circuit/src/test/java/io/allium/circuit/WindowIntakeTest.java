package io.allium.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ProtocolViolation;
import io.allium.cell.RelayMessage;
import org.junit.jupiter.api.Test;

class WindowIntakeTest {
    private static final int CELL = 498;

    private final WindowIntake intake = new WindowIntake();

    @Test
    void whatIsDeliveredAtOnceIsAcknowledgedFiftyAtATime() throws ProtocolViolation {
        for (int cell = 1; cell <= 2000; cell++) {
            intake.received();
            assertThat(intake.arrived(0, 0)).as("cell " + cell).hasSize(cell % 50 == 0 ? 1 : 0);
        }
    }

    @Test
    void whatIsNotDeliveredIsNotAcknowledgedAndMoreThanTheWindowIsAViolation() throws ProtocolViolation {
        int acknowledged = 0;
        for (int cell = 1; cell <= 500; cell++) {
            intake.received();
            acknowledged += intake.arrived(cell * CELL, 0).size();
        }
        assertThat(acknowledged).isZero();
        assertThatThrownBy(intake::received)
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("DATA: arrived beyond the window of 500 cells");
    }

    @Test
    void allThatIsOwedIsAcknowledgedOnceLittleIsLeft() throws ProtocolViolation {
        for (int cell = 1; cell <= 500; cell++) {
            intake.received();
            intake.arrived(cell * CELL, 0);
        }
        assertThat(intake.delivered(450 * CELL, 50 * CELL, 0)).isEmpty();
        assertThat(intake.delivered(1, 50 * CELL - 1, 0)).hasSize(10).containsOnly(RelayMessage.SendMe.PLAIN);
    }
}
