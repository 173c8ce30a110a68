package io.allium.web;

import io.allium.base.ProtocolViolation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The parts of a form as they come, none of them kept: each is read to its end, or thrown away, before the next. Confined to
 * the connection's task.
 *
 * @spec RFC 7578
 */
final class Multipart {
    /** Browsers send three lines of about a hundred bytes, and the name. */
    private static final int HEAD_MAX = 8192;

    private static final Pattern BOUNDARY = Pattern.compile("[0-9A-Za-z'()+_,./:=? -]{1,70}");

    private final RequestBody body;
    private final byte[] delimiter;
    private final byte[] buffer = new byte[65_536];
    private int start;
    private int end;
    private boolean bodyEnded;
    private boolean atDelimiter; // what comes next in the buffer is one, whole
    private boolean begun;

    Multipart(RequestBody body, String boundary) {
        this.body = body;
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        buffer[end++] = '\r'; // the first delimiter has no line before it
        buffer[end++] = '\n';
    }

    /** What stands between the parts; nothing where the type is another, or has none. */
    static Optional<String> boundary(String contentType) {
        return Optional.of(contentType)
                .filter(type -> HeaderParameters.value(type).equals("multipart/form-data"))
                .flatMap(type -> HeaderParameters.find(type, "boundary"))
                .filter(boundary -> BOUNDARY.matcher(boundary).matches());
    }

    /** The head of the next part, once what is left of the part before has been thrown away; nothing after the last. */
    Optional<Headers> next() throws IOException, ProtocolViolation {
        byte[] unwanted = new byte[8192];
        while (read(unwanted, 0, unwanted.length) >= 0) {
            // Before the first part and after what was wanted of one, nothing counts.
        }
        begun = true;
        start += delimiter.length;
        atDelimiter = false;
        require(2);
        if (buffer[start] == '-' && buffer[start + 1] == '-') {
            return Optional.empty();
        }
        if (buffer[start] != '\r' || buffer[start + 1] != '\n') {
            throw new ProtocolViolation("a part of the form begins with something else than its head");
        }
        return Optional.of(head());
    }

    /** The name that a part's file has at the visitor's; nothing where it is no file. As it was given: not to be trusted. */
    static Optional<String> fileName(Headers part) {
        return part.first("Content-Disposition")
                .flatMap(disposition -> HeaderParameters.find(disposition, "filename"))
                .map(name -> new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
    }

    /** Some bytes of the part; -1 at its end. */
    int read(byte[] into, int offset, int length) throws IOException, ProtocolViolation {
        while (true) {
            if (atDelimiter) {
                return -1;
            }
            int sure = sure();
            if (sure > 0) {
                int count = Math.min(length, sure);
                System.arraycopy(buffer, start, into, offset, count);
                start += count;
                return count;
            }
            if (!atDelimiter) {
                fill();
            }
        }
    }

    /** How many bytes at the start are the part's, whatever comes after them. */
    private int sure() {
        for (int i = start; i < end; i++) {
            int same = 0;
            while (same < delimiter.length && i + same < end && buffer[i + same] == delimiter[same]) {
                same++;
            }
            if (same == delimiter.length) {
                atDelimiter = i == start;
                return i - start;
            }
            if (i + same == end) {
                return i - start; // it may go on
            }
        }
        return end - start;
    }

    /** From the line end after the delimiter to the empty line. */
    private Headers head() throws IOException, ProtocolViolation {
        for (int length = 0; length <= HEAD_MAX; length++) {
            require(length + 4);
            int at = start + length;
            if (buffer[at] == '\r' && buffer[at + 1] == '\n' && buffer[at + 2] == '\r' && buffer[at + 3] == '\n') {
                String head = new String(buffer, start, length, StandardCharsets.ISO_8859_1);
                start = at + 4;
                return length == 0
                        ? Headers.NONE
                        : Headers.parse(List.of(head.substring(2).split("\r\n", -1)));
            }
        }
        throw new ProtocolViolation("a part's head has more than " + HEAD_MAX + " bytes");
    }

    /** Waits until so many bytes are there. */
    private void require(int count) throws IOException, ProtocolViolation {
        while (end - start < count) {
            fill();
        }
    }

    private void fill() throws IOException, ProtocolViolation {
        System.arraycopy(buffer, start, buffer, 0, end - start);
        end -= start;
        start = 0;
        int count = bodyEnded ? -1 : body.read(buffer, end, buffer.length - end);
        if (count < 0) {
            bodyEnded = true;
            throw new ProtocolViolation(begun ? "the form ended within a part" : "the form has no parts");
        }
        end += count;
    }
}
