package io.allium.web;

import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.ProtocolViolation;
import io.allium.base.Seats;
import io.allium.base.Time;
import io.allium.base.Wire;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Optional;

/** One visitor's connection: one request after another. Confined to its task. */
final class WebConnection {
    /** What of a body that nobody wanted is read nevertheless, so that the visitor hears our answer. */
    private static final int UNWANTED_MAX = 16 << 20;

    /** How long a visitor may take to hear it. */
    private static final Duration FAREWELL = Duration.ofSeconds(20);

    private static final byte[] CONTINUE = {
        'H', 'T', 'T', 'P', '/', '1', '.', '1', ' ', '1', '0', '0', ' ', 'C', 'o', 'n', 't', 'i', 'n', 'u', 'e', '\r',
        '\n', '\r', '\n'
    };

    /** Bytes that are written at a time, and count as progress once they are. */
    private static final int STEP = 16_384;

    private final Wire wire;
    private final VisitorStream visitor;
    private final Handler handler;
    private final Time time;
    private final Log log;
    private final Seats seats;

    WebConnection(Wire wire, Handler handler, Time time, Log log, Seats seats) {
        this.wire = wire;
        this.visitor = new VisitorStream(wire);
        this.handler = handler;
        this.time = time;
        this.log = log;
        this.seats = seats;
    }

    void run() {
        try (Patience patience = new Patience(time, wire)) {
            RequestReader reader = new RequestReader(visitor, patience);
            boolean more = true;
            while (more) {
                seats.waits(wire);
                more = serve(reader, patience);
            }
        } catch (VisitorStream.Gone gone) {
            log.debug(Domain.HTTP, "A visitor's connection broke: " + gone.getMessage());
        } catch (ChangedFile
                | ClosedChannelException brokenOff) { // the one is told to who shares, the other means our end
            log.debug(Domain.HTTP, "A visitor's request was broken off: " + brokenOff.getMessage());
        } catch (IOException failed) {
            log.warn(Domain.HTTP, "A visitor could not be served: " + failed.getMessage());
        } finally {
            wire.close();
        }
    }

    /** Answers the next request. Returns whether another may follow. */
    private boolean serve(RequestReader reader, Patience patience) throws IOException {
        Optional<HttpRequest> next;
        try {
            next = reader.head();
        } catch (ProtocolViolation refused) {
            write(Response.sentence(400, "Not answered: " + refused.getMessage() + "."), false, false, patience);
            sayFarewell();
            return false;
        }
        if (next.isEmpty()) {
            return false;
        }
        seats.works(wire);
        HttpRequest request = next.get();
        RequestBody body = new RequestBody(request, reader, () -> visitor.write(CONTINUE));
        patience.awaitBody();
        boolean keepsAlive = request.keepsAlive();
        try (Answer answer = answer(request, body)) {
            keepsAlive &= answer.whole() && body.isEnded();
            write(answer.response(), request.isHead(), keepsAlive, patience);
        }
        if (!keepsAlive) {
            sayFarewell();
        }
        return keepsAlive;
    }

    /**
     * A response, closed once it is written.
     *
     * @param whole whether the request was understood to its end
     */
    private record Answer(Response response, boolean whole) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            response.content().close();
        }
    }

    private Answer answer(HttpRequest request, RequestBody body) throws IOException {
        try {
            return new Answer(handler.answer(request, body), true);
        } catch (ProtocolViolation refused) {
            return new Answer(Response.sentence(400, "Not answered: " + refused.getMessage() + "."), false);
        }
    }

    private void write(Response response, boolean headOnly, boolean keepsAlive, Patience patience) throws IOException {
        patience.awaitBody();
        visitor.write(response.head(keepsAlive));
        if (headOnly) {
            return;
        }
        response.content()
                .write(
                        (bytes, offset, length) -> {
                            for (int sent = 0; sent < length; sent += STEP) {
                                int now = Math.min(STEP, length - sent);
                                visitor.write(bytes, offset + sent, now);
                                patience.moved(now);
                            }
                        },
                        0,
                        response.content().length());
    }

    /** A connection that is closed with something unread may take our answer with it. */
    private void sayFarewell() throws IOException {
        visitor.finish();
        Time.Timer impatience = time.after(FAREWELL, wire::close);
        try {
            byte[] unwanted = new byte[8192];
            int size = 0;
            int count = visitor.read(unwanted, 0, unwanted.length);
            while (count >= 0 && size < UNWANTED_MAX) {
                size += count;
                count = visitor.read(unwanted, 0, unwanted.length);
            }
        } finally {
            impatience.cancel();
        }
    }
}
