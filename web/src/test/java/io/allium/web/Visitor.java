package io.allium.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.allium.base.Log;
import io.allium.base.Network;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.base.Time;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Somebody's connection to a server of ours, who sends what they like. */
final class Visitor implements AutoCloseable {
    /** What came back. */
    record Answer(int status, Map<String, String> headers, byte[] body) {
        String text() {
            return new String(body, java.nio.charset.StandardCharsets.UTF_8);
        }
    }

    /** A server on a Unix socket of its own. */
    static final class Host implements AutoCloseable {
        final SystemTime time = new SystemTime();
        final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
        final WebServer server;
        private final Path folder;

        Host(Handler handler) throws Exception {
            this(handler, WebServer.VISITORS_MAX);
        }

        Host(Handler handler, int visitorsMax) throws Exception {
            this(handler, visitorsMax, Log.NONE);
        }

        Host(Handler handler, int visitorsMax, Log log) throws Exception {
            folder = Files.createTempDirectory("web");
            Network.Listener listener = new SystemNetwork().listen(folder.resolve("s"));
            server = new WebServer(listener, handler, time, tasks, log, visitorsMax);
            server.start();
        }

        Visitor visitor() throws IOException {
            return new Visitor(folder.resolve("s"));
        }

        /** What one request over a new connection is answered; {@code \n} stands for a line's end. */
        Answer ask(String head) throws IOException {
            return ask(head, new byte[0]);
        }

        Answer ask(String head, byte[] body) throws IOException {
            try (Visitor visitor = visitor()) {
                visitor.send(head.replace("\n", "\r\n"));
                visitor.send(body);
                return visitor.answer(head.startsWith("HEAD"));
            }
        }

        Answer get(String target, String... headers) throws IOException {
            StringBuilder head = new StringBuilder("GET " + target + " HTTP/1.1\nHost: x\n");
            for (String header : headers) {
                head.append(header).append('\n');
            }
            return ask(head + "\n");
        }

        Time time() {
            return time;
        }

        @Override
        public void close() throws IOException {
            server.close();
            tasks.close();
            time.close();
            Files.deleteIfExists(folder.resolve("s"));
            Files.delete(folder);
        }
    }

    private final SocketChannel channel;

    private Visitor(Path socket) throws IOException {
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
    }

    void send(String text) throws IOException {
        send(text.getBytes(ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    void finish() throws IOException {
        channel.shutdownOutput();
    }

    Answer answer() throws IOException {
        return answer(false);
    }

    Answer answer(boolean headOnly) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) one());
        }
        String[] lines = head.toString().split("\r\n");
        Map<String, String> headers = new TreeMap<>();
        for (int i = 1; i < lines.length; i++) {
            String[] field = lines[i].split(": ", 2);
            headers.put(field[0].toLowerCase(Locale.ROOT), field[1]);
        }
        int length = headOnly ? 0 : Integer.parseInt(headers.getOrDefault("content-length", "0"));
        byte[] body = new byte[length];
        for (int i = 0; i < length; i++) {
            body[i] = (byte) one();
        }
        return new Answer(Integer.parseInt(lines[0].split(" ")[1]), headers, body);
    }

    /** So many bytes of whatever comes. */
    byte[] some(int count) throws IOException {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) one();
        }
        return bytes;
    }

    /** Whether the other side has ended the connection, for which it waits; some systems say so by an error. */
    boolean isEnded() {
        try {
            one();
            return false;
        } catch (IOException ended) {
            return true;
        }
    }

    private final ByteBuffer come = ByteBuffer.allocate(65_536).limit(0);

    private int one() throws IOException {
        if (!come.hasRemaining()) {
            come.clear();
            int count = channel.read(come);
            come.flip();
            if (count < 0) {
                throw new IOException("ended");
            }
        }
        return come.get() & 0xff;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
