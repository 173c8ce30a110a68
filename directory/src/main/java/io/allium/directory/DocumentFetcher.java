package io.allium.directory;

import io.allium.base.TorException;
import io.allium.base.Unreachable;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Optional;

/** Somebody who can get directory documents. Safe from any task; the call waits. */
public interface DocumentFetcher {
    /** Whom to ask. */
    enum Origin {
        /** A fallback directory: while there is no consensus. */
        FALLBACK,
        /** A directory authority. */
        AUTHORITY,
        /** A directory that the consensus lists; a client's directory guard. */
        CACHE
    }

    /**
     * An answer.
     *
     * @param document what was asked for, decompressed; empty when it is not modified
     * @param modified whether there was something newer than what we have (200 rather than 304)
     * @param source who answered, for the log
     * @param date what the time was, as the source believes, if it said so
     * @param address where the source was reached, if that was done directly
     */
    record Answer(
            byte[] document, boolean modified, String source, Optional<Instant> date, Optional<InetAddress> address) {
        /** One that came through Tor, or from within. */
        public Answer(byte[] document, boolean modified, String source, Optional<Instant> date) {
            this(document, modified, source, date, Optional.empty());
        }

        /** The same, which came from there. */
        Answer from(InetAddress where) {
            return new Answer(document, modified, source, date, Optional.of(where));
        }
    }

    /**
     * Asks one directory and waits for its answer.
     *
     * @throws TorException {@code Unreachable} when another source may do better: no connection, 404, 503, cut short
     */
    Answer fetch(DirectoryRequest request, Origin origin) throws TorException, InterruptedException;

    /** The answer that an HTTP response is, for those who implement this. */
    static Answer answer(DirectoryRequest request, HttpMessage.Response response, String source) throws TorException {
        Optional<Instant> date = response.headers().time("Date");
        return switch (response.status()) {
            case 200 -> new Answer(response.document(request.limit()), true, source, date);
            case 304 -> new Answer(new byte[0], false, source, date);
            default ->
                throw new Unreachable(source + " answered " + response.status() + " to " + abbreviated(request.path()));
        };
    }

    private static String abbreviated(String path) {
        return path.length() <= 80 ? path : path.substring(0, 80) + "…";
    }
}
