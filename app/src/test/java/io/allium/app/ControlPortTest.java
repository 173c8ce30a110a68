package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.base.TorException;
import io.allium.client.CircuitEvents;
import io.allium.client.ClientControl;
import io.allium.client.Isolation;
import io.allium.client.StreamEvents;
import io.allium.control.ControlAuthentication;
import io.allium.control.ControlCatalogue;
import io.allium.control.ControlEvent;
import io.allium.control.ControlEvents;
import io.allium.control.ControlPart;
import io.allium.control.ControlPort;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.Macs;
import io.allium.crypto.OnionAddress;
import io.allium.crypto.Passwords;
import io.allium.directory.BootstrapPhase;
import io.allium.directory.DirectoryControl;
import io.allium.onionservice.DroppedIntroductions;
import io.allium.onionservice.ServiceControl;
import io.allium.onionservice.ServiceStatus;
import io.allium.testing.Waiting;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Transcripts of a control port over loopback. */
class ControlPortTest {
    private static final int LINE_MAX = 64 * 1024;
    /** More lines of this length than any socket takes. */
    private static final int MESSAGES_MAX = 10_000;

    private final SystemNetwork network = new SystemNetwork();
    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
    private final SystemEntropy entropy = new SystemEntropy();
    private final Node node = new Node();
    private final ControlEvents events = new ControlEvents();
    private volatile boolean circuits;
    private final ClientControl client = new ClientControl(Optional::empty, events);
    private final ServiceControl services = new ServiceControl(List::of, events);
    private final BootstrapStatus bootstrap =
            new BootstrapStatus(events, new DirectoryControl(Optional::empty, Optional::empty, events), () -> circuits);
    private final ProcessControl process = new ProcessControl(
            node,
            new Ports(network, new SystemDisk(), Log.NONE),
            bootstrap,
            new OwnProcess(77, "somebody", 1000, 4096),
            ZoneOffset.ofHours(2),
            new SystemTime(),
            0,
            events);
    private ControlPort port;
    private Socket socket;
    private BufferedReader in;

    @TempDir
    Path folder;

    @AfterEach
    void close() throws Exception {
        socket.close();
        port.close();
        tasks.close();
    }

    @Test
    void withoutAPasswordAnybodyMayControl() throws Exception {
        open("");
        assertThat(ask("PROTOCOLINFO 1", 4))
                .containsExactly(
                        "250-PROTOCOLINFO 1",
                        "250-AUTH METHODS=NULL",
                        "250-VERSION Tor=\"" + Version.TEXT + "\"",
                        "250 OK");
        assertThat(ask("authenticate", 1)).containsExactly("250 OK");
        assertThat(ask("GETINFO version", 2)).containsExactly("250-version=" + Version.TEXT, "250 OK");
        assertThat(ask("QUIT", 1)).containsExactly("250 closing connection");
        assertThat(in.readLine()).isNull();
    }

    @Test
    void withoutAPasswordOthersDoNotReachThePort() throws Exception {
        open("");
        List<PortLine> lines = List.of(
                PortLine.parse("0.0.0.0:9051", PortLine.Kind.CONTROL).orElseThrow(),
                PortLine.parse("9051", PortLine.Kind.CONTROL).orElseThrow(),
                PortLine.parse("unix:/run/control", PortLine.Kind.CONTROL).orElseThrow());
        assertThat(ControlConfiguration.safe(lines, authentication(""), Log.NONE))
                .isEqualTo(lines.subList(1, 3));
        assertThat(ControlConfiguration.safe(lines, authentication("CookieAuthentication 1"), Log.NONE))
                .isEqualTo(lines);
    }

    @Test
    void aControlSocketIsAPathPerhapsWithFlags() throws Exception {
        open("");
        String torrc = """
                ControlSocket /run/a b
                ControlSocket unix:"/run/c d" GroupWritable
                ControlSocket /run/e RelaxDirModeCheck
                ControlSocket unix:/run/f
                """;
        assertThat(ControlConfiguration.lines(Options.parse(torrc)))
                .extracting(line -> line.unix() + " " + line.flags())
                .containsExactly("/run/a b []", "/run/c d [GroupWritable]", "/run/e [RelaxDirModeCheck]", "/run/f []");
        assertThat(ControlConfiguration.lines(Options.parse("ControlSocket 0\nControlSocketsGroupWritable 1")))
                .isEmpty();
        assertThat(ControlConfiguration.lines(
                        Options.parse("ControlSocket /run/e RelaxDirModeCheck\nControlSocketsGroupWritable 1")))
                .extracting(PortLine::flags)
                .containsExactly(Set.of(PortLine.Flag.GROUP_WRITABLE, PortLine.Flag.RELAX_DIR_MODE_CHECK));
    }

