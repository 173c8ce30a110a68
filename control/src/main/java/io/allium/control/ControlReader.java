package io.allium.control;

import io.allium.base.ByteStream;
import io.allium.base.ProtocolViolation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * Takes commands off a controller's bytes: lines, and behind a name with {@code +} a block that ends with a dot on a
 * line of its own. Confined to one session.
 *
 * @spec control-spec 2.1, 2.2
 */
final class ControlReader {
    /** No command needs a longer line; C tor allows a megabyte. */
    static final int LINE_MAX = 64 * 1024;
    /** A configuration or a descriptor fits well; C tor's own bound. */
    static final int DATA_MAX = 1024 * 1024;

    private final ByteStream controller;
    private final byte[] buffer = new byte[4096];
    private int at;
    private int end;

    ControlReader(ByteStream controller) {
        this.controller = controller;
    }

    /** The next command, or nothing once the controller is gone. Empty lines are passed over. */
    Optional<ControlCommand> next() throws IOException, ProtocolViolation {
        while (true) {
            Optional<String> line = line(LINE_MAX);
            if (line.isEmpty()) {
                return Optional.empty();
            }
            if (!line.get().isBlank()) {
                return Optional.of(command(line.get().strip()));
            }
        }
    }

    private ControlCommand command(String line) throws IOException, ProtocolViolation {
        boolean block = line.startsWith("+");
        String rest = block ? line.substring(1) : line;
        int space = rest.indexOf(' ');
        String name = space < 0 ? rest : rest.substring(0, space);
        String arguments = space < 0 ? "" : rest.substring(space + 1);
        return new ControlCommand(name.toUpperCase(Locale.ROOT), arguments, block ? data() : "");
    }

    private String data() throws IOException, ProtocolViolation {
        StringBuilder data = new StringBuilder();
        while (true) {
            String line = line(DATA_MAX).orElseThrow(() -> new ProtocolViolation("the data has no end"));
            if (line.equals(".")) {
                return data.toString();
            }
            data.append(line.startsWith(".") ? line.substring(1) : line).append('\n');
            if (data.length() > DATA_MAX) {
                throw new ProtocolViolation("data longer than " + DATA_MAX + " bytes");
            }
        }
    }

    /** A line without its end, which may lack the carriage return; nothing at the end of all. */
    private Optional<String> line(int most) throws IOException, ProtocolViolation {
        StringBuilder line = new StringBuilder();
        while (true) {
            if (at == end && !fill()) {
                return Optional.empty();
            }
            char c = (char) (buffer[at++] & 0xff);
            if (c == '\n') {
                int length = line.length();
                boolean carriageReturn = length > 0 && line.charAt(length - 1) == '\r';
                return Optional.of(carriageReturn ? line.substring(0, length - 1) : line.toString());
            }
            if (line.length() == most) {
                throw new ProtocolViolation("a line longer than " + most + " bytes");
            }
            line.append(c);
        }
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, controller.read(buffer, 0, buffer.length));
        return end > 0;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
