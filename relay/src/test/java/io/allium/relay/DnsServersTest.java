package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.Refused;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemTime;
import io.allium.base.Unreachable;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The exit's resolver against a name server over UDP, and which servers a resolv.conf names. */
class DnsServersTest {
    private TinyDnsServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TinyDnsServer(
                "both.example. 3600 IN A 192.0.2.1",
                "both.example. 3600 IN AAAA 2001:db8::1",
                "four.example. 1 IN A 192.0.2.4",
                "six.example. 1 IN AAAA 2001:db8::6",
                "1.2.0.192.in-addr.arpa. 60 IN PTR both.example.",
                "only-text.example. 60 IN TXT hello");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void addressesOfBothFamiliesComeWithTheTtlThatAllAnswersHave() throws Exception {
        assertThat(names().addresses("both.example").values())
                .containsExactlyInAnyOrder(Endpoint.parseAddress("192.0.2.1"), Endpoint.parseAddress("2001:db8::1"));
        assertThat(names().addresses("both.example").ttl()).hasSeconds(60);
        assertThat(names().addresses("four.example").values()).containsExactly(Endpoint.parseAddress("192.0.2.4"));
        assertThat(names().addresses("six.example").values()).containsExactly(Endpoint.parseAddress("2001:db8::6"));
    }

    @Test
    void anAddressHasItsName() throws Exception {
        assertThat(names().names(Endpoint.parseAddress("192.0.2.1")).values()).containsExactly("both.example");
        assertThatThrownBy(() -> names().names(Endpoint.parseAddress("192.0.2.9")))
                .isInstanceOf(Refused.class);
    }

    @Test
    void whatDoesNotExistOrHasNoAddressIsRefused() {
        assertThatThrownBy(() -> names().addresses("nobody.example")).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> names().addresses("only-text.example")).isInstanceOf(Refused.class);
    }

    @Test
    void aServerThatFailsIsAskedAgainAndThenNobodyKnows() {
        assertThatThrownBy(() -> names().addresses("broken.example")).isInstanceOf(Unreachable.class);
        assertThat(server.asked.stream().filter(question -> question.endsWith(" A")))
                .hasSize(DnsNames.ATTEMPTS);
    }

    @Test
    void silenceIsNoAnswer() {
        DnsNames hasty = names(Duration.ofMillis(10));
        assertThatThrownBy(() -> hasty.addresses("silent.example")).isInstanceOf(Unreachable.class);
    }

    @Test
    void questionsMixTheirLetters() throws Exception {
        String name = "a-long-name-whose-letters-nobody-guesses.example";
        assertThatThrownBy(() -> names().addresses(name)).isInstanceOf(Refused.class);
        assertThat(server.asked)
                .allSatisfy(question ->
                        assertThat(question.toLowerCase(Locale.ROOT)).startsWith(name))
                .allSatisfy(question -> assertThat(question).doesNotStartWith(name));
    }

    @ParameterizedTest
    @CsvSource({
        "nameserver 192.0.2.53, 192.0.2.53:53",
        "' nameserver\t192.0.2.53 # ours', 192.0.2.53:53",
        "nameserver 127.0.0.1:5353, 127.0.0.1:5353",
        "nameserver 2001:db8::53, [2001:db8::53]:53",
        "nameserver [2001:db8::53], [2001:db8::53]:53",
        "nameserver [::1]:5353, [::1]:5353",
        "nameserver ns.example, 127.0.0.1:53",
        "nameserver 127.0.0.1:0, 127.0.0.1:53",
        "nameserver 127.0.0.1:99999, 127.0.0.1:53",
        "nameserver 2001:db8:1:2:3:4:5:6:53, 127.0.0.1:53",
        "nameserver, 127.0.0.1:53",
        "# nameserver 192.0.2.53, 127.0.0.1:53",
        "'', 127.0.0.1:53",
    })
    void serversAreNamedWithOrWithoutAPort(String line, String server) {
        Endpoint expected = Endpoint.parse(server);

        assertThat(ResolvConf.parse("search example\n" + line + "\n").servers())
                .containsExactly(new InetSocketAddress(expected.address(), expected.port()));
    }

    @Test
    void atMostEightServersAreAsked() {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i <= 9; i++) {
            text.append("nameserver 192.0.2.").append(i).append('\n');
        }
        assertThat(ResolvConf.parse(text.toString()).servers()).hasSize(8);
    }

    /** A new one has an empty cache. */
    private DnsNames names() {
        return names(Duration.ofMinutes(1));
    }

    private DnsNames names(Duration patience) {
        return new DnsNames(
                new SystemTime(),
                new SystemEntropy(),
                ResolvConf.parse("nameserver " + server.nameserver()),
                HostsFile.parse(""),
                (at, question) -> DnsNames.overUdp(at, question, patience));
    }
}
