package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Endpoint;
import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNames;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.controltesting.Asker;
import io.allium.testing.DeafPort;
import java.io.ByteArrayInputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A controller changes the configuration of a Tor that is off the network. */
class ConfigurationControlTest {
    @TempDir
    Path folder;

    private final SystemTime time = new SystemTime();
    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
    private final TorLog log = new TorLog(
            time,
            ZoneOffset.UTC,
            new SystemDisk(),
            new PrintStream(PrintStream.nullOutputStream()),
            new PrintStream(PrintStream.nullOutputStream()),
            null);
    private final DeafPort nobody = DeafPort.open();
    private Tor tor;
    private Path torrc;
    private Asker asker;

    @BeforeEach
    void start() throws Exception {
        torrc = folder.resolve("torrc");
        String text = "# mine\nDisableNetwork 1\nControlPort auto\nControlPortWriteToFile " + folder.resolve("port")
                + "\nDataDirectory " + folder.resolve("data") + "\nNickname foo\nSocksPort 0\nDirAuthority x orport="
                + nobody.endpoint().port() + " v3ident=" + "E".repeat(40) + " " + nobody.endpoint() + " "
                + "F".repeat(40) + "\n";
        Files.writeString(torrc, text);
        CommandLine command = CommandLine.parse(List.of("-f", torrc.toString()));
        ConfigFiles files =
                new ConfigFiles(command, new SystemDisk(), new ByteArrayInputStream(new byte[0]), folder, log);
        tor = new Tor(
                files.read(),
                files,
                folder,
                time,
                new SystemEntropy(),
                new SystemNetwork(),
                new SystemDisk(),
                tasks,
                new SystemNames(),
                log);
        tor.start();
        Endpoint at =
                Endpoint.parse(Files.readString(folder.resolve("port")).strip().substring("PORT=".length()));
        asker = new Asker(at);
        assertThat(ask("AUTHENTICATE")).containsExactly("250 OK");
    }

