package io.allium.control;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.allium.base.ProtocolViolation;
import io.allium.fuzz.BytesStream;
import java.io.IOException;

/** What controllers say to our port. */
class ControlFuzzTest {
    /** More commands than this in one input only repeat themselves. */
    private static final int COMMANDS_MAX = 1000;

    @FuzzTest
    void control(byte[] input) {
        ControlReader reader = new ControlReader(new BytesStream(input));
        try {
            for (int i = 0; i < COMMANDS_MAX; i++) {
                var command = reader.next(ControlReader.COMMAND_MAX);
                if (command.isEmpty()) {
                    return;
                }
                ControlWords.parse(command.get().arguments());
            }
        } catch (ProtocolViolation refused) {
            if (refused.getMessage().isBlank()) {
                throw new IllegalStateException("no sentence", refused);
            }
        } catch (IOException cutOff) {
            return;
        }
    }
}
