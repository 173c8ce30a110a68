package io.allium.control;

import io.allium.base.ByteStream;
import io.allium.base.ProtocolViolation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes answers and events off the bytes of a control port. Confined to whoever reads them.
 *
 * @spec control-spec 2.3
 */
public final class AnswerReader {
    /** C tor's longest line lists all of a large consensus' relays that one family has; this is far above it. */
    static final int LINE_MAX = 1024 * 1024;
    /** All descriptors of the public network are some 30 MB. */
    static final int ANSWER_MAX = 128 * 1024 * 1024;

    private static final int CODE_LENGTH = 3;

    private final ByteStream port;
    private final byte[] buffer = new byte[16 * 1024];
    private int at;
    private int end;

    public AnswerReader(ByteStream port) {
        this.port = port;
    }

    /**
     * Waits for the next answer or event; nothing once the port has closed the connection.
     *
     * @throws ProtocolViolation where it is none, or larger than any
     */
    public Optional<ControlAnswer> next() throws IOException, ProtocolViolation {
        List<ControlAnswer.Line> lines = new ArrayList<>();
        int size = 0;
        while (true) {
            Optional<String> text = line();
            if (text.isEmpty()) {
                return Optional.empty();
            }
            ControlAnswer.Line line = answerLine(text.get());
            lines.add(line);
            if (line.separator() == ' ') {
                return Optional.of(new ControlAnswer(lines));
            }
            size += text.get().length() + line.data().length();
            if (size > ANSWER_MAX) {
                throw new ProtocolViolation("an answer longer than " + ANSWER_MAX + " bytes");
            }
        }
    }

    private ControlAnswer.Line answerLine(String line) throws IOException, ProtocolViolation {
        if (line.length() <= CODE_LENGTH
                || !line.substring(0, CODE_LENGTH).chars().allMatch(c -> c >= '0' && c <= '9')
                || " -+".indexOf(line.charAt(CODE_LENGTH)) < 0) {
            throw new ProtocolViolation(
                    "no answer of a control port: " + CString.quote(line.substring(0, Math.min(line.length(), 40))));
        }
        char separator = line.charAt(CODE_LENGTH);
        int code = Integer.parseInt(line.substring(0, CODE_LENGTH));
        return new ControlAnswer.Line(code, separator, line.substring(CODE_LENGTH + 1), separator == '+' ? data() : "");
    }

    private String data() throws IOException, ProtocolViolation {
        StringBuilder data = new StringBuilder();
        while (true) {
            String line = line().orElseThrow(() -> new ProtocolViolation("the data of an answer has no end"));
            if (line.equals(".")) {
                return data.toString();
            }
            data.append(line, line.startsWith(".") ? 1 : 0, line.length()).append('\n');
            if (data.length() > ANSWER_MAX) {
                throw new ProtocolViolation("an answer longer than " + ANSWER_MAX + " bytes");
            }
        }
    }

    /** A line without its end; nothing where the connection ends before it does. */
    private Optional<String> line() throws IOException, ProtocolViolation {
        ByteArrayOutputStream line = new ByteArrayOutputStream(128);
        while (true) {
            if (at == end && !fill()) {
                return Optional.empty();
            }
            int from = at;
            while (at < end && buffer[at] != '\n') {
                at++;
            }
            line.write(buffer, from, at - from);
            if (line.size() > LINE_MAX) {
                throw new ProtocolViolation("a line longer than " + LINE_MAX + " bytes");
            }
            if (at < end) {
                at++;
                String text = ControlText.of(line.toByteArray());
                return Optional.of(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
            }
        }
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, port.read(buffer, 0, buffer.length));
        return end > 0;
    }
}
