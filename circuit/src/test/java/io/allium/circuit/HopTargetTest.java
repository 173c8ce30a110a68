package io.allium.circuit;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Endpoint;
import io.allium.cell.LinkSpecifier;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HopTargetTest {
    private static final Fingerprint FINGERPRINT = Fingerprint.of(new byte[20]);

    @Test
    void specifiersStandInTheOrderInWhichEverybodySendsThem() {
        HopTarget target = new HopTarget(
                FINGERPRINT,
                Optional.of(Ed25519Identity.of(new byte[32])),
                null,
                List.of(
                        Endpoint.parse("[2001:db8::1]:9001"),
                        Endpoint.parse("192.0.2.1:9001"),
                        Endpoint.parse("192.0.2.2:9001")),
                true,
                false);
        assertThat(target.specifiers().stream().map(LinkSpecifier::type))
                .containsExactly(
                        LinkSpecifier.IPV4,
                        LinkSpecifier.LEGACY_IDENTITY,
                        LinkSpecifier.ED25519_IDENTITY,
                        LinkSpecifier.IPV6);
    }

    @Test
    void aRelayWithoutAnEd25519IdentityIsNamedByItsFingerprintAlone() {
        HopTarget target = new HopTarget(
                FINGERPRINT, Optional.empty(), null, List.of(Endpoint.parse("192.0.2.1:9001")), false, false);
        assertThat(target.specifiers())
                .containsExactly(
                        new LinkSpecifier.Ipv4(Endpoint.parse("192.0.2.1:9001")),
                        new LinkSpecifier.LegacyIdentity(FINGERPRINT));
    }
}
