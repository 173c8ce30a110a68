package io.allium.controltesting;

import io.allium.base.Endpoint;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A controller that says to a control port just what a test tells it to, and gives the answers as they came. Confined to one test.
 *
 * @spec control-spec 2.3
 */
public final class Asker implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 60_000;

    private final Socket socket;
    private final BufferedReader in;

    /** One that has dialled and said nothing yet. */
    public Asker(Endpoint port) throws IOException {
        socket = new Socket(port.address(), port.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    /** The lines of the reply, those of a block and the dot that ends it among them. */
    public List<String> ask(String command) throws IOException {
        socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
        return next();
    }

    /** The lines of the next reply or event, as {@link #ask} gives them. */
    public List<String> next() throws IOException {
        List<String> lines = new ArrayList<>();
        while (true) {
            String line = line();
            lines.add(line);
            if (line.charAt(3) == ' ') {
                return lines;
            }
            if (line.charAt(3) == '+') {
                lines.addAll(block());
                lines.add(".");
            }
        }
    }

    /** What GETINFO answers, without what every answer has: the value's lines, or the line that refuses. */
    public List<String> info(String key) throws IOException {
        List<String> reply = ask("GETINFO " + key);
        if (!reply.getLast().equals("250 OK")) {
            return reply;
        }
        if (reply.getFirst().charAt(3) == '+') {
            return reply.subList(1, reply.size() - 2);
        }
        return List.of(reply.getFirst().substring("250-".length() + key.length() + "=".length()));
    }

    private List<String> block() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = line(); !line.equals("."); line = line()) {
            lines.add(line);
        }
        return lines;
    }

    private String line() throws IOException {
        String line = in.readLine();
        if (line == null) {
            throw new EOFException("the control port hung up");
        }
        return line;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
