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
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The {@code state} file of the data directory, in the format that C tor reads and writes: lines of a keyword and its
 * value. Lines that we know nothing of are kept. Guarded by {@code lock}.
 */
public final class StateFile {
    /** C tor's own files stay far below this; more is not a state file. */
    static final int LINES_MAX = 100_000;

    private static final DateTimeFormatter ISO = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private record Line(String keyword, String value) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Disk disk;
    private final Path file;
    private final Time time;
    private final String version;
    private final List<Line> lines;

    /**
     * Reads the file. One that cannot be a state file is set aside under the name {@code state.0}, as C tor does, and we
     * begin anew.
     *
     * @param version what to write as {@code TorVersion}, such as "Tor 0.4.9.11"
     */
    public static StateFile load(Disk disk, Path file, Time time, Log log, String version) throws LocalFailure {
        Optional<byte[]> content = disk.read(file);
        Optional<List<Line>> lines = content.flatMap(StateFile::parse);
        if (content.isPresent() && lines.isEmpty()) {
            Path aside = file.resolveSibling(file.getFileName() + ".0");
            log.warn(
                    Domain.FS, "The state file " + file + " is garbled: it is kept as " + aside + ", a new one begins");
            disk.move(file, aside);
        }
        return new StateFile(disk, file, time, version, lines.orElseGet(ArrayList::new));
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
            lines.removeIf(line -> line.keyword.equalsIgnoreCase(keyword));
            values.forEach(value -> lines.add(new Line(keyword, value)));
        } finally {
            lock.unlock();
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

    private static Optional<List<Line>> parse(byte[] content) {
        String text = new String(content, StandardCharsets.UTF_8);
        if (text.indexOf('\0') >= 0 || text.lines().count() > LINES_MAX) {
            return Optional.empty();
        }
        List<Line> lines = new ArrayList<>();
        text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .forEach(line -> {
                    String[] parts = line.split("\\s+", 2);
                    lines.add(new Line(parts[0], parts.length == 2 ? parts[1] : ""));
                });
        return Optional.of(lines);
    }
}