    @Test
    void whoeverConnectsAndSaysNothingKeepsNoControllerOut() throws Exception {
        open("");
        assertThat(ask("AUTHENTICATE", 1)).containsExactly("250 OK");
        Endpoint at = port.socket().endpoint();
        List<Socket> silent = new java.util.ArrayList<>();
        for (int i = 0; i < ControlPort.SESSIONS_MAX + 10; i++) {
            silent.add(new Socket(at.address(), at.port()));
        }

        assertThat(ask("GETINFO version", 2)).contains("250 OK");
        dial();
        assertThat(ask("AUTHENTICATE", 1)).containsExactly("250 OK");

        for (Socket each : silent) {
            each.close();
        }
    }

    private ControlAuthentication authentication(String torrc) throws LocalFailure {
        return ControlConfiguration.authentication(
                Options.parse(torrc),
                folder,
                Optional.empty(),
                new ControlConfiguration.Cookies(entropy, new SystemDisk()));
    }

    @Test
    void aPasswordMayBeQuotedOrInHexadecimal() throws Exception {
        String hashed = Passwords.hash("se\"cret", entropy);
        open("HashedControlPassword " + hashed);
        assertThat(ask("AUTHENTICATE \"se\\\"cret\"", 1)).containsExactly("250 OK");
        dial();
        assertThat(ask("AUTHENTICATE 7365226372657" + "4", 1)).containsExactly("250 OK");
        dial();
        assertThat(ask("AUTHENTICATE \"other\"", 1).getFirst()).startsWith("515 Authentication failed: ");
        assertThat(in.readLine()).isNull();
        dial();
        assertThat(ask("AUTHENTICATE se", 1).getFirst()).startsWith("551 Invalid hexadecimal encoding.");
    }

    @Test
    void theCookieIsProvedByItsContentOrByAChallenge() throws Exception {
        open("CookieAuthentication 1");
        Path file = folder.resolve("control_auth_cookie");
        byte[] cookie = Files.readAllBytes(file);
        assertThat(cookie).hasSize(32);
        assertThat(ask("PROTOCOLINFO", 4)).contains("250-AUTH METHODS=COOKIE,SAFECOOKIE COOKIEFILE=\"" + file + "\"");
        assertThat(ask("AUTHENTICATE " + HexFormat.of().formatHex(cookie), 1)).containsExactly("250 OK");
        dial();
        String reply = ask("AUTHCHALLENGE SAFECOOKIE 0102", 1).getFirst();
        assertThat(reply).matches("250 AUTHCHALLENGE SERVERHASH=[0-9A-F]{64} SERVERNONCE=[0-9A-F]{64}");
        byte[] nonce = HexFormat.of().parseHex(reply.substring(reply.indexOf("SERVERNONCE=") + 12));
        byte[] proof = Macs.hmacSha256(
                "Tor safe cookie authentication controller-to-server hash".getBytes(StandardCharsets.US_ASCII),
                cookie,
                new byte[] {1, 2},
                nonce);
        assertThat(ask("AUTHENTICATE " + HexFormat.of().formatHex(proof), 1)).containsExactly("250 OK");
        dial();
        ask("AUTHCHALLENGE SAFECOOKIE 0102", 1);
        assertThat(ask("AUTHENTICATE " + HexFormat.of().formatHex(cookie), 1).getFirst())
                .isEqualTo("515 Authentication failed: Safe cookie response did not match expected value.");
    }

