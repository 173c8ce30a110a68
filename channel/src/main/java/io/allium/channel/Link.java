package io.allium.channel;

/** One TLS connection that carries cells. */
@SuppressWarnings("DoNotCallSuggester") // until its slice lands
final class Link {
    Outbox outbox() {
        throw new UnsupportedOperationException();
    }

    void flushSoon() {
        throw new UnsupportedOperationException();
    }

    void flushFilled() {
        throw new UnsupportedOperationException();
    }

    boolean isAttached(int id) {
        throw new UnsupportedOperationException();
    }

    void close(ChannelEvents.Reason reason, String why) {
        throw new UnsupportedOperationException();
    }
}
