package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.LocalFailure;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What authorities and bridges are told when their options do not go together, in C tor's words. */
class AuthorityRulesTest {
    private static final String AUTHORITY = """
            AuthoritativeDirectory 1
            ContactInfo nobody@example.org
            ORPort 9001
            DirPort 9030
            """;
    private static final String BRIDGE = "BridgeRelay 1\nORPort 9001\n";

    private final List<String> warnings = new ArrayList<>();

    @Test
    void anAuthorityVotesOrKeepsBridges() throws LocalFailure {
        check(AUTHORITY + "V3AuthoritativeDirectory 1");
        check(AUTHORITY + "BridgeAuthoritativeDirectory 1\nBridgePassword secret");
        refuse(AUTHORITY, "none of (Bridge/V3)AuthoritativeDir is set");
        refuse(AUTHORITY + "V3AuthoritativeDirectory 1\nBridgeAuthoritativeDir 1", "Run two");
        refuse(AUTHORITY + "V3AuthoritativeDirectory 1\nClientOnly 1", "but ClientOnly also set");
    }

    @Test
    void anAuthorityNeedsPortsAndSomebodyToAsk() {
        String votes = AUTHORITY + "V3AuthoritativeDirectory 1\n";
        refuse(votes.replace("DirPort 9030", ""), "but no DirPort set");
        refuse(votes.replace("ORPort 9001", ""), "but no ORPort set");
        refuse(votes.replace("ContactInfo nobody@example.org", ""), "must set ContactInfo");
    }

    @Test
    void anAuthorityDoesNotTurnAwayWhatItRecommends() throws LocalFailure {
        check("MinimalAcceptedServerVersion 0.4.8.1-alpha\nRecommendedServerVersions 0.4.8.21,0.4.9.11");
        refuse("MinimalAcceptedServerVersion nonsense", "Invalid MinimalAcceptedServerVersion");
        refuse("MinimalAcceptedServerVersion 9.0.0.1", "wants to reject the version this node is running");
        refuse(
                "MinimalAcceptedServerVersion 0.4.9.1-alpha\nRecommendedVersions 0.4.8.21,0.4.9.11",
                "wants to reject a recommended version");
    }

    @Test
    void fractionsAndIntervalsHaveBounds() throws LocalFailure {
        check("AuthDirVoteGuardBwThresholdFraction 1.0\nV3AuthNIntervalsValid 2");
        refuse("AuthDirVoteGuardBwThresholdFraction 1.1", "Guard bandwidth threshold fraction is invalid");
        refuse("V3AuthNIntervalsValid 1", "V3AuthNIntervalsValid must be at least 2.");
    }

    @Test
    void listsOfRelaysMakeSense() throws LocalFailure {
        check("AuthDirReject 10.0.0.0/8,192.0.2.1\nAuthDirBadExit *");
        refuse("AuthDirReject 10.0.0.0/99", "AuthDirReject: '10.0.0.0/99' is not");
        refuse("AuthDirMiddleOnly not/a/relay", "AuthDirMiddleOnly: 'not/a/relay' is not");
    }

    @Test
    void aBridgeIsNotPublishedToThoseWhoVote() throws LocalFailure {
        check(BRIDGE);
        check(BRIDGE + "PublishServerDescriptor bridge");
        check(BRIDGE + "PublishServerDescriptor 0");
        refuse(BRIDGE + "PublishServerDescriptor v3", "Bridges are not supposed to publish");
        refuse("PublishServerDescriptor v3,bridge", "Bridges are not supposed to publish");
        refuse("PublishServerDescriptor everybody", "Unrecognized value in PublishServerDescriptor");
        assertThat(RelayConfiguration.isPublished(Options.parse(BRIDGE), true)).isTrue();
        assertThat(RelayConfiguration.isPublished(Options.parse(BRIDGE), false)).isFalse();
        assertThat(RelayConfiguration.isPublished(Options.parse("ORPort 9001"), false))
                .isTrue();
        assertThat(RelayConfiguration.isPublished(Options.parse("ORPort 9001"), true))
                .isFalse();
    }

    @Test
    void aBridgeNeedsAnOrPortAndACache() {
        refuse("BridgeRelay 1", "BridgeRelay is 1, ORPort is not set");
        refuse(BRIDGE + "DirCache 0", "BridgeRelay requires DirCache");
    }

    @Test
    void howABridgeIsHandedOutIsAskedOfBridgesAlone() throws LocalFailure {
        check(BRIDGE + "BridgeDistribution https");
        assertThat(warnings).isEmpty();
        check(BRIDGE + "BridgeDistribution pigeon");
        assertThat(warnings).singleElement().asString().startsWith("Unrecognized BridgeDistribution value pigeon");
        refuse(BRIDGE + "BridgeDistribution e/mail", "Invalid BridgeDistribution value.");
        refuse("BridgeDistribution https", "but you didn't set BridgeRelay!");
    }

    @Test
    void whatABridgeCannotBeIsSaid() throws LocalFailure {
        check(BRIDGE + "DirPort 9030\nExitRelay 1\nMyFamily " + "A".repeat(40));
        assertThat(warnings)
                .anyMatch(warning -> warning.startsWith("Can't set a DirPort on a bridge relay"))
                .anyMatch(warning -> warning.contains("will not function as an exit relay"))
                .anyMatch(warning -> warning.startsWith("Listing a family for a bridge relay"));
    }

    private void check(String torrc) throws LocalFailure {
        OptionRules.check(Options.parse(torrc), "nobody", warnings::add);
    }

    private void refuse(String torrc, String why) {
        assertThatThrownBy(() -> check(torrc)).isInstanceOf(LocalFailure.class).hasMessageContaining(why);
    }
}
