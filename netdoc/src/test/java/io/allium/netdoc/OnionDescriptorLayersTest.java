package io.allium.netdoc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.TorException;
import io.allium.base.Untrusted;
import io.allium.cell.LinkSpecifier;
import io.allium.crypto.Curve25519Key;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.KeyBlinding;
import io.allium.crypto.OnionDescriptorCipher;
import io.allium.crypto.Subcredential;
import io.allium.crypto.TimePeriod;
import io.allium.netdoc.OnionDescriptorLayers.Opened;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnionDescriptorLayersTest {
    /** The identity of the service whose descriptor C tor made for us. */
    static final Ed25519Identity SAMPLE = Ed25519Identity.of(
            HexFormat.of().parseHex("61cbaa65651a3c6462dff42fa5a5c8b4e71f0669c25e6821f8492b698d186e34"));

    @Test
    void theLayersOfCTorOpen() throws Untrusted {
        OnionDescriptor descriptor = sample();
        Subcredential subcredential = Subcredential.of(SAMPLE, descriptor.blindedKey());
        AuthorizedClients middle = OnionDescriptorLayers.openOuter(descriptor, subcredential);
        assertThat(middle.cookies()).hasSize(16);
        assertThat(middle.encode()).isEqualTo(Samples.bytes("hs-descriptor-v3-middle"));

        OnionDescriptorBody body =
                readable(OnionDescriptorLayers.open(descriptor, subcredential, Optional.empty(), Samples.NOW));
        assertThat(new String(body.encode(), StandardCharsets.UTF_8)).isEqualTo(Samples.text("hs-descriptor-v3-inner"));
        assertThat(body.singleOnionService()).isFalse();
        assertThat(body.flowControl()).hasValue(new OnionFlowControl("1-2", 31));
        assertThat(body.proofOfWork().orElseThrow().suggestedEffort()).isZero();
        assertThat(body.proofOfWork().orElseThrow().expires()).isEqualTo("2026-11-20T13:14:21Z");
        assertThat(body.introductionPoints()).hasSize(3);
        assertThat(body.introductionPoints().get(2).specifiers())
                .extracting(LinkSpecifier::type)
                .containsExactly(0, 2, 3, 1);
        for (IntroductionPoint point : body.introductionPoints()) {
            assertThat(point.encryptionKeyCertificate().certifiedKey())
                    .isEqualTo(point.encryptionKey().toEd25519(0));
        }
    }

    /** The network voted every 20 seconds. */
    @Test
    void theSamplesBlindedKeyIsThatOfItsTimePeriod() throws Untrusted {
        TimePeriod period = TimePeriod.containing(Samples.NOW, 8, Duration.ofSeconds(240));
        assertThat(List.of(
                        KeyBlinding.blind(SAMPLE, period.previous()),
                        KeyBlinding.blind(SAMPLE, period),
                        KeyBlinding.blind(SAMPLE, period.next())))
                .contains(sample().blindedKey());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 20})
    void whatIsSealedOpensAgain(int points) throws TorException {
        OnionDescriptorBody body = OnionKeys.body(points);
        assertThat(readable(open(descriptor(body, List.of()), Optional.empty())))
                .isEqualTo(body);
    }

    /** A service that serves everybody does not mind that a client has a key for it. */
    @Test
    void aKeyThatIsNotNeededDoesNoHarm() throws TorException {
        OnionDescriptorBody body = OnionKeys.body(1);
        assertThat(readable(open(descriptor(body, List.of()), Optional.of(client(1)))))
                .isEqualTo(body);
    }

    @ParameterizedTest
    @CsvSource({"0, 16", "1, 16", "15, 16", "16, 16", "17, 32", "100, 112"})
    void nobodyCanCountTheClients(int clients, int lines) throws TorException {
        OnionDescriptor descriptor = descriptor(OnionKeys.body(3), keysOf(clients));
        AuthorizedClients middle = OnionDescriptorLayers.openOuter(descriptor, OnionKeys.KEYS.subcredential());
        assertThat(middle.cookies()).hasSize(lines).doesNotHaveDuplicates();
    }

    @Test
    void onlyItsClientsReadADescriptorThatIsNotForAll() throws TorException {
        OnionDescriptorBody body = OnionKeys.body(2);
        OnionDescriptor descriptor = descriptor(body, keysOf(3));
        for (int i = 0; i < 3; i++) {
            assertThat(readable(open(descriptor, Optional.of(client(i))))).isEqualTo(body);
        }
        assertThat(open(descriptor, Optional.of(client(3)))).isEqualTo(new Opened.WrongClientKey());
        assertThat(open(descriptor, Optional.empty())).isEqualTo(new Opened.NeedsClientKey());
    }

    @Test
    void theLengthIsOneOfFew() throws TorException {
        assertThat(descriptor(OnionKeys.body(0), List.of()).superencrypted().length())
                .isEqualTo(10_000 + OnionDescriptorCipher.OVERHEAD);
        assertThat(descriptor(OnionKeys.body(3), List.of()).superencrypted().length())
                .isEqualTo(10_000 + OnionDescriptorCipher.OVERHEAD);
        assertThat(descriptor(OnionKeys.body(20), List.of()).superencrypted().length())
                .isEqualTo(30_000 + OnionDescriptorCipher.OVERHEAD);
    }

    @Test
    void whoDoesNotKnowTheAddressOpensNothing() throws TorException {
        OnionDescriptor descriptor = descriptor(OnionKeys.body(1), List.of());
        Subcredential other = Subcredential.of(SAMPLE, OnionKeys.BLINDED.publicKey());
        assertThatThrownBy(() -> OnionDescriptorLayers.open(descriptor, other, Optional.empty(), OnionKeys.NOW))
                .isInstanceOf(Untrusted.class)
                .hasMessage("onion service descriptor: its outer layer does not open");
    }

    @Test
    void aMiddleLayerMayLackItsLastNewlineOrHaveIt() throws Untrusted {
        String middle = Samples.text("hs-descriptor-v3-middle");
        assertThat(middle).doesNotEndWith("\n");
        for (String text : List.of(middle, middle + "\n", middle + "\n\0\0\0", middle + "\0trailing")) {
            assertThat(outerOf(text).cookies()).hasSize(16);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "desc-auth-type x25519, desc-auth-type x448, is unknown",
        "desc-auth-type x25519, desc-auth-type, needs 1",
        "desc-auth-ephemeral-key, unknown-key, desc-auth-ephemeral-key: missing",
        "desc-auth-ephemeral-key t, desc-auth-ephemeral-key t=, is not",
        "auth-client, nobody, auth-client: missing",
        "auth-client O5zSZLL4gf4, auth-client O5zSZLL4gf, is not 8 bytes",
        "auth-client O5zSZLL4gf4 uTG, auth-client O5zSZLL4gf4 u, is not 16 bytes",
        "encrypted, unencrypted, encrypted: missing"
    })
    void aMalformedMiddleLayerIsRefused(String part, String instead, String why) {
        String middle = Samples.text("hs-descriptor-v3-middle").replace(part, instead);
        assertThat(middle).isNotEqualTo(Samples.text("hs-descriptor-v3-middle"));
        assertThatThrownBy(() -> outerOf(middle))
                .isInstanceOf(Untrusted.class)
                .hasMessageContaining("onion service descriptor's outer layer")
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\0", "\0\0\0\0", "\n", "\n\0", "x\0"})
    void anEmptyMiddleLayerIsRefused(String text) {
        assertThatThrownBy(() -> outerOf(text)).isInstanceOf(Untrusted.class);
    }

    /** With a key of zeros the cookie would be readable for everybody who knows the address. */
    @Test
    void anEphemeralKeyOfSmallOrderIsRefused() throws TorException {
        String middle = Samples.text("hs-descriptor-v3-middle")
                .replaceFirst("ephemeral-key \\S+", "ephemeral-key " + "A".repeat(43) + "=");
        byte[] sealed = OnionDescriptorCipher.outer(OnionKeys.BLINDED.publicKey(), OnionKeys.KEYS.subcredential(), 7)
                .seal(middle.getBytes(StandardCharsets.UTF_8), OnionKeys.entropy(5));
        OnionDescriptor descriptor = signed(sealed);
        assertThatThrownBy(() -> open(descriptor, Optional.of(client(1))))
                .isInstanceOf(Untrusted.class)
                .hasMessage("desc-auth-ephemeral-key: a Curve25519 key of small order");
        assertThat(open(descriptor, Optional.empty())).isEqualTo(new Opened.NeedsClientKey());
    }

    @Test
    void eachSealingIsDifferent() throws TorException {
        byte[] first =
                OnionDescriptorLayers.seal(OnionKeys.KEYS, 7, OnionKeys.body(1), List.of(), OnionKeys.entropy(5));
        byte[] second =
                OnionDescriptorLayers.seal(OnionKeys.KEYS, 7, OnionKeys.body(1), List.of(), OnionKeys.entropy(6));
        assertThat(first).hasSameSizeAs(second).isNotEqualTo(second);
    }

    static OnionDescriptor sample() throws Untrusted {
        return OnionDescriptor.parse(Samples.bytes("hs-descriptor-v3-outer"))
                .verify(OnionDescriptor.signedAt(Samples.NOW));
    }

    private static AuthorizedClients outerOf(String middle) throws Untrusted {
        byte[] sealed = OnionDescriptorCipher.outer(OnionKeys.BLINDED.publicKey(), OnionKeys.KEYS.subcredential(), 7)
                .seal(middle.getBytes(StandardCharsets.UTF_8), OnionKeys.entropy(5));
        return OnionDescriptorLayers.openOuter(signed(sealed), OnionKeys.KEYS.subcredential());
    }

    private static OnionDescriptor signed(byte[] superencrypted) throws Untrusted {
        return OnionDescriptor.parse(
                        OnionDescriptor.write(OnionKeys.KEYS, OnionDescriptor.LIFETIME_DEFAULT, 7, superencrypted))
                .verify(OnionDescriptor.signedAt(OnionKeys.NOW));
    }

    private static OnionDescriptor descriptor(OnionDescriptorBody body, List<Curve25519Key> clients)
            throws TorException {
        return signed(OnionDescriptorLayers.seal(OnionKeys.KEYS, 7, body, clients, OnionKeys.entropy(5)));
    }

    private static Opened open(OnionDescriptor descriptor, Optional<Curve25519KeyPair> client) throws Untrusted {
        return OnionDescriptorLayers.open(descriptor, OnionKeys.KEYS.subcredential(), client, OnionKeys.NOW);
    }

    static OnionDescriptorBody readable(Opened opened) {
        assertThat(opened).isInstanceOf(Opened.Whole.class);
        return ((Opened.Whole) opened).body();
    }

    private static Curve25519KeyPair client(int number) {
        return Curve25519KeyPair.generate(OnionKeys.entropy(1000 + number));
    }

    private static List<Curve25519Key> keysOf(int clients) {
        List<Curve25519Key> keys = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            keys.add(client(i).publicKey());
        }
        return keys;
    }
}
