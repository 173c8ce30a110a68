package io.allium.crypto;

import static io.allium.crypto.Vectors.counting;
import static io.allium.crypto.Vectors.hex;
import static io.allium.crypto.Vectors.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Entropy;
import io.allium.base.ProtocolViolation;
import io.allium.base.TorException;
import io.allium.testing.SeededEntropy;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HandshakeTest {
    private static final Fingerprint RELAY = Fingerprint.of(counting(0, 20));
    private static final Ed25519Identity RELAY_ED25519 = Ed25519Identity.of(counting(0, 32));
    private static final byte[] HELLO = "hello world".getBytes(StandardCharsets.US_ASCII);

    private final Entropy entropy = new SeededEntropy(7);
    private final Curve25519KeyPair current = Curve25519KeyPair.generate(entropy);
    private final Curve25519KeyPair previous = Curve25519KeyPair.generate(entropy);
    private final List<Curve25519KeyPair> onionKeys = List.of(current, previous);

    /** Made by a Python program of forty lines straight from tor-spec 5.1.4 and 5.2.2: b, x and y are 32 times 11, 22, 33. */
    @Test
    void ntorAgreesWithAnIndependentProgram() throws TorException {
        Curve25519KeyPair b = Curve25519KeyPair.ofSecret(filled(0x11));
        Curve25519KeyPair x = Curve25519KeyPair.ofSecret(filled(0x22));
        String onionskin =
                "000102030405060708090a0b0c0d0e0f101112137b4e909bbe7ffe44c465a220037d608ee35897d31ef972f07f74892cb0f73f130faa684ed28867b97f4a6a2dee5df8ce974e76b7018e3f22a1c4cf2678570f20";
        String reply =
                "7b0d47d93427f8311160781c7c733fd89f88970aef490d8aa0ee19a4cb8a1b1450188636d5eb2ad3b324ed4ef5aa4ba2eca5cee075c66491957e7453496bfd6b";
        String keys =
                "ae9cd540d972d76d33a0629e6fe678c3797d88b036ccf278d9ab935092fad5edd5b1f45fc81f81e3eb4ec7eaf503397443f2f3028afaa8dc37c194ad92edeccedf4097fee2b0476d535297b4acc5f73f1c7dcc228d80b7381792428d";

        Ntor.Client client = new Ntor.Client(RELAY, b.publicKey(), x);
        assertThat(hex(client.onionskin())).isEqualTo(onionskin);
        HandshakeAnswer answer = Ntor.answer(RELAY, List.of(b), hex(onionskin), only(filled(0x33)));
        assertThat(hex(answer.reply())).isEqualTo(reply);
        assertThat(hex(answer.keys().take(92))).isEqualTo(keys);
        assertThat(hex(client.finish(hex(reply)).keys().take(92))).isEqualTo(keys);
    }

    @Test
    void ntorAcceptsThePreviousOnionKeyAndNoOther() throws TorException {
        for (Curve25519KeyPair key : onionKeys) {
            ClientHandshake client = Ntor.begin(RELAY, key.publicKey(), entropy);
            assertThat(client.onionskin()).hasSize(Ntor.ONIONSKIN_LENGTH);
            HandshakeAnswer answer = Ntor.answer(RELAY, onionKeys, client.onionskin(), entropy);
            assertThat(answer.reply()).hasSize(Ntor.REPLY_LENGTH);
            assertThat(client.finish(answer.reply()).keys().take(100))
                    .isEqualTo(answer.keys().take(100));
        }
        Curve25519KeyPair stranger = Curve25519KeyPair.generate(entropy);
        ClientHandshake client = Ntor.begin(RELAY, stranger.publicKey(), entropy);
        assertThatThrownBy(() -> Ntor.answer(RELAY, onionKeys, client.onionskin(), entropy))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("ntor: meant for an onion key that we do not have");
    }

    @Test
    void ntorNoticesEveryChangedByteOfTheReply() throws TorException {
        ClientHandshake client = Ntor.begin(RELAY, current.publicKey(), entropy);
        byte[] reply =
                Ntor.answer(RELAY, onionKeys, client.onionskin(), entropy).reply();
        for (int i = 0; i < reply.length; i++) {
            byte[] changed = reply.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> client.finish(changed)).isInstanceOf(ProtocolViolation.class);
        }
    }

    /** Proposal 332, X.2. */
    @Test
    void ntorV3MeetsTheProposalsVectors() throws TorException {
        Curve25519KeyPair b =
                Curve25519KeyPair.ofSecret(hex("4051daa5921cfa2a1c27b08451324919538e79e788a81b38cbed097a5dff454a"));
        Curve25519KeyPair x =
                Curve25519KeyPair.ofSecret(hex("b825a3719147bcbe5fb1d0b0fcb9c09e51948048e2e3283d2ab7b45b5ef38b49"));
        byte[] y = hex("4865a5b7689dafd978f529291c7171bc159be076b92186405d13220b80e2a053");
        Ed25519Identity id =
                Ed25519Identity.of(hex("9fad2af287ef942632833d21f946c6260c33fae6172b60006e86e4a6911753a2"));
        String onionskin =
                "9fad2af287ef942632833d21f946c6260c33fae6172b60006e86e4a6911753a2f8307a2bc1870b00b828bb74dbb8fd88e632a6375ab3bcd1ae706aaa8b6cdd1d252fe9ae91264c91d4ecb8501f79d0387e34ad8ca0f7c995184f7d11d5da4f463bebd9151fd3b47c180abc9e044d53565f04d82bbb3bebed3d06cea65db8be9c72b68cd461942088502f67";
        String reply =
                "4bf4814326fdab45ad5184f5518bd7fae25dc59374062698201a50a22954246d2fc5f8773ca824542bc6cf6f57c7c29bbf4e5476461ab130c5b18ab0a91276651202c3e1e87c0d32054c";
        String keys =
                "9c19b631fd94ed86a817e01f6c80b0743a43f5faebd39cfaa8b00fa8bcc65c3bfeaa403d91acbd68a821bf6ee8504602b094a254392a07737d5662768c7a9fb1b2814bb34780eaee6e867c773e28c212ead563e98a1cd5d5b4576f5ee61c59bde025ff2851bb19b721421694f263818e3531e43a9e4e3e2c661e2ad547d8984caa28ebecd3e4525452299be26b9185a20a90ce1eac20a91f2832d731b54502b09749b5a2a2949292f8cfcbeffb790c7790ed935a9d251e7e336148ea83b063a5618fcff674a44581585fd22077ca0e52c59a24347a38d1a1ceebddbf238541f226b8f88d0fb9c07a1bcd2ea764bbbb5dacdaf5312a14c0b9e4f06309b0333b4a";

        NtorV3.Client client = NtorV3.begin(id, b.publicKey(), HELLO, "xyzzy", x);
        assertThat(hex(client.onionskin())).isEqualTo(onionskin);
        HandshakeAnswer answer = NtorV3.answer(
                id,
                List.of(b),
                hex(onionskin),
                message -> {
                    assertThat(message).isEqualTo(HELLO);
                    return "Hola Mundo".getBytes(StandardCharsets.US_ASCII);
                },
                "xyzzy",
                y);
        assertThat(hex(answer.reply())).isEqualTo(reply);
        assertThat(hex(answer.keys().take(256))).isEqualTo(keys);
        Agreement agreement = client.finish(hex(reply));
        assertThat(new String(agreement.message(), StandardCharsets.US_ASCII)).isEqualTo("Hola Mundo");
        assertThat(hex(agreement.keys().take(256))).isEqualTo(keys);
    }

    @Test
    void ntorV3CarriesMessagesOfAnyLengthBothWays() throws TorException {
        Random random = new Random(8);
        for (int length : new int[] {0, 1, 31, 281}) {
            byte[] there = random(random, length);
            byte[] back = random(random, length / 2);
            ClientHandshake client = NtorV3.begin(RELAY_ED25519, previous.publicKey(), there, entropy);
            HandshakeAnswer answer = NtorV3.answer(
                    RELAY_ED25519, onionKeys, client.onionskin(), message -> echo(message, there, back), entropy);
            Agreement agreement = client.finish(answer.reply());
            assertThat(agreement.message()).isEqualTo(back);
            assertThat(agreement.keys().take(200)).isEqualTo(answer.keys().take(200));
        }
    }

    @Test
    void ntorV3NoticesEveryChangedByte() throws TorException {
        ClientHandshake client = NtorV3.begin(RELAY_ED25519, current.publicKey(), HELLO, entropy);
        byte[] onionskin = client.onionskin();
        byte[] reply = NtorV3.answer(RELAY_ED25519, onionKeys, onionskin, m -> HELLO, entropy)
                .reply();
        for (int i = 0; i < onionskin.length; i++) {
            byte[] changed = onionskin.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> NtorV3.answer(RELAY_ED25519, onionKeys, changed, m -> m, entropy))
                    .isInstanceOf(ProtocolViolation.class);
        }
        for (int i = 0; i < reply.length; i++) {
            byte[] changed = reply.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> client.finish(changed)).isInstanceOf(ProtocolViolation.class);
        }
    }

    /** K by Python's hashlib from X = 0…19 and Y = 100…119. */
    @Test
    void createFastAgreesWithAnIndependentProgram() throws TorException {
        String k =
                "49a8a3ed63f78047a1583aff465c08c636c250887d80d7369e2d2de74c4b5df2c08bb237873044231f53bf72fd8a63e0e36c9752eb63e66e320a933d4d5fcaf3bd136643e646ff5a2990f2441b946aadc9fae932c36236a1fd112b2b";
        CreateFast.Client client = CreateFast.begin(only(counting(0, 20)));
        assertThat(client.onionskin()).isEqualTo(counting(0, 20));
        HandshakeAnswer answer = CreateFast.answer(client.onionskin(), only(counting(100, 20)));
        assertThat(answer.reply()).isEqualTo(Bytes.concat(counting(100, 20), Arrays.copyOf(hex(k), 20)));
        assertThat(hex(answer.keys().take(72))).isEqualTo(k.substring(40));
        assertThat(hex(client.finish(answer.reply()).keys().take(72))).isEqualTo(k.substring(40));
    }

    @Test
    void createFastRefusesAWrongProof() throws TorException {
        ClientHandshake client = CreateFast.begin(entropy);
        byte[] reply = CreateFast.answer(client.onionskin(), entropy).reply();
        reply[39] ^= 1;
        assertThatThrownBy(() -> client.finish(reply))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("CREATED_FAST: derivative key data is wrong");
    }

    @Test
    void aTruncatedHandshakeIsAViolationAndNothingWorse() throws TorException {
        ClientHandshake ntor = Ntor.begin(RELAY, current.publicKey(), entropy);
        ClientHandshake ntorV3 = NtorV3.begin(RELAY_ED25519, current.publicKey(), HELLO, entropy);
        ClientHandshake fast = CreateFast.begin(entropy);
        for (int length = 0; length < 20; length++) {
            byte[] cut = new byte[length];
            assertThatThrownBy(() -> CreateFast.answer(cut, entropy)).isInstanceOf(ProtocolViolation.class);
        }
        for (int length = 0; length < Ntor.ONIONSKIN_LENGTH; length++) {
            byte[] cut = Arrays.copyOf(ntor.onionskin(), length);
            assertThatThrownBy(() -> Ntor.answer(RELAY, onionKeys, cut, entropy))
                    .isInstanceOf(ProtocolViolation.class);
        }
        for (int length = 0; length < NtorV3.ONIONSKIN_OVERHEAD + HELLO.length; length++) {
            byte[] cut = Arrays.copyOf(ntorV3.onionskin(), length);
            assertThatThrownBy(() -> NtorV3.answer(RELAY_ED25519, onionKeys, cut, m -> m, entropy))
                    .isInstanceOf(ProtocolViolation.class);
        }
        for (ClientHandshake client : List.of(ntor, ntorV3, fast)) {
            for (int length = 0; length < 70; length++) {
                byte[] reply = new byte[length];
                assertThatThrownBy(() -> client.finish(reply)).isInstanceOf(ProtocolViolation.class);
            }
        }
    }

    /** RFC 5869 A.1, from its PRK on. */
    @Test
    void hkdfExpandsAsTheRfcDoes() {
        KeyMaterial keys = KeyMaterial.hkdf(
                hex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"), hex("f0f1f2f3f4f5f6f7f8f9"));
        assertThat(hex(keys.take(10))).isEqualTo("3cb25f25faacd57a9043");
        assertThat(hex(keys.take(32))).isEqualTo("4f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    }

    private static byte[] echo(byte[] message, byte[] expected, byte[] answer) {
        assertThat(message).isEqualTo(expected);
        return answer;
    }

    private static byte[] filled(int value) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    /** Chance that gives just these bytes. */
    private static Entropy only(byte[] given) {
        return new Entropy() {
            @Override
            public void fill(byte[] bytes) {
                assertThat(bytes).hasSameSizeAs(given);
                System.arraycopy(given, 0, bytes, 0, given.length);
            }

            @Override
            public SecureRandom secureRandom() {
                throw new UnsupportedOperationException();
            }
        };
    }
}
