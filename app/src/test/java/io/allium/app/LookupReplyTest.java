package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Endpoint;
import io.allium.cell.RelayMessage.Resolved;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LookupReplyTest {
    private static final Resolved BOTH = new Resolved(List.of(
            address("192.0.2.1"),
            address("2001:db8::1"),
            address("192.0.2.2"),
            new Resolved.HostName("a.example", 60)));

    @ParameterizedTest
    @CsvSource({
        "9050 PreferIPv6, 5, 2001:db8::1",
        "9050, 5, 192.0.2.1",
        "9050 NoIPv6Traffic, 5, 192.0.2.1",
        "9050 NoIPv4Traffic, 5, 2001:db8::1",
        "9050 PreferIPv6, 4, 192.0.2.1",
    })
    void thePortsFlagsChooseTheAddress(String line, int version, String told) throws Exception {
        assertThat(reply(line, version, BOTH).address()).contains(Endpoint.parseAddress(told));
    }

    @Test
    void whatThePortDoesNotAllowIsNotTold() throws Exception {
        Resolved six = new Resolved(List.of(address("2001:db8::1")));

        assertThat(reply("9050 NoIPv6Traffic", 5, six).address()).isEmpty();
        assertThat(reply("9050", 4, six).address()).isEmpty();
    }

    @Test
    void aNameIsToldWhereverItStands() throws Exception {
        assertThat(reply("9050", 5, BOTH).name()).contains("a.example");
        assertThat(reply("9050", 5, new Resolved(List.of())).name()).isEmpty();
    }

    private static LookupReply reply(String line, int version, Resolved resolved) throws Exception {
        return new LookupReply(PortLine.parse(line, PortLine.Kind.CLIENT).orElseThrow(), version, resolved);
    }

    private static Resolved.Answer address(String text) {
        return new Resolved.Address(Endpoint.parseAddress(text), 60);
    }
}
