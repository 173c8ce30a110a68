package io.allium.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.allium.base.TorException;
import io.allium.base.Untrusted;
import io.allium.directory.ContentCoding;
import io.allium.directory.HttpMessage;
import java.io.IOException;
import java.util.Arrays;

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

    /** The first byte chooses the coding. */
    @FuzzTest
    void compressed(byte[] input) {
        ContentCoding[] codings = ContentCoding.values();
        if (input.length == 0) {
            return;
        }
        ContentCoding coding = codings[(input[0] & 0xff) % codings.length];
        byte[] coded = Arrays.copyOfRange(input, 1, input.length);
        try {
            byte[] document = coding.decode(coded, DOCUMENT_MAX);
            if (document.length > DOCUMENT_MAX || !Arrays.equals(again(coding, document), document)) {
                throw new IllegalStateException("beyond its limit, or not the same again: " + document.length);
            }
        } catch (Untrusted refused) {
            Refusals.check(refused);
        }
    }

    /** What comes of compressing and decompressing; what repeats itself too much looks like a bomb, and rightly so. */
    private static byte[] again(ContentCoding coding, byte[] document) {
        try {
            return coding.decode(coding.encode(document), DOCUMENT_MAX);
        } catch (Untrusted bomb) {
            if (bomb.getMessage().contains("bomb")) {
                return document;
            }
            throw new IllegalStateException(bomb);
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
