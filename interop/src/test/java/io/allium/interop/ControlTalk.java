package io.allium.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.allium.base.ByteStream;
import io.allium.base.ProtocolViolation;
import io.allium.control.AnswerReader;
import io.allium.control.ControlAnswer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A conversation with a control port in which anything may be said, malformed or not, and silence is an answer too. Confined to
 * the test.
 */
final class ControlTalk implements AutoCloseable {
    /** How long an answer or an event may take; where none will come, as to data without end, a script must not ask. */
    private static final int PATIENCE_MILLIS = 30_000;

    private final Socket socket;
    private final AnswerReader reader;
    private final List<ControlAnswer> events = new ArrayList<>();

    private ControlTalk(Socket socket) {
        this.socket = socket;
        this.reader = new AnswerReader(new Bytes(socket));
    }

    /** A conversation that has only been begun. */
    static ControlTalk asStranger(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return new ControlTalk(socket);
    }

    /** One in which everything may be said. */
    static ControlTalk letIn(int port, Path cookie) throws IOException {
        ControlTalk talk = asStranger(port);
        String proof = HexFormat.of().formatHex(Files.readAllBytes(cookie));
        if (talk.ask("AUTHENTICATE " + proof, List.of())
                .filter(ControlAnswer::isPositive)
                .isEmpty()) {
            throw new IOException("the control port " + port + " does not take its cookie");
        }
        return talk;
    }

    /** The answer, or nothing where the port closes the connection instead, or is silent: then we do. */
    Optional<ControlAnswer> ask(String command, List<String> data) throws IOException {
        if (command.startsWith("SETEVENTS")) {
            events.clear(); // what was heard before is another story
        }
        StringBuilder said = new StringBuilder(command).append("\r\n");
        data.forEach(line -> said.append(line).append("\r\n"));
        return answer(said.toString(), false);
    }

    /** The answer to just that, behind which nothing more comes. */
    Optional<ControlAnswer> send(String text) throws IOException {
        return answer(text, true);
    }

    private Optional<ControlAnswer> answer(String text, boolean last) throws IOException {
        try {
            socket.getOutputStream().write(text.getBytes(UTF_8));
            if (last) {
                socket.shutdownOutput();
            }
            for (Optional<ControlAnswer> next = next(); next.isPresent(); next = next()) {
                if (!next.get().isEvent()) {
                    return next;
                }
                events.add(next.get());
            }
        } catch (SocketTimeoutException | SocketException silent) {
            close(); // what comes later would be taken for another answer
        }
        return Optional.empty();
    }

    /** The first event that begins so, has this in one of its lines, and has not been asked for yet; nothing where none comes. */
    Optional<ControlAnswer> hear(String event, Pattern wanted) throws IOException {
        for (Iterator<ControlAnswer> heard = events.iterator(); heard.hasNext(); ) {
            ControlAnswer next = heard.next();
            if (matches(next, event, wanted)) {
                heard.remove();
                return Optional.of(next);
            }
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        try {
            for (Optional<ControlAnswer> next = next(); next.isPresent(); next = next()) {
                if (matches(next.get(), event, wanted)) {
                    socket.setSoTimeout(PATIENCE_MILLIS);
                    return next;
                }
                events.add(next.get());
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                socket.setSoTimeout((int) Math.max(1, left)); // others may come for ever
            }
        } catch (SocketTimeoutException | SocketException silent) {
            close();
        }
        return Optional.empty();
    }

    private static boolean matches(ControlAnswer answer, String event, Pattern wanted) {
        return answer.isEvent()
                && (answer.text() + " ").startsWith(event + " ")
                && answer.lines().stream()
                        .anyMatch(line ->
                                wanted.matcher(line.text() + "\n" + line.data()).find());
    }

    private Optional<ControlAnswer> next() throws IOException {
        try {
            return reader.next();
        } catch (ProtocolViolation nonsense) {
            throw new IOException(nonsense);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** What {@link AnswerReader} reads from. */
    private record Bytes(Socket socket) implements ByteStream {
        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return socket.getInputStream().read(into, offset, length);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            socket.getOutputStream().write(from, offset, length);
        }

        @Override
        public void finish() throws IOException {
            socket.shutdownOutput();
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException gone) {
                // as it should be
            }
        }
    }
}
