package io.allium.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Debian's onionshare-cli, which shares a file until it is closed. Confined to its test. */
final class OnionShare implements AutoCloseable {
    private static final String PROGRAM = "/usr/bin/onionshare-cli";
    private static final Pattern ADDRESS = Pattern.compile("http://([a-z2-7]{56})\\.onion");
    private static final Pattern KEY = Pattern.compile("Private key: ([A-Z2-7]{52})");

    private static final int PATIENCE_SECONDS = 30;

    private final Path log;
    private final ProcessBuilder program;
    private Process process;

    private OnionShare(Path log, ProcessBuilder program) throws IOException {
        this.log = log;
        this.program = program;
        this.process = program.start();
    }

    /**
     * Begins to share.
     *
     * @param folder where it keeps what it has, and its settings
     * @param settings as JSON: which Tor it asks
     * @param tor the folder of the {@code tor} that it finds, where it is to start one
     */
    static OnionShare start(Path folder, String settings, Path tor, Path shared) throws IOException {
        if (!Files.isExecutable(Path.of(PROGRAM))) {
            throw new IOException(PROGRAM + " is missing: apt-get install onionshare-cli");
        }
        Path configuration = Files.writeString(folder.resolve("settings.json"), settings);
        Path log = folder.resolve("onionshare.log");
        ProcessBuilder builder = new ProcessBuilder(
                        PROGRAM, "--config", configuration.toString(), "--no-autostop-sharing", shared.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("PATH", tor + ":" + System.getenv("PATH"));
        builder.environment().put("PYTHONUNBUFFERED", "1");
        return new OnionShare(log, builder);
    }

    /** Starts it once more where it has ended: it gives the Tor that it starts two seconds, which some machines take for a JVM. */
    void insist() throws IOException {
        if (!process.isAlive()) {
            process = program.start();
        }
    }

    /** Whether it tells where to come to. */
    boolean shares() throws IOException {
        return log().contains("Press Ctrl+C to stop the server");
    }

    boolean isRunning() {
        return process.isAlive();
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    /** The onion service's name. */
    String name() throws IOException {
        return first(ADDRESS);
    }

    /** What visitors need beside the address, in base 32. */
    String key() throws IOException {
        return first(KEY);
    }

    private String first(Pattern wanted) throws IOException {
        Matcher found = wanted.matcher(log());
        if (!found.find()) {
            throw new IOException("onionshare names no such thing: " + log());
        }
        return found.group(1);
    }

    /** Ends it as its user does, and what it has started with it. */
    @Override
    public void close() throws IOException {
        List<ProcessHandle> started = process.descendants().toList();
        try {
            Programs.run(log.getParent(), "kill", "-INT", "" + process.pid());
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException ended) {
            process.destroyForcibly();
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        started.forEach(ProcessHandle::destroy);
    }
}
