package io.allium.web;

import io.allium.base.ProtocolViolation;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The head of what a visitor asks; the body is read beside it. Immutable.
 *
 * @param target the path with its query, as sent
 * @param minor of HTTP/1.minor
 * @param bodyLength in bytes; {@link #CHUNKED} where the body says itself where it ends
 */
public record HttpRequest(String method, String target, int minor, Headers headers, long bodyLength) {
    static final long CHUNKED = -1;

    private static final Pattern LINE = Pattern.compile("([A-Z]{1,20}) ([\\x21-\\x7e]{1,8000}) HTTP/1\\.([01])");

    /**
     * Reads a head.
     *
     * @param head its lines, each ended by CR LF, without the empty one
     */
    static HttpRequest parse(String head) throws ProtocolViolation {
        List<String> lines = Arrays.asList(head.split("\r\n", -1));
        var line = LINE.matcher(lines.getFirst());
        if (!line.matches()) {
            throw new ProtocolViolation("this is no request of HTTP/1.1 or HTTP/1.0");
        }
        int minor = Integer.parseInt(line.group(3));
        Headers headers = Headers.parse(lines.subList(1, lines.size()));
        int hosts = headers.all("Host").size();
        if (hosts > 1 || hosts == 0 && minor == 1) {
            throw new ProtocolViolation("a request needs one Host");
        }
        return new HttpRequest(line.group(1), line.group(2), minor, headers, bodyLength(headers, minor));
    }

    /** Whoever could be understood in two ways, where the body ends, is not answered: RFC 9112, 6.3. */
    private static long bodyLength(Headers headers, int minor) throws ProtocolViolation {
        List<String> lengths = headers.all("Content-Length");
        List<String> codings = headers.all("Transfer-Encoding");
        if (!codings.isEmpty()) {
            boolean plain = codings.size() == 1
                    && codings.getFirst().toLowerCase(Locale.ROOT).equals("chunked");
            if (!plain || !lengths.isEmpty() || minor == 0) {
                throw new ProtocolViolation("a body is either chunked or has a Content-Length, and nothing else");
            }
            return CHUNKED;
        }
        if (lengths.isEmpty()) {
            return 0;
        }
        if (lengths.size() > 1 || !lengths.getFirst().matches("[0-9]{1,18}")) {
            throw new ProtocolViolation("Content-Length is no number");
        }
        return Long.parseLong(lengths.getFirst());
    }

    /** Whether only a look is taken. */
    boolean isHead() {
        return method.equals("HEAD");
    }

    boolean reads() {
        return isHead() || method.equals("GET");
    }

    /** Whether another request may follow on the same connection. */
    boolean keepsAlive() {
        return minor == 1 && !headers.lists("Connection", "close");
    }

    boolean expectsContinue() {
        return minor == 1 && headers.lists("Expect", "100-continue");
    }
}
