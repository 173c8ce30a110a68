package io.allium.bench;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What streams lead to: a server on loopback that sends as many bytes as it is asked for. A request is a long, the
 * count; the answer is that many bytes of {@link #PATTERN}, from its start and over again. A connection may ask again
 * and again. Safe from any thread; closing it ends its connections.
 */
final class LoadServer implements AutoCloseable {
    /** Long enough that a system call costs nothing beside what it carries, and stays in the processor's cache. */
    static final byte[] PATTERN = new byte[128 << 10];

    static {
        new Random(1).nextBytes(PATTERN); // bytes that nothing can compress or tell from noise
    }

    private final ServerSocket listener;
    private final ExecutorService connections;

    private LoadServer(ServerSocket listener, ExecutorService connections) {
        this.listener = listener;
        this.connections = connections;
    }

    /** For some connections with much traffic. */
    static LoadServer start() throws IOException {
        return start(Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().daemon().name("load-server-", 0).factory()));
    }

    /** For many connections with little traffic. */
    static LoadServer forMany() throws IOException {
        return start(Executors.newVirtualThreadPerTaskExecutor());
    }

    private static LoadServer start(ExecutorService connections) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        LoadServer server = new LoadServer(listener, connections);
        server.connections.execute(server::accept);
        return server;
    }

    InetSocketAddress address() {
        return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        listener.close();
        connections.shutdownNow();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listener.accept();
                connections.execute(() -> serve(connection));
            }
        } catch (IOException closed) {
            connections.shutdown();
        }
    }

    private static void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            DataInputStream requests = new DataInputStream(connection.getInputStream());
            OutputStream answers = connection.getOutputStream();
            while (true) {
                long left = requests.readLong();
                while (left > 0) {
                    int count = (int) Math.min(left, PATTERN.length);
                    answers.write(PATTERN, 0, count);
                    left -= count;
                }
            }
        } catch (IOException ended) {
            return; // whoever asked has gone, or finds out for itself
        }
    }
}
