package io.allium.app;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Tasks;
import io.allium.base.Time;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The log as C tor writes it. Whoever writes a line only puts it into a queue, so that a loop never waits for a disk;
 * one task takes lines out and writes them. Lines from before the configuration was read go to standard output, and
 * are repeated in the files once these are known. Guarded by {@code lock}.
 */
public final class TorLog implements Log, AutoCloseable {
    /** How many lines may wait for the disk; some seconds of debug logging. Further ones are counted and lost. */
    static final int QUEUE_MAX = 10_000;
    /** How many early lines are kept to be repeated: a start writes a dozen, a bad torrc perhaps a hundred. */
    static final int EARLY_MAX = 500;

    private static final String[] MONTHS = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };

    /** Hears every line that the control port's events may want. */
    interface Listener {
        boolean wants(Severity severity);

        /** Called by whoever writes the line: must return at once. */
        void line(Severity severity, Domain domain, String text);
    }

    /** How addresses of users are shown. */
    private enum Safety {
        SCRUB,
        SHOW
    }

    private record Line(Severity severity, Domain domain, String text) {}

    private record Settings(
            List<LogLine> lines, Safety safety, boolean domains, boolean protocolWarnings, long granularityMillis) {
        boolean wants(Severity severity, Domain domain) {
            return lines.stream().anyMatch(line -> line.wants(severity, domain));
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Condition delivered = lock.newCondition();
    private final Time time;
    private final ZoneId zone;
    private final Disk disk;
    private final PrintStream out;
    private final PrintStream err;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Queue<Line> queue = new ArrayDeque<>();
    private final List<Line> early = new ArrayList<>();
    private volatile Settings settings;
    private boolean configured;
    private boolean closed;
    private boolean writing;
    private boolean delivering;
    private long lost;

    /** Lines of at least {@code least}, or none at all, go to {@code out} until {@link #configure} says more. */
    public TorLog(Time time, ZoneId zone, Disk disk, PrintStream out, PrintStream err, @Nullable Severity least) {
        this.time = time;
        this.zone = zone;
        this.disk = disk;
        this.out = out;
        this.err = err;
        List<LogLine> first = least == null ? List.of() : List.of(LogLine.stdout(least));
        settings = new Settings(first, Safety.SCRUB, false, false, 1);
    }

    /** Starts the task that writes what waits in the queue; before, every line is written by whoever wrote it. */
    void start(Tasks tasks) {
        lock.lock();
        try {
            writing = true;
        } finally {
            lock.unlock();
        }
        tasks.fork("log", this::writeForever);
    }

    /** Takes over what the configuration says, now and whenever it was read again. */
    void configure(Options options, boolean relay) throws LocalFailure {
        if (configured) {
            prepare(options, relay).take();
            return;
        }
        Settings first = read(options, relay);
        lock.lock();
        try {
            drain();
            settings = first;
            configured = true;
            truncate(first, options.flag("TruncateLogFile"));
            repeatEarly(first);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Tries what another configuration says, while we run: a file that cannot be written is told to whoever asks for it, when
     * there is somebody to tell.
     */
    Prepared prepare(Options options, boolean relay) throws LocalFailure {
        Settings next = read(options, relay);
        List<@Nullable Path> known =
                settings.lines().stream().map(LogLine::file).toList();
        NewFiles files = new NewFiles();
        files.takeAfter(() -> {
            for (LogLine line : next.lines()) {
                Path file = line.file();
                if (file != null && !known.contains(file)) {
                    files.add(file);
                }
            }
        });
        return new Prepared() {
            @Override
            public void take() {
                lock.lock();
                try {
                    drain();
                    settings = next;
                } finally {
                    lock.unlock();
                }
            }

            @Override
            public void abandon() {
                files.abandon();
            }
        };
    }

    private Settings read(Options options, boolean relay) throws LocalFailure {
        List<LogLine> lines = new ArrayList<>();
        for (Options.Setting setting : options.settings(OptionTable.find("Log").orElseThrow())) {
            try {
                lines.add(LogLine.parse(setting.value()));
            } catch (LocalFailure bad) {
                throw bad.in(setting.origin() + "Log");
            }
        }
        String safe = options.text("SafeLogging").orElse("1");
        return new Settings(
                lines.isEmpty() ? settings.lines() : lines,
                safe.equals("1") || safe.equalsIgnoreCase("relay") && relay ? Safety.SCRUB : Safety.SHOW,
                options.flag("LogMessageDomains"),
                options.flag("ProtocolWarnings"),
                Math.max(1, options.interval("LogTimeGranularity").toMillis()));
    }

    /** Files that were tried by making them; they are still empty. */
    private final class NewFiles implements Prepared {
        private final List<Path> made = new ArrayList<>();

        void add(Path file) throws LocalFailure {
            boolean isNew = isMissing(file);
            disk.append(file, new byte[0]);
            if (isNew) {
                made.add(file);
            }
        }

        private boolean isMissing(Path file) {
            try {
                return disk.modified(file).isEmpty();
            } catch (LocalFailure inTheWay) {
                return false; // writing says so
            }
        }

        @Override
        public void take() {}

        @Override
        public void abandon() {
            for (Path file : made) {
                try {
                    disk.delete(file);
                } catch (LocalFailure left) {
                    warn(Domain.FS, "Something is left behind: " + left.getMessage());
                }
            }
        }
    }

    @Override
    public void write(Severity severity, Domain domain, String text) {
        for (Listener listener : listeners) {
            if (listener.wants(severity)) {
                listener.line(severity, domain, text);
            }
        }
        if (!settings.wants(severity, domain)) {
            return;
        }
        lock.lock();
        try {
            Line line = new Line(severity, domain, stamped(severity, domain, text));
            if (!configured && early.size() < EARLY_MAX) {
                early.add(line);
            }
            if (queue.size() >= QUEUE_MAX) {
                lost++;
                return;
            }
            queue.add(line);
            if (writing) {
                arrived.signal();
            } else {
                drain();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean wants(Severity severity, Domain domain) {
        return settings.wants(severity, domain) || listeners.stream().anyMatch(listener -> listener.wants(severity));
    }

    @Override
    public String scrub(Object sensitive) {
        return settings.safety() == Safety.SHOW ? String.valueOf(sensitive) : "[scrubbed]";
    }

    @Override
    public void protocolWarning(Domain domain, String text) {
        write(settings.protocolWarnings() ? Severity.WARN : Severity.INFO, domain, text);
    }

    /** Everything goes to all logs, whatever their severities, until {@link #configure} is called again. */
    void debugEverything() {
        Settings now = settings;
        List<LogLine> lines = now.lines().stream().map(LogLine::withEverything).toList();
        settings = new Settings(lines, now.safety(), now.domains(), now.protocolWarnings(), now.granularityMillis());
        write(Severity.NOTICE, Domain.GENERAL, "Caught USR2, going to loglevel debug. Send HUP to change back.");
    }

    void listen(Listener listener) {
        listeners.add(listener);
    }

    void unlisten(Listener listener) {
        listeners.remove(listener);
    }

    /** Returns when all lines so far have been written. */
    void flush() {
        lock.lock();
        try {
            drain();
        } finally {
            lock.unlock();
        }
    }

    /** Writes what still waits; later lines are written at once. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            writing = false;
            arrived.signalAll();
            drain();
        } finally {
            lock.unlock();
        }
    }

    private void writeForever() throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                if (queue.isEmpty()) {
                    arrived.await();
                }
                List<Line> batch = take();
                Settings current = settings;
                delivering = true;
                lock.unlock();
                try {
                    deliver(batch, current);
                } finally {
                    lock.lock();
                    delivering = false;
                    delivered.signalAll();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Writes what waits, behind what the task is writing just now. */
    private void drain() {
        while (delivering) {
            delivered.awaitUninterruptibly();
        }
        deliver(take(), settings);
    }

    private List<Line> take() {
        List<Line> batch = new ArrayList<>(queue);
        queue.clear();
        if (lost > 0) {
            batch.add(new Line(
                    Severity.WARN,
                    Domain.GENERAL,
                    stamped(
                            Severity.WARN,
                            Domain.GENERAL,
                            "The log could not keep up: " + lost + " lines were lost.")));
            lost = 0;
        }
        return batch;
    }

    /** One write for each target, in the order of the lines. */
    private void deliver(List<Line> batch, Settings current) {
        if (batch.isEmpty()) {
            return;
        }
        Map<Path, StringBuilder> files = new LinkedHashMap<>();
        for (LogLine target : current.lines()) {
            StringBuilder text = new StringBuilder();
            for (Line line : batch) {
                if (target.wants(line.severity(), line.domain())) {
                    text.append(line.text());
                }
            }
            Path file = target.file();
            if (file != null) {
                files.computeIfAbsent(file, any -> new StringBuilder()).append(text);
            } else {
                print(target.target() == LogLine.Target.STDERR ? err : out, text);
            }
        }
        files.forEach(this::append);
    }

    private static void print(PrintStream to, StringBuilder text) {
        if (!text.isEmpty()) {
            to.print(text);
            to.flush();
        }
    }

    private void append(Path file, StringBuilder text) {
        if (text.isEmpty()) {
            return;
        }
        try {
            disk.append(file, text.toString().getBytes(StandardCharsets.UTF_8));
        } catch (LocalFailure full) {
            err.print(full.getMessage() + "\n" + text);
        }
    }

    private void truncate(Settings next, boolean wanted) throws LocalFailure {
        for (LogLine line : next.lines()) {
            Path file = line.file();
            if (file != null) {
                if (wanted) {
                    disk.delete(file);
                }
                disk.append(file, new byte[0]); // says at the start if it cannot be written
            }
        }
    }

    private void repeatEarly(Settings next) {
        List<LogLine> files =
                next.lines().stream().filter(line -> line.file() != null).toList();
        deliver(early, new Settings(files, next.safety(), next.domains(), next.protocolWarnings(), 1));
        early.clear();
    }

    /** {@code Nov 20 11:17:33.000}; put together by hand, because a formatter loads a locale's data at the start. */
    private StringBuilder stamp(Instant instant) {
        ZonedDateTime at = instant.atZone(zone);
        StringBuilder text = new StringBuilder(64).append(MONTHS[at.getMonthValue() - 1]);
        twoDigits(text.append(' '), at.getDayOfMonth());
        twoDigits(text.append(' '), at.getHour());
        twoDigits(text.append(':'), at.getMinute());
        twoDigits(text.append(':'), at.getSecond());
        int millis = at.getNano() / 1_000_000;
        return twoDigits(text.append('.').append(millis / 100), millis % 100);
    }

    private static StringBuilder twoDigits(StringBuilder text, int value) {
        return text.append((char) ('0' + value / 10)).append((char) ('0' + value % 10));
    }

    /** Nothing from outside can forge a line of its own: control characters are shown, not written. */
    private String stamped(Severity severity, Domain domain, String text) {
        long millis = time.now().toEpochMilli();
        long granularity = settings.granularityMillis();
        StringBuilder line = stamp(Instant.ofEpochMilli(millis - Math.floorMod(millis, granularity)))
                .append(" [")
                .append(severity.name().toLowerCase(Locale.ROOT))
                .append("] ");
        if (settings.domains()) {
            line.append('{').append(domain).append("} ");
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c != 0x7f) {
                line.append(c);
            } else {
                line.append(c == '\n' ? "\\n" : c == '\r' ? "\\r" : String.format("\\x%02x", (int) c));
            }
        }
        return line.append('\n').toString();
    }
}