    @ParameterizedTest
    @CsvSource({
        "GETINFO version, 514 Authentication required.",
        "nonsense, 514 Authentication required.",
        "'', 514 Authentication required.",
        "' PROTOCOLINFO 1', 514 Authentication required.",
        "AUTHCHALLENGE SAFECOOKIE, 512 Wrong number of arguments for AUTHCHALLENGE",
        "AUTHCHALLENGE PASSWORD 00, 513 AUTHCHALLENGE only supports SAFECOOKIE authentication",
        "AUTHCHALLENGE SAFECOOKIE zz, 513 Invalid base16 client nonce",
        "AUTHCHALLENGE SAFECOOKIE 00, 515 Cookie authentication is disabled",
        "AUTHENTICATE 00 00, 512 Too many arguments to AUTHENTICATE.",
        "PROTOCOLINFO x, 513 No such version \"x\"",
    })
    void beforeAuthenticationNearlyNothingIsAllowed(String command, String reply) throws Exception {
        open("");
        assertThat(ask(command, 1)).containsExactly(reply);
        assertThat(in.readLine()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | 510 Unrecognized command \"\"",
                "' GETINFO version' | 510 Unrecognized command \"\"",
                "NOSUCH thing | 510 Unrecognized command \"NOSUCH\"",
                "GETINFO nosuch | 552 Unrecognized key \"nosuch\"",
                "GETINFO broken | 551 it is broken",
                "GETINFO | 250 OK",
                "GETCONF nosuch | 552 Unrecognized configuration key \"nosuch\"",
                "GETCONF SOCKSPORT | 250 SocksPort",
                "GETCONF bandwidthrate | 250 BandwidthRate=1073741824",
                "GETCONF | 250 OK",
                "SETEVENTS CIRC NOSUCH | 552 Unrecognized event \"NOSUCH\"",
                "SETEVENTS EXTENDED circ stream | 250 OK",
                "SIGNAL NOSUCH | 552 Unrecognized signal code \"NOSUCH\"",
                "SIGNAL | 512 Bad arguments to SIGNAL: Need at least 1 argument(s)",
                "SIGNAL NEWNYM x | 512 Bad arguments to SIGNAL: Cannot accept more than 1 argument(s)",
                "USEFEATURE VERBOSE_NAMES | 250 OK",
                "USEFEATURE TELEPATHY | 552 Unrecognized feature \"TELEPATHY\"",
                "SETCONF NoSuch=1 | 552 Unrecognized option: Unknown option 'NoSuch'.  Failing.",
                "SETCONF DisableNetwork=7 | 513 Unacceptable option value: Could not parse DisableNetwork: '7' is not 0 or 1",
                "SETCONF Nickname=\"x | 512 Bad arguments to SETCONF: Cannot parse keyword argument(s)",
                "SETCONF Nickname=refused | 553 Unable to set option: not that one",
                "CLOSECIRCUIT 7 | 552 Unknown circuit \"7\"",
                "CLOSECIRCUIT x | 552 Unknown circuit \"x\"",
                "CLOSECIRCUIT | 512 Bad arguments to CLOSECIRCUIT: Need at least 1 argument(s)",
                "CLOSESTREAM 1 | 512 Bad arguments to CLOSESTREAM: Need at least 2 argument(s)",
                "EXTENDCIRCUIT | 512 Bad arguments to EXTENDCIRCUIT: Need at least 1 argument(s)",
                "EXTENDCIRCUIT 0 nobody | 552 No such router \"nobody\"",
                "DROPGUARDS x | 512 Bad arguments to DROPGUARDS: Cannot accept more than 0 argument(s)",
                "SETCIRCUITPURPOSE | 512 Bad arguments to SETCIRCUITPURPOSE: Need at least 1 argument(s)",
            })
    void commandsAreAnswered(String command, String reply) throws Exception {
        open("");
        ask("AUTHENTICATE", 1);
        assertThat(ask(command, 1)).containsExactly(reply);
        assertThat(ask("GETINFO version", 2)).contains("250 OK");
    }

    @Test
    void longValuesComeAsBlocksWithTheirDotsDoubled() throws Exception {
        open("");
        ask("AUTHENTICATE", 1);
        assertThat(ask("GETINFO long under/x/y", 6))
                .containsExactly("250+long=", "one", "..two", ".", "250-under/x/y=x/y", "250 OK");
        assertThat(ask("GETINFO info/names", 2).getFirst()).isEqualTo("250+info/names=");
    }

    @Test
    void optionsAreSetAndReset() throws Exception {
        open("");
        ask("AUTHENTICATE", 1);
        assertThat(ask("SETCONF ContactInfo=\"a b\" SocksPort=1 SocksPort=2", 1))
                .containsExactly("250 OK");
        assertThat(ask("GETCONF ContactInfo SocksPort", 3))
                .containsExactly("250-ContactInfo=a b", "250-SocksPort=1", "250 SocksPort=2");
        assertThat(ask("RESETCONF SocksPort", 1)).containsExactly("250 OK");
        assertThat(ask("GETCONF SocksPort", 1)).containsExactly("250 SocksPort");
    }

