package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.LocalFailure;
import io.allium.base.SystemDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
    private static final String AUTHORITY = "DirAuthority x 127.0.0.1:1 " + "f".repeat(40) + "\n";

    /** Half a character is in no encoding, as é is not where files are named in ASCII. */
    private static final String NO_PATH = "\ud800";

    private final List<String> warnings = new ArrayList<>();

    @Test
    void everyOptionOfCTorIsKnown() {
        assertThat(OptionTable.ofCTor()).hasSize(372);
        assertThat(OptionTable.all()).allSatisfy(option -> {
            assertThat(option.doc()).endsWith(".");
            if (option.defaultText() != null) {
                assertThat(option.type().canonical(option.defaultText())).isPresent();
            }
        });
    }

    @Test
    void whatCTorHasNoOptionForIsAnOptionLikeAnyOther() throws Exception {
        assertThat(OptionTable.ofCTor()).extracting(Option::name).doesNotContain("HiddenServiceSelfTest");
        assertThat(OptionTable.all()).extracting(Option::name).contains("HiddenServiceSelfTest");
        Options options = parse("HiddenServiceDir /hs\nHiddenServicePort 80\nHiddenServiceSelfTest 0");
        OptionRules.check(options, "me", warnings::add);
        assertThat(warnings).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "socksport, SocksPort",
        "l, Log",
        "DirServer, DirAuthority",
        "ExcludeNode, ExcludeNodes",
        "TestingClientDownloadSchedule, TestingClientDownloadInitialDelay",
        "contact, ContactInfo",
    })
    void namesMayDifferInCaseOrBeFormerOnes(String written, String name) {
        assertThat(OptionTable.find(written)).map(Option::name).contains(name);
    }

    @ParameterizedTest
    @CsvSource({"SockPort, SocksPort", "NickName1, Nickname", "DataDirectroy, DataDirectory", "ExitPolcy, ExitPolicy"})
    void aMistypedNameIsAnErrorThatNamesTheNearest(String typed, String meant) {
        assertThatThrownBy(() -> parse(typed + " 1"))
                .hasMessageContaining("torrc line 1: Unknown option '" + typed + "'. Did you mean '" + meant + "'?");
    }

    @Test
    void anObsoleteNameIsSkippedWithAWarning() throws Exception {
        assertThat(parse("AllowDotExit 1").made()).isEmpty();
        assertThat(warnings).singleElement().asString().contains("AllowDotExit");
    }

    @ParameterizedTest
    @CsvSource({
        "BandwidthRate, 20 MB, 20971520",
        "BandwidthRate, 20 MBytes, 20971520",
        "BandwidthRate, 1.5 kb, 1536",
        "BandwidthRate, 8 mbits, 1048576",
        "BandwidthRate, 100, 100",
        "BandwidthRate, 7 bytes, 7",
        "BandwidthRate, 2 GBits, 268435456",
        "MaxCircuitDirtiness, 10 minutes, 600",
        "MaxCircuitDirtiness, 1 week, 604800",
        "MaxCircuitDirtiness, 1.9999999999 minutes, 119",
        "MaxCircuitDirtiness, 1.50000000000000000000000000000 minutes, 90",
        "MaxCircuitDirtiness, 1. minutes, 60",
        "MaxCircuitDirtiness, .5 hours, 1800",
        "MaxCircuitDirtiness, 00000000000000000000000060, 60",
        "MaxMemInQueues, 9223372036854775807, 9223372036854775807",
        "MaxMemInQueues, 8388607 TB, 9223370937343148032",
        "MaxCircuitDirtiness, 7, 7",
        "LogTimeGranularity, 2 seconds, 2000",
        "LogTimeGranularity, 5 msec, 5",
        "ExitRelay, AUTO, auto",
        "PathsNeededToBuildCircuits, 0.25, 0.250000",
        "LongLivedPorts, ' 1, 2 ,,3', '1,2,3'",
        "NumCPUs, 4, 4",
        "PathBiasCircThreshold, -1, -1",
    })
    void valuesAreOfTheirTypes(String name, String written, String canonical) throws Exception {
        Option option = OptionTable.find(name).orElseThrow();
        assertThat(parse(name + " " + written).values(option)).containsExactly(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DisableNetwork 7",
                "DisableNetwork",
                "ExitRelay yes",
                "NumCPUs -1",
                "NumCPUs 99999999999",
                "BandwidthRate 7 foo",
                "BandwidthRate -1 MB",
                "BandwidthRate 99999999999 TB",
                "BandwidthBurst 9223372036854775808",
                "MaxMemInQueues 8388608 TB",
                "MaxMemInQueues 8388607.9999999999999 TB",
                "MaxMemInQueues 18446744073709551616",
                "MaxMemInQueues .",
                "HeartbeatPeriod 7 fortnights",
                "HeartbeatPeriod 99999999999 weeks",
                "CircuitPriorityHalflife x",
            })
    void aValueOfAnotherTypeIsAnErrorThatSaysWhatIsExpected(String line) {
        String name = line.split(" ")[0];
        assertThatThrownBy(() -> parse(line))
                .isInstanceOf(LocalFailure.class)
                .hasMessageStartingWith("torrc line 1: Could not parse " + name)
                .hasMessageContaining(
                        OptionTable.find(name).orElseThrow().type().expected());
    }

    @Test
    void aLaterSourceReplacesAListUnlessItAppendsOrClears() throws Exception {
        Options torrc = parse("SocksPort 9050\nSocksPort 9150");
        assertThat(torrc.lines("SocksPort")).containsExactly("9050", "9150");
        assertThat(over(torrc, "SocksPort 1").lines("SocksPort")).containsExactly("1");
        assertThat(over(torrc, "__SocksPort 1").lines("SocksPort")).containsExactly("1");
        assertThat(over(torrc, "+SocksPort 1").lines("SocksPort")).containsExactly("9050", "9150", "1");
        assertThat(over(torrc, "/SocksPort").lines("SocksPort")).isEmpty();
    }

    @Test
    void ofARepeatedSingleValueTheLastCounts() throws Exception {
        assertThat(parse("Nickname a\nNickname b").text("Nickname")).contains("b");
        assertThat(warnings).singleElement().asString().contains("only the last value counts");
    }

    @Test
    void aTestingNetworkHasOtherDefaults() throws Exception {
        Options testing = parse(AUTHORITY + "TestingTorNetwork 1");
        assertThat(testing.interval("V3AuthVotingInterval")).isEqualTo(Duration.ofMinutes(5));
        assertThat(testing.flag("EnforceDistinctSubnets")).isFalse();
        assertThat(Options.DEFAULTS.interval("V3AuthVotingInterval")).isEqualTo(Duration.ofHours(1));
        assertThat(OptionTable.all().stream().filter(option -> option.testingText() != null))
                .hasSize(30);
    }

    @Test
    void aDumpIsReadAsWhatItCameFrom() throws Exception {
        Options options = parse("Nickname x\nContactInfo \"a # b\"\nLog info stdout\nBandwidthRate 1 MB\nSocksPort 0");
        assertThat(parse(options.dump(false)).dump(true)).isEqualTo(options.dump(true));
        assertThat(options.dump(false)).contains("ContactInfo \"a # b\"\n").contains("BandwidthRate 1048576\n");
    }

    @Test
    void aDumpLeavesOnionServicesTheirOptions() throws Exception {
        String services = """
                HiddenServiceDir /one
                HiddenServicePort 80
                HiddenServicePoWDefensesEnabled 1
                HiddenServiceDir /two
                HiddenServiceMaxStreams 7
                HiddenServicePort 81
                """;
        Options options = parse(services + "Nickname x");

        assertThat(options.dump(false)).contains(services);
        assertThat(options.dumpOver(Options.DEFAULTS)).contains(services);
        assertThat(parse(options.dump(true)).dump(true)).isEqualTo(options.dump(true));
    }

    @Test
    void whatCouldHurtIsRefusedByName() throws Exception {
        Options options = parse("UseBridges 1");
        assertThatThrownBy(() -> OptionRules.check(options, "me", warnings::add))
                .hasMessageContaining("torrc line 1: UseBridges is not supported yet");
        OptionRules.check(parse("UseBridges 0\nUser me"), "me", warnings::add);
        assertThat(warnings).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LongLivedPorts 22,ssh",
                "BandwidthRate 2 GB",
                "ORPort 9001\nRelayBandwidthRate 10 KB",
                "RelayBandwidthRate 2 MB\nRelayBandwidthBurst 1 MB",
                "TokenBucketRefillInterval 0",
                "ExcludeNodes not/a/relay",
                "NodeFamily r1,10.0.0.0/33",
                "DirAuthority x",
                "FallbackDir x"
            })
    void whatTheClientCouldNotTakeIsRefusedBeforeAnythingChanges(String torrc) {
        assertThatThrownBy(() -> OptionRules.check(parse(torrc), "me", warnings::add))
                .isInstanceOf(LocalFailure.class);
    }

    @Test
    void aFlagOfAPortThatHasNoEffectIsNamed() throws Exception {
        OptionRules.check(
                parse("SocksPort 9050 KeepAliveIsolateSOCKSAuth IsolateDestAddr\nControlPort unix:/a GroupWritable"),
                "me",
                warnings::add);
        assertThat(warnings)
                .containsExactly(
                        "SocksPort: the flag KeepAliveIsolateSOCKSAuth is not supported yet and has no effect.");
    }

    /** Tor Browser and OnionShare name their plugins whether bridges are wanted or not. */
    @Test
    void bridgesAreRefusedAndPluginsWithoutThemAreNot() throws Exception {
        String plugin = "ClientTransportPlugin obfs4 exec /usr/bin/obfs4proxy\n";
        OptionRules.check(parse(plugin), "me", warnings::add);
        assertThat(warnings)
                .containsExactly("torrc line 1: ClientTransportPlugin is not supported yet and has no effect.");
        assertThatThrownBy(() -> OptionRules.check(parse(plugin + "UseBridges 1"), "me", warnings::add))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("UseBridges");
    }

    @Test
    void whatHasNoEffectIsWarnedOfByName() throws Exception {
        OptionRules.check(
                parse("HardwareAccel 1\nRephistTrackTime 2 hours\nSocksTimeout 2 minutes"), "me", warnings::add);
        assertThat(warnings)
                .containsExactlyInAnyOrder(
                        "torrc line 1: HardwareAccel means nothing to a JVM and has no effect.",
                        "torrc line 2: RephistTrackTime is not supported yet and has no effect.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TestingTorNetwork 1",
                "TestingEnableConnBwEvent 1",
                "TestingEnableCellStatsEvent 1",
                "Nickname no-dash",
                "Nickname abcdefghijklmnopqrstuvwxyz",
                "SafeLogging 2",
                "HashedControlPassword hello",
                "__OwningControllerProcess somebody",
                "__OwningControllerFD 3",
                "DormantClientTimeout 9 minutes",
                "KeepalivePeriod 0",
                "Log loud stdout",
                "SocksPort 99999",
                "SocksPort 9050 IsolateEverything",
                "ControlPort 9051 IsolateDestPort",
                "ORPort 9001 WorldWritable",
                "SocksPolicy allow 1.2.3.4",
                "SocksPolicy accept 1.2.3.4/33",
                "WarnPlaintextPorts ftp",
                "WarnPlaintextPorts 80,0",
                "RejectPlaintextPorts 65536",
                "ExitPolicy nonsense",
                "ORPort 9001\nExitRelay 1\nExitPolicy accept *:80,reject *:99999",
                "AuthoritativeDirectory 1",
                "V3AuthVotingInterval 10 seconds",
                "V3AuthVoteDelay 1 second",
                "V3AuthVotingInterval 10 minutes\nV3AuthDistDelay 2 minutes\nV3AuthVoteDelay 4 minutes",
            })
    void whatCannotBeIsRefused(String text) throws Exception {
        Options options = parse(text);
        assertThatThrownBy(() -> OptionRules.check(options, "me", warnings::add))
                .isInstanceOf(LocalFailure.class);
    }

    @Test
    void aPathMayBeginInTheUsersHome() throws Exception {
        Path home = Path.of(System.getProperty("user.home"));
        assertThat(parse("PidFile ~/a/b").file("PidFile")).contains(home.resolve("a/b"));
        assertThat(parse("PidFile ~//a").file("PidFile")).contains(home.resolve("a"));
    }

    @Test
    void whatCanBeNoPathIsRefusedByTheNameOfItsOption() {
        List<String> lines = new ArrayList<>(OptionTable.all().stream()
                .filter(option -> option.type() == OptionType.FILENAME)
                .map(option -> option.name() + " /tmp/" + NO_PATH)
                .toList());
        assertThat(lines).contains("CookieAuthFile /tmp/" + NO_PATH, "ClientOnionAuthDir /tmp/" + NO_PATH);
        lines.addAll(List.of(
                "CookieAuthFile ~/" + NO_PATH,
                "ControlPort unix:/tmp/" + NO_PATH,
                "SocksPort unix:/tmp/" + NO_PATH,
                "Log notice file /tmp/" + NO_PATH,
                "HiddenServiceDir /tmp/" + NO_PATH + "\nHiddenServicePort 80",
                "HiddenServiceDir ~/" + NO_PATH + "\nHiddenServicePort 80"));
        for (String line : lines) {
            assertThatThrownBy(() -> OptionRules.check(parse(line), "me", warnings::add))
                    .isInstanceOf(LocalFailure.class)
                    .hasMessageStartingWith("torrc line 1: " + line.split(" ")[0] + ": ")
                    .hasMessageContaining("cannot be the name of a file");
        }
    }

    @Test
    void whoIsNoExitMayKeepAnExitPolicyThatMakesNoSense() throws Exception {
        OptionRules.check(parse("ExitRelay 0\nExitPolicy nonsense"), "me", warnings::add);
        assertThat(warnings).isEmpty();
    }

    @Test
    void theFloorsOfATestingNetworkAreLower() throws Exception {
        String testing = AUTHORITY + "TestingTorNetwork 1\nV3AuthVotingInterval 10\nV3AuthVoteDelay 2\n"
                + "V3AuthDistDelay 2\nTestingV3AuthInitialVotingInterval 5\nTestingV3AuthInitialVoteDelay 2\n"
                + "TestingV3AuthInitialDistDelay 2\n";
        OptionRules.check(parse(testing), "me", warnings::add);
        Options tooTight = parse(testing + "V3AuthDistDelay 3\n");
        assertThatThrownBy(() -> OptionRules.check(tooTight, "me", warnings::add))
                .hasMessageContaining("must be less than half V3AuthVotingInterval");
    }

    @Test
    void aFixedOptionCannotChangeWhileRunning() throws Exception {
        Options before = parse("DataDirectory /a\nLog info stdout");
        OptionRules.checkChange(before, parse("DataDirectory /a\nLog warn stdout"));
        Options after = parse("DataDirectory /b");
        assertThatThrownBy(() -> OptionRules.checkChange(before, after)).hasMessageContaining("DataDirectory");
    }

    @Test
    void theBeginningOfANameIsWarnedOf() throws Exception {
        assertThat(parse("Contact somebody").text("ContactInfo")).contains("somebody");
        assertThat(warnings)
                .containsExactly("The abbreviation 'Contact' is deprecated. Please use 'ContactInfo' instead");
    }

    @Test
    void aDumpOverTheDefaultsOfANetworkLeavesTheseOut() throws Exception {
        Options options = parse(AUTHORITY + "TestingTorNetwork 1\nSocksPort 0\n__ControlPort 1");
        Options defaults = parse("SocksPort 0\nNickname x");
        assertThat(options.dumpOver(defaults)).isEqualTo(AUTHORITY + "TestingTorNetwork 1\n");
    }

    @Test
    void whatDiffersIsToldByNameOrByTheNameThatAListHas() throws Exception {
        Options before = parse("SocksPort 1\n__SocksPort 2\nNickname x\nContactInfo y\nExitNodes a");
        assertThat(before.changes(parse("Nickname z\nContactInfo y\nHiddenServiceDir /h\nHiddenServicePort 1")))
                .containsExactly(
                        "ExitNodes=", "HiddenServiceDir=/h", "HiddenServicePort=1", "Nickname=z", "SocksPortLines");
        assertThat(before.changes(parse("SocksPort 1\n__SocksPort 2\nExitNodes a")))
                .containsExactly("ContactInfo", "Nickname");
    }

    private Options parse(String text) throws LocalFailure {
        return over(Options.DEFAULTS, text);
    }

    private Options over(Options below, String text) throws LocalFailure {
        return below.with(Torrc.parse(new SystemDisk(), text, "torrc"), warnings::add);
    }
}
