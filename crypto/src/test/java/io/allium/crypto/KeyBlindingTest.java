package io.allium.crypto;

import static io.allium.crypto.Vectors.hex;
import static io.allium.crypto.Vectors.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Untrusted;
import io.allium.testing.SeededEntropy;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KeyBlindingTest {
    /** Made by the reference program that belongs to C tor, from factors by chance and two that are special. */
    private record Vector(String seed, String factor, String secret, String publicKey) {}

    static List<Vector> vectors() {
        String last = "c6bbcce615839756aed2cc78b1de13884dd3618f48367a17597a16c1cd7a290b";
        String lastPrefix = "053d9c00c81e1331c06ab50087be8cfc7dc11691b132614474f1aa9c2503cccd";
        return List.of(
                new Vector(
                        "26c76712d89d906e6672dafa614c42e5cb1caac8c6568e4d2493087db51f0d36",
                        "54a513898b471d1d448a2f3c55c1de2c0ef718c447b04497eeb999ed32027823",
                        "293c3acff4e902f6f63ddc5d5caa2a57e771db4f24de65d4c28df3232f47fa01"
                                + "171d43f24e3f53e70ec7ac280044ac77d4942dee5d6807118a59bdf3ee647e89",
                        "1fc1fa4465bd9d4956fdbdc9d3acb3c7019bb8d5606b951c2e1dfe0b42eaeb41"),
                new Vector(
                        "fba7a5366b5cb98c2667a18783f5cf8f4f8d1a2ce939ad22a6e685edde85128d",
                        "831e9b5325b5d31b7ae6197e9c7a7baf2ec361e08248bce055908971047a2347",
                        "38b88f9f9440358da544504ee152fb475528f7c51c285bd1c68b14ade8e29a07"
                                + "b8ceff20dfcf53eb52b891fc078c934efbf0353af7242e7dc51bb32a093afa29",
                        "1cbbd4a88ce8f165447f159d9f628ada18674158c4f7c5ead44ce8eb0fa6eb7e"),
                new Vector(
                        "67e3aa7a14fac8445d15e45e38a523481a69ae35513c9e4143eb1c2196729a0e",
                        "ac78a1d46faf3bfbbdc5af5f053dc6dc9023ed78236bec1760dadfd0b2603760",
                        "4d03ce16a3f3249846aac9de0a0075061495c3b027248eeee47da4ddbaf9e004"
                                + "9217f52e92797462bd890fc274672e05c98f2c82970d640084781334aae0f940",
                        "c5419ad133ffde7e0ac882055d942f582054132b092de377d587435722deb028"),
                new Vector(
                        "d51385942033a76dc17f089a59e6a5a7fe80d9c526ae8ddd8c3a506b99d3d0a6",
                        "f9c84dc0ac31571507993df94da1b3d28684a12ad14e67d0a068aba5c53019fc",
                        "51d7db01aaa0d937a9fd7c8c7381445a14d8fa61f43347af5460d7cd8fda9904"
                                + "509ecee77082ce088f7c19d5a00e955eeef8df6fa41686abc1030c2d76807733",
                        "3e08d0dc291066272e313014bfac4d39ad84aa93c038478a58011f431648105f"),
                new Vector(
                        "5c8eac469bb3f1b85bc7cd893f52dc42a9ab66f1b02b5ce6a68e9b175d3bb433",
                        "b1fe79d1dec9bc108df69f6612c72812755751f21ecc5af99663b30be8b9081f",
                        "1f76cab834e222bd2546efa7e073425680ab88df186ff41327d3e40770129b00"
                                + "b57b95a440570659a440a3e4771465022a8e67af86bdf2d0990c54e7bb87ff9a",
                        "59381f06acb6bf1389ba305f70874eed3e0f2ab57cdb7bc69ed59a9b8899ff4d"),
                new Vector(
                        "eda433d483059b6d1ff8b7cfbd0fe406bfb23722c8f3c8252629284573b61b86",
                        "81f1512b63ab5fb5c1711a4ec83d379c420574aedffa8c3368e1c3989a3a0084",
                        "c23588c23ee76093419d07b27c6df5922a03ac58f96c53671456a7d1bdbf560e"
                                + "c492fc87d5ec2a1b185ca5a40541fdef0b1e128fd5c2380c888bfa924711bcab",
                        "2b946a484344eb1c17c89dd8b04196a84f3b7222c876a07a4cece85f676f87d9"),
                new Vector(
                        "4377c40431c30883c5fbd9bc92ae48d1ed8a47b81d13806beac5351739b5533d",
                        "97f45142597c473a4b0e9a12d64561133ad9e1155fe5a9807fe6af8a93557818",
                        "3ed249c6932d076e1a2f6916975914b14e8c739da00992358b8f37d3e7906506"
                                + "91b4768f8e556d78f4bdcb9a13b6f6066fe81d3134ae965dc48cd0785b3af2b8",
                        "c6b585129b135f8769df2eba987e76e089e80ba3a2a6729134d3b28008ac098e"),
                new Vector(
                        last,
                        "3f44f6a5a92cde816635dfc12ade70539871078d2ff097278be2a555c9859cd0",
                        "288cbfd923cb286d48c084555b5bdd06c05e92fb81acdb45271367f57515380e" + lastPrefix,
                        "0eefdc795b59cabbc194c6174e34ba9451e8355108520554ec285acabebb34ac"),
                new Vector(
                        last,
                        "00".repeat(32),
                        "e5cd03eb4cc456e11bc36724b558873df0045729b22d8b748360067a7770ac02" + lastPrefix,
                        "312404d06a0a9de489904b18d5233e83a50b225977fa8734f2c897a73c067952"),
                new Vector(
                        last,
                        "11".repeat(32),
                        "2cf7ed8b163f5af960d2fc62e1883aa422a6090736b4f18a5456ddcaf78ede0c" + lastPrefix,
                        "952a908a4a9e0e5176a2549f8f328955aca6817a9fdc59e3acec5dec50838108"));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void bothHalvesAreBlindedAsByTheReference(Vector vector) throws Untrusted {
        Ed25519KeyPair identity = Ed25519KeyPair.ofSeed(hex(vector.seed));
        Ed25519KeyPair blinded = KeyBlinding.blind(identity, hex(vector.factor));

        assertThat(hex(blinded.expanded())).isEqualTo(vector.secret);
        assertThat(hex(blinded.publicKey().bytes())).isEqualTo(vector.publicKey);
        assertThat(KeyBlinding.blind(identity.publicKey(), hex(vector.factor))).isEqualTo(blinded.publicKey());
    }

    /** The values of C tor's test of all steps from identity to subcredential. */
    @Test
    void theKeyOfATimePeriodIsThatOfCTor() throws Untrusted {
        Ed25519KeyPair identity =
                Ed25519KeyPair.ofExpanded(hex("d8c7ff0e31295b66540d789af3e3df992038a9592eea01d8b7cba06d6e66d159"
                        + "4d6167696320576f7264733a20737065697373636f62616c742062697669756d"));
        assertThat(hex(identity.publicKey().bytes()))
                .isEqualTo("833990b085c1a688c1d4c8b1f6b56afaf5a2eca674449e1d704f83765ccb7bc6");
        TimePeriod period = new TimePeriod(1234, 1440);
        Ed25519KeyPair blinded = KeyBlinding.blind(identity, period);

        assertThat(hex(blinded.expanded()))
                .isEqualTo("a958dc83ac885f6814c67035de817a2c604d5d2f715282079448f789b656350b"
                        + "4540fe1f80aa3f7e91306b7bf7a8e367293352b14a29fdcc8c19f3558075524b");
        assertThat(KeyBlinding.blind(identity.publicKey(), period))
                .isEqualTo(blinded.publicKey())
                .isEqualTo(Ed25519Identity.of(hex("3a50bf210e8f9ee955ae0014f7a6917fb65ebf098a86305abb508d1a7291b6d5")));
        assertThat(Subcredential.of(identity.publicKey(), blinded.publicKey()))
                .isEqualTo(Subcredential.of(hex("635d55907816e8d76398a675a50b1c2f3e36b42a5ca77ba3a0441285161ae07d")));
    }

    @Test
    void aBlindedKeySignsAndIsOfPrimeOrder() throws Untrusted {
        for (long seed = 1; seed <= 5; seed++) {
            Ed25519KeyPair identity = Ed25519KeyPair.generate(new SeededEntropy(seed));
            Ed25519KeyPair blinded = KeyBlinding.blind(identity, new TimePeriod(seed, 1440));
            byte[] message = Vectors.counting((int) seed, 77);
            byte[] signature = blinded.sign(message);

            Ed25519Identity expected = KeyBlinding.blind(identity.publicKey(), new TimePeriod(seed, 1440));
            assertThat(Ed25519.verify(expected, message, signature))
                    .as("seed %d", seed)
                    .isTrue();
            assertThat(Ed25519.verify(identity.publicKey(), message, signature)).isFalse();
            assertThat(Ed25519.isOfPrimeOrder(expected)).isTrue();
        }
    }

    @Test
    void eachPeriodAndLengthHasItsOwnKey() throws Untrusted {
        Ed25519Identity identity = Ed25519KeyPair.generate(new SeededEntropy(1)).publicKey();
        assertThat(List.of(
                        KeyBlinding.blind(identity, new TimePeriod(7, 1440)),
                        KeyBlinding.blind(identity, new TimePeriod(8, 1440)),
                        KeyBlinding.blind(identity, new TimePeriod(7, 60))))
                .doesNotHaveDuplicates();
    }

    @Test
    void whatIsNoPointIsRefused() {
        Ed25519Identity none =
                Ed25519Identity.of(hex("e19c65de75c68cf3b7643ea732ba9eb1a3d20d6d57ba223c2ece1df66feb5af0"));
        assertThatThrownBy(() -> KeyBlinding.blind(none, new TimePeriod(1, 1440)))
                .isInstanceOf(Untrusted.class)
                .hasMessage("an identity key that is no point of the curve");
    }

    /** Any 32 bytes are blinded or refused, and half of them are points. */
    @Test
    void anyBytesAreBlindedOrRefused() {
        Random random = new Random(25519);
        int points = 0;
        for (int i = 0; i < 200; i++) {
            byte[] bytes = random(random, 32);
            if (i < 20) {
                Arrays.fill(bytes, 1, 31, (byte) (i % 2 == 0 ? 0xff : 0));
            }
            try {
                KeyBlinding.blind(Ed25519Identity.of(bytes), random(random, 32));
                points++;
            } catch (Untrusted refused) {
                assertThat(refused).hasMessageContaining("no point");
            }
        }
        assertThat(points).isBetween(60, 140);
    }
}
