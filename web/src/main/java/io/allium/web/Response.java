package io.allium.web;

import java.nio.charset.StandardCharsets;

/** What a visitor gets; whoever writes it closes the content. */
public record Response(int status, Headers headers, Content content) {
    /** A page of ours needs nothing from anywhere, and sends forms only where it came from. */
    private static final String NOTHING_FROM_ELSEWHERE =
            "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /** A page of ours. */
    static Response page(int status, String html) {
        return new Response(
                status,
                Headers.NONE
                        .with("Content-Type", "text/html; charset=utf-8")
                        .with("Content-Security-Policy", NOTHING_FROM_ELSEWHERE)
                        .with("Cache-Control", "no-store"),
                Content.text(html));
    }

    /** A sentence of ours. */
    static Response sentence(int status, String text) {
        return new Response(
                status,
                Headers.NONE.with("Content-Type", "text/plain; charset=utf-8").with("Cache-Control", "no-store"),
                Content.text(text + "\n"));
    }

    /** There is no such page. */
    public static Response notFound() {
        return sentence(404, "There is nothing here.");
    }

    /** For a method other than those. */
    public static Response notAllowed(String methods) {
        return sentence(405, "This cannot be done here.").with("Allow", methods);
    }

    Response with(String name, String value) {
        return new Response(status, headers.with(name, value), content);
    }

    /** The head as it travels. Neither our clock nor our name is in it: the one tells which machine we are, the other what to try. */
    byte[] head(boolean keepsAlive) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " " + reason(status) + "\r\n");
        headers.writeTo(head);
        SAFE.writeTo(head);
        if (status != 304) {
            head.append("Content-Length: ").append(content.length()).append("\r\n");
        }
        head.append(keepsAlive ? "" : "Connection: close\r\n").append("\r\n");
        return head.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * With every response: browsers guess no types, tell nobody where a visitor came from (which would be our address), and
     * let no other site look in.
     */
    private static final Headers SAFE = Headers.NONE
            .with("X-Content-Type-Options", "nosniff")
            .with("Referrer-Policy", "no-referrer")
            .with("Cross-Origin-Opener-Policy", "same-origin")
            .with("Cross-Origin-Resource-Policy", "same-origin")
            .with("X-Frame-Options", "SAMEORIGIN");

    private static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 201 -> "Created";
            case 206 -> "Partial Content";
            case 301 -> "Moved Permanently";
            case 304 -> "Not Modified";
            case 400 -> "Bad Request";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 410 -> "Gone";
            case 412 -> "Precondition Failed";
            case 413 -> "Content Too Large";
            case 415 -> "Unsupported Media Type";
            case 416 -> "Range Not Satisfiable";
            case 507 -> "Insufficient Storage";
            default -> "Status";
        };
    }
}
