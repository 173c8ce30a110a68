package io.allium.relay;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A directory's answer, before its header is written and its body compressed.
 *
 * @param status of HTTP: 200, 304, 400, 404, 503
 * @param phrase follows the status: C tor's words, for its clients log them
 * @param body empty unless the status is 200
 * @param lifetime how long the body stays fresh, for {@code Expires}; nothing writes {@code Pragma: no-cache}
 * @param modified for {@code If-Modified-Since}: asked for something newer, the server answers 304 instead
 * @param headers further header lines
 * @spec dir-spec 6
 */
public record DirectoryReply(
        int status,
        String phrase,
        byte[] body,
        Optional<Duration> lifetime,
        Optional<Instant> modified,
        List<Header> headers) {

    /** A header line. */
    public record Header(String name, String value) {}

    public DirectoryReply {
        headers = List.copyOf(headers);
    }

    /** A document that stays fresh for {@code lifetime}. */
    public static DirectoryReply document(byte[] body, Duration lifetime) {
        return new DirectoryReply(200, "OK", body, Optional.of(lifetime), Optional.empty(), List.of());
    }

    /** A document that nobody is to keep. */
    public static DirectoryReply passing(byte[] body) {
        return new DirectoryReply(200, "OK", body, Optional.empty(), Optional.empty(), List.of());
    }

    /** An answer without a body. */
    public static DirectoryReply status(int status, String phrase) {
        return new DirectoryReply(status, phrase, new byte[0], Optional.empty(), Optional.empty(), List.of());
    }

    public static DirectoryReply notFound() {
        return status(404, "Not found");
    }

    /** The same, last changed then. */
    public DirectoryReply modifiedAt(Instant then) {
        return new DirectoryReply(status, phrase, body, lifetime, Optional.of(then), headers);
    }

    /** The same with one more header line. */
    public DirectoryReply with(String name, String value) {
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return new DirectoryReply(status, phrase, body, lifetime, modified, more);
    }
}
