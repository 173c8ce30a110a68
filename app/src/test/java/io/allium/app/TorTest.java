package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Network;
import io.allium.base.Poller;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNames;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.base.Unreachable;
import io.allium.base.Wire;
import io.allium.client.Client;
import io.allium.directory.BootstrapPhase;
import io.allium.testing.DeafPort;
import io.allium.testing.Waiting;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of a Tor that stays off the network, or is in one where nobody answers. */
class TorTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final SystemTime time = new SystemTime();
    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
    private final TorLog log = new TorLog(
            time,
            ZoneOffset.UTC,
            new SystemDisk(),
            new PrintStream(output, true, StandardCharsets.UTF_8),
            new PrintStream(output, true, StandardCharsets.UTF_8),
            Log.Severity.NOTICE);
    private final DeafPort nobody = DeafPort.open();
    private String torrc = "DisableNetwork 1\nControlPort 127.0.0.1:auto\n";

    @AfterEach
    void close() {
        tasks.close();
        time.close();
        nobody.close();
    }

    @Test
    void itTakesItsFolderAndGivesItBack() throws Exception {
        torrc += "PidFile " + folder.resolve("pid") + "\nControlPortWriteToFile " + folder.resolve("port") + "\n";
        try (Tor tor = tor()) {
            tor.start();
            assertThat(folder.resolve("pid")).hasContent(ProcessHandle.current().pid() + "");
            assertThat(Files.readString(folder.resolve("port"))).matches("PORT=127\\.0\\.0\\.1:[0-9]+\n");
            try (Tor second = tor()) {
                assertThatThrownBy(second::start)
                        .isInstanceOf(LocalFailure.class)
                        .hasMessageContaining(
                                "It looks like another Tor process is running with the same data directory");
            }
        }
        assertThat(folder.resolve("pid")).doesNotExist();
        try (Tor third = tor()) {
            third.start();
        }
        assertThat(output()).contains("[notice] Opened Control listener connection (ready) on 127.0.0.1:");
    }

    @Test
    void haltEndsIt() throws Exception {
        try (Tor tor = tor()) {
            tor.start();
            tor.signal(ControlSignal.HALT);
            tor.ended().get(1, TimeUnit.MINUTES);
        }
    }

    @Test
    void aGoneOwnerEndsIt() throws Exception {
        Process owner = new ProcessBuilder("true").start();
        owner.waitFor();
        torrc += "__OwningControllerProcess " + owner.pid() + "\n";
        try (Tor tor = tor()) {
            tor.start();
            tor.ended().get(1, TimeUnit.MINUTES);
        }
        assertThat(output()).contains("Monitored process " + owner.pid() + " is dead; exiting.");
    }

    @Test
    void optionsThatMayChangeDoAndOthersDoNot() throws Exception {
        try (Tor tor = tor()) {
            tor.start();
            tor.change(Options.parse(settings() + "SafeSocks 1\n"));
            assertThat(tor.options().flag("SafeSocks")).isTrue();
            Options moved = Options.parse(torrc + "DataDirectory /elsewhere\n");
            assertThatThrownBy(() -> tor.change(moved)).hasMessageContaining("DataDirectory is not allowed");
            Options bad = Options.parse(settings() + "Nickname no-name\n");
            assertThatThrownBy(() -> tor.change(bad)).hasMessageContaining("nicknames must be");
            assertThat(tor.options().flag("SafeSocks")).isTrue();
        }
    }

    @Test
    void aClientBeginsAnewForWhatItReadsOnlyThenAndARelayDoesNot() throws Exception {
        torrc = onLoopback() + "SocksPort auto\n";
        try (Tor tor = tor()) {
            tor.start();
            Client before = tor.client().orElseThrow();
            tor.change(Options.parse(settings() + "Nickname other\n"));
            assertThat(tor.client()).contains(before);
            String relay = settings() + "ORPort 127.0.0.1:auto\nAssumeReachable 1\nPublishServerDescriptor 0\n";
            tor.change(Options.parse(relay));
            assertThat(tor.client().orElseThrow()).isNotSameAs(before);
            assertThat(output()).contains("Opened OR listener connection (ready) on 127.0.0.1:");
            Options renamed = Options.parse(relay + "Nickname other\n");
            assertThatThrownBy(() -> tor.change(renamed))
                    .hasMessageContaining("Nickname takes effect only at the next start");
            assertThat(tor.options().text("Nickname")).isEmpty();
        }
    }

    @Test
    void controlPortsOpenAndCloseAndWhoIsInStays() throws Exception {
        Path told = folder.resolve("port");
        try (Tor tor = tor()) {
            tor.start();
            Path unix = folder.resolve("control");
            tor.change(Options.parse(settings() + "ControlSocket " + unix + "\nCookieAuthentication 1\n"
                    + "ControlSocketsGroupWritable 1\nControlPortWriteToFile " + told + "\n"));
            assertThat(Files.readString(told)).matches("(?s)PORT=127.0.0.1:[0-9]+\nUNIX_PORT=" + unix + "\n");
            assertThat(data().resolve("control_auth_cookie")).exists();
            String first = Files.readString(told).lines().findFirst().orElseThrow();
            try (Wire controller =
                    new SystemNetwork().dial(Endpoint.parse(first.substring(5)), Duration.ofMinutes(1))) {
                controller.write("PROTOCOLINFO\r\n".getBytes(StandardCharsets.US_ASCII));
                while (!lineOf(controller).equals("250 OK")) {} // it is in, and not only on its way
                Options other = Options.parse(
                        settings().replace("ControlPort 127.0.0.1:auto\n", "") + "ControlSocket " + unix + "\n");
                Options impossible = Options.parse(settings().replace("ControlPort 127.0.0.1:auto\n", "")
                        + "ControlPort " + nobody.endpoint() + "\n");
                assertThatThrownBy(() -> tor.change(impossible))
                        .hasMessageContaining("Could not open the Control port");
                assertThat(told).exists();
                tor.change(other);
                assertThat(told).doesNotExist();
                assertThat(data().resolve("control_auth_cookie")).doesNotExist();
                controller.write("PROTOCOLINFO\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(lineOf(controller)).as("asked for the second time").startsWith("514 ");
            }
        }
        assertThat(output()).contains("Closing no-longer-configured Control listener on 127.0.0.1:");
    }

    @Test
    void aControlSocketWantsAFolderThatIsClosedToOthers() throws Exception {
        Path open = Files.createDirectory(folder.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path unix = open.resolve("control");
        try (Tor tor = tor()) {
            tor.start();
            assertThatThrownBy(() -> tor.change(Options.parse(settings() + "ControlSocket " + unix + "\n")))
                    .hasMessageContaining("Could not open the Control port")
                    .hasMessageContaining("chmod 700 " + open);
            assertThat(unix).doesNotExist();
            assertThatThrownBy(() -> tor.change(Options.parse(settings() + "ControlSocket control\n")))
                    .hasMessageContaining("absolute");
            tor.change(Options.parse(settings() + "ControlSocket " + unix + " RelaxDirModeCheck\n"));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(unix)))
                    .isEqualTo("rw-------");
            tor.change(Options.parse(settings()));
            tor.change(Options.parse(settings() + "ControlPort unix:" + unix + " WorldWritable\n"));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(unix)))
                    .isEqualTo("rw-rw-rw-");
        }
    }

    private static String lineOf(Wire controller) throws IOException {
        StringBuilder line = new StringBuilder();
        byte[] one = new byte[1];
        while (one[0] != '\n') {
            if (controller.read(one, 0, 1) < 0) {
                throw new EOFException("behind \"" + line + "\"");
            }
            line.append((char) one[0]);
        }
        return line.toString().strip();
    }

    @Test
    void whoIsToldToSleepWakesUpWhenTold() throws Exception {
        torrc = onLoopback() + "SocksPort auto\n";
        try (Tor tor = tor()) {
            tor.start();
            tor.signal(ControlSignal.DORMANT);
            assertThat(tor.isDormant()).isTrue();
        }
        assertThat(Files.readString(data().resolve("state"))).contains("Dormant 1\n");
        try (Tor tor = tor()) {
            tor.start();
            assertThat(tor.isDormant()).isTrue();
            tor.signal(ControlSignal.ACTIVE);
            assertThat(tor.isDormant()).isFalse();
        }
        assertThat(Files.readString(data().resolve("state"))).contains("Dormant 0\n");
    }

    @Test
    void whatCannotBeHadLeavesAllAsItWas() throws Exception {
        torrc = onLoopback() + "SocksPort auto\n";
        Path keys = Files.writeString(folder.resolve("keys"), "no folder");
        String other = settings() + "SafeSocks 1\nLog notice file " + folder.resolve("log") + "\n" + service("other");
        try (Tor tor = tor()) {
            tor.start();
            Options unreadable = Options.parse(other + "ClientOnionAuthDir " + keys + "\n");
            assertThatThrownBy(() -> tor.change(unreadable)).isInstanceOf(LocalFailure.class);
            Options taken = Options.parse(other.replace(
                    "SocksPort auto",
                    "SocksPort " + tor.socksPorts().getFirst() + "\nSocksPort "
                            + tor.socksPorts().getFirst()));
            assertThatThrownBy(() -> tor.change(taken)).hasMessageContaining("Could not open the Socks port");
            assertThat(tor.options().flag("SafeSocks")).isFalse();
            assertThat(tor.onionServices()).isEmpty();
            new SystemNetwork()
                    .dial(tor.socksPorts().getFirst(), Duration.ofMinutes(1))
                    .close();
            log.warn(Log.Domain.GENERAL, "said afterwards");
        }
        assertThat(folder.resolve("log")).doesNotExist();
        assertThat(output()).contains("said afterwards");
    }

    @Test
    void whatIsRefusedEndsNothing() throws Exception {
        torrc = onLoopback() + "SocksPort auto\nMetricsPort auto\n";
        String unwritable = "Log notice file " + folder.resolve("none/log") + "\n";
        try (Tor tor = tor()) {
            tor.start();
            Client client = tor.client().orElseThrow();
            List<Endpoint> before = tor.socksPorts();
            for (String more : List.of("DisableNetwork 1\n", "MetricsPort 0\n", "SocksPort 127.0.0.1:auto\n")) {
                Options next = Options.parse(settings() + more + unwritable);
                assertThatThrownBy(() -> tor.change(next)).isInstanceOf(LocalFailure.class);
                assertThat(tor.client()).containsSame(client);
                assertThat(tor.socksPorts()).isEqualTo(before);
            }
        }
    }

    @Test
    void aBugLeavesAllAsItWasToo() throws Exception {
        Path port = folder.resolve("port");
        torrc = onLoopback() + "SocksPort auto\nControlPort auto\nControlPortWriteToFile " + port + "\n";
        CountedPollers network = new CountedPollers();
        network.trap = 1;
        try (Tor tor = tor(network)) {
            tor.start();
            String before = Files.readString(port);
            Options trapped =
                    Options.parse(settings().replace("SocksPort auto", "SocksPort 1\nControlPort 127.0.0.1:auto"));
            assertThatThrownBy(() -> tor.change(trapped)).hasMessage("trapped");
            assertThat(port).hasContent(before);
            assertThat(tor.options().lines("ControlPort")).containsExactly("auto");
            Options anew = Options.parse(settings().replace("SocksPort auto", "SocksPort 1\nORPort auto"));
            assertThatThrownBy(() -> tor.change(anew)).hasMessage("trapped");
            assertThat(tor.client()).isPresent();
            new SystemNetwork()
                    .dial(tor.socksPorts().getFirst(), Duration.ofMinutes(1))
                    .close();
        }
    }

    @Test
    void aBugWhereTheTorrcIsReadAgainIsToldAndNoMore() throws Exception {
        Options options = Options.parse(settings());
        ConfigurationSource source = () -> {
            throw new IllegalStateException("unreadable");
        };
        try (Tor tor = tor(options, source, new SystemNetwork())) {
            tor.start();
            tor.signal(ControlSignal.RELOAD);
            assertThat(tor.options()).isSameAs(options);
        }
        assertThat(output()).contains("[err] Reading config met a bug: ", "unreadable");
    }

    @Test
    void whatCannotBeginLeavesNothingOpen() throws Exception {
        Path keys = Files.writeString(folder.resolve("keys"), "no folder");
        torrc = onLoopback();
        Options on = Options.parse(settings() + "ClientOnionAuthDir " + keys + "\n");
        torrc += "DisableNetwork 1\n";
        CountedPollers network = new CountedPollers();
        try (Tor tor = tor(network)) {
            tor.start();
            assertThatThrownBy(() -> tor.change(on)).isInstanceOf(LocalFailure.class);
            assertThat(tor.client()).isEmpty();
            assertThat(network.opened).hasPositiveValue();
            Waiting.until(() -> network.closed.get() == network.opened.get());
        }
    }

    @Test
    void aRelaysClientStartsOnceSomebodyUsesIt() throws Exception {
        for (String use : List.of("SocksPort auto\n", "SocksPort 0\n" + service("service"))) {
            torrc = onLoopback() + "ORPort 127.0.0.1:auto\nAssumeReachable 1\nPublishServerDescriptor 0\n";
            Options before = Options.parse(settings() + "SocksPort 0\n");
            try (Tor tor = tor(before, new SystemNetwork())) {
                tor.start();
                Client client = tor.client().orElseThrow();
                assertThat(client.bootstrap().phase()).isEqualTo(BootstrapPhase.STARTING);
                tor.change(Options.parse(settings() + use));
                Waiting.until(() -> client.bootstrap().phase() != BootstrapPhase.STARTING);
                tor.change(Options.parse(settings() + use + "SafeSocks 1\n"));
            }
        }
    }

    /** A network of this machine alone, in which nobody answers. */
    private String onLoopback() {
        return "TestingTorNetwork 1\nDirAuthority x orport=" + nobody.endpoint().port() + " v3ident=" + "E".repeat(40)
                + " " + nobody.endpoint() + " " + "F".repeat(40) + "\n";
    }

    private String service(String name) {
        return "HiddenServiceDir " + folder.resolve(name) + "\nHiddenServicePort 80\n";
    }

    /** The machine's network, which counts what loops wait on. */
    private static final class CountedPollers implements Network {
        final AtomicInteger opened = new AtomicInteger();
        final AtomicInteger closed = new AtomicInteger();
        /** A port to meet a bug at. */
        int trap = -1;

        private final SystemNetwork machine = new SystemNetwork();

        @Override
        public Poller poller() {
            opened.incrementAndGet();
            Poller real = machine.poller();
            return new Poller() {
                @Override
                public Registration register(Wire wire, Ready ready) throws IOException {
                    return real.register(wire, ready);
                }

                @Override
                public void await(long nanos) throws IOException {
                    real.await(nanos);
                }

                @Override
                public void wake() {
                    real.wake();
                }

                @Override
                public void close() {
                    real.close();
                    closed.incrementAndGet();
                }
            };
        }

        @Override
        public Wire dial(Endpoint to, Duration patience) throws Unreachable, InterruptedException {
            return machine.dial(to, patience);
        }

        @Override
        public Wire dialFrom(@Nullable Endpoint from, Endpoint to, Duration patience)
                throws Unreachable, InterruptedException {
            return machine.dialFrom(from, to, patience);
        }

        @Override
        public Listener listen(Endpoint at) throws LocalFailure {
            if (at.port() == trap) {
                throw new IllegalStateException("trapped");
            }
            return machine.listen(at);
        }

        @Override
        public Listener listen(Path at) throws LocalFailure {
            return machine.listen(at);
        }
    }

    private Tor tor() throws LocalFailure {
        return tor(new SystemNetwork());
    }

    private Tor tor(Network network) throws LocalFailure {
        return tor(Options.parse(settings()), network);
    }

    private Tor tor(Options options, Network network) {
        return tor(options, () -> options, network);
    }

    private Tor tor(Options options, ConfigurationSource source, Network network) {
        return new Tor(
                options,
                source,
                folder,
                time,
                new SystemEntropy(),
                network,
                new SystemDisk(),
                tasks,
                new SystemNames(),
                log);
    }

    private String settings() {
        return torrc + "DataDirectory " + data() + "\n";
    }

    private Path data() {
        return folder.resolve("data");
    }

    private String output() {
        return output.toString(StandardCharsets.UTF_8);
    }
}
