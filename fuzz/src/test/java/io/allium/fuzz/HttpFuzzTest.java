package io.allium.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.allium.base.TorException;
import io.allium.directory.HttpMessage;
import java.io.IOException;

/** Directory requests and answers, compressed ones too. */
class HttpFuzzTest {
    private static final int DOCUMENT_MAX = 1 << 20;

    @FuzzTest
    void request(byte[] input) {
        try {
            HttpMessage.readRequest(new BytesStream(input));
        } catch (TorException refused) {
            Refusals.check(refused);
        } catch (IOException cutOff) {
            return;
        }
    }

    @FuzzTest
    void response(byte[] input) {
        try {
            byte[] document = HttpMessage.readResponse(new BytesStream(input)).document(DOCUMENT_MAX);
            if (document.length > DOCUMENT_MAX) {
                throw new IllegalStateException("beyond its limit: " + document.length);
            }
        } catch (TorException refused) {
            Refusals.check(refused);
        } catch (IOException cutOff) {
            return;
        }
    }
}
