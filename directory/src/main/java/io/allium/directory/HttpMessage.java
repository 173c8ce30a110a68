package io.allium.directory;

import io.allium.base.ByteStream;
import io.allium.base.ProtocolViolation;
import io.allium.base.TorException;
import io.allium.base.Untrusted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message of the small part of HTTP/1.0 that directory connections speak: one request and one response a connection,
 * a response's end being the connection's.
 *
 * @spec dir-spec 6
 */
public sealed interface HttpMessage {
    /** C tor reads no more of the head of a message. */
    int HEAD_MAX = 50_000;

    /** C tor downloads and accepts no larger body, as it travels. */
    int BODY_MAX = (1 << 24) - 1;

    /** No document that we know of comes near this once decompressed: a full set of votes is about 50 MB. */
    int DECODED_MAX = 128 << 20;

    HttpHeaders headers();

    byte[] body();

    /** The whole message as it travels. */
    byte[] encode();

    /**
     * What a client asks.
     *
     * @param target the path with its query, as sent
     */
    record Request(String method, String target, HttpHeaders headers, byte[] body) implements HttpMessage {
        public static Request get(String target) {
            return new Request("GET", target, HttpHeaders.NONE, new byte[0]);
        }

        public static Request post(String target, byte[] body) {
            return new Request("POST", target, HttpHeaders.NONE, body);
        }

        public Request with(String name, String value) {
            return new Request(method, target, headers.with(name, value), body);
        }

        @Override
        public byte[] encode() {
            HttpHeaders all = method.equals("POST") ? headers.with("Content-Length", "" + body.length) : headers;
            return Framing.join(method + " " + target + " HTTP/1.0", all, body);
        }
    }

    /**
     * What a server answers.
     *
     * @param body as it travels, compressed as {@code Content-Encoding} says
     */
    record Response(int status, String reason, HttpHeaders headers, byte[] body) implements HttpMessage {
        /** An answer without a body. */
        public static Response of(int status, String reason) {
            return new Response(status, reason, HttpHeaders.NONE, new byte[0]);
        }

        public Response with(String name, String value) {
            return new Response(status, reason, headers.with(name, value), body);
        }

        /** The body decompressed, at most {@code limit} bytes of it. */
        public byte[] document(int limit) throws Untrusted {
            String token = headers.first("Content-Encoding").orElse("identity");
            Optional<ContentCoding> named = ContentCoding.named(token);
            if (named.isEmpty()) {
                throw new Untrusted("body: compressed by '" + Framing.printable(token) + "', which we did not ask for");
            }
            ContentCoding betrayed = ContentCoding.betrayedBy(body);
            return (betrayed == ContentCoding.IDENTITY ? named.get() : betrayed).decode(body, limit);
        }

        @Override
        public byte[] encode() {
            return Framing.join("HTTP/1.0 " + status + " " + reason, headers, body);
        }
    }

    /**
     * Reads what a client asks.
     *
     * @throws ProtocolViolation when it is no HTTP, or over a bound
     */
    static Request readRequest(ByteStream from) throws IOException, TorException {
        return readRequest(from, BODY_MAX);
    }

    /**
     * The same from a client who may send no longer body.
     *
     * @throws ProtocolViolation when it is no HTTP, or over a bound
     */
    static Request readRequest(ByteStream from, int bodyMax) throws IOException, TorException {
        return readHead(from).request(bodyMax, _ -> true).orElseThrow();
    }

    /**
     * Reads the head of what a client asks.
     *
     * @throws ProtocolViolation when it is no HTTP, or over a bound
     */
    static Incoming readHead(ByteStream from) throws IOException, TorException {
        return new Incoming(new Framing(from));
    }

    /**
     * Says whether so many bytes more may be kept in memory. Once it says no, what it granted before is given up; else
     * who made it gives it back.
     */
    interface Allowance {
        boolean take(int bytes);
    }

    /** A request of which the body is still to come. Confined to the task that reads it. */
    final class Incoming {
        private final Framing framing;
        private final String method;
        private final String target;
        private final HttpHeaders headers;

        private Incoming(Framing framing) throws IOException, ProtocolViolation {
            this.framing = framing;
            String[] line = framing.firstLine().split(" ", -1);
            if (line.length < 2 || !line[0].matches("[A-Z]{1,16}") || line[1].isEmpty()) {
                throw new ProtocolViolation("HTTP: no request line");
            }
            this.method = line[0];
            this.target = line[1];
            this.headers = framing.headers();
        }

        public String method() {
            return method;
        }

        /** Usually the path, but some give the whole URL. */
        public String target() {
            return target;
        }

        public HttpHeaders headers() {
            return headers;
        }

        /**
         * Reads the rest.
         *
         * @return the whole request; nothing when {@code allowance} is used up
         */
        public Optional<Request> request(int bodyMax, Allowance allowance) throws IOException, TorException {
            int length = framing.contentLength(headers);
            if (length < 0 && method.equals("POST")) {
                throw new ProtocolViolation("HTTP: POST without Content-Length");
            }
            return framing.body(Math.max(0, length), bodyMax, allowance)
                    .map(body -> new Request(method, target, headers, body));
        }
    }

    /**
     * Reads what a server answers.
     *
     * @throws ProtocolViolation when it is no HTTP, cut short, or over a bound
     */
    static Response readResponse(ByteStream from) throws IOException, TorException {
        return readResponse(from, BODY_MAX);
    }

