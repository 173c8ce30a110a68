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
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
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
    void whetherTheOtherSideIsDoneShowsWithoutReadingAndWhatItSentIsKept() throws Exception {
        try (Network.Listener listener = network.listen(ANY_PORT);
                Wire near = network.dial(Objects.requireNonNull(listener.endpoint()), PATIENCE);
                Wire far = listener.accept()) {
            assertThat(far.isFinished()).isFalse();
            assertThat(far.hasReadAhead()).isFalse();
            near.write("hel".getBytes(UTF_8));
            until(() -> !far.isFinished() && far.hasReadAhead());
            near.write("lo".getBytes(UTF_8));
            near.finish();
            until(far::isFinished);
            far.write("yes".getBytes(UTF_8));

            byte[] into = new byte[16];
            assertThat(far.read(into, 0, 4)).isEqualTo(4);
            assertThat(far.hasReadAhead()).isTrue();
            assertThat(far.read(into, 4, 12)).isEqualTo(1);
            assertThat(new String(into, 0, 5, UTF_8)).isEqualTo("hello");
            assertThat(far.hasReadAhead()).isFalse();
            assertThat(far.read(into, 0, 16)).isEqualTo(-1);
            assertThat(near.read(into, 0, 16)).isEqualTo(3);
        }
    }

    @Test
    void aPortThatWasClosedCanBeHadAgainAtOnceWhoeverWaitedForConnections() throws Exception {
        Endpoint port = null;
        for (int i = 0; i < 50; i++) {
            Network.Listener listener = network.listen(port == null ? ANY_PORT : port);
            port = Objects.requireNonNull(listener.endpoint());
            Thread waiting = Thread.startVirtualThread(() -> {
                try {
                    listener.accept().close();
                } catch (IOException | InterruptedException closed) {
                    // as it should be
                }
            });
            until(() -> waiting.getState() == Thread.State.WAITING || !waiting.isAlive());
            listener.close();
        }
        network.listen(Objects.requireNonNull(port)).close();
    }

    @Test
    void ofWhatTheOtherSideSendsAheadNoMoreIsKeptThanTheBound() throws Exception {
        try (Network.Listener listener = network.listen(ANY_PORT);
                Wire near = network.dial(Objects.requireNonNull(listener.endpoint()), PATIENCE);
                Wire far = listener.accept()) {
            near.write(new byte[SocketWire.AHEAD_MAX + 100]);
            near.finish();
            byte[] into = new byte[SocketWire.AHEAD_MAX];
            until(() -> {
                assertThat(far.isFinished()).isFalse(); // the end stands behind what there is room for
                return far.hasReadAhead();
            });
            int all = 0;
            for (int count = far.read(into, 0, into.length); count > 0; count = far.read(into, 0, into.length)) {
                all += count;
            }

            assertThat(all).isEqualTo(SocketWire.AHEAD_MAX + 100);
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
    void aFolderIsNotDeletedForAUnixSocket(@TempDir Path folder) throws Exception {
        Path path = Files.createDirectory(folder.resolve("socks"));
        assertThatThrownBy(() -> network.listen(path))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining(path + ": it is a folder");
        assertThat(path).isDirectory();

        Path moved = folder.resolve("moved");
        try (Network.Listener listener = network.listen(moved)) {
            assertThat(listener.endpoint()).isNull();
            Files.delete(moved);
            Files.createDirectory(moved);
        }
        assertThat(moved).isDirectory();
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

    /** What does not wait is asked until it says so. */
    private static void until(Callable<Boolean> holds) throws Exception {
        long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!holds.call()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(100_000);
        }
    }
}
