package io.allium.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1:80",
                "[::1]:443",
                "[2001:db8::1:0:0:1]:9001",
                "[::]:1",
                "[1:0:0:2:3:4:5:6]:0",
                "[fe80::]:7"
            })
    void whatWasReadIsWrittenTheSame(String text) {
        assertThat(Endpoint.parse(text.replace("1:0:0:2:3:4:5:6", "1::2:3:4:5:6"))
                        .toString())
                .isEqualTo(text.replace("1:0:0:2:3:4:5:6", "1::2:3:4:5:6"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:80",
                "127.0.0.1",
                "1.2.3:4",
                "1.2.3.256:4",
                "[::1]:65536",
                "[::1]:",
                "1.2.3.4:-1",
                "[fe80::1%eth0]:1"
            })
    void whatIsNoAddressAndPortIsRefused(String text) {
        assertThatThrownBy(() -> Endpoint.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.1.2.3",
                "100.64.0.1",
                "100.127.255.255",
                "127.0.0.1",
                "169.254.1.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "::",
                "::1",
                "::ffff:10.1.2.3",
                "fc00::1",
                "fd12::1",
                "fe80::1",
                "fec0::1"
            })
    void addressesThatNobodyElseCanReachAreInternal(String address) {
        assertThat(Endpoint.isInternal(Endpoint.parseAddress(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "11.0.0.1",
                "100.63.255.255",
                "100.128.0.1",
                "172.32.0.1",
                "192.169.0.1",
                "224.0.0.1",
                "2001:db8::1",
                "::2",
                "ff02::1"
            })
    void othersAreNot(String address) {
        assertThat(Endpoint.isInternal(Endpoint.parseAddress(address))).isFalse();
    }

    @Test
    void namesAreNeverLookedUp() {
        assertThat(Endpoint.isAddress("example.com")).isFalse();
        assertThat(Endpoint.isAddress("::1")).isTrue();
    }
}
