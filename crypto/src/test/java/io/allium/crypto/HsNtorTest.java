package io.allium.crypto;

import static io.allium.crypto.Vectors.hex;
import static io.allium.crypto.Vectors.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ProtocolViolation;
import io.allium.testing.SeededEntropy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HsNtorTest {
    /** rend-spec-v3 G.1: an introduction in a network of C tor. */
    private static final class Specification {
        static final Ed25519Identity AUTH_KEY =
                Ed25519Identity.of(hex("34e171e4358e501bff21ed907e96ac6bfef697c779d040bbaf49acc30fc5d21f"));
        static final Curve25519KeyPair ENCRYPTION_KEY =
                Curve25519KeyPair.ofSecret(hex("a0ed5dbf94eeb2edb3b514e4cf6abff6022051cc5f103391f1970a3fcd15296a"));
        static final Subcredential SUBCREDENTIAL =
                Subcredential.of(hex("0085d26a9deba252263bf0231aeac59b17ca11bad8a218238ad6487cbad68b57"));
        static final byte[] HEADER = hex("000000000000000000000000000000000000000002002034e171e4358e501bff"
                + "21ed907e96ac6bfef697c779d040bbaf49acc30fc5d21f00");
        static final byte[] MESSAGE = hex("6bd364c12638dd5c3be23d76aca05b04e6ce932c0101000100200de6130e4fca"
                + "c4edda24e21220cc3eadae403ef6b7d11c8273ac71908de565450300067f0000"
                + "0113890214f823c4f8cc085c792e0aee0283fe00ad7520b37d0320728d5df39b"
                + "7b7077a0118a900ff4456c382f0041300acf9c58e51c392795ef870000000000"
                + "0000000000000000000000000000000000000000000000000000000000000000"
                + "000000000000000000000000000000000000000000000000000000000000");
        static final Curve25519KeyPair CLIENT =
                Curve25519KeyPair.ofSecret(hex("60b4d6bf5234dcf87a4e9d7487bdf3f4a69b6729835e825ca29089cfdda1e341"));
        static final byte[] SECTION = hex("bf04348b46d09aed"
                + "726f1d66c618fdea1de58e8cb8b89738d7356a0c59111d5dadbecccb38e37830"
                + "4dcc179d3d9e437b452af5702ced2ccfec085bc02c4c175fa446525c1b9d5530"
                + "563c362fdffb802dab8cd9ebc7a5ee17da62e37deeb0eb187fbb48c63298b0e8"
                + "3f391b7566f42adc97c46ba7588278273a44ce96bc68ffdae31ef5f0913b9a9c"
                + "7e0f173dbc0bddcd4acb4c4600980a7ddd9eaec6e7f3fa3fc37cd95e5b8bfb3e"
                + "35717012b78b4930569f895cb349a07538e42309c993223aea77ef8aea64f25d"
                + "dee97da623f1aec0a47f150002150455845c385e5606e41a9a199e7111d54ef2"
                + "d1a51b7554d8b3692d85ac587fb9e69df990efb776d8");
        static final Curve25519KeyPair SERVICE =
                Curve25519KeyPair.ofSecret(hex("68cb5188ca0cd7924250404fab54ee1392d3d2b9c049a2e446513875952f8f55"));
        static final byte[] REPLY = hex("8fbe0db4d4a9c7ff46701e3e0ee7fd05cd28be4f302460addeec9e93354ee700"
                + "4a92e8437b8424d5e5ec279245d5c72b25a0327acf6daf902079fcb643d8b208");
        static final byte[] SEED = hex("4d0c72fe8aff35559d95ecc18eb5a36883402b28cdfd48c8a530a5a3d7d578db");
    }

    private static final Random RANDOM = new Random(224);
    private static final Ed25519KeyPair AUTH_KEY = Ed25519KeyPair.generate(new SeededEntropy(1));
    private static final Curve25519KeyPair ENCRYPTION_KEY = Curve25519KeyPair.generate(new SeededEntropy(2));
    private static final Subcredential SUBCREDENTIAL = Subcredential.of(random(RANDOM, 32));
    private static final byte[] HEADER = random(RANDOM, 56);
    private static final byte[] MESSAGE = random(RANDOM, 190);

    @Test
    void theClientSealsAsInTheSpecification() throws ProtocolViolation {
        HsNtor.Client client = HsNtor.begin(
                Specification.AUTH_KEY,
                Specification.ENCRYPTION_KEY.publicKey(),
                Specification.SUBCREDENTIAL,
                Specification.CLIENT);
        assertThat(hex(client.publicKey().bytes()))
                .isEqualTo("bf04348b46d09aed726f1d66c618fdea1de58e8cb8b89738d7356a0c59111d5d");
        assertThat(client.seal(Specification.HEADER, Specification.MESSAGE)).isEqualTo(Specification.SECTION);
    }

    @Test
    void theServiceOpensAndAnswersAsInTheSpecification() throws ProtocolViolation {
        HsNtor.Opened opened = HsNtor.open(
                Specification.AUTH_KEY,
                Specification.ENCRYPTION_KEY,
                List.of(Specification.SUBCREDENTIAL),
                Specification.HEADER,
                Specification.SECTION);
        assertThat(opened.message()).isEqualTo(Specification.MESSAGE);
        assertThat(opened.answer(Specification.SERVICE).reply()).isEqualTo(Specification.REPLY);
        assertThat(opened.seed(Specification.SERVICE)).isEqualTo(Specification.SEED);
    }

    @Test
    void theClientFinishesAsInTheSpecification() throws ProtocolViolation {
        HsNtor.Client client = HsNtor.begin(
                Specification.AUTH_KEY,
                Specification.ENCRYPTION_KEY.publicKey(),
                Specification.SUBCREDENTIAL,
                Specification.CLIENT);
        byte[] padded = Arrays.copyOf(Specification.REPLY, 148);
        KeyMaterial expected = KeyMaterial.shake256(
                Specification.SEED, Bytes.ascii("tor-hs-ntor-curve25519-sha3-256-1:hs_key_expand"));
        assertThat(client.finish(padded).take(128)).isEqualTo(expected.take(128));
    }

    @Test
    void bothSidesAgreeAndOnlyOnce() throws ProtocolViolation {
        HsNtor.Client client = begin();
        byte[] section = client.seal(HEADER, MESSAGE);
        assertThat(section).hasSize(MESSAGE.length + HsNtor.SECTION_OVERHEAD);
        HsNtor.Opened opened = open(section, List.of(SUBCREDENTIAL));
        assertThat(opened.message()).isEqualTo(MESSAGE);
        HandshakeAnswer answer = opened.answer(new SeededEntropy(7));
        assertThat(answer.reply()).hasSize(HsNtor.REPLY_LENGTH);
        byte[] keys = answer.keys().take(300);
        assertThat(client.finish(answer.reply()).take(300)).isEqualTo(keys);

        HandshakeAnswer other = opened.answer(new SeededEntropy(8));
        assertThat(other.keys().take(300)).isNotEqualTo(keys);
    }

    /** Both periods' subcredentials, and those of services that this one is a part of. */
    @Test
    void anyOfTheSubcredentialsWillDo() throws ProtocolViolation {
        byte[] section = begin().seal(HEADER, MESSAGE);
        List<Subcredential> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            all.add(Subcredential.of(random(RANDOM, 32)));
        }
        assertThatThrownBy(() -> open(section, all)).hasMessage("hs-ntor: wrong authentication");
        for (int place = 0; place < all.size(); place++) {
            List<Subcredential> some = new ArrayList<>(all);
            some.set(place, SUBCREDENTIAL);
            assertThat(open(section, some).message()).isEqualTo(MESSAGE);
        }
        assertThatThrownBy(() -> open(section, List.of())).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void whatWasChangedOnTheWayIsRefused() throws ProtocolViolation {
        byte[] section = begin().seal(HEADER, MESSAGE);
        for (int i = 0; i < section.length; i += 7) {
            byte[] changed = section.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> open(changed, List.of(SUBCREDENTIAL))).isInstanceOf(ProtocolViolation.class);
        }
        byte[] header = HEADER.clone();
        header[0] ^= 1;
        assertThatThrownBy(() ->
                        HsNtor.open(AUTH_KEY.publicKey(), ENCRYPTION_KEY, List.of(SUBCREDENTIAL), header, section))
                .hasMessage("hs-ntor: wrong authentication");
    }

    @Test
    void anAnswerThatWasChangedIsRefused() throws ProtocolViolation {
        HsNtor.Client client = begin();
        byte[] reply = open(client.seal(HEADER, MESSAGE), List.of(SUBCREDENTIAL))
                .answer(new SeededEntropy(7))
                .reply();
        for (int i = 0; i < reply.length; i += 5) {
            byte[] changed = reply.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> client.finish(changed)).isInstanceOf(ProtocolViolation.class);
        }
        for (int length : new int[] {0, 31, 32, 63}) {
            assertThatThrownBy(() -> client.finish(Arrays.copyOf(reply, length)))
                    .isInstanceOf(ProtocolViolation.class)
                    .hasMessageContaining("truncated");
        }
    }

    /**
     * What a rendezvous point can make of its own, which knows every public key but the client's, and no secret: it may speak
     * before the client was introduced to anybody.
     */
    @Test
    void nobodyAnswersForTheServiceWithoutItsKeyHoweverEarly() throws ProtocolViolation {
        HsNtor.Client waiting = begin();
        for (byte[] secret : List.of(new byte[32], random(RANDOM, 32))) {
            Curve25519KeyPair own = Curve25519KeyPair.ofSecret(secret);
            for (Curve25519KeyPair encryptionKey : List.of(own, Curve25519KeyPair.ofSecret(random(RANDOM, 32)))) {
                byte[] section = HsNtor.begin(AUTH_KEY.publicKey(), encryptionKey.publicKey(), SUBCREDENTIAL, own)
                        .seal(HEADER, MESSAGE);
                byte[] reply = HsNtor.open(AUTH_KEY.publicKey(), encryptionKey, List.of(SUBCREDENTIAL), HEADER, section)
                        .answer(new SeededEntropy(9))
                        .reply();
                assertThatThrownBy(() -> waiting.finish(reply)).isInstanceOf(ProtocolViolation.class);
            }
        }
    }

    @Test
    void sectionsTooShortAreRefused() {
        for (int length = 0; length < HsNtor.SECTION_OVERHEAD; length++) {
            byte[] section = new byte[length];
            Arrays.fill(section, (byte) 9);
            assertThatThrownBy(() -> open(section, List.of(SUBCREDENTIAL)))
                    .as("%d bytes", length)
                    .isInstanceOf(ProtocolViolation.class);
        }
    }

    @Test
    void keysOfSmallOrderAreRefusedOnBothSides() throws ProtocolViolation {
        for (Curve25519Key key : Vectors.SMALL_ORDER_KEYS) {
            String small = key.base64();
            assertThat(key.isOfSmallOrder()).as(small).isTrue();
            assertThatThrownBy(() -> HsNtor.begin(AUTH_KEY.publicKey(), key, SUBCREDENTIAL, new SeededEntropy(3)))
                    .as(small)
                    .isInstanceOf(ProtocolViolation.class);
            byte[] section = Bytes.concat(key.bytes(), new byte[60]);
            assertThatThrownBy(() -> open(section, List.of(SUBCREDENTIAL)))
                    .as(small)
                    .isInstanceOf(ProtocolViolation.class);
            HsNtor.Client client = begin();
            assertThatThrownBy(() -> client.finish(Bytes.concat(key.bytes(), new byte[32])))
                    .as(small)
                    .isInstanceOf(ProtocolViolation.class);
        }
        assertThat(ENCRYPTION_KEY.publicKey().isOfSmallOrder()).isFalse();
    }

    private static HsNtor.Client begin() throws ProtocolViolation {
        return HsNtor.begin(AUTH_KEY.publicKey(), ENCRYPTION_KEY.publicKey(), SUBCREDENTIAL, new SeededEntropy(3));
    }

    private static HsNtor.Opened open(byte[] section, List<Subcredential> subcredentials) throws ProtocolViolation {
        return HsNtor.open(AUTH_KEY.publicKey(), ENCRYPTION_KEY, subcredentials, HEADER, section);
    }
}
