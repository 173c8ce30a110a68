package io.allium.interop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The destination: {@code GET /bytes/N} answers with N bytes that depend on N alone; {@code POST /digest} answers with
 * the SHA-256 of what came.
 */
final class WebServer implements AutoCloseable {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;
    private final AtomicInteger visits = new AtomicInteger();

    WebServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
        server.setExecutor(threads);
        server.createContext("/bytes/", this::bytes);
        server.createContext("/digest", this::digest);
        server.start();
    }

    String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    /** How often anything was asked since that was forgotten. */
    int visits() {
        return visits.get();
    }

    void forgetVisits() {
        visits.set(0);
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** The SHA-256 of what {@code /bytes/count} serves, in lower-case hex. */
    static String digestOfBytes(int count) {
        MessageDigest digest = sha256();
        Random random = new Random(count);
        byte[] block = new byte[64 * 1024];
        for (int left = count; left > 0; left -= block.length) {
            random.nextBytes(block);
            digest.update(block, 0, Math.min(left, block.length));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }

    private void bytes(HttpExchange exchange) throws IOException {
        visits.incrementAndGet();
        int count = Integer.parseInt(exchange.getRequestURI().getPath().substring("/bytes/".length()));
        Random random = new Random(count);
        byte[] block = new byte[64 * 1024];
        exchange.sendResponseHeaders(200, count == 0 ? -1 : count);
        try (OutputStream to = exchange.getResponseBody()) {
            for (int left = count; left > 0; left -= block.length) {
                random.nextBytes(block);
                to.write(block, 0, Math.min(left, block.length));
            }
        }
    }

    private void digest(HttpExchange exchange) throws IOException {
        visits.incrementAndGet();
        MessageDigest digest = sha256();
        byte[] block = new byte[64 * 1024];
        try (InputStream from = exchange.getRequestBody()) {
            for (int count = from.read(block); count >= 0; count = from.read(block)) {
                digest.update(block, 0, count);
            }
        }
        byte[] answer = HexFormat.of().formatHex(digest.digest()).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        exchange.sendResponseHeaders(200, answer.length);
        try (OutputStream to = exchange.getResponseBody()) {
            to.write(answer);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
