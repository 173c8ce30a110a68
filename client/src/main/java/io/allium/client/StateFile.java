package io.allium.client;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.Time;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/**
 * The {@code state} file of the data directory, in the format that C tor reads and writes: lines of a keyword and its
 * value. Lines that we know nothing of are kept. Guarded by {@code lock}.
 */
public final class StateFile {
    /** C tor's own files stay far below this; more is not a state file. */
    static final int LINES_MAX = 100_000;

    private static final Pattern WHOLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(\\s+[^\\p{Cntrl}\\x{FFFD}]*)?");
    private static final DateTimeFormatter ISO = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private record Line(String keyword, String value) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Disk disk;
    private final Path file;
    private final Time time;
    private final String version;
    private final List<Line> lines;
    private boolean isChanged;

    /**
     * Reads the file. Where a part of it cannot be of a state file, a copy is kept under the name {@code state.0}, which is
     * C tor's for them, and we go on with the lines that are whole: among them are our guards.
     *
     * @param version what to write as {@code TorVersion}, such as "Tor 0.4.9.11"
     */
    public static StateFile load(Disk disk, Path file, Time time, Log log, String version) throws LocalFailure {
        byte[] content = disk.read(file).orElse(new byte[0]);
        List<String> texts = new String(content, StandardCharsets.UTF_8)
                .lines()
                .limit(LINES_MAX + 1L)
                .map(String::strip)
                .filter(text -> !text.isEmpty() && !text.startsWith("#"))
                .toList();
        List<Line> lines = texts.size() > LINES_MAX ? new ArrayList<>() : whole(texts);
        if (lines.size() < texts.size()) {
            Path aside = file.resolveSibling(file.getFileName() + ".0");
            log.warn(
                    Domain.FS,
                    "The state file " + file + " is garbled: a copy is kept as " + aside + ", and of " + texts.size()
                            + " lines we go on with " + lines.size());
            disk.write(aside, content);
        }
        return new StateFile(disk, file, time, version, lines);
    }

    /** The lines that are a keyword and printable text. */
    private static List<Line> whole(List<String> texts) {
        List<Line> lines = new ArrayList<>();
        for (String text : texts) {
            if (WHOLE.matcher(text).matches()) {
                String[] parts = text.split("\\s+", 2);
                lines.add(new Line(parts[0], parts.length == 2 ? parts[1] : ""));
            }
        }
        return lines;
    }

    private StateFile(Disk disk, Path file, Time time, String version, List<Line> lines) {
        this.disk = disk;
        this.file = file;
        this.time = time;
        this.version = version;
        this.lines = lines;
    }

    /** The values of all lines with that keyword, in their order. */
    public List<String> values(String keyword) {
        lock.lock();
        try {
            return lines.stream()
                    .filter(line -> line.keyword.equalsIgnoreCase(keyword))
                    .map(Line::value)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** Puts these lines in place of all that have the keyword. Only {@link #save} writes them out. */
    public void replace(String keyword, List<String> values) {
        lock.lock();
        try {
            if (values.equals(values(keyword))) {
                return;
            }
            isChanged = true;
            lines.removeIf(line -> line.keyword.equalsIgnoreCase(keyword));
            values.forEach(value -> lines.add(new Line(keyword, value)));
        } finally {
            lock.unlock();
        }
    }

    /** Writes the file if something was replaced since it was read or written. */
    public void saveIfChanged() throws LocalFailure {
        boolean due;
        lock.lock();
        try {
            due = isChanged;
        } finally {
            lock.unlock();
        }
        if (due) {
            save();
        }
    }

    /** Writes the file, sorted by keyword as C tor's is. */
    public void save() throws LocalFailure {
        Instant now = time.now();
        replace("LastWritten", List.of(text(now)));
        replace("TorVersion", List.of(version));
        StringBuilder out = new StringBuilder("# Tor state file last generated on ")
                .append(text(now))
                .append(" UTC\n# All times are in UTC.\n# There is no need to edit this file.\n\n");
        lock.lock();
        try {
            isChanged = false;
            lines.stream()
                    .sorted(Comparator.comparing(line -> line.keyword.toLowerCase(Locale.ROOT)))
                    .forEach(line -> out.append(line.keyword)
                            .append(line.value.isEmpty() ? "" : " ")
                            .append(line.value)
                            .append('\n'));
        } finally {
            lock.unlock();
        }
        disk.write(file, out.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String text(Instant time) {
        return time.atOffset(ZoneOffset.UTC).format(ISO);
    }
}