    @AfterEach
    void close() throws Exception {
        asker.close();
        tor.close();
        tasks.close();
        time.close();
        log.close();
        nobody.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SETCONF Foo | 552 Unrecognized option: Unknown option 'Foo'.  Failing.",
                "GETCONF\tAllowInvalidNodes\t | 250 AllowInvalidNodes",
                "SETCONF\tNickname=foo\tContactInfo=\"bar\"\u000bSafeSocks | 250 OK",
                "SETCONF Nickname\fSafeSocks | 512 Bad arguments to SETCONF: Cannot parse keyword argument(s)",
                "SETCONF =3 | 512 Bad arguments to SETCONF: Cannot parse keyword argument(s)",
                "RESETCONF Nickname=\"x | 512 Bad arguments to RESETCONF: Cannot parse keyword argument(s)",
                "SETCONF HiddenServiceOptions=1 | 552 Unrecognized option: Unknown option 'HiddenServiceOptions'.  Failing.",
                "SETCONF DataDirectory=/x | 553 Transition not allowed: While Tor is running, changing DataDirectory is not allowed",
                "SETCONF User=nobody | 553 Transition not allowed: While Tor is running, changing User is not allowed",
                "SETCONF __OwningControllerFD=3 | 553 Transition not allowed: While Tor is running, changing __OwningControllerFD is not allowed",
                "SETCONF __OwningControllerProcess=x | 513 Unacceptable option value: Bad OwningControllerProcess: invalid PID",
                "SETCONF DormantClientTimeout=\"5 minutes\" | 513 Unacceptable option value: DormantClientTimeout is too low. It must be at least 10 minutes.",
                "SETCONF BandwidthBurst=9223372036854775808 | 513 Unacceptable option value: Could not parse BandwidthBurst: '9223372036854775808' is not a size such as 20 MB or 512 KBytes, less than 8388608 TB",
                "SETCONF LongLivedPorts=99999 | 513 Unacceptable option value: Port '99999' out of range in LongLivedPorts",
                "+LOADCONF\\n. | 512 Bad arguments to +LOADCONF: Empty body",
                "SETCONF TestingTorNetwork=1 | 553 Transition not allowed: While Tor is running, changing TestingTorNetwork is not allowed",
                "SETCONF DirReqStatistics=\"0\"b | 513 Unacceptable option value: BandwidthBurst must be at least equal to BandwidthRate.",
                "SETCONF HiddenServicePort=80 | 513 Unacceptable option value: HiddenServicePort with no preceding HiddenServiceDir directive",
                "+LOADCONF\\nNickname \"x\\n. | 552 Invalid config file: Failed to parse/validate config: a quoted value has no closing quote, or an escape that C does not know",
                "SETCONF NumCPUs=7 | 553 Unable to set option: NumCPUs takes effect only at the next start",
                "SETCONF AllowInvalidNodes=1 | 250 OK",
                "GETCONF AllowInvalidNodes | 250 AllowInvalidNodes",
                "GETCONF contact | 250 ContactInfo",
                "GETCONF SocksPortLines | 250 SocksPort=0",
                "GETCONF ORPortLines | 250 ORPortLines",
                "GETCONF ExitNodes | 250 ExitNodes=",
                "SAVECONF \"FORCE | 512 Bad arguments to SAVECONF: Cannot parse keyword argument(s)",
                "+LOADCONF x\\nNickname x\\n. | 512 Bad arguments to +LOADCONF: Cannot accept more than 0 argument(s)",
                "+LOADCONF\\nFoo x\\n. | 552 Invalid config file: Failed to parse/validate config: Unknown option 'Foo'.  Failing.",
                "+LOADCONF\\n%include /etc/passwd\\n. | 552 Invalid config file: Failed to parse/validate config: Unknown option '%include'.  Failing.",
                "+LOADCONF\\nNickname x\\n. | 553 Transition not allowed: Failed to parse/validate config: While Tor is running, changing DataDirectory is not allowed",
            })
    void whatCannotBeIsRefusedWithItsCode(String command, String reply) throws Exception {
        assertThat(ask(command.replace("\\n", "\r\n"))).containsExactly(reply);
    }

    @Test
    void valuesThatAreTooLongTogetherAreRefused() throws Exception {
        String contact = "x".repeat(600_000);
        assertThat(ask("SETCONF ContactInfo=" + contact)).containsExactly("250 OK");
        assertThat(ask("GETCONF ContactInfo ContactInfo"))
                .containsExactly("250-ContactInfo=" + contact, "250 ContactInfo=" + contact);
        assertThat(ask("GETCONF " + "ContactInfo ".repeat(40_000)))
                .containsExactly("551 These values are too long for one answer");
        assertThat(ask("GETINFO " + "config/defaults ".repeat(12_000)))
                .containsExactly("551 These values are too long for one answer");
        assertThat(ask("GETINFO\tversion")).hasSize(2).last().isEqualTo("250 OK");
    }

    @Test
    void aNulByteIsRefusedWithItsCode() throws Exception {
        assertThat(ask("+LOADCONF\r\nControlPortWriteToFile /tmp/a\0b\r\n."))
                .containsExactly("552 Invalid config file: Failed to parse/validate config:"
                        + " line 1: a torrc must not have a NUL byte");
    }

    @Test
    void withoutAValueSetMeansNothingAndResetTheDefault() throws Exception {
        assertThat(ask("SETEVENTS CONF_CHANGED")).containsExactly("250 OK");
        assertThat(ask("SETCONF DirReqStatistics SocksTimeout=7 Nickname ExitNodes=a"))
                .containsExactly("250 OK");
        assertThat(asker.next())
                .containsExactly(
                        "650-CONF_CHANGED",
                        "650-DirReqStatistics=0",
                        "650-ExitNodes=a",
                        "650-Nickname",
                        "650-SocksTimeout=7",
                        "650 OK");
        assertThat(ask("RESETCONF DirReqStatistics SocksTimeout Nickname=bar ExitNodes"))
                .containsExactly("250 OK");
        assertThat(asker.next())
                .containsExactly(
                        "650-CONF_CHANGED",
                        "650-DirReqStatistics=1",
                        "650-ExitNodes=",
                        "650-Nickname=bar",
                        "650-SocksTimeout=120",
                        "650 OK");
        assertThat(ask("SETCONF Nickname=bar")).containsExactly("250 OK");
        assertThat(ask("GETCONF Nickname")).containsExactly("250 Nickname=bar");
    }

    /** Controllers like txtorcon read each number, and a list without a default as an empty one. */
    @Test
    void eachOptionThatIsANumberHasADefault() throws Exception {
        List<String> defaults = asker.info("config/defaults");
        assertThat(defaults).noneMatch(line -> line.startsWith("ExitNodes "));
        Set<String> without = asker.info("config/names").stream()
                .filter(line -> line.endsWith(" Integer") || line.endsWith(" SignedInteger"))
                .map(line -> line.substring(0, line.indexOf(' ') + 1))
                .filter(name -> defaults.stream().noneMatch(line -> line.startsWith(name)))
                .collect(Collectors.toSet());
        assertThat(without).isEmpty();
        assertThat(ask("GETCONF __OwningControllerFD"))
                .containsExactly("250 __OwningControllerFD=18446744073709551615");
    }

    @Test
    void whatOneValueSpoilsChangesNothing() throws Exception {
        assertThat(ask("SETCONF ContactInfo=me Nickname=!!").getFirst()).startsWith("513 Unacceptable option value: ");
        assertThat(ask("SETCONF ContactInfo=me Log=\"notice file " + folder + "/data/lock/x\"")
                        .getFirst())
                .startsWith("553 Unable to set option: ");
        assertThat(ask("SETCONF ContactInfo=me ControlPort=" + nobody.endpoint())
                        .getFirst())
                .startsWith("553 Unable to set option: Could not open the Control port");
        assertThat(ask("GETCONF ContactInfo Log ControlPort"))
                .containsExactly("250-ContactInfo", "250-Log", "250 ControlPort=auto");
    }

    @Test
    void whatIsRefusedLeavesPortsAndFilesAsTheyWere() throws Exception {
        List<String> before = ask("GETINFO net/listeners/control");
        Path cookie = folder.resolve("cookie");
        Path made = folder.resolve("log");
        String log = " Log=\"notice file " + made + "\"";
        String cannot = log + " Log=\"notice file " + folder.resolve("none/x") + "\"";
        assertThat(ask("SETCONF ControlPort=" + free() + cannot).getFirst()).startsWith("553 Unable to set option: ");
        assertThat(ask("SETCONF CookieAuthentication=1 CookieAuthFile=" + cookie + " ControlPort=" + nobody.endpoint()
                                + log)
                        .getFirst())
                .startsWith("553 Unable to set option: Could not open the Control port");
        assertThat(ask("SETCONF CookieAuthentication=1 CookieAuthFile=" + cookie + " ControlPort=" + free()
                                + " NumCPUs=7" + log)
                        .getFirst())
                .startsWith("553 Unable to set option: NumCPUs");
        assertThat(ask("GETINFO net/listeners/control")).isEqualTo(before);
        assertThat(cookie).doesNotExist();
        assertThat(made).doesNotExist();
        assertThat(ask("SETCONF" + log)).containsExactly("250 OK");
        assertThat(made).exists();
        assertThat(ask("SETCONF" + cannot).getFirst()).startsWith("553 ");
        assertThat(made).exists();
    }

    @Test
    void portsAreClosedHoweverManyOfThemWereOnAnyNumber() throws Exception {
        String port = free();
        assertThat(ask("SETCONF ControlPort=auto ControlPort=auto ControlPort=" + port))
                .containsExactly("250 OK");
        assertThat(ask("SETCONF ControlPort=" + port + " ControlPort=" + port).getFirst())
                .startsWith("553 ");
        assertThat(ask("SETCONF ControlPort=" + port)).containsExactly("250 OK");
        assertThat(ask("GETINFO net/listeners/control").getFirst())
                .isEqualTo("250-net/listeners/control=\"" + port + "\"");
    }

    private static String free() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return "127.0.0.1:" + socket.getLocalPort();
        }
    }

    @Test
    void addressesAreReplacedAsConfiguredEvenOffTheNetwork() throws Exception {
        assertThat(ask("SETCONF MapAddress=\"a.example b.example\"")).containsExactly("250 OK");
        assertThat(ask("GETINFO address-mappings/config"))
                .containsExactly("250-address-mappings/config=a.example b.example NEVER", "250 OK");
        assertThat(ask("RESETCONF MapAddress")).containsExactly("250 OK");
        assertThat(ask("GETINFO address-mappings/config")).containsExactly("250-address-mappings/config=", "250 OK");
    }

    @Test
    void defaultsEndWithWhoIsAskedFirst() throws Exception {
        List<String> defaults = asker.info("config/defaults");
        assertThat(defaults)
                .startsWith("___UsingTestNetworkDefaults \"0\"")
                .contains("SocksTimeout \"2 minutes\"", "FirewallPorts \"\"")
                .doesNotContain("ExitNodes \"\"", "TrackHostExits \"\"")
                .anyMatch(line -> line.startsWith("DirAuthority \"moria1 orport="));
        assertThat(defaults.getLast()).matches("FallbackDir \".* orport=[0-9]+ id=[0-9A-F]{40}.*\"");
    }

    @Test
    void theDefaultsTorrcIsTheSystemsWhereNoOtherIsNamed() throws Exception {
        assertThat(ask("GETINFO config-defaults-file"))
                .containsExactly("250-config-defaults-file=/etc/tor/torrc-defaults", "250 OK");
    }

    @Test
    void onionServicesAreSetTogetherAndClearedTogether() throws Exception {
        String one = "HiddenServiceDir=" + folder.resolve("one");
        String two = "HiddenServiceDir=" + folder.resolve("two");
        assertThat(ask("SETCONF " + one + " HiddenServicePort=80 " + two + " HiddenServicePort=\"81 82\""))
                .containsExactly("250 OK");
        assertThat(ask("GETCONF HiddenServiceOptions"))
                .containsExactly("250-" + one, "250-HiddenServicePort=80", "250-" + two, "250 HiddenServicePort=81 82");
        assertThat(ask("SETCONF HiddenServicePort=80").getFirst()).startsWith("513 Unacceptable option value: ");
        assertThat(ask("SETCONF HiddenServiceOptions")).containsExactly("250 OK");
        assertThat(ask("GETCONF HiddenServiceOptions")).containsExactly("250 HiddenServiceOptions");
    }

    @Test
    void whatIsSavedIsReadAgainAndWhatWasWrittenByHandIsKept() throws Exception {
        String before = Files.readString(torrc);
        assertThat(ask("SETCONF ContactInfo=\"a \\303\\251 é\" __SocksPort=0")).containsExactly("250 OK");
        assertThat(ask("GETCONF ContactInfo")).containsExactly("250 ContactInfo=\"a \\303\\251 \\303\\251\"");
        assertThat(ask("GETINFO config-can-saveconf")).contains("250-config-can-saveconf=1");
        assertThat(ask("SAVECONF")).containsExactly("250 OK");
        assertThat(folder.resolve("torrc.orig.1")).hasContent(before);
        String saved = Files.readString(torrc);
        assertThat(saved)
                .startsWith("# This file was generated by Tor;")
                .contains("Nickname foo\n")
                .doesNotContain("__SocksPort");
        assertThat(new ConfigFiles(
                                CommandLine.parse(List.of("-f", torrc.toString())),
                                new SystemDisk(),
                                new ByteArrayInputStream(new byte[0]),
                                folder,
                                log)
                        .read()
                        .dump(false))
                .isEqualTo(saved.substring(saved.indexOf("\n\n") + 2));
        assertThat(ask("SETCONF Nickname=bar")).containsExactly("250 OK");
        assertThat(ask("SAVECONF FORCE")).containsExactly("250 OK");
        assertThat(folder.resolve("torrc.orig.1")).hasContent(before);
    }

    @Test
    void aTorrcThatIncludesOthersIsSavedByForceOnly() throws Exception {
        Files.writeString(torrc, "%include " + folder.resolve("none-*") + "\n", StandardOpenOption.APPEND);
        assertThat(ask("GETINFO config-can-saveconf")).contains("250-config-can-saveconf=0");
        assertThat(ask("SAVECONF")).containsExactly("551 Unable to write configuration to disk.");
        assertThat(ask("SAVECONF FORCE")).containsExactly("250 OK");
        assertThat(ask("GETINFO config-can-saveconf")).contains("250-config-can-saveconf=1");
    }

    @Test
    void aWholeConfigurationCanBeLoaded() throws Exception {
        String text = Files.readString(torrc).replace("\n", "\r\n").replace("Nickname foo", "ContactInfo me");
        assertThat(ask("+LOADCONF\r\n" + text + ".")).containsExactly("250 OK");
        assertThat(ask("GETCONF Nickname ContactInfo")).containsExactly("250-Nickname", "250 ContactInfo=me");
    }

    @Test
    void whetherWeSleepIsTold() throws Exception {
        assertThat(ask("GETINFO dormant")).contains("250-dormant=0");
        assertThat(ask("SIGNAL DORMANT")).containsExactly("250 OK");
        assertThat(ask("GETINFO version").getLast()).isEqualTo("250 OK");
        assertThat(ask("GETINFO dormant")).contains("250-dormant=1");
        assertThat(ask("SIGNAL ACTIVE")).containsExactly("250 OK");
        assertThat(ask("GETINFO current-time/utc").getFirst())
                .matches("250-current-time/utc=[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}");
        assertThat(ask("GETINFO dormant")).contains("250-dormant=0");
    }

    private List<String> ask(String command) throws Exception {
        return asker.ask(command);
    }
}
