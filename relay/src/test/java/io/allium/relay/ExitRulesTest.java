package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.netdoc.ExitPolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExitRulesTest {
    private static final Endpoint WEB = Endpoint.parse("198.51.100.1:443");
    private static final Endpoint MAIL = Endpoint.parse("198.51.100.1:25");
    private static final Endpoint OURSELVES = Endpoint.parse("203.0.113.5:443");
    private static final Endpoint WEB6 = Endpoint.parse("[2600::1]:443");

    @Test
    void nobodyIsAnExitByAccident() throws Exception {
        assertThat(policy(Optional.empty(), false, false).rejectsAll()).isTrue();
        assertThat(policy(Optional.of(false), true, true, "accept *:*").rejectsAll())
                .isTrue();
    }

    @Test
    void whoeverSaysAnythingAboutExitsIsOne() throws Exception {
        assertThat(policy(Optional.empty(), false, false, "accept *:443", "reject *:*")
                        .allows(WEB))
                .isTrue();
        assertThat(policy(Optional.empty(), true, false).allows(WEB)).isTrue();
        assertThat(policy(Optional.empty(), false, true).allows(WEB6)).isTrue();
    }

    @Test
    void anExitOfTheDefaultKindSendsNoMailAndKeepsOutOfItsOwnNetwork() throws Exception {
        ExitPolicy policy = policy(Optional.of(true), false, false);
        assertThat(policy.allows(WEB)).isTrue();
        assertThat(policy.allows(MAIL)).isFalse();
        assertThat(policy.allows(Endpoint.parse("192.168.0.1:80"))).isFalse();
        assertThat(policy.allows(OURSELVES)).isFalse();
        assertThat(policy.allows(WEB6)).isFalse();
    }

    @Test
    void aRuleThatIsNoneIsNamed() {
        assertThatThrownBy(() -> policy(Optional.of(true), false, false, "accept everything"))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("ExitPolicy")
                .hasMessageContaining("everything");
    }

    private static ExitPolicy policy(Optional<Boolean> exitRelay, boolean reduced, boolean ipv6, String... lines)
            throws LocalFailure {
        RelayOptions base = RelayOptionsFixture.options(Path.of("unused"));
        return ExitRules.policy(new RelayOptions(
                base.nickname(),
                base.contact(),
                base.dataDirectory(),
                base.keyDirectory(),
                List.of(new Endpoint(OURSELVES.address(), 9001)),
                base.dirPort(),
                exitRelay,
                List.of(lines),
                true,
                reduced,
                ipv6,
                base.myFamily(),
                base.bandwidthRate(),
                base.bandwidthBurst(),
                base.maxAdvertisedBandwidth(),
                base.publish(),
                base.assumeReachable(),
                base.extendAllowPrivateAddresses(),
                base.refuseUnknownExits(),
                base.confluxEnabled(),
                base.dirCache(),
                base.resolvConf(),
                base.ed25519Keys(),
                base.familyKeys(),
                base.maxOnionQueueDelay(),
                base.refuseSingleHopRendezvous(),
                base.bridge(),
                base.countClients()));
    }
}
