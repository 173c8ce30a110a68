package io.allium.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where nodes of ours spent their processor time, from their flight recordings: each sample is the stack of a thread that
 * has used another 10 ms of processor time, in Java or below it (JEP 509). Compiler and collector are not in it.
 */
final class Profile {
    private static final int TOP = 14;

    /** A part of the work, and the classes or methods by which it is known. */
    private enum Layer {
        START("class loading, start", "jdk.internal.loader", "java.lang.ClassLoader", "java.lang.invoke."),
        READ(
                "system call: read",
                "SocketDispatcher.read",
                "IOUtil.read",
                "SocketChannelImpl.read",
                "SocketChannelImpl.implRead"),
        WRITE(
                "system call: write",
                "SocketDispatcher.write",
                "IOUtil.write",
                "SocketChannelImpl.write",
                "SocketChannelImpl.implWrite"),
        SELECT("system call: select, wake-up", "EPoll", "EventFD", "SelectorImpl", "sun.nio.ch"),
        UNWRAP("TLS unwrap", "SSLEngineImpl.unwrap", "SSLEngineInputRecord", "LinkTls.unwrap"),
        WRAP("TLS wrap", "SSLEngineImpl.wrap", "SSLEngineOutputRecord"),
        HANDSHAKE("handshakes, public keys", "crypto.Ntor", "bouncycastle.math", "X25519", "Ed25519"),
        AES("relay AES-CTR", "crypto.AesCtr"),
        SHA1("relay SHA-1", "Tor1$Half.digest", "sun.security.provider.SHA."),
        CHANCE("random numbers", "SystemEntropy"),
        DIRECTORY("directory documents", "io.allium.netdoc", "io.allium.directory", "io.allium.authority"),
        LOCK("locks, parking", "AbstractQueuedSynchronizer", "ReentrantLock", "LockSupport"),
        VIRTUAL("virtual threads", "ForkJoinPool", "VirtualThread", "Continuation"),
        QUEUE("cell queues (Outbox, CellQueue)", "channel.Outbox", "channel.CellQueue"),
        LINK("links (Link, LinkWriter, Loop)", "io.allium.channel"),
        CIRCUIT("io.allium.circuit", "io.allium.circuit"),
        RELAY("io.allium.relay", "io.allium.relay"),
        CLIENT("io.allium.client, app", "io.allium.client", "io.allium.app"),
        CRYPTO("io.allium.crypto, the rest", "io.allium.crypto"),
        OTHER("other");

        private final String title;
        private final Pattern signs;

        Layer(String title, String... signs) {
            this.title = title;
            this.signs = Pattern.compile(Stream.of(signs).map(Pattern::quote).collect(Collectors.joining("|")));
        }

        /** The layer that the innermost frame with any sign belongs to. */
        static Layer of(List<String> stack) {
            for (String frame : stack) {
                for (Layer layer : values()) {
                    if (layer != OTHER && layer.signs.matcher(frame).find()) {
                        return layer;
                    }
                }
            }
            return OTHER;
        }
    }

    private final Map<Layer, Integer> layers = new TreeMap<>();
    private final Map<String, Integer> innermost = new TreeMap<>();
    private final Map<String, Integer> threads = new TreeMap<>();
    private final Map<String, Integer> ours = new TreeMap<>();
    private final Map<String, Long> allocated = new TreeMap<>();
    private int samples;

    private Profile() {}

    /** What the JVM of a node gets, where {@code {node}} stands for its name. */
    static String javaOptions(Path out) {
        return "-XX:StartFlightRecording:filename=" + recording(out, "{node}")
                + ",settings=none,+jdk.CPUTimeSample#enabled=true,+jdk.CPUTimeSample#throttle=10ms"
                + ",+jdk.ObjectAllocationSample#enabled=true,+jdk.ObjectAllocationSample#throttle=100/s";
    }

    static Path recording(Path out, String node) {
        return out.resolve("profile").resolve(node + ".jfr");
    }

    /** Reads what nodes, which have ended, recorded between two times, all of them together. */
    static Profile read(List<Path> recordings, Instant from, Instant to) throws IOException {
        Profile profile = new Profile();
        for (Path recording : recordings) {
            try (RecordingFile file = new RecordingFile(recording)) {
                while (file.hasMoreEvents()) {
                    RecordedEvent event = file.readEvent();
                    boolean within = !event.getStartTime().isBefore(from)
                            && !event.getStartTime().isAfter(to);
                    String type = event.getEventType().getName();
                    if (type.equals("jdk.CPUTimeSample") && within) {
                        profile.addProcessorTime(event);
                    } else if (type.equals("jdk.ObjectAllocationSample") && within) {
                        profile.addAllocation(event);
                    }
                }
            }
        }
        return profile;
    }

    /** As Markdown. */
    String text(String title) {
        StringBuilder text = new StringBuilder("### " + title + "\n\n" + samples + " samples of 10 ms.\n\n");
        Map<String, Integer> titles = new LinkedHashMap<>();
        layers.forEach((layer, count) -> titles.put(layer.title, count));
        table(text, "where", titles);
        table(text, "innermost frame", innermost);
        table(text, "innermost frame of ours", ours);
        table(text, "thread", threads);
        long megabytes = allocated.values().stream().mapToLong(Long::longValue).sum() / 1_000_000;
        table(text, "allocated, of " + megabytes + " MB", allocated);
        return text.toString();
    }

    private void addProcessorTime(RecordedEvent event) {
        List<String> stack = stack(event);
        if (stack.isEmpty()) {
            return;
        }
        samples++;
        layers.merge(Layer.of(stack), 1, Integer::sum);
        innermost.merge(stack.getFirst(), 1, Integer::sum);
        ours(stack).ifPresent(frame -> ours.merge(frame, 1, Integer::sum));
        var thread = event.getThread("eventThread");
        String name = thread == null || thread.getJavaName() == null ? "?" : thread.getJavaName();
        threads.merge(name.replaceAll("\\d+", "N"), 1, Integer::sum);
    }

    /** The weight of a sample is what its thread has allocated since the one before. */
    private void addAllocation(RecordedEvent event) {
        String type = event.getClass("objectClass").getName();
        String where = ours(stack(event)).orElse("others' code");
        allocated.merge(type + " in " + where, event.getLong("weight"), Long::sum);
    }

    private static List<String> stack(RecordedEvent event) {
        if (event.getStackTrace() == null) {
            return List.of();
        }
        return event.getStackTrace().getFrames().stream()
                .filter(RecordedFrame::isJavaFrame)
                .map(frame -> frame.getMethod().getType().getName() + "."
                        + frame.getMethod().getName())
                .toList();
    }

    private static Optional<String> ours(List<String> stack) {
        return stack.stream().filter(frame -> frame.startsWith("io.allium.")).findFirst();
    }

    private static void table(StringBuilder text, String head, Map<String, ? extends Number> counts) {
        double all = counts.values().stream().mapToDouble(Number::doubleValue).sum();
        text.append("| ").append(head).append(" | share |\n|---|---:|\n");
        counts.entrySet().stream()
                .sorted(Comparator.comparingDouble(entry -> -entry.getValue().doubleValue()))
                .limit(TOP)
                .forEach(entry -> text.append(String.format(
                        Locale.ROOT,
                        "| %s | %.1f %% |\n",
                        entry.getKey(),
                        100.0 * entry.getValue().doubleValue() / all)));
        text.append('\n');
    }

    /** Makes room for recordings: the JVM would not. */
    static void prepare(Path out) throws IOException {
        Files.createDirectories(out.resolve("profile"));
    }
}
