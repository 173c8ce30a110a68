package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.crypto.RsaKeyPair;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code allium network} from its words to files, output and exit code. */
class NetworkCommandTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private String input = "";

    @Test
    void aNetworkIsWrittenWholeAndEveryTorrcOfItIsGood() throws Exception {
        input = "secretpass\n";
        Path net = folder.resolve("net");
        assertThat(run("init", "net", "--authorities", "1", "--relays", "2", "--exits", "1", "--passphrase-fd", "0"))
                .isZero();
        assertThat(names(net))
                .containsExactly(
                        "Dockerfile",
                        "README.md",
                        "auth0",
                        "client0",
                        "common.torrc",
                        "compose.yaml",
                        "offline",
                        "relay0",
                        "relay1",
                        "start",
                        "stop",
                        "systemd");
        for (String node : List.of("auth0", "relay0", "relay1", "client0")) {
            assertThat(tor("--verify-config", "-f", net + "/" + node + "/torrc"))
                    .as(output())
                    .isZero();
            assertThat(net.resolve("systemd/private-tor-" + node + ".service"))
                    .content()
                    .contains("ExecStart=/opt/allium/bin/tor -f " + net + "/" + node + "/torrc\n");
        }
        assertThat(net.resolve("relay0/torrc")).content().contains("\nExitPolicy accept *:*\n");
        assertThat(net.resolve("relay1/torrc")).content().contains("\nExitPolicy reject *:*\n");
        assertThat(net.resolve("README.md")).content().contains("move that folder to a medium that is kept\noffline");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(net)))
                .isEqualTo("rwx------");
        assertThat(net.resolve("start")).isExecutable();
    }

    @Test
    void identityKeysAreLockedAndNotAmongTheFilesThatAnAuthorityNeeds() throws Exception {
        input = "secretpass\n";
        assertThat(run("init", "net", "--authorities", "1", "--relays", "2", "--passphrase-fd", "0"))
                .isZero();
        Path key = folder.resolve("net/offline/auth0/authority_identity_key");
        String pem = Files.readString(key);
        assertThat(RsaKeyPair.isEncryptedPem(pem)).isTrue();
        RsaKeyPair identity = RsaKeyPair.parseEncryptedPem(pem, "secretpass".getBytes(StandardCharsets.US_ASCII));
        assertThat(folder.resolve("net/common.torrc"))
                .content()
                .contains("v3ident=" + identity.fingerprint().hex());
        assertThat(folder.resolve("net/auth0/keys/authority_identity_key")).doesNotExist();
        assertThat(folder.resolve("net/auth0/keys/authority_signing_key")).exists();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("r--------");
    }

    @Test
    void aPassphraseThatIsTypedIsTypedTwiceAndNotTooShort() {
        input = "abc\nabc\n";
        assertThat(run("init", "net")).isEqualTo(1);
        assertThat(output()).contains("the passphrase needs to be at least 4 characters");
    }

    @Test
    void aFolderWithSomethingInItIsLeftAlone() throws Exception {
        Files.writeString(folder.resolve("mine"), "precious");
        assertThat(run("init", ".", "--no-passphrase")).isEqualTo(1);
        assertThat(output()).isEqualTo("allium: " + folder + " is not empty: a network is written to a new folder\n");
        assertThat(names(folder)).containsExactly("mine");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "init | the folder to write to is missing",
                "init a b | there are two folders, ",
                "init a --relais 3 | there is no option '--relais'",
                "init a --relays | a value is missing after --relays",
                "init a --relays many | --relays 'many' is not a number from 0 to 1000",
                "init a --authorities 0 | a network needs an authority",
                "init a --authorities 32 | --authorities '32' is not a number from 0 to 31",
                "init a --relays 2 --exits 3 | of 2 relays, 3 cannot be exits",
                "init a --base-port 65500 | --base-port 65500: the 9 nodes take the ports 65500 to 65589",
                "init a --base-port 0 | ports go from 1 to 65535",
                "init a --voting-interval 5 | --voting-interval '5' is not a number and s, m or h",
                "init a --voting-interval 9s | must be at least 10 s and divide a day",
                "init a --voting-interval 7m | must be at least 10 s and divide a day",
                "init a --host x | --host 'x' is not NAME=ADDRESS",
                "init a --host x=::1 | '::1' is not an IPv4 address",
                "init a --host x=192.0.2.1 --host x=192.0.2.2 | two hosts are called x",
                "init a --host x=192.0.2.1 --host y=192.0.2.1 | two hosts have the address 192.0.2.1",
                "init a --host x=192.0.2.1 --host y=127.0.0.1 | a host has a loopback address",
                "init a --passphrase-fd 0 --no-passphrase | exclude each other",
                "init a:b | choose a folder whose path has letters, digits and ._+- alone",
                "start a | there is no command 'network start'",
                "status | network status takes one folder, and --json",
                "status a b | network status takes one folder, and --json",
                "status a | is this the folder of a network that 'allium network init' wrote?"
            })
    void whatCannotBeIsRefusedInASentence(String words, String said) throws Exception {
        assertThat(run(words.split(" "))).isEqualTo(2);
        assertThat(output()).contains("allium: ").contains(said);
        assertThat(names(folder)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--authorities 4 | Of 4 authorities 3 must agree, so that no more of them may fail than of 3.",
                "--authorities 1 --relays 1 | A circuit goes through three relays, and there are fewer.",
                "--exits 0 | There is no exit",
                "--bridges 1 | Allium's clients use no bridges yet"
            })
    void whatIsHardlyMeantIsWarnedOf(String words, String said) throws Exception {
        List<String> all = new ArrayList<>(List.of("net"));
        all.addAll(List.of(words.split(" ")));
        assertThat(NetworkPlan.parse(all).warnings()).singleElement().asString().startsWith(said);
    }

    @Test
    void nodesAreDealtToTheHostsAndListenForOthersThere() throws Exception {
        NetworkPlan plan = NetworkPlan.parse(List.of("/net", "--host", "one=192.0.2.1", "--host", "two=192.0.2.2"));
        assertThat(plan.nodes())
                .extracting(node -> node.name() + " " + node.host().name() + " " + node.orPort())
                .containsExactly(
                        "auth0 one 5000",
                        "auth1 two 5010",
                        "auth2 one 5020",
                        "relay0 two 5030",
                        "relay1 one 5040",
                        "relay2 two 5050",
                        "relay3 one 5060",
                        "relay4 two 5070",
                        "client0 one 5080");
        assertThat(plan.nodes()).filteredOn(NetworkNode::exit).hasSize(3);
        assertThat(NetworkTorrc.of(plan.nodes().get(1), plan.folder()))
                .contains("\nAddress 192.0.2.2\nORPort 5010 IPv4Only\nDirPort 5011 IPv4Only\n");
    }

    @ParameterizedTest
    @CsvSource({"10s, 2, 10, 2", "24s, 4, 24, 4", "5m, 60, 30, 6", "1h, 300, 30, 6", "16s, 3, 15, 3"})
    void theTimingIsOneThatCTorTakes(String interval, long delay, long initial, long initialDelay) throws Exception {
        NetworkPlan plan = NetworkPlan.parse(List.of("net", "--voting-interval", interval));
        assertThat(plan.delay().toSeconds()).isEqualTo(delay);
        assertThat(plan.initialInterval().toSeconds()).isEqualTo(initial);
        assertThat(plan.initialDelay().toSeconds()).isEqualTo(initialDelay);
        assertThat(1800 % plan.initialInterval().toSeconds()).isZero();
        assertThat(2 * plan.delay().toSeconds())
                .isLessThan(plan.votingInterval().toSeconds() / 2);
    }

    @Test
    void statusNamesWhomItDidNotReach() throws Exception {
        assertThat(run("init", "net", "--authorities", "1", "--relays", "2", "--no-passphrase", "--base-port", "1"))
                .isZero();
        output.reset();
        assertThat(run("status", "net")).isEqualTo(1);
        assertThat(output())
                .contains("auth0  does not answer at 127.0.0.1:2\n", "* auth0 does not answer: ", "nobody serves one");
    }

    private int run(String... arguments) {
        List<String> words = new ArrayList<>(List.of(arguments));
        // The commands take folders relative to where they run, which for a test is somewhere else.
        for (int i = 1; i < words.size(); i++) {
            if (words.get(i).matches("net|a|b|a:b|\\.") && !words.get(i - 1).startsWith("--")) {
                words.set(i, folder.resolve(words.get(i)).normalize().toString());
            }
        }
        PrintStream all = new PrintStream(output, true, StandardCharsets.UTF_8);
        InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        try (SystemTime time = new SystemTime();
                ThreadTasks tasks = new ThreadTasks(Log.NONE, 2)) {
            return new NetworkCommand(
                            all,
                            all,
                            in,
                            time,
                            new SystemEntropy(),
                            new SystemDisk(),
                            new SystemNetwork(),
                            tasks,
                            new NetworkServices.Surroundings(
                                    "/opt/allium/bin/tor", "/opt/allium/app/target", "tor", ""))
                    .run(words);
        }
    }

    private int tor(String... arguments) {
        PrintStream all = new PrintStream(output, true, StandardCharsets.UTF_8);
        try (SystemTime time = new SystemTime()) {
            return new Main(all, all, InputStream.nullInputStream(), time, new SystemEntropy(), new SystemDisk())
                    .run(List.of(arguments));
        }
    }

    private String output() {
        return output.toString(StandardCharsets.UTF_8);
    }

    private static List<String> names(Path folder) throws Exception {
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.map(each -> "" + each.getFileName()).sorted().toList();
        }
    }
}
