package io.allium.web;

import io.allium.base.ProtocolViolation;
import java.io.IOException;

/**
 * What follows a request's head: so many bytes, or chunks. A body that is cut off is never taken for one that ended: reading
 * it fails. Confined to the connection's task.
 *
 * @spec RFC 9112, 6 and 7
 */
public final class RequestBody {
    /** What asks a visitor who waits for it to go on and send the body. */
    interface Invitation {
        void send() throws IOException;
    }

    private final RequestReader from;
    private final boolean chunked;
    private Invitation invitation;
    private long left; // of the body, or of the chunk
    private boolean ended;

    RequestBody(HttpRequest request, RequestReader from, Invitation invitation) {
        this.from = from;
        this.chunked = request.bodyLength() == HttpRequest.CHUNKED;
        this.left = Math.max(0, request.bodyLength());
        this.ended = request.bodyLength() == 0;
        this.invitation = request.expectsContinue() && !ended ? invitation : () -> {};
    }

    /** Waits for some bytes; -1 at the body's end. */
    public int read(byte[] into, int offset, int length) throws IOException, ProtocolViolation {
        invitation.send();
        invitation = () -> {};
        if (!ended && left == 0) {
            nextChunk();
        }
        if (ended) {
            return -1;
        }
        int count = from.read(into, offset, (int) Math.min(length, left));
        if (count < 0) {
            throw new ProtocolViolation("the body ended early");
        }
        left -= count;
        if (left == 0) {
            if (!chunked) {
                ended = true;
            } else if (!from.line().isEmpty()) {
                throw new ProtocolViolation("a chunk is longer than it says");
            }
        }
        return count;
    }

    /** Whether nothing of it is left. */
    boolean isEnded() {
        return ended;
    }

    private void nextChunk() throws IOException, ProtocolViolation {
        String line = from.line();
        int extension = line.indexOf(';');
        String size = (extension < 0 ? line : line.substring(0, extension)).strip();
        if (!size.matches("[0-9A-Fa-f]{1,15}")) {
            throw new ProtocolViolation("a chunk does not say how long it is");
        }
        left = Long.parseLong(size, 16);
        if (left == 0) {
            ended = true;
            skipTrailer();
        }
    }

    private void skipTrailer() throws IOException, ProtocolViolation {
        for (int lines = 0; !from.line().isEmpty(); lines++) {
            if (lines == TRAILER_LINES_MAX) {
                throw new ProtocolViolation("more than " + TRAILER_LINES_MAX + " lines after the last chunk");
            }
        }
    }

    /** Nobody sends any. */
    private static final int TRAILER_LINES_MAX = 16;
}
