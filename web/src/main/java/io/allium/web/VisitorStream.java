package io.allium.web;

import io.allium.base.ByteStream;
import io.allium.base.Wire;
import java.io.IOException;

/**
 * What a visitor sends and gets, whose failures can be told from those of this machine: visitors go whenever they like,
 * which is nothing to tell anybody. Confined to the connection's task, but for {@link #close}.
 */
final class VisitorStream implements ByteStream {
    /** The connection broke, or was closed. */
    static final class Gone extends IOException {
        private static final long serialVersionUID = 1L;

        private Gone(IOException broken) {
            super(broken.getMessage(), broken);
        }
    }

    private final Wire wire;

    VisitorStream(Wire wire) {
        this.wire = wire;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws Gone {
        try {
            return wire.read(into, offset, length);
        } catch (IOException broken) {
            throw new Gone(broken);
        }
    }

    @Override
    public void write(byte[] from, int offset, int length) throws Gone {
        try {
            wire.write(from, offset, length);
        } catch (IOException broken) {
            throw new Gone(broken);
        }
    }

    @Override
    public void finish() throws Gone {
        try {
            wire.finish();
        } catch (IOException broken) {
            throw new Gone(broken);
        }
    }

    @Override
    public void close() {
        wire.close();
    }
}
