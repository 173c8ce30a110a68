package io.allium.app;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.fuzz.BytesStream;
import java.io.IOException;

/** What applications and controllers say to our ports. */
class ListenerFuzzTest {
    /** More commands than this in one input only repeat themselves. */
    private static final int COMMANDS_MAX = 1000;

    @FuzzTest
    void socks(byte[] input) {
        try {
            new SocksDialogue(new BytesStream(input), false, true).readRequest();
        } catch (ProtocolViolation | Refused refused) {
            if (refused.getMessage().isBlank()) {
                throw new IllegalStateException("no sentence", refused);
            }
        } catch (IOException cutOff) {
            return;
        }
    }

    @FuzzTest
    void control(byte[] input) {
        ControlReader reader = new ControlReader(new BytesStream(input));
        try {
            for (int i = 0; i < COMMANDS_MAX; i++) {
                var command = reader.next();
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