    @Test
    void signalsArriveAndTheOwnersLeavingIsOne() throws Exception {
        open("");
        ask("AUTHENTICATE", 1);
        assertThat(ask("SIGNAL newnym", 1)).containsExactly("250 OK");
        assertThat(node.signals.take()).isEqualTo(ControlSignal.NEWNYM);
        assertThat(ask("TAKEOWNERSHIP", 1)).containsExactly("250 OK");
        socket.close();
        assertThat(node.signals.take()).isEqualTo(ControlSignal.HALT);
    }

    @Test
    void aControllerHearsWhatOnionServicesUseACircuitFor() throws Exception {
        open("");
        ask("AUTHENTICATE", 1);
        ask("SETEVENTS CIRC_MINOR", 1);
        Instant created = Instant.parse("2026-11-20T01:02:03.004Z");
        CircuitEvents.Use ahead =
                new CircuitEvents.Use(CircuitEvents.Purpose.HS_VANGUARDS, Optional.empty(), Optional.empty());
        CircuitEvents.Use connecting = new CircuitEvents.Use(
                CircuitEvents.Purpose.HS_CLIENT_INTRO,
                Optional.of(CircuitEvents.HsState.HSCI_CONNECTING),
                Optional.of("duckduckgogg42"));
        CircuitEvents.Use sent = new CircuitEvents.Use(
                connecting.purpose(), Optional.of(CircuitEvents.HsState.HSCI_INTRO_SENT), connecting.service());
        client.circuits().useChanged(internal(connecting, created.plusSeconds(60)), ahead, Optional.of(created));
        client.circuits().useChanged(internal(sent, created.plusSeconds(60)), connecting, Optional.empty());
        String told = " BUILD_FLAGS=IS_INTERNAL,NEED_CAPACITY PURPOSE=HS_CLIENT_INTRO HS_STATE=";
        String since = " REND_QUERY=duckduckgogg42 TIME_CREATED=2026-11-20T01:03:03.004000 HS_POW=v1,70 OLD_PURPOSE=";
        assertThat(lines(2))
                .containsExactly(
                        "650 CIRC_MINOR 4 CANNIBALIZED" + told + "HSCI_CONNECTING" + since
                                + "HS_VANGUARDS OLD_TIME_CREATED=2026-11-20T01:02:03.004000",
                        "650 CIRC_MINOR 4 PURPOSE_CHANGED" + told + "HSCI_INTRO_SENT" + since
                                + "HS_CLIENT_INTRO OLD_HS_STATE=HSCI_CONNECTING");
    }

    @Test
    void aControllerHearsOfTheFirstCircuitWhereThereIsOne() throws Exception {
        open("");
        ask("AUTHENTICATE", 1);
        ask("SETEVENTS STATUS_CLIENT", 1);
        String done = "650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY=\"Done\"";
        bootstrap.bootstrapped(BootstrapPhase.DONE, 100);
        circuits = true;
        bootstrap.bootstrapped(BootstrapPhase.DONE, 100);
        assertThat(lines(3)).containsExactly(done, done, "650 STATUS_CLIENT NOTICE CIRCUIT_ESTABLISHED");
    }

    @Test
    void aControllerHearsWhetherAnOnionServiceCanBeReached() throws Exception {
        open("");
        ask("AUTHENTICATE", 1);
        ask("SETEVENTS STATUS_SERVER", 1);
        OnionAddress service = new OnionAddress(
                Ed25519KeyPair.ofSeed(new byte[Ed25519KeyPair.SEED_LENGTH]).publicKey());
        ServiceStatus waiting = new ServiceStatus(
                service,
                ServiceStatus.Step.UPLOAD,
                Instant.parse("2026-11-20T01:02:03.004Z"),
                true,
                "its \"descriptor\" is nowhere",
                6,
                6,
                0,
                12,
                Map.of(DroppedIntroductions.Why.REPLAYED, 7L));
        services.told(waiting);
        assertThat(lines(1))
                .containsExactly("650 STATUS_SERVER WARN ONION_SERVICE_UNREACHABLE SERVICE=" + service.label()
                        + " STEP=UPLOAD SINCE=2026-11-20T01:02:03.004000 INTRODUCTION_POINTS=6/6 DIRECTORIES=0/12"
                        + " DROPPED_REPLAYED=7 REASON=\"its \\\"descriptor\\\" is nowhere\"");
    }

