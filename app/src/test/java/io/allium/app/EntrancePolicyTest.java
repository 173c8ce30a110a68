package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may use our ports. */
class EntrancePolicyTest {
    @Test
    void theFirstRuleThatMatchesDecides() throws Exception {
        EntrancePolicy policy =
                policy("accept 192.168.0.0/16\nSocksPolicy reject 10.0.0.1, accept6 [fd00::]/8,reject *");

        assertThat(allows(policy, "192.168.9.9")).isTrue();
        assertThat(allows(policy, "10.0.0.1")).isFalse();
        assertThat(allows(policy, "fd01::1")).isTrue();
        assertThat(allows(policy, "8.8.8.8")).isFalse();
    }

    @Test
    void whereNoRuleSaysAnythingTheOptionDoes() throws Exception {
        EntrancePolicy policy = EntrancePolicy.parse(Options.DEFAULTS, "SocksPolicy");

        assertThat(policy.allows(Endpoint.parseAddress("8.8.8.8"), true)).isTrue();
        assertThat(policy.allows(Endpoint.parseAddress("8.8.8.8"), false)).isFalse();
    }

    @Test
    void privateIsWhatNobodyReachesFromOutside() throws Exception {
        EntrancePolicy policy = policy("accept private:80,reject *:*");

        for (String inside : new String[] {"127.0.0.1", "10.1.2.3", "192.168.0.1", "172.31.0.1", "::1", "fe80::1"}) {
            assertThat(allows(policy, inside)).as(inside).isTrue();
        }
        assertThat(allows(policy, "172.32.0.1")).isFalse();
        assertThat(allows(policy, "2001:db8::1")).isFalse();
    }

    @Test
    void aPortIsPassedOver() throws Exception {
        EntrancePolicy policy = policy("accept 1.2.3.4:80-90,accept [2001:db8::]/32:*,reject *:80");

        assertThat(allows(policy, "1.2.3.4")).isTrue();
        assertThat(allows(policy, "2001:db8::5")).isTrue();
        assertThat(allows(policy, "1.2.3.5")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "allow 1.2.3.4",
                "accept",
                "accept 1.2.3.4/33",
                "accept 1.2.3.4/-1",
                "accept nowhere",
                "accept 1 2"
            })
    void whatMakesNoSenseIsNamed(String line) {
        assertThatThrownBy(() -> policy(line)).isInstanceOf(LocalFailure.class).hasMessageStartingWith("SocksPolicy: ");
    }

    private static EntrancePolicy policy(String lines) throws LocalFailure {
        return EntrancePolicy.parse(Options.parse("SocksPolicy " + lines), "SocksPolicy");
    }

    private static boolean allows(EntrancePolicy policy, String address) {
        return policy.allows(Endpoint.parseAddress(address), true);
    }
}
