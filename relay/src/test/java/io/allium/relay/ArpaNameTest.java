package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Endpoint;
import org.junit.jupiter.api.Test;

class ArpaNameTest {
    @Test
    void anArpaNameStandsForItsAddress() {
        assertThat(ArpaName.address("1.2.0.192.in-addr.arpa")).contains(Endpoint.parseAddress("192.0.2.1"));
        String nibbles = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.IP6.ARPA";
        assertThat(ArpaName.address(nibbles)).contains(Endpoint.parseAddress("2001:db8::1"));
    }

    @Test
    void othersStandForNone() {
        assertThat(ArpaName.address("example.com")).isEmpty();
        assertThat(ArpaName.address("256.2.0.192.in-addr.arpa")).isEmpty();
        assertThat(ArpaName.address("2.0.192.in-addr.arpa")).isEmpty();
        assertThat(ArpaName.address("-1.2.0.192.in-addr.arpa")).isEmpty();
        assertThat(ArpaName.address("in-addr.arpa")).isEmpty();
        assertThat(ArpaName.isArpa("256.2.0.192.in-addr.arpa")).isTrue();
    }
}
