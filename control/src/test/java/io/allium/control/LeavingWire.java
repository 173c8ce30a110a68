package io.allium.control;

import io.allium.base.Endpoint;
import io.allium.base.Wire;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** The connection of a controller that says certain things and hears no event: it leaves at the first, or reads no more. */
final class LeavingWire implements Wire {
    private final ByteArrayInputStream script;
    private final boolean leaves;
    private final Queue<String> heard = new ConcurrentLinkedQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    LeavingWire(String script, boolean leaves) {
        this.script = new ByteArrayInputStream(script.getBytes(StandardCharsets.UTF_8));
        this.leaves = leaves;
    }

    /** The answers it heard. */
    String heard() {
        return String.join("", heard);
    }

    boolean isClosed() {
        return closed.getCount() == 0;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        return script.read(into, offset, length);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        String text = new String(from, offset, length, StandardCharsets.UTF_8);
        if (text.startsWith("650 ") && !leaves) {
            awaitClose();
        }
        if (text.startsWith("650 ") || isClosed()) {
            throw new IOException("Broken pipe");
        }
        heard.add(text);
    }

    private void awaitClose() throws IOException {
        try {
            closed.await();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new IOException(ended);
        }
    }

    @Override
    public void finish() {}

    @Override
    public void close() {
        closed.countDown();
    }

    @Override
    public @Nullable Endpoint remote() {
        return null;
    }

    @Override
    public @Nullable Endpoint local() {
        return null;
    }

    @Override
    public int tryRead(ByteBuffer into) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int tryWrite(ByteBuffer from) {
        throw new UnsupportedOperationException();
    }
}
