package io.allium.web;

import io.allium.base.ByteStream;
import io.allium.base.ProtocolViolation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Takes apart what comes on one connection. Confined to the connection's task. */
final class RequestReader {
    /** Browsers send less than two thousand bytes. */
    static final int HEAD_MAX = 16_384;

    /** Of a line that says how long a chunk is. */
    private static final int CHUNK_LINE_MAX = 1024;

    private final ByteStream from;
    private final Patience patience;
    private final byte[] buffer = new byte[HEAD_MAX];
    private int start;
    private int end;

    RequestReader(ByteStream from, Patience patience) {
        this.from = from;
        this.patience = patience;
    }

    /** Waits for the next request's head; nothing where the visitor has finished instead. */
    Optional<HttpRequest> head() throws IOException, ProtocolViolation {
        patience.awaitRequest();
        int searched = start;
        while (true) {
            if (start < end) {
                patience.awaitHead();
            }
            int found = emptyLine(searched);
            if (found >= 0) {
                String head = new String(buffer, start, found - start, StandardCharsets.ISO_8859_1);
                start = found + 4;
                return Optional.of(HttpRequest.parse(head));
            }
            int unread = end - start;
            searched = Math.max(0, unread - 3);
            System.arraycopy(buffer, start, buffer, 0, unread);
            start = 0;
            end = unread;
            if (end == buffer.length) {
                throw new ProtocolViolation("the request's head has more than " + HEAD_MAX + " bytes");
            }
            int count = from.read(buffer, end, buffer.length - end);
            if (count < 0) {
                if (end == 0) {
                    return Optional.empty();
                }
                throw new ProtocolViolation("the request ended within its head");
            }
            end += count;
        }
    }

    /** Where CR LF CR LF begins, or -1. */
    private int emptyLine(int searched) {
        for (int i = Math.max(start, searched); i + 3 < end; i++) {
            if (buffer[i] == '\r' && buffer[i + 1] == '\n' && buffer[i + 2] == '\r' && buffer[i + 3] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /** Some bytes of a body; -1 at the connection's end. */
    int read(byte[] into, int offset, int length) throws IOException {
        int count;
        if (start < end) {
            count = Math.min(length, end - start);
            System.arraycopy(buffer, start, into, offset, count);
            start += count;
        } else {
            count = from.read(into, offset, length);
        }
        patience.moved(Math.max(0, count));
        return count;
    }

    /** A line between chunks, without its end. */
    String line() throws IOException, ProtocolViolation {
        byte[] line = new byte[64];
        int length = 0;
        while (length < 2 || line[length - 2] != '\r' || line[length - 1] != '\n') {
            if (length == CHUNK_LINE_MAX) {
                throw new ProtocolViolation("a line between chunks has more than " + CHUNK_LINE_MAX + " bytes");
            }
            if (length == line.length) {
                line = Arrays.copyOf(line, 2 * length);
            }
            if (read(line, length, 1) < 0) {
                throw new ProtocolViolation("the body ended early");
            }
            length++;
        }
        return new String(line, 0, length - 2, StandardCharsets.ISO_8859_1);
    }
}
