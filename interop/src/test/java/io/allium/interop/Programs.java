package io.allium.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs other people's programs to their end, within a limit. */
final class Programs {
    private static final int LIMIT_SECONDS = 600;

    /** What a program said on its standard output, and how it ended. */
    record Outcome(int status, byte[] output, String errors) {
        String text() {
            return new String(output, UTF_8);
        }
    }

    private Programs() {}

    /** Runs it and fails unless it ended with 0. */
    static Outcome run(Path folder, String... command) throws IOException, InterruptedException {
        return runWithInput(folder, "", command);
    }

    static Outcome runWithInput(Path folder, String input, String... command) throws IOException, InterruptedException {
        Outcome outcome = attempt(folder, input, command);
        if (outcome.status() != 0) {
            throw new IOException(
                    List.of(command) + " ended with " + outcome.status() + ": " + outcome.errors() + outcome.text());
        }
        return outcome;
    }

    /** Runs it, however it ends. */
    static Outcome attempt(Path folder, String input, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).directory(folder.toFile()).start();
        CompletableFuture<byte[]> errors = drained(process.getErrorStream());
        CompletableFuture<byte[]> output = drained(process.getInputStream());
        try (OutputStream to = process.getOutputStream()) {
            to.write(input.getBytes(UTF_8));
        } catch (IOException notInterested) {
            // A program may end without reading what it was given.
        }
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(List.of(command) + " did not end within " + LIMIT_SECONDS + " s");
        }
        return new Outcome(process.exitValue(), output.join(), new String(errors.join(), UTF_8));
    }

    /** Reads it all on a thread of its own: in the common pool one stream may have to wait for the other. */
    private static CompletableFuture<byte[]> drained(java.io.InputStream from) {
        CompletableFuture<byte[]> bytes = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> bytes.complete(drain(from)));
        return bytes;
    }

    private static byte[] drain(java.io.InputStream from) {
        try (from) {
            return from.readAllBytes();
        } catch (IOException ended) {
            return new byte[0];
        }
    }
}
