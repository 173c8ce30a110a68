package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.authority.Sybils.Suspect;
import io.allium.base.Endpoint;
import io.allium.crypto.Fingerprint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SybilsTest {
    @Test
    void theTwoMostUsefulRelaysAtAnAddressAreKept() {
        List<Suspect> there = List.of(
                relay(1, "192.0.2.1", false, true, 10),
                relay(2, "192.0.2.1", true, false, 0),
                relay(3, "192.0.2.1", false, true, 20),
                relay(4, "192.0.2.1", false, false, 99),
                relay(5, "192.0.2.2", false, false, 0));
        assertThat(Sybils.among(there, 2)).containsExactlyInAnyOrder(id(1), id(4));
    }

    @Test
    void withoutALimitNobodyIsASybil() {
        List<Suspect> there = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            there.add(relay(i, "127.0.0.1", false, true, 1));
        }
        assertThat(Sybils.among(there, 0)).isEmpty();
    }

    @Test
    void whoSharesOnlyTheIpv6AddressIsASybilToo() {
        List<Suspect> there = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            there.add(new Suspect(
                    id(i),
                    Endpoint.parseAddress("192.0.2." + i),
                    Optional.of(Endpoint.parseAddress("2001:db8::1")),
                    false,
                    true,
                    10 - i));
        }
        assertThat(Sybils.among(there, 2)).containsExactly(id(3));
    }

    private static Suspect relay(int number, String address, boolean authority, boolean running, long bandwidth) {
        return new Suspect(id(number), Endpoint.parseAddress(address), Optional.empty(), authority, running, bandwidth);
    }

    private static Fingerprint id(int number) {
        byte[] bytes = new byte[Fingerprint.LENGTH];
        bytes[0] = (byte) number;
        return Fingerprint.of(bytes);
    }
}
