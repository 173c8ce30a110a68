package io.allium.sim;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/** All lines of a trace, compressed, since there may be millions. Confined to the carrier. */
final class Recording {
    private static final int BUFFER = 1 << 16;

    private final ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    private final DeflaterOutputStream lines =
            new DeflaterOutputStream(compressed, new Deflater(Deflater.BEST_SPEED), BUFFER);
    private final Trace trace;

    private Recording(Trace trace) {
        this.trace = trace;
    }

    /** Records from now on. */
    static Recording of(Trace trace) {
        Recording recording = new Recording(trace);
        trace.listen(recording::add);
        return recording;
    }

    String hash() {
        return trace.hash();
    }

    /** The first line that differs from the other's, with what stands there in the other; nothing if all are equal. */
    Optional<String> firstDifference(Recording other) throws IOException {
        try (BufferedReader mine = read();
                BufferedReader others = other.read()) {
            String before = "";
            while (true) {
                String one = mine.readLine();
                String two = others.readLine();
                if (one == null && two == null) {
                    return Optional.empty();
                }
                if (one == null || !one.equals(two)) {
                    return Optional.of("after " + before + "\n  one: " + one + "\nother: " + two);
                }
                before = one;
            }
        }
    }

    private void add(String line) {
        try {
            lines.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException impossible) {
            throw new UncheckedIOException("memory can be written", impossible);
        }
    }

    private BufferedReader read() throws IOException {
        lines.finish();
        return new BufferedReader(new InputStreamReader(
                new InflaterInputStream(new ByteArrayInputStream(compressed.toByteArray())), StandardCharsets.UTF_8));
    }
}
