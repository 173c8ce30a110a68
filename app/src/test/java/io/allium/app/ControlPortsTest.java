package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlEvents;
import io.allium.control.ControlPort;
import io.allium.testing.DeafPort;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which control ports are open, and which files tell of them, as the options change. */
class ControlPortsTest {
    private final SystemTime time = new SystemTime();
    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
    private final SystemDisk disk = new SystemDisk();
    private final SystemEntropy entropy = new SystemEntropy();
    private boolean broken;
    private final Disk breakable = (Disk)
            Proxy.newProxyInstance(Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (proxy, asked, with) -> {
                if (broken) {
                    throw new IllegalStateException("the disk is broken");
                }
                return asked.invoke(disk, with);
            });
    private final Ports open = new Ports(new SystemNetwork(), breakable, Log.NONE);
    private final DeafPort taken = DeafPort.open();

    @TempDir
    Path folder;

    private ControlPorts ports;

    @AfterEach
    void close() throws Exception {
        ports().close();
        open.close();
        tasks.close();
        time.close();
        taken.close();
    }

    @Test
    void portsOfAnyNumberAreKeptAsOftenAsTheyAreWanted() throws Exception {
        configure("ControlPort auto", "ControlPort auto");
        List<String> both = places();
        assertThat(both).hasSize(2);
        configure("ControlPort auto", "ControlPort auto", "SocksPort 0", "ControlPortFileGroupReadable 1");
        assertThat(places()).isEqualTo(both);
        configure("ControlPort auto");
        assertThat(places()).containsExactly(both.getFirst());
        configure();
        assertThat(places()).isEmpty();
    }

    @Test
    void aCookieStaysWhereItsFileIsNamedInAnotherWay() throws Exception {
        Path sub = Files.createDirectory(folder.resolve("sub"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
        Path file = folder.resolve("cookie");
        configure("ControlPort auto", "CookieAuthentication 1", "CookieAuthFile " + file);
        byte[] cookie = Files.readAllBytes(file);
        for (Path other : List.of(sub.resolve("../cookie"), link.resolve("cookie"), file)) {
            configure("ControlPort auto", "CookieAuthentication 1", "CookieAuthFile " + other);
            assertThat(file).hasBinaryContent(cookie);
        }
        configure("ControlPort auto", "CookieAuthentication 1", "CookieAuthFile " + sub.resolve("cookie"));
        assertThat(file).doesNotExist();
        assertThat(sub.resolve("cookie")).exists();
        configure("ControlPort auto");
        assertThat(sub.resolve("cookie")).doesNotExist();
    }

    @Test
    void whatCannotBeHadLeavesNoCookieBehind() throws Exception {
        Path cookie = folder.resolve("cookie");
        Path other = folder.resolve("other");
        configure("ControlPort auto", "CookieAuthentication 1", "CookieAuthFile " + cookie);
        List<String> before = places();
        assertThatThrownBy(() -> configure(
                        "ControlPort " + taken.endpoint(), "CookieAuthentication 1", "CookieAuthFile " + other))
                .isInstanceOf(LocalFailure.class);
        assertThatThrownBy(() -> configure(
                        "ControlPort " + taken.endpoint(), "CookieAuthentication 1", "CookieAuthFile " + cookie))
                .isInstanceOf(LocalFailure.class);
        assertThat(other).doesNotExist();
        assertThat(cookie).exists();
        assertThat(places()).isEqualTo(before);
    }

    @Test
    void whatIsAbandonedWasNeverThere() throws Exception {
        Path cookie = folder.resolve("cookie");
        configure("ControlPort auto");
        List<String> before = places();
        Prepared change = ports().prepare(options(
                "ControlPort 127.0.0.1:" + free(), "CookieAuthentication 1", "CookieAuthFile " + cookie));
        assertThat(places()).hasSize(2);
        assertThat(cookie).exists();
        change.abandon();
        assertThat(places()).isEqualTo(before);
        assertThat(cookie).doesNotExist();
    }

    @Test
    void aSocketThatStaysAdmitsWhomItsLineNamesNow() throws Exception {
        Path socket = folder.resolve("control");
        configure("ControlPort unix:" + socket);
        assertThat(mode(socket)).isEqualTo("rw-------");
        configure("ControlPort unix:" + socket + " WorldWritable");
        assertThat(mode(socket)).isEqualTo("rw-rw-rw-");
        Prepared change = ports().prepare(options("ControlPort unix:" + socket));
        assertThat(mode(socket)).isEqualTo("rw-------");
        change.abandon();
        assertThat(mode(socket)).isEqualTo("rw-rw-rw-");
    }

    @Test
    void whatIsOpenIsKnownWhateverTheFileThatTellsOfItDoes() throws Exception {
        String told = "ControlPortWriteToFile " + folder.resolve("told");
        configure("ControlPort auto", told);
        int port = free();
        broken = true;
        assertThatThrownBy(() -> configure("ControlPort 127.0.0.1:" + port, told))
                .hasStackTraceContaining("the disk is broken");
        assertThat(places()).containsExactly("127.0.0.1:" + port);
        broken = false;
        configure("ControlPort auto", told);
        assertThat(places()).hasSize(1).doesNotContain("127.0.0.1:" + port);
        assertThat(folder.resolve("told")).hasContent("PORT=" + places().getFirst());
    }

    private static String mode(Path file) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static int free() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private List<String> places() {
        return open.places(Ports.Kind.CONTROL);
    }

    private void configure(String... lines) throws LocalFailure {
        ports().configure(options(lines));
    }

    private static Options options(String... lines) throws LocalFailure {
        return Options.parse(String.join("\n", lines));
    }

    private ControlPorts ports() {
        if (ports == null) {
            ControlPorts.Opener opener = (line, authentication) -> new ControlPort(
                    open.open(Ports.Kind.CONTROL, line),
                    Version.TEXT,
                    authentication,
                    ControlCatalogue.of(List.of()),
                    new ControlEvents(),
                    () -> {},
                    time,
                    tasks,
                    Log.NONE);
            ports = new ControlPorts(
                    folder, opener, open, new ControlConfiguration.Cookies(entropy, disk), disk, Log.NONE);
        }
        return ports;
    }
}
