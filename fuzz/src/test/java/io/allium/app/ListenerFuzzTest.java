package io.allium.app;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.fuzz.BytesStream;
import java.io.IOException;

/** What applications say to our ports. */
class ListenerFuzzTest {
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
}