    private static CircuitEvents.Status internal(CircuitEvents.Use use, Instant created) {
        return new CircuitEvents.Status(
                4,
                CircuitEvents.State.BUILT,
                List.of(),
                false,
                true,
                true,
                false,
                use,
                created,
                "",
                "",
                Optional.empty(),
                Optional.empty(),
                70);
    }

    @Test
    void eventsGoToThoseWhoAsked() throws Exception {
        open("");
        ask("AUTHENTICATE", 1);
        ask("SETEVENTS CIRC STREAM NOTICE BW", 1);
        Fingerprint relay = Fingerprint.parse("0123456789ABCDEF0123456789ABCDEF01234567");
        Isolation isolation = Isolation.of("x").withAuth("us\"er", "");
        client.circuits()
                .circuitChanged(new CircuitEvents.Status(
                        3,
                        CircuitEvents.State.BUILT,
                        List.of(new CircuitEvents.Hop(relay, "guard")),
                        false,
                        false,
                        true,
                        false,
                        new CircuitEvents.Use(CircuitEvents.Purpose.GENERAL, Optional.empty(), Optional.empty()),
                        Instant.parse("2026-11-20T01:02:03.004Z"),
                        "",
                        "",
                        Optional.of(isolation),
                        Optional.empty(),
                        0));
        client.streams()
                .streamChanged(new StreamEvents.Status(
                        9,
                        StreamEvents.State.NEW,
                        0,
                        "example.com:80",
                        "",
                        "",
                        new StreamEvents.Asked(
                                "127.0.0.1:5",
                                StreamEvents.Purpose.USER,
                                "SOCKS5",
                                "us er",
                                "p",
                                StreamEvents.FIRST_SESSION_GROUP,
                                StreamEvents.Asked.BY_DEFAULT),
                        2));
        process.line(Log.Severity.WARN, Log.Domain.NET, "not asked for");
        process.line(Log.Severity.NOTICE, Log.Domain.NET, "hello\r\n650 FORGED");
        events.tell(ControlEvent.BW, "5 6");
        assertThat(lines(4))
                .containsExactly(
                        "650 CIRC 3 BUILT $0123456789ABCDEF0123456789ABCDEF01234567~guard BUILD_FLAGS=NEED_CAPACITY"
                                + " PURPOSE=GENERAL TIME_CREATED=2026-11-20T01:02:03.004000 SOCKS_USERNAME=\"us\\\"er\"",
                        "650 STREAM 9 NEW 0 example.com:80 SOURCE_ADDR=127.0.0.1:5 PURPOSE=USER"
                                + " SOCKS_USERNAME=\"us er\" SOCKS_PASSWORD=\"p\" CLIENT_PROTOCOL=SOCKS5 NYM_EPOCH=2"
                                + " SESSION_GROUP=-4"
                                + " ISO_FIELDS=SOCKS_USERNAME,SOCKS_PASSWORD,CLIENTADDR,SESSION_GROUP,NYM_EPOCH",
                        "650 NOTICE hello 650 FORGED",
                        "650 BW 5 6");
    }

    @Test
    void whatTheLogCallsABugIsTold() throws Exception {
        open("");
        ask("AUTHENTICATE", 1);
        ask("SETEVENTS STATUS_GENERAL", 1);
        assertThat(process.wants(Log.Severity.WARN)).isTrue();
        assertThat(process.wants(Log.Severity.INFO)).isFalse();
        process.line(Log.Severity.WARN, Log.Domain.NET, "no bug");
        process.line(Log.Severity.INFO, Log.Domain.BUG, "nobody need know");
        process.line(Log.Severity.ERR, Log.Domain.BUG, "it is \"odd\"");
        assertThat(ask("GETINFO events/names", 3)).contains("650 STATUS_GENERAL ERR BUG REASON=\"it is \\\"odd\\\"\"");
    }

