package io.allium.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.testing.SeededEntropy;
import java.net.InetAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VirtualNetworkTest {
    @Test
    void whatIsDrawnLiesWithin() throws Exception {
        SeededEntropy entropy = new SeededEntropy(3);
        VirtualNetwork ipv4 = VirtualNetwork.parseIpv4("10.64.0.0/11");
        VirtualNetwork ipv6 = VirtualNetwork.parseIpv6("[FC00::]/7");
        for (int i = 0; i < 1000; i++) {
            ipv4.draw(entropy)
                    .ifPresent(
                            address -> assertThat(Endpoint.text(address)).matches("10\\.(6[4-9]|[78].|9[0-5])\\..*"));
            Optional<InetAddress> drawn = ipv6.draw(entropy);
            assertThat(drawn).isPresent();
            assertThat(ipv6.contains(drawn.get())).isTrue();
            assertThat(Endpoint.text(drawn.get())).matches("f[cd].*");
        }
    }

    @Test
    void itHoldsItsOwnAddressesAndNoOthers() throws Exception {
        VirtualNetwork network = VirtualNetwork.parseIpv4("127.192.0.0/10");

        assertThat(network.contains(Endpoint.parseAddress("127.192.0.1"))).isTrue();
        assertThat(network.contains(Endpoint.parseAddress("127.255.255.255"))).isTrue();
        assertThat(network.contains(Endpoint.parseAddress("127.191.255.255"))).isFalse();
        assertThat(network.contains(Endpoint.parseAddress("::1"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/30, VirtualAddressNetwork expects a /16 network or larger",
        "10.0.0.0, VirtualAddressNetwork expects a /16 network or larger",
        "foo, Error parsing VirtualAddressNetwork foo",
        "10.0.0.0/40, Error parsing VirtualAddressNetwork 10.0.0.0/40",
        "[::]/8, Incorrect address type for VirtualAddressNetwork",
    })
    void whatIsNoSuchNetworkIsRefused(String text, String why) {
        assertThatThrownBy(() -> VirtualNetwork.parseIpv4(text))
                .isInstanceOf(LocalFailure.class)
                .hasMessage(why);
    }
}
