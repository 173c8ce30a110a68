package io.allium.crypto;

import static io.allium.crypto.Vectors.counting;
import static io.allium.crypto.Vectors.hex;
import static io.allium.crypto.Vectors.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ProtocolViolation;
import io.allium.testing.SeededEntropy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OnionDescriptorCipherTest {
    private static final Ed25519Identity BLINDED = Ed25519Identity.of(counting(1, 32));
    private static final Subcredential SUBCREDENTIAL = Subcredential.of(counting(40, 32));
    private static final long REVISION = 0xfedc_ba98_7654_3210L;

    /** By a Python program with hashlib and an AES of its own, straight from rend-spec-v3 2.5.3. */
    @Test
    void sealsAsAnIndependentProgramDoes() {
        byte[] plaintext = counting(7, 100);
        byte[] salt = counting(200, 16);
        DescriptorCookie cookie = DescriptorCookie.of(counting(90, DescriptorCookie.LENGTH));
        byte[] outer =
                OnionDescriptorCipher.outer(BLINDED, SUBCREDENTIAL, REVISION).seal(plaintext, salt);
        byte[] inner = OnionDescriptorCipher.inner(BLINDED, Optional.of(cookie), SUBCREDENTIAL, REVISION)
                .seal(plaintext, salt);
        assertThat(hex(Digests.sha256(outer)))
                .isEqualTo("25c27a2c456c8762ee4cbee46242a6cc62977165274748066fbb3344e717cb7a");
        assertThat(hex(Digests.sha256(inner)))
                .isEqualTo("f9e5074b3ddc0e481610cac5ebb7f4e37b6311a95b9622de653f00e0b398811c");
    }

    @Test
    void whatIsSealedOpensAgainAndOnlyWithTheSameSecrets() {
        byte[] plaintext = random(new Random(1), 10_000);
        OnionDescriptorCipher outer = OnionDescriptorCipher.outer(BLINDED, SUBCREDENTIAL, 7);
        byte[] sealed = outer.seal(plaintext, new SeededEntropy(1));

        assertThat(sealed).hasSize(plaintext.length + OnionDescriptorCipher.OVERHEAD);
        assertThat(outer.open(sealed)).hasValue(plaintext);
        assertThat(outer.seal(plaintext, new SeededEntropy(2))).isNotEqualTo(sealed);
        assertThat(OnionDescriptorCipher.outer(BLINDED, SUBCREDENTIAL, 8).open(sealed))
                .isEmpty();
        assertThat(OnionDescriptorCipher.outer(BLINDED, Subcredential.of(new byte[32]), 7)
                        .open(sealed))
                .isEmpty();
        assertThat(OnionDescriptorCipher.inner(BLINDED, Optional.empty(), SUBCREDENTIAL, 7)
                        .open(sealed))
                .isEmpty();
    }

    @Test
    void whatWasChangedOrCutDoesNotOpen() {
        OnionDescriptorCipher outer = OnionDescriptorCipher.outer(BLINDED, SUBCREDENTIAL, 7);
        byte[] sealed = outer.seal(counting(0, 30), new SeededEntropy(1));
        for (int i = 0; i < sealed.length; i++) {
            byte[] changed = sealed.clone();
            changed[i] ^= 1;
            assertThat(outer.open(changed)).as("byte %d", i).isEmpty();
            assertThat(outer.open(Arrays.copyOf(sealed, i))).as("%d bytes", i).isEmpty();
        }
    }

    @Test
    void eachAuthorizedClientFindsTheCookieAndNobodyElse() throws ProtocolViolation {
        SeededEntropy entropy = new SeededEntropy(5);
        Curve25519KeyPair ephemeral = Curve25519KeyPair.generate(entropy);
        DescriptorCookie cookie = DescriptorCookie.generate(entropy);
        List<Curve25519KeyPair> clients = new ArrayList<>();
        List<DescriptorCookie.Sealed> entries = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Curve25519KeyPair client = Curve25519KeyPair.generate(entropy);
            clients.add(client);
            entries.add(DescriptorCookie.Sealed.fake(entropy));
            entries.add(cookie.seal(ephemeral, client.publicKey(), SUBCREDENTIAL, entropy));
        }
        for (Curve25519KeyPair client : clients) {
            DescriptorCookie found = DescriptorCookie.find(entries, client, ephemeral.publicKey(), SUBCREDENTIAL)
                    .orElseThrow();
            assertThat(found.raw()).isEqualTo(cookie.raw());
            assertThat(DescriptorCookie.find(entries, client, ephemeral.publicKey(), Subcredential.of(new byte[32])))
                    .isEmpty();
        }
        Curve25519KeyPair stranger = Curve25519KeyPair.generate(entropy);
        assertThat(DescriptorCookie.find(entries, stranger, ephemeral.publicKey(), SUBCREDENTIAL))
                .isEmpty();
    }

    @Test
    void keysOfSmallOrderAreRefused() {
        SeededEntropy entropy = new SeededEntropy(5);
        Curve25519KeyPair key = Curve25519KeyPair.generate(entropy);
        DescriptorCookie cookie = DescriptorCookie.generate(entropy);
        for (Curve25519Key small : Vectors.SMALL_ORDER_KEYS) {
            assertThatThrownBy(() -> cookie.seal(key, small, SUBCREDENTIAL, entropy))
                    .isInstanceOf(ProtocolViolation.class);
            assertThatThrownBy(() -> DescriptorCookie.find(List.of(), key, small, SUBCREDENTIAL))
                    .isInstanceOf(ProtocolViolation.class);
        }
    }

    @Test
    void secretsAreNotShown() {
        assertThat(DescriptorCookie.generate(new SeededEntropy(1))).hasToString("DescriptorCookie");
        assertThat(SUBCREDENTIAL).hasToString("Subcredential");
    }
}