    /**
     * The same from a server who may send no longer body.
     *
     * @throws ProtocolViolation when it is no HTTP, cut short, or over a bound
     */
    static Response readResponse(ByteStream from, int bodyMax) throws IOException, TorException {
        Framing framing = new Framing(from);
        String[] line = framing.firstLine().split(" ", 3);
        if (line.length < 2 || !line[0].matches("HTTP/1\\.[0-9]") || !line[1].matches("[1-5][0-9][0-9]")) {
            throw new ProtocolViolation("HTTP: no status line");
        }
        HttpHeaders headers = framing.headers();
        byte[] body =
                framing.body(framing.contentLength(headers), bodyMax, _ -> true).orElseThrow();
        return new Response(Integer.parseInt(line[1]), line.length == 3 ? line[2] : "", headers, body);
    }

    /** Takes a message apart as it arrives. Confined to the call that reads it. */
    final class Framing {
        private final ByteStream from;
        private final byte[] chunk = new byte[8192];
        private byte[] beyondHead = new byte[0];
        private @Nullable List<String> head;

        private Framing(ByteStream from) {
            this.from = from;
        }

        private static byte[] join(String firstLine, HttpHeaders headers, byte[] body) {
            StringBuilder head = new StringBuilder(firstLine).append("\r\n");
            headers.writeTo(head);
            byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
            byte[] all = Arrays.copyOf(start, start.length + body.length);
            System.arraycopy(body, 0, all, start.length, body.length);
            return all;
        }

        private static String printable(String text) {
            return text.replaceAll("[^\\x20-\\x7e]", "?");
        }

        private String firstLine() throws IOException, ProtocolViolation {
            return head().getFirst();
        }

        private HttpHeaders headers() throws IOException, ProtocolViolation {
            return HttpHeaders.parse(head().subList(1, head().size()));
        }

        private List<String> head() throws IOException, ProtocolViolation {
            if (head == null) {
                head = readHead();
            }
            return head;
        }

        private List<String> readHead() throws IOException, ProtocolViolation {
            byte[] seen = new byte[0];
            while (true) {
                int count = from.read(chunk, 0, chunk.length);
                if (count < 0) {
                    throw new ProtocolViolation("HTTP: ended within its head");
                }
                int searched = Math.max(0, seen.length - 3);
                seen = appended(seen, chunk, count);
                int end = endOfHead(seen, searched);
                if (end > HEAD_MAX || end < 0 && seen.length > HEAD_MAX) {
                    throw new ProtocolViolation("HTTP: head of more than " + HEAD_MAX + " bytes");
                }
                if (end >= 0) {
                    beyondHead = Arrays.copyOfRange(seen, end, seen.length);
                    return lines(new String(seen, 0, end, StandardCharsets.ISO_8859_1));
                }
            }
        }

        /** The index after the empty line, or -1. */
        private static int endOfHead(byte[] seen, int from) {
            for (int i = from; i + 3 < seen.length; i++) {
                if (seen[i] == '\r' && seen[i + 1] == '\n' && seen[i + 2] == '\r' && seen[i + 3] == '\n') {
                    return i + 4;
                }
            }
            return -1;
        }

        private static List<String> lines(String head) {
            return new ArrayList<>(List.of(head.substring(0, head.length() - 4).split("\r\n", -1)));
        }

        private int contentLength(HttpHeaders headers) throws ProtocolViolation {
            Optional<String> text = headers.first("Content-Length");
            if (text.isEmpty()) {
                return -1;
            }
            if (!text.get().matches("[0-9]{1,9}") || Integer.parseInt(text.get()) > BODY_MAX) {
                throw new ProtocolViolation("HTTP: Content-Length is not between 0 and " + BODY_MAX);
            }
            return Integer.parseInt(text.get());
        }

        /** So many bytes, or where {@code length} is negative all until the end; nothing beyond the allowance. */
        private Optional<byte[]> body(int length, int max, Allowance allowance) throws IOException, ProtocolViolation {
            if (length > max) {
                throw tooLong(max);
            }
            int early = length < 0 ? beyondHead.length : Math.min(length, beyondHead.length);
            byte[] body = Arrays.copyOf(beyondHead, early); // a length is only a claim
            int size = early;
            boolean keeps = allowance.take(early); // else the rest is read all the same, so that an answer is heard
            while (length < 0 || size < length) {
                int want = length < 0 ? chunk.length : Math.min(chunk.length, length - size);
                int count = from.read(chunk, 0, want);
                if (count < 0 && length >= 0) {
                    throw new ProtocolViolation("HTTP: body ended " + (length - size) + " bytes early");
                }
                if (count < 0) {
                    break;
                }
                keeps = keeps && allowance.take(count);
                size += count;
                if (size > max) {
                    throw tooLong(max);
                }
                if (!keeps) {
                    body = new byte[0];
                    continue;
                }
                if (size > body.length) {
                    int twice = Math.max(2 * body.length, size);
                    body = Arrays.copyOf(body, length < 0 ? twice : Math.min(length, twice));
                }
                System.arraycopy(chunk, 0, body, size - count, count);
            }
            return keeps ? Optional.of(size == body.length ? body : Arrays.copyOf(body, size)) : Optional.empty();
        }

        private static ProtocolViolation tooLong(int max) {
            return new ProtocolViolation("HTTP: body of more than " + max + " bytes");
        }

        private static byte[] appended(byte[] to, byte[] from, int count) {
            byte[] all = Arrays.copyOf(to, to.length + count);
            System.arraycopy(from, 0, all, to.length, count);
            return all;
        }
    }
}
