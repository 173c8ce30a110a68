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

    @Test
    void namesAreNeverLookedUp() {
        assertThat(Endpoint.isAddress("example.com")).isFalse();
        assertThat(Endpoint.isAddress("::1")).isTrue();
    }
}
