package io.allium.crypto;

import static io.allium.crypto.Vectors.hex;
import static io.allium.crypto.Vectors.random;
import static org.assertj.core.api.Assertions.assertThat;

import io.allium.testing.SeededEntropy;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Ed25519Test {
    /** RFC 8032 7.1, tests 1 to 3. */
    @ParameterizedTest
    @CsvSource({
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60,"
                + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a,'',"
                + "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb,"
                + "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c,72,"
                + "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7,"
                + "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025,af82,"
                + "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    })
    void signsAsTheRfcDoes(String seed, String publicKey, String message, String signature) {
        Ed25519KeyPair key = Ed25519KeyPair.ofSeed(hex(seed));
        assertThat(key.publicKey().bytes()).isEqualTo(hex(publicKey));
        assertThat(key.sign(hex(message))).isEqualTo(hex(signature));
        assertThat(Ed25519.verify(key.publicKey(), hex(message), hex(signature)))
                .isTrue();
    }

    @Test
    void theExpandedFormSignsAsTheSeedDoes() {
        Random random = new Random(1);
        for (int i = 0; i < 20; i++) {
            Ed25519KeyPair bySeed = Ed25519KeyPair.ofSeed(random(random, 32));
            Ed25519KeyPair byExpanded = Ed25519KeyPair.ofExpanded(bySeed.expanded());
            byte[] message = random(random, random.nextInt(300));
            assertThat(byExpanded.publicKey()).as("seed 1, turn %d", i).isEqualTo(bySeed.publicKey());
            assertThat(byExpanded.sign(message)).as("seed 1, turn %d", i).isEqualTo(bySeed.sign(message));
        }
    }

    @Test
    void noBitOfASignatureMayChange() {
        Ed25519KeyPair key = Ed25519KeyPair.generate(new SeededEntropy(2));
        byte[] message = {1, 2, 3};
        byte[] signature = key.sign(message);
        for (int bit = 0; bit < 8 * signature.length; bit++) {
            byte[] changed = signature.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(Ed25519.verify(key.publicKey(), message, changed))
                    .as("bit %d", bit)
                    .isFalse();
        }
    }

    @Test
    void aMalformedKeyOrSignatureIsMerelyWrong() {
        Ed25519KeyPair key = Ed25519KeyPair.generate(new SeededEntropy(3));
        byte[] message = {1};
        assertThat(Ed25519.verify(key.publicKey(), message, new byte[63])).isFalse();
        Random random = new Random(4);
        for (int i = 0; i < 200; i++) {
            Ed25519Identity any = Ed25519Identity.of(random(random, 32));
            assertThat(Ed25519.verify(any, message, random(random, 64))).isFalse();
        }
        assertThat(Ed25519.verify(Ed25519Identity.of(new byte[32]), message, new byte[64]))
                .isFalse();
    }

    @Test
    void aKeyNeverPrintsItsSecret() {
        Ed25519KeyPair key = Ed25519KeyPair.ofSeed(new byte[32]);
        assertThat(key.toString()).isEqualTo("Ed25519KeyPair[" + key.publicKey().base64() + "]");
    }
}
