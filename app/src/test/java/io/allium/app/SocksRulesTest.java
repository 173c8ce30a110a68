package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Refused;
import io.allium.client.AddressMap;
import io.allium.testing.SeededEntropy;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SocksRulesTest {
    @ParameterizedTest
    @CsvSource({
        "'', www.example.com, 80, ''",
        "'', 1.2.3.4, 80, ''",
        "'', 2001:db8::1, 80, ''",
        "'', a_b.example, 80, ''",
        "SafeSocks 1, 1.2.3.4, 80, NOT_ALLOWED",
        "SafeSocks 1, www.example.com, 80, ''",
        "RejectPlaintextPorts 23, www.example.com, 23, NOT_ALLOWED",
        "'', bad host, 80, GENERAL",
        "'', a..b, 80, GENERAL",
        "'', -a, 80, GENERAL",
        "AllowNonRFC953Hostnames 1, -a$b, 80, ''",
        "'', x.exit, 80, GENERAL",
        "'', www.example.com, 0, GENERAL",
        "'', abc.onion, 80, ONION_ADDRESS_INVALID",
        "'', abc.Onion., 80, ONION_ADDRESS_INVALID",
        "'', 2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion, 80, ''",
        "'', www.2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.ONION, 80, ''",
        "'', 3gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion, 80, ONION_ADDRESS_INVALID",
        "'', 2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion, 0, GENERAL",
        "'', x.exit., 80, GENERAL",
        "MapAddress a.example abc.onion., a.example, 80, ONION_ADDRESS_INVALID",
        "'', localhost, 80, GENERAL",
        "'', printer.local, 80, GENERAL",
        "ClientRejectInternalAddresses 0, localhost, 80, ''",
        "MapAddress 10.9.8.7 192.0.2.1, 10.9.8.7, 80, ''",
        "MapAddress a.example localhost, a.example, 80, GENERAL",
        "MapAddress a.example b.x.exit, a.example, 80, GENERAL",
    })
    void whatOptionsRefuse(String torrc, String host, int port, String kind) throws Exception {
        assertThat(refusal(torrc, host, port, "9050")).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource({
        "NoDNSRequest, www.example.com, NOT_ALLOWED",
        "NoIPv4Traffic, 1.2.3.4, NOT_ALLOWED",
        "NoIPv6Traffic, 2001:db8::1, NOT_ALLOWED",
        "NoIPv6Traffic, 1.2.3.4, ''",
        "NoOnionTraffic, 2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion, NOT_ALLOWED",
        "OnionTrafficOnly, 2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion, ''",
        "OnionTrafficOnly, www.example.com, NOT_ALLOWED",
    })
    void whatThePortsFlagsRefuse(String flag, String host, String kind) throws Exception {
        assertThat(refusal("", host, 80, "9050 " + flag)).isEqualTo(kind);
    }

    @ParameterizedTest
    @ValueSource(strings = {"LOCALHOST", "localhost.", "x.localhost", "local", "printer.local"})
    void localNamesAreKnown(String host) {
        assertThat(SocksRules.isLocalName(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"locals", "localhost.example", "127.0.0.1"})
    void othersAreNot(String host) {
        assertThat(SocksRules.isLocalName(host)).isFalse();
    }

    @Test
    void aNameOfThisMachineMayBeLookedUpAndAnExitHasItsOwnAnswer() throws Exception {
        SocksRequest resolve =
                new SocksRequest(5, SocksRequest.Command.RESOLVE, "localhost", 0, Optional.empty(), false);

        assertThat(refusal(resolve)).isEmpty();
    }

    @Test
    void onlyAnAddressCanBeLookedUpInReverse() throws Exception {
        SocksRequest reverse =
                new SocksRequest(5, SocksRequest.Command.RESOLVE_PTR, "www.example", 0, Optional.empty(), false);

        assertThat(refusal(reverse)).map(Refused::kind).contains(Refused.Kind.ADDRESS_TYPE);
    }

    @Test
    void anAddressThatIsMappedGivesNoNameAway() throws Exception {
        SocksRules rules = rules("SafeSocks 1\nMapAddress 10.9.8.7 www.example");
        PortLine port = PortLine.parse("9050", PortLine.Kind.CLIENT).orElseThrow();

        assertThat(rules.refusal(request("10.9.8.7", 80), port)).isEmpty();
        assertThat(rules.refusal(request("10.9.8.8", 80), port)).isPresent();
    }

    @Test
    void nobodyGoesToAnAddressThatWasMadeUpAndStandsForNothing() throws Exception {
        assertThat(refusal("", "127.192.0.1", 80, "9050")).isEqualTo("GENERAL");
        assertThat(refusal("", "abc.virtual", 80, "9050")).isEqualTo("GENERAL");
        assertThat(refusal("VirtualAddrNetworkIPv4 10.0.0.0/8", "127.192.0.1", 80, "9050"))
                .isEmpty();
    }

    @Test
    void anAddressToLookUpInReverseIsNotReplaced() throws Exception {
        SocksRules rules = rules("MapAddress 192.0.2.1 192.0.2.2");
        SocksRequest resolve =
                new SocksRequest(5, SocksRequest.Command.RESOLVE, "192.0.2.1", 0, Optional.empty(), true);
        SocksRequest reverse =
                new SocksRequest(5, SocksRequest.Command.RESOLVE_PTR, "192.0.2.1", 0, Optional.empty(), true);

        assertThat(rules.mapped(resolve).host()).isEqualTo("192.0.2.2");
        assertThat(rules.mapped(reverse).host()).isEqualTo("192.0.2.1");
    }

    @Test
    void anOnionServiceHasNoAddressToLookUp() throws Exception {
        String onion = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion";
        SocksRequest resolve = new SocksRequest(5, SocksRequest.Command.RESOLVE, onion, 0, Optional.empty(), false);

        assertThat(refusal(resolve)).map(Refused::kind).contains(Refused.Kind.RESOLVE_FAILED);
    }

    @Test
    void eachWayThatAnOnionServiceMayNotBeReachedHasItsAnswer() {
        assertThat(reply(Refused.Kind.ONION_NOT_FOUND)).isEqualTo(0xf0);
        assertThat(reply(Refused.Kind.ONION_DESCRIPTOR_INVALID)).isEqualTo(0xf1);
        assertThat(reply(Refused.Kind.ONION_INTRODUCTION_FAILED)).isEqualTo(0xf2);
        assertThat(reply(Refused.Kind.ONION_RENDEZVOUS_FAILED)).isEqualTo(0xf3);
        assertThat(reply(Refused.Kind.ONION_AUTHORIZATION_MISSING)).isEqualTo(0xf4);
        assertThat(reply(Refused.Kind.ONION_AUTHORIZATION_WRONG)).isEqualTo(0xf5);
        assertThat(reply(Refused.Kind.ONION_ADDRESS_INVALID)).isEqualTo(0xf6);
        assertThat(reply(Refused.Kind.ONION_INTRODUCTION_TIMED_OUT)).isEqualTo(0xf7);
        assertThat(SocksReply.ONION_NOT_FOUND.plain()).isEqualTo(SocksReply.HOST_UNREACHABLE);
        assertThat(SocksReply.BAD_ONION_ADDRESS.plain()).isEqualTo(SocksReply.GENERAL_FAILURE);
    }

    private static int reply(Refused.Kind kind) {
        return SocksReply.of(new Refused(kind, "no")).code();
    }

    private static Optional<Refused> refusal(SocksRequest request) throws Exception {
        return rules("")
                .refusal(request, PortLine.parse("9050", PortLine.Kind.CLIENT).orElseThrow());
    }

    private static String refusal(String torrc, String host, int port, String line) throws Exception {
        return rules(torrc)
                .refusal(
                        request(host, port),
                        PortLine.parse(line, PortLine.Kind.CLIENT).orElseThrow())
                .map(refused -> refused.kind().name())
                .orElse("");
    }

    /** The rules of these lines, and of nothing that controllers said. */
    static SocksRules rules(String torrc) throws LocalFailure {
        Options options = Options.parse(torrc);
        AddressMap map = new AddressMap(new SeededEntropy(1), (from, to) -> {});
        SocksRules.configure(map, options);
        return SocksRules.of(options, map);
    }

    private static SocksRequest request(String host, int port) {
        return new SocksRequest(
                5, SocksRequest.Command.CONNECT, host, port, Optional.empty(), Endpoint.isAddress(host));
    }
}
