package io.allium.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A connection to a node's control port. Confined to one thread. */
final class ControlConnection implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final BufferedReader in;
    private final OutputStream out;

    private ControlConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
        this.out = socket.getOutputStream();
    }

    static ControlConnection to(Node node) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.controlPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        ControlConnection connection = new ControlConnection(socket);
        byte[] cookie = Files.readAllBytes(node.folder().resolve("control_auth_cookie"));
        connection.ask("AUTHENTICATE " + HexFormat.of().formatHex(cookie));
        return connection;
    }

    /**
     * Says something.
     *
     * @return the lines of the answer, without those that only say that all is well
     * @throws IOException also where the answer is an error
     */
    List<String> ask(String command) throws IOException {
        out.write((command + "\r\n").getBytes(ISO_8859_1));
        List<String> lines = new ArrayList<>();
        while (true) {
            String line = next();
            if (line.startsWith("250+")) {
                lines.addAll(data());
            } else if (line.startsWith("250-")) {
                lines.add(line.substring(4));
            } else if (line.startsWith("250 ")) {
                return lines;
            } else {
                throw new IOException("'" + command + "' was answered with " + line);
            }
        }
    }

    private List<String> data() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = next(); !line.equals("."); line = next()) {
            lines.add(line);
        }
        return lines;
    }

    private String next() throws IOException {
        String line = in.readLine();
        if (line == null) {
            throw new IOException("the control port closed the connection");
        }
        return line;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
