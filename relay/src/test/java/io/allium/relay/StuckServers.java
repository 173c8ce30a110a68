package io.allium.relay;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Network;
import io.allium.base.Poller;
import io.allium.base.SystemNetwork;
import io.allium.base.Unreachable;
import io.allium.base.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** This machine's network, but for one address: who dials it gets a connection to somebody who neither reads nor writes. */
final class StuckServers implements Network {
    static final String ADDRESS = "192.0.2.77";

    private final Network machine = new SystemNetwork();

    /** Completes when the first connection to the address is closed by those who dialled it. */
    final CompletableFuture<Boolean> closed = new CompletableFuture<>();

    @Override
    public Wire dial(Endpoint to, Duration patience) throws Unreachable, InterruptedException {
        return dialFrom(null, to, patience);
    }

    @Override
    public Wire dialFrom(@Nullable Endpoint from, Endpoint to, Duration patience)
            throws Unreachable, InterruptedException {
        return to.address().equals(Endpoint.parseAddress(ADDRESS))
                ? new StuckWire()
                : machine.dialFrom(from, to, patience);
    }

    @Override
    public Listener listen(Endpoint at) throws LocalFailure {
        return machine.listen(at);
    }

    @Override
    public Listener listen(Path at) throws LocalFailure {
        return machine.listen(at);
    }

    @Override
    public Poller poller() {
        Poller all = machine.poller();
        return new Poller() {
            @Override
            public Registration register(Wire wire, Ready ready) throws IOException {
                return wire instanceof StuckWire ? NEVER : all.register(wire, ready);
            }

            @Override
            public void await(long nanos) throws IOException {
                all.await(nanos);
            }

            @Override
            public void wake() {
                all.wake();
            }

            @Override
            public void close() {
                all.close();
            }
        };
    }

    /** Of a wire that never becomes ready. */
    private static final Poller.Registration NEVER = new Poller.Registration() {
        @Override
        public void wantRead(boolean want) {}

        @Override
        public void wantWrite(boolean want) {}

        @Override
        public void cancel() {}
    };

    private final class StuckWire implements Wire {
        private final CompletableFuture<Boolean> over = new CompletableFuture<>();

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            over.join();
            throw new EOFException("closed");
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            over.join();
            throw new EOFException("closed");
        }

        @Override
        public void finish() {}

        @Override
        public void close() {
            over.complete(true);
            closed.complete(true);
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
            return 0;
        }

        @Override
        public int tryWrite(ByteBuffer from) {
            return 0;
        }
    }
}
