package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is said of three authorities' answers. */
class FindingsTest {
    private final SampleNetwork network = new SampleNetwork();

    @Test
    void thereIsNothingToSayOfAuthoritiesThatAgree() {
        assertThat(findings()).isEmpty();
        assertThat(new NetworkReport(network.status(), List.of()).text()).endsWith("\nAll is well.\n");
    }

    @Test
    void aSilentAuthorityIsNamedWithWhatThatMeans() {
        network.voter(2).silence = Optional.of("connection refused");
        assertThat(wrong())
                .containsExactly(
                        "auth2 does not answer: connection refused",
                        "2 of 3 authorities answer, and 2 must agree: there are consensuses, but none any more once"
                                + " another one fails");
        network.voter(1).silence = network.voter(2).silence;
        assertThat(wrong())
                .contains(
                        "1 of 3 authorities answers, and 2 must agree: no new consensus can be made, and clients use the"
                                + " last one until 2027-01-31 11:35:00");
        network.now = SampleNetwork.PERIOD.plus(SampleNetwork.INTERVAL.multipliedBy(3));
        assertThat(wrong()).contains("1 of 3 authorities answers, and 2 must agree: no new consensus can be made");
    }

    @Test
    void aRelayThatNotAllListIsNamedWithThoseWhoDo() {
        network.voter(2).relays.remove("relay1");
        assertThat(wrong()).containsExactly("auth2 does not list relay1; auth0 and auth1 do");
        network.voter(1).relays.remove("relay1");
        assertThat(wrong()).containsExactly("auth0 lists relay1; auth1 and auth2 don't");
    }

    @Test
    void aFlagThatAuthoritiesMeasureMayDifferAndOthersMayNot() {
        network.voter(0).relays.put("relay2", "Fast HSDir Running Stable V2Dir Valid");
        network.voter(1).relays.put("relay2", "Exit Guard Fast HSDir Running Stable V2Dir Valid");
        assertThat(findings())
                .containsExactly(
                        new Finding(Finding.Kind.FLAG, true, "auth1 gives relay2 Exit; auth0 and auth2 don't"),
                        new Finding(Finding.Kind.FLAG, false, "auth0 does not give relay2 Guard; auth1 and auth2 do"));
    }

    @Test
    void whoDoesNotVoteOnAFlagDoesNotDisagreeAboutIt() {
        network.voter(0).relays.put("relay0", SampleNetwork.ALL + " BadExit");
        network.voter(1).relays.put("relay0", SampleNetwork.ALL + " BadExit");
        network.voter(2).knownFlags = List.of("Fast", "Guard", "HSDir", "Running", "Stable", "V2Dir", "Valid");
        assertThat(findings()).isEmpty();
    }

    @Test
    void aRelayThatNobodyReachesIsSaidNotToRun() {
        network.voters.forEach(voter -> voter.relays.put("relay0", "V2Dir Valid"));
        assertThat(wrong()).containsExactly("no authority finds relay0 running");
    }

    @Test
    void aRelayOfTheFolderThatNobodyKnowsIsMissed() {
        network.inFolder.put(SampleNetwork.fingerprint("relay0"), "relay0");
        network.inFolder.put(SampleNetwork.fingerprint("relay9"), "relay9");
        assertThat(wrong())
                .containsExactly("relay9 is in no vote: it does not run, or it has not reached an authority");
    }

    @Test
    void relaysOfOneNicknameAreToldApart() {
        network.voters.forEach(voter -> voter.relays.put("relay1/", SampleNetwork.ALL));
        network.voter(0).relays.remove("relay1/");
        assertThat(wrong()).containsExactly("auth0 does not list relay1 ($72656C61…); auth1 and auth2 do");
    }

    @Test
    void parametersAndVersionsAreGroupedByWhatIsSaid() {
        network.voter(0).parameters.put("cc_alg", 2);
        network.voter(1).parameters.put("cc_alg", 1);
        network.voter(2).clientVersions = List.of("0.4.9.10", "0.4.9.11");
        assertThat(wrong())
                .containsExactly(
                        "parameter cc_alg: auth0 says 2; auth1 says 1; auth2 says nothing",
                        "recommended versions of clients: auth0 and auth1 say nothing; auth2 says 0.4.9.10,0.4.9.11");
    }

    @Test
    void clocksThatAreOffAreNamedUnlessItIsOurs() {
        network.voter(1).ahead = Duration.ofSeconds(-40);
        assertThat(wrong()).containsExactly("auth1's clock is 40 s behind this machine's");
        network.voters.forEach(voter -> voter.ahead = Duration.ofSeconds(7));
        assertThat(findings())
                .containsExactly(new Finding(
                        Finding.Kind.CLOCK, false, "the clock of this machine is 7 s behind the authorities'"));
        network.voters.forEach(voter -> voter.ahead = Findings.CLOCK_SLACK);
        assertThat(findings()).isEmpty();
    }

