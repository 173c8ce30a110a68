package io.allium.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.ProtocolViolation;
import io.allium.cell.LinkSpecifier;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HopTargetTest {
    private static final Fingerprint FINGERPRINT = Fingerprint.of(new byte[20]);
    private static final Curve25519Key ONION_KEY = Curve25519Key.of(new byte[32]);

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

    @Test
    void aRelayThatAnotherDescribesIsAskedForInHisWords() throws Exception {
        List<LinkSpecifier> words = List.of(
                new LinkSpecifier.Unknown(77, new byte[] {1, 2, 3}),
                new LinkSpecifier.LegacyIdentity(FINGERPRINT),
                new LinkSpecifier.Ed25519(Ed25519Identity.of(new byte[32])),
                new LinkSpecifier.Ipv4(Endpoint.parse("192.0.2.1:9001")));
        HopTarget target = HopTarget.described(words, ONION_KEY);
        assertThat(target.specifiers()).isEqualTo(words);
        assertThat(target.fingerprint()).isEqualTo(FINGERPRINT);
        assertThat(target.identity()).contains(Ed25519Identity.of(new byte[32]));
        assertThat(target.addresses()).containsExactly(Endpoint.parse("192.0.2.1:9001"));
        assertThat(target.ntorV3()).isFalse();
    }

    @Test
    void aDescriptionThatNobodyCouldUseIsRefused() {
        LinkSpecifier address = new LinkSpecifier.Ipv4(Endpoint.parse("192.0.2.1:9001"));
        LinkSpecifier identity = new LinkSpecifier.LegacyIdentity(FINGERPRINT);
        assertThatThrownBy(() -> HopTarget.described(List.of(address), ONION_KEY))
                .isInstanceOf(ProtocolViolation.class);
        assertThatThrownBy(() -> HopTarget.described(List.of(identity), ONION_KEY))
                .isInstanceOf(ProtocolViolation.class);
        LinkSpecifier filler = new LinkSpecifier.Unknown(77, new byte[255]);
        assertThatThrownBy(() -> HopTarget.described(List.of(address, identity, filler, filler), ONION_KEY))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("link specifiers: too long for EXTEND2");
    }
}
