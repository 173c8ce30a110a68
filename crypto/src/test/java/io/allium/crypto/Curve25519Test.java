package io.allium.crypto;

import static io.allium.crypto.Vectors.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ProtocolViolation;
import io.allium.base.TorException;
import io.allium.base.Untrusted;
import io.allium.testing.SeededEntropy;
import org.junit.jupiter.api.Test;

class Curve25519Test {
    /** RFC 7748 5.2, the first vector, and 6.1 from Bob's side. */
    @Test
    void agreesAsTheRfcDoes() throws TorException {
        Curve25519KeyPair key =
                Curve25519KeyPair.ofSecret(hex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"));
        Curve25519Key other = Curve25519Key.of(hex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"));
        assertThat(hex(key.agree(other))).isEqualTo("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
        Curve25519KeyPair bob =
                Curve25519KeyPair.ofSecret(hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"));
        Curve25519Key alice = Curve25519Key.of(hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"));
        assertThat(hex(bob.publicKey().bytes()))
                .isEqualTo("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
        assertThat(hex(bob.agree(alice))).isEqualTo("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    }

    @Test
    void refusesAKeyThatMakesTheSecretZero() {
        Curve25519KeyPair key = Curve25519KeyPair.generate(new SeededEntropy(1));
        byte[] one = new byte[32];
        one[0] = 1;
        assertThatThrownBy(() -> key.agree(Curve25519Key.of(new byte[32]))).isInstanceOf(ProtocolViolation.class);
        assertThatThrownBy(() -> key.agree(Curve25519Key.of(one))).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void convertsToTheEd25519KeyOfTheSameSecret() throws Untrusted {
        boolean[] signs = new boolean[2];
        for (int i = 0; i < 20; i++) {
            Curve25519KeyPair key = Curve25519KeyPair.generate(new SeededEntropy(i));
            Ed25519KeyPair converted = key.toEd25519();
            int sign = key.ed25519Sign();
            signs[sign] = true;
            assertThat(key.publicKey().toEd25519(sign)).isEqualTo(converted.publicKey());
            assertThat(key.publicKey().toEd25519(1 - sign)).isNotEqualTo(converted.publicKey());
            byte[] message = {(byte) i};
            assertThat(Ed25519.verify(converted.publicKey(), message, converted.sign(message)))
                    .isTrue();
        }
        assertThat(signs).containsExactly(true, true);
    }

    @Test
    void aKeyWithoutAnEd25519KeyIsUntrusted() {
        byte[] minusOne = hex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
        assertThatThrownBy(() -> Curve25519Key.of(minusOne).toEd25519(0)).isInstanceOf(Untrusted.class);
    }
}
