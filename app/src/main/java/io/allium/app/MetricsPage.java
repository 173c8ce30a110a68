package io.allium.app;

import io.allium.control.Metrics;
import io.allium.web.Content;
import io.allium.web.Handler;
import io.allium.web.Headers;
import io.allium.web.HttpRequest;
import io.allium.web.RequestBody;
import io.allium.web.Response;

/**
 * The one page of a metrics port, as C tor has it: other paths are not found, and it can only be got.
 *
 * @param metrics whose figures it shows
 */
record MetricsPage(Metrics metrics) implements Handler {
    @Override
    public Response answer(HttpRequest request, RequestBody body) {
        if (!request.method().equals("GET")) {
            return Response.notAllowed("GET");
        }
        if (!request.target().equals("/metrics")) {
            return Response.notFound();
        }
        return new Response(
                200,
                Headers.NONE.with("Content-Type", Metrics.CONTENT_TYPE).with("Cache-Control", "no-store"),
                Content.text(metrics.text()));
    }
}
