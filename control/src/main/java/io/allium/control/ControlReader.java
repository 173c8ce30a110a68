package io.allium.control;

import io.allium.base.ByteStream;
import io.allium.base.ProtocolViolation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Takes commands off a controller's bytes: lines, and behind a name with {@code +} a block that ends with a dot on a
 * line of its own. Confined to one session.
 *
 * @spec control-spec 2.1, 2.2
 */
final class ControlReader {
    /** Whoever has not said yet who he is needs no longer line. */
    static final int STRANGERS_MAX = 64 * 1024;
    /** Others' lines and blocks: a configuration or a descriptor fits well; C tor's own bound. */
    static final int COMMAND_MAX = 1024 * 1024;

    private final ByteStream controller;
    private final byte[] buffer = new byte[4096];
    private int at;
    private int end;

    ControlReader(ByteStream controller) {
        this.controller = controller;
    }

    /**
     * The next command, or nothing once the controller is gone, be it within one. An empty line, or one that begins with a blank,
     * is a command without a name; what stands behind a zero byte is not looked at: as in C tor.
     *
     * @param most how many bytes its line may have, and its block
     */
    Optional<ControlCommand> next(int most) throws IOException, ProtocolViolation {
        Optional<byte[]> line = line(most);
        return line.isEmpty()
                ? Optional.empty()
                : command(ControlText.stripEnd(beforeZero(ControlText.of(line.get()))), most);
    }

    private static String beforeZero(String line) {
        int zero = line.indexOf('\0');
        return zero < 0 ? line : line.substring(0, zero);
    }

    private Optional<ControlCommand> command(String line, int most) throws IOException, ProtocolViolation {
        boolean block = line.startsWith("+");
        String rest = block ? line.substring(1) : line;
        int nameEnd = 0;
        while (nameEnd < rest.length() && !ControlText.isBlank(rest.charAt(nameEnd))) {
            nameEnd++;
        }
        String name = rest.substring(0, nameEnd);
        String arguments = ControlText.strip(rest.substring(nameEnd));
        Optional<String> data = block ? data(most) : Optional.of("");
        return data.map(whole ->
                new ControlCommand(name.toUpperCase(Locale.ROOT), arguments, whole, (block ? "+" : "") + name));
    }

    /** The block, or nothing where the controller leaves before its end. */
    private Optional<String> data(int most) throws IOException, ProtocolViolation {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        while (true) {
            Optional<byte[]> next = line(most);
            if (next.isEmpty()) {
                return Optional.empty();
            }
            byte[] line = next.get();
            int dot = line.length > 0 && line[0] == '.' ? 1 : 0;
            if (line.length == 1 && dot == 1) {
                return Optional.of(ControlText.of(data.toByteArray()));
            }
            data.write(line, dot, line.length - dot);
            data.write('\n');
            if (data.size() > most) {
                throw new ProtocolViolation("Line too long.");
            }
        }
    }

    /** A line without its end, which may lack the carriage return; nothing at the end of all. */
    private Optional<byte[]> line(int most) throws IOException, ProtocolViolation {
        ByteArrayOutputStream line = new ByteArrayOutputStream(128);
        while (true) {
            if (at == end && !fill()) {
                return Optional.empty();
            }
            byte b = buffer[at++];
            if (b == '\n') {
                byte[] whole = line.toByteArray();
                boolean carriageReturn = whole.length > 0 && whole[whole.length - 1] == '\r';
                return Optional.of(carriageReturn ? Arrays.copyOf(whole, whole.length - 1) : whole);
            }
            if (line.size() == most) {
                throw new ProtocolViolation("Line too long.");
            }
            line.write(b);
        }
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, controller.read(buffer, 0, buffer.length));
        return end > 0;
    }
}