    @Test
    void aControllerThatNeverReadsIsSentAway() throws Exception {
        open("");
        ask("AUTHENTICATE", 1);
        ask("SETEVENTS NOTICE", 1);
        String text = "x".repeat(LINE_MAX);
        for (int i = 0; i < MESSAGES_MAX && port.isInUse(); i++) {
            process.line(Log.Severity.NOTICE, Log.Domain.NET, text);
        }
        Waiting.until(() -> !port.isInUse());
    }

    @Test
    void aLineWithoutEndIsCutOff() throws Exception {
        open("");
        socket.getOutputStream().write("x".repeat(LINE_MAX + 1).getBytes(StandardCharsets.US_ASCII));
        assertThat(in.readLine()).isEqualTo("500 Line too long.");
        assertThat(in.readLine()).isNull();
    }

    @Test
    void whatIsBehindAZeroByteIsNotLookedAt() throws Exception {
        open("");
        ask("AUTHENTICATE", 1);
        assertThat(ask("GETINFO nosuch\0 other", 1)).containsExactly("552 Unrecognized key \"nosuch\"");
    }

    @Test
    void aBlockThatIsCutShortDoesNothing() throws Exception {
        open("");
        ask("AUTHENTICATE", 1);
        socket.getOutputStream().write("+LOADCONF\r\nSocksPort 0\r\n.".getBytes(StandardCharsets.US_ASCII));
        socket.shutdownOutput();
        assertThat(in.readLine()).isNull();
        dial();
        ask("AUTHENTICATE", 1);
        assertThat(ask("GETCONF SocksPort", 1)).containsExactly("250 SocksPort");
    }

    @Test
    void dataBlocksBelongToTheirCommand() throws Exception {
        open("");
        ask("AUTHENTICATE", 1);
        assertThat(ask("+LOADCONF\r\nSocksPort 0\r\n#..\r\n.", 1)).containsExactly("250 OK");
        assertThat(ask("GETCONF SocksPort", 1)).containsExactly("250 SocksPort=0");
        assertThat(ask("LOADCONF", 1)).containsExactly("510 Unrecognized command \"LOADCONF\"");
        assertThat(ask("+GETINFO version\r\n.", 1)).containsExactly("510 Unrecognized command \"+GETINFO\"");
        assertThat(ask("GETINFO version", 2)).contains("250 OK");
    }

    private void open(String torrc) throws Exception {
        ControlPart keys = catalogue -> catalogue
                .key("broken", "It fails.", () -> {
                    throw new LocalFailure("it is broken");
                })
                .key("long", "Two lines.", () -> "one\n.two\n")
                .prefix("under/", "What follows.", Optional::of);
        port = new ControlPort(
                network.listen(Endpoint.parse("127.0.0.1:0")),
                Version.TEXT,
                authentication(torrc),
                ControlCatalogue.of(List.of(
                        keys,
                        process,
                        client,
                        services,
                        new ConfigurationControl(node, new Nowhere(), events, Log.NONE))),
                events,
                () -> node.signal(ControlSignal.HALT),
                new SystemTime(),
                tasks,
                Log.NONE);
        port.start();
        dial();
    }

    private void dial() throws Exception {
        if (socket != null) {
            socket.close();
        }
        Endpoint at = port.socket().endpoint();
        socket = new Socket(at.address(), at.port());
        socket.setSoTimeout(60_000);
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    private List<String> ask(String command, int lines) throws Exception {
        socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
        return lines(lines);
    }

    private List<String> lines(int count) throws Exception {
        List<String> lines = new java.util.ArrayList<>();
        for (int i = 0; i < count; i++) {
            lines.add(in.readLine());
        }
        return lines;
    }

    /** Something to control. */
    private static final class Node implements Controlled {
        private final BlockingQueue<ControlSignal> signals = new LinkedBlockingQueue<>();
        private volatile Options options = Options.DEFAULTS;

        @Override
        public Options options() {
            return options;
        }

        @Override
        public void change(Proposal proposal) throws TorException {
            Optional<Options> next = proposal.following(options);
            if (next.flatMap(options -> options.text("Nickname")).equals(Optional.of("refused"))) {
                throw new LocalFailure("not that one");
            }
            options = next.orElse(options);
        }

        @Override
        public boolean isDormant() {
            return false;
        }

        @Override
        public void signal(ControlSignal signal) {
            signals.add(signal);
        }
    }

    /** No torrc. */
    private static final class Nowhere implements ConfigurationSource {
        @Override
        public Options read() {
            return Options.DEFAULTS;
        }
    }
}
