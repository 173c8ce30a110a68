package io.allium.web;

import io.allium.base.Endpoint;
import io.allium.base.Wire;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A connection on which certain bytes come, at most so many at a time. */
final class ScriptedWire implements Wire {
    final ByteArrayOutputStream written = new ByteArrayOutputStream();
    boolean closed;
    private final ByteArrayInputStream script;
    private final int atATime;

    ScriptedWire() {
        this(new byte[0], 1);
    }

    ScriptedWire(byte[] script, int atATime) {
        this.script = new ByteArrayInputStream(script);
        this.atATime = atATime;
    }

    ScriptedWire(String script, int atATime) {
        this(script.getBytes(StandardCharsets.ISO_8859_1), atATime);
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        return script.read(into, offset, Math.min(length, atATime));
    }

    @Override
    public void write(byte[] from, int offset, int length) {
        written.write(from, offset, length);
    }

    @Override
    public void finish() {}

    @Override
    public void close() {
        closed = true;
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
    public int tryRead(ByteBuffer into) throws IOException {
        throw new UnsupportedOperationException();
    }

    @Override
    public int tryWrite(ByteBuffer from) throws IOException {
        throw new UnsupportedOperationException();
    }
}
