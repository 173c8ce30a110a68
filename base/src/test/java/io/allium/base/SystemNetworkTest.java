package io.allium.base;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemNetworkTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Endpoint ANY_PORT = new Endpoint(InetAddress.getLoopbackAddress(), 0);

    private final SystemNetwork network = new SystemNetwork();

    @Test
    void bytesCrossAWireAndItsEndIsSeen() throws Exception {
        try (Network.Listener listener = network.listen(ANY_PORT);
                Wire near = network.dial(Objects.requireNonNull(listener.endpoint()), PATIENCE);
                Wire far = listener.accept()) {
            near.write("hello".getBytes(UTF_8));
            near.finish();
            byte[] into = new byte[16];
            assertThat(far.read(into, 0, 16)).isEqualTo(5);
            assertThat(far.read(into, 0, 16)).isEqualTo(-1);
            assertThat(far.remote()).isEqualTo(near.local());
        }
    }

    @Test
    void acceptingGoesOnAfterTheMachineWasOutOfDescriptors() throws Exception {
        List<Exception> failures = new ArrayList<>(List.of(
                new SocketException("Too many open files"),
                new SocketException("Too many open files"),
                new AsynchronousCloseException()));
        Network.Listener listener = new Network.Listener() {
            @Override
            public @Nullable Endpoint endpoint() {
                return null;
            }

            @Override
            public Wire accept() throws IOException {
                throw (IOException) failures.removeFirst();
            }

            @Override
            public void close() {}
        };
        assertThatThrownBy(() -> listener.acceptNext(new SystemTime(), Log.NONE))
                .isInstanceOf(AsynchronousCloseException.class);
        assertThat(failures).isEmpty();
    }

    @Test
    void aLoopHearsOfBytesAndOfAWake() throws Exception {
        try (Network.Listener listener = network.listen(ANY_PORT);
                Wire near = network.dial(Objects.requireNonNull(listener.endpoint()), PATIENCE);
                Wire far = listener.accept();
                Poller poller = network.poller()) {
            CompletableFuture<String> heard = new CompletableFuture<>();
            poller.register(far, new Poller.Ready() {
                @Override
                public void readable() {
                    ByteBuffer into = ByteBuffer.allocate(16);
                    try {
                        far.tryRead(into);
                    } catch (java.io.IOException failed) {
                        heard.completeExceptionally(failed);
                    }
                    heard.complete(new String(into.array(), 0, into.position(), UTF_8));
                }

                @Override
                public void writable() {}
            });
            poller.wake();
            poller.await(-1);
            assertThat(heard).isNotDone();
            near.write("cell".getBytes(UTF_8));
            poller.await(-1);
            assertThat(heard).isCompletedWithValue("cell");
        }
    }

    @Test
    void aPortInUseIsNamedWithWhatToDo() throws Exception {
        try (Network.Listener listener = network.listen(ANY_PORT)) {
            Endpoint taken = Objects.requireNonNull(listener.endpoint());
            assertThatThrownBy(() -> network.listen(taken))
                    .isInstanceOf(LocalFailure.class)
                    .hasMessageContaining(taken + " is in use");
        }
    }

    @Test
    void nobodyListeningIsUnreachable() throws Exception {
        Endpoint gone;
        try (Network.Listener listener = network.listen(ANY_PORT)) {
            gone = Objects.requireNonNull(listener.endpoint());
        }
        assertThatThrownBy(() -> network.dial(gone, PATIENCE))
                .isInstanceOf(Unreachable.class)
                .hasMessage("connection refused");
    }

    @Test
    void aUnixSocketLeftBehindIsReplacedAndALivingOneIsNot(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("socks");
        Files.createFile(path);
        try (Network.Listener listener = network.listen(path)) {
            assertThat(listener.endpoint()).isNull();
            assertThatThrownBy(() -> network.listen(path)).isInstanceOf(LocalFailure.class);
        }
    }

    @Test
    void aUnixSocketIsForItsOwnerOnly(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("control");
        try (Network.Listener listener = network.listen(path)) {
            assertThat(listener.endpoint()).isNull();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-------");
        }
    }
}