    @Test
    void aCertificateIsWorthAWordInItsLastMonth() {
        network.voter(0).certificateEnds =
                network.now.plus(Findings.CERTIFICATE_NOTICE).plusSeconds(1);
        assertThat(findings()).isEmpty();
        network.voter(0).certificateEnds = network.now.plus(Duration.ofDays(12));
        assertThat(wrong())
                .containsExactly("auth0's certificate ends at 2027-02-12 11:21:00, in 12 days: make a new one with"
                        + " tor-gencert");
        network.voter(0).certificateEnds = network.now.minusSeconds(1);
        assertThat(wrong())
                .containsExactly(
                        "auth0's certificate ended at 2027-01-31 11:20:59: it cannot vote until tor-gencert has"
                                + " made a new one");
    }

    @Test
    void aMissingSignatureIsNamedOnceForBothFlavours() {
        network.voters.forEach(voter -> voter.signers.remove("auth1"));
        assertThat(wrong()).containsExactly("auth1 has not signed the consensus (ns and microdesc)");
    }

    @Test
    void aCopyThatLacksASignatureIsNoWrong() {
        network.voter(0).signers.remove("auth1");
        assertThat(wrong()).isEmpty();
        assertThat(findings())
                .extracting(Finding::text)
                .startsWith("auth0's copy of the consensus (ns) lacks the signature of auth1, which others have");
    }

    @Test
    void tooFewSignaturesAreCounted() {
        network.voters.forEach(voter -> voter.signers.removeAll(List.of("auth1", "auth2")));
        assertThat(wrong())
                .contains(
                        "1 of 3 authorities have signed the consensus of flavour ns, and clients take it only from 2");
    }

    @Test
    void consensusesThatDifferAreSortedByWhoServesThem() {
        network.voter(1).digest = "BB";
        assertThat(wrong())
                .contains("the consensus (ns) of 2027-01-31 11:20:00 is not the same everywhere: auth0 and auth2 serve"
                        + " one, auth1 serves one");
    }

    @Test
    void aConsensusThatNobodyReplacedOrThatExpiredIsToldWithItsTimes() {
        network.now = SampleNetwork.PERIOD.plus(SampleNetwork.INTERVAL).plus(Findings.TURN);
        assertThat(findings()).isEmpty();
        network.now = network.now.plusSeconds(1);
        assertThat(wrong())
                .contains(
                        "the consensus (ns) of 2027-01-31 11:20:00 should have been replaced at 2027-01-31 11:25:00: the"
                                + " authorities have agreed on none since, and clients use it until 2027-01-31 11:35:00");
        network.now = SampleNetwork.PERIOD.plus(SampleNetwork.INTERVAL.multipliedBy(3));
        assertThat(wrong())
                .contains(
                        "the consensus (microdesc) of 2027-01-31 11:20:00 expired at 2027-01-31 11:35:00: nobody can use"
                                + " the network");
        network.voters.forEach(voter -> voter.serves = false);
        assertThat(wrong()).startsWith("nobody serves a consensus of flavour ns");
    }

    @Test
    void whoIsAPeriodBehindIsToldOnceThePeriodHasSettled() {
        network.voter(2).period = SampleNetwork.PERIOD.minus(SampleNetwork.INTERVAL);
        network.voter(2).consensusPeriod = network.voter(2).period;
        network.now = SampleNetwork.PERIOD.plus(Findings.TURN).minusSeconds(1);
        assertThat(findings()).isEmpty();
        network.now = network.now.plusSeconds(1);
        assertThat(wrong())
                .containsExactly(
                        "auth2 still serves the consensus (ns) of 2027-01-31 11:15:00; there is one of 2027-01-31 11:20:00",
                        "auth2 still serves the consensus (microdesc) of 2027-01-31 11:15:00; there is one of 2027-01-31"
                                + " 11:20:00",
                        "auth2's last vote is for 2027-01-31 11:15:00; others voted for 2027-01-31 11:20:00");
    }

    @Test
    void aVoteThatCameTooLateIsToldAndSoIsWhatAnAuthorityDoesNotHave() {
        network.voters.forEach(voter -> voter.counted.remove("auth2"));
        network.voter(0).votes = false;
        network.voter(0).troubles.add("has no vote to show: 404");
        assertThat(wrong())
                .containsExactly(
                        "auth0 has no vote to show: 404",
                        "auth2's vote did not get into the consensus of 2027-01-31 11:20:00: it came too late, or not at"
                                + " all");
    }

    @Test
    void peopleAreShownSomeOfManyFindingsAndProgramsAll() {
        for (int i = 10; i < 10 + NetworkReport.SHOWN_MAX + 5; i++) {
            network.voter(0).relays.put("other" + i, SampleNetwork.ALL);
        }
        NetworkReport report = new NetworkReport(network.status(), findings());
        assertThat(report.text().lines().filter(line -> line.startsWith("  * auth0 lists ")))
                .hasSize(NetworkReport.SHOWN_MAX);
        assertThat(report.text()).contains("  * and 5 more, which --json tells\n");
        assertThat(report.json().split("auth0 lists ", -1)).hasSize(NetworkReport.SHOWN_MAX + 5 + 1);
        assertThat(report.json()).startsWith("{\"folder\":\"/net\",\"asked\":\"2027-01-31T11:21:00Z\",\"well\":false,");
    }

    private List<Finding> findings() {
        return Findings.of(network.status());
    }

    private List<String> wrong() {
        return findings().stream().filter(Finding::wrong).map(Finding::text).toList();
    }
}
