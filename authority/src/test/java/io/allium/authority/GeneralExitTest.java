package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Untrusted;
import io.allium.netdoc.ExitPolicy;
import io.allium.netdoc.ExitPolicyConfiguration;
import java.util.List;
import org.junit.jupiter.api.Test;

class GeneralExitTest {
    private final GeneralExit general = new GeneralExit(false);

    @Test
    void bothWebPortsAreNeeded() throws Untrusted {
        assertThat(general.isAllowedBy(policy("accept *:80,accept *:443,reject *:*")))
                .isTrue();
        assertThat(general.isAllowedBy(policy("accept *:443,reject *:*"))).isFalse();
    }

    @Test
    void oneWholeBlockOfAddressesIsEnough() throws Untrusted {
        assertThat(general.isAllowedBy(policy("accept 8.0.0.0/8:*,reject *:*"))).isTrue();
        assertThat(general.isAllowedBy(policy("accept 8.0.0.0/9:*,reject *:*"))).isFalse();
    }

    @Test
    void privateBlocksCountOnlyInTestingNetworks() throws Untrusted {
        ExitPolicy loopback = policy("accept 127.0.0.0/8:*,reject *:*");
        assertThat(general.isAllowedBy(loopback)).isFalse();
        assertThat(new GeneralExit(true).isAllowedBy(loopback)).isTrue();
    }

    private static ExitPolicy policy(String lines) throws Untrusted {
        return new ExitPolicyConfiguration(
                        List.of(lines), false, false, List.of(), ExitPolicyConfiguration.Ending.DEFAULT)
                .policy();
    }
}
