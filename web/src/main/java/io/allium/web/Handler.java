package io.allium.web;

import io.allium.base.ProtocolViolation;
import java.io.IOException;

/** Says what visitors get. Asked on many tasks at once. */
@FunctionalInterface
public interface Handler {
    /**
     * Answers one request.
     *
     * @param body what the visitor sends, read from the connection as it is read here; the rest is thrown away
     * @throws IOException where the connection breaks, or this machine cannot do it
     */
    Response answer(HttpRequest request, RequestBody body) throws IOException, ProtocolViolation;
}
