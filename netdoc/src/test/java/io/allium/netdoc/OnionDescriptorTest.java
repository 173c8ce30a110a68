package io.allium.netdoc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Untrusted;
import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.OnionAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnionDescriptorTest {
    private static final byte[] ENCRYPTED = OnionKeys.entropy(9).bytes(10_048);

    @Test
    void theDescriptorOfCTorIsReadAndVerified() throws Untrusted {
        OnionDescriptor descriptor = OnionDescriptor.parse(Samples.bytes("hs-descriptor-v3-outer"))
                .verify(OnionDescriptor.signedAt(Samples.NOW));

        assertThat(descriptor.lifetime()).isEqualTo(Duration.ofMinutes(180));
        assertThat(descriptor.revision()).isEqualTo(16_631_105);
        assertThat(descriptor.superencrypted().length()).isEqualTo(10_048);
        assertThat(descriptor.certificate().expires()).isEqualTo("2026-11-22T18:00:00Z");
        assertThat(descriptor.source().bytes()).isEqualTo(Samples.bytes("hs-descriptor-v3-outer"));
    }

    @Test
    void oursLooksLikeThatOfCTor() {
        assertThat(shape(new String(written(7), StandardCharsets.UTF_8)))
                .isEqualTo(shape(Samples.text("hs-descriptor-v3-outer")));
    }

    /** All but what differs from one service to another. */
    private static String shape(String descriptor) {
        return descriptor.replaceAll("counter \\d+", "counter 1").replaceAll("[A-Za-z0-9+/]{20,}=*", "base64");
    }

    @Test
    void whatIsWrittenIsReadAgain() throws Untrusted {
        OnionDescriptor read = OnionDescriptor.parse(written(42))
                .verify(OnionDescriptor.signedBy(OnionKeys.BLINDED.publicKey(), OnionKeys.NOW));

        assertThat(read.revision()).isEqualTo(42);
        assertThat(read.lifetime()).isEqualTo(OnionDescriptor.LIFETIME_DEFAULT);
        assertThat(read.superencrypted().bytes()).isEqualTo(ENCRYPTED);
        assertThat(read.signingKey()).isEqualTo(OnionKeys.SIGNING.publicKey());
        assertThat(read.blindedKey()).isEqualTo(OnionKeys.BLINDED.publicKey());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "9223372036854775807", "9223372036854775808", "18446744073709551615"})
    void revisionsHave64Bits(String revision) throws Untrusted {
        OnionDescriptor read = OnionDescriptor.parse(written(Long.parseUnsignedLong(revision)))
                .verify(OnionDescriptor.signedAt(OnionKeys.NOW));
        assertThat(Long.toUnsignedString(read.revision())).isEqualTo(revision);
        assertThat(read.source().text()).contains("revision-counter " + revision + "\n");
    }

    @Test
    void theHigherRevisionIsNewerEvenBeyond63Bits() throws Untrusted {
        OnionDescriptor low = OnionDescriptor.parse(written(7)).claimed();
        OnionDescriptor high = OnionDescriptor.parse(written(-1)).claimed();
        assertThat(high.isNewerThan(low)).isTrue();
        assertThat(low.isNewerThan(high)).isFalse();
        assertThat(low.isNewerThan(low)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "18446744073709551616",
                "99999999999999999999",
                "-1",
                "+1",
                "1e3",
                "0x10",
                "111111111111111111111"
            })
    void whatIsNoRevisionIsRefused(String revision) {
        assertRefused("revision-counter 7", "revision-counter " + revision, "is not a number of 64 bits");
    }

    @Test
    void otherVersionsAreRefused() {
        assertRefused("hs-descriptor 3", "hs-descriptor 2", "version 2, not 3");
        assertRefused("hs-descriptor 3", "hs-descriptor 4", "version 4, not 3");
        assertRefused("hs-descriptor 3", "hs-descriptor three", "not a number");
    }

    @Test
    void aLifetimeOfMoreThan12HoursIsRefused() {
        assertRefused("descriptor-lifetime 180", "descriptor-lifetime 721", "is not between 0 and 720");
        assertRefused("descriptor-lifetime 180", "descriptor-lifetime -1", "is not between 0 and 720");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "descriptor-lifetime",
                "descriptor-signing-key-cert",
                "revision-counter",
                "superencrypted",
                "signature"
            })
    void everyLineMustBeThere(String keyword) {
        assertRefused("\n" + keyword, "\nx" + keyword, keyword);
    }

    @Test
    void nothingMayFollow() {
        byte[] one = written(7);
        byte[] two = Arrays.copyOf(one, 2 * one.length);
        System.arraycopy(one, 0, two, one.length, one.length);
        assertThatThrownBy(() -> OnionDescriptor.parse(two))
                .isInstanceOf(Untrusted.class)
                .hasMessageContaining("follows the end of the document");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n%s", "%s\n", "@note\n%s", "\n\n%s\n"})
    void nothingMayStandAround(String around) {
        byte[] document = String.format(around, new String(written(7), StandardCharsets.UTF_8))
                .getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> OnionDescriptor.parse(document))
                .isInstanceOf(Untrusted.class)
                .hasMessageContaining("empty lines or notes around it");
    }

    @Test
    void whatIsTooLongIsNotEvenRead() throws Untrusted {
        byte[] document = written(7);
        assertThatThrownBy(() -> OnionDescriptor.parse(document, document.length))
                .isInstanceOf(Untrusted.class)
                .hasMessageContaining(document.length + " bytes, of less than " + document.length);
        OnionDescriptor.parse(document, document.length + 1);
        assertThatThrownBy(() -> OnionDescriptor.parse(new byte[OnionDescriptor.LENGTH_LIMIT]))
                .hasMessageContaining("50000 bytes, of less than 50000");
    }

    @Test
    void everyByteIsSigned() {
        byte[] document = written(7);
        for (int i = 0; i < document.length; i += 101) {
            byte[] changed = document.clone();
            changed[i] = (byte) (changed[i] == 'A' ? 'B' : 'A');
            assertThatThrownBy(() -> OnionDescriptor.parse(changed).verify(OnionDescriptor.signedAt(OnionKeys.NOW)))
                    .as("byte %d", i)
                    .isInstanceOf(Untrusted.class);
        }
    }

    @Test
    void thatOfAnotherServiceIsNotWhatTheClientAskedFor() throws Untrusted {
        Unverified<OnionDescriptor> read = OnionDescriptor.parse(written(7));
        assertThatThrownBy(() -> read.verify(OnionDescriptor.signedBy(OnionKeys.IDENTITY.publicKey(), OnionKeys.NOW)))
                .hasMessageContaining("of another service, or of another time period");
    }

    @Test
    void anExpiredCertificateEndsTheDescriptor() throws Untrusted {
        Unverified<OnionDescriptor> read = OnionDescriptor.parse(Samples.bytes("hs-descriptor-v3-outer"));
        Instant expired = Instant.parse("2026-11-22T18:00:00Z");
        read.verify(OnionDescriptor.signedAt(expired.minusSeconds(1)));
        assertThatThrownBy(() -> read.verify(OnionDescriptor.signedAt(expired)))
                .isInstanceOf(Untrusted.class)
                .hasMessageContaining("descriptor-signing-key-cert: certificate: expired");
    }

    @Test
    void aCertificateOfAnotherKindOrSignerIsRefused() {
        assertUnverified(
                Ed25519Certificate.sign(
                        Ed25519Certificate.IDENTITY_SIGNS_SIGNING,
                        OnionKeys.SIGNING.publicKey(),
                        OnionKeys.EXPIRES,
                        OnionKeys.BLINDED,
                        true),
                "of type 4, not 8");
        assertUnverified(
                Ed25519Certificate.sign(
                        Ed25519Certificate.BLINDED_SIGNS_DESCRIPTOR_SIGNING,
                        OnionKeys.SIGNING.publicKey(),
                        OnionKeys.EXPIRES,
                        OnionKeys.BLINDED,
                        false),
                "does not name the blinded key");
        assertUnverified(
                Ed25519Certificate.sign(
                        Ed25519Certificate.BLINDED_SIGNS_DESCRIPTOR_SIGNING,
                        Ed25519KeyPair.generate(OnionKeys.entropy(77)).publicKey(),
                        OnionKeys.EXPIRES,
                        OnionKeys.BLINDED,
                        true),
                "wrong signature");
    }

    /** The key of zeros is of small order: by some rules it verifies signatures that nobody made. */
    @Test
    void aBlindedKeyOfSmallOrderVerifiesNothing() {
        String zeros = new String(written(7), StandardCharsets.UTF_8);
        byte[] certificate = OnionKeys.KEYS.certificate().encoded();
        Arrays.fill(certificate, certificate.length - 96, certificate.length, (byte) 0);
        String forged = zeros.replace(object(OnionKeys.KEYS.certificate().encoded()), object(certificate));
        assertThat(forged).isNotEqualTo(zeros);
        assertThatThrownBy(() -> OnionDescriptor.parse(forged.getBytes(StandardCharsets.UTF_8))
                        .verify(OnionDescriptor.signedAt(OnionKeys.NOW)))
                .isInstanceOf(Untrusted.class)
                .hasMessageContaining("certificate: wrong signature");
    }

    /** C tor's key and hostname files belong to the sample. */
    @Test
    void theSampleIsOfTheServiceThatItIsSaidToBe() throws Untrusted {
        Ed25519Identity identity = OnionDescriptorLayersTest.SAMPLE;
        assertThat(new OnionAddress(identity).host())
                .isEqualTo("mhf2uzlfdi6giyw76qx2ljoiwttr6btjyjpgqipyjevwtdiyny2dbcad.onion");
    }

    private static String object(byte[] certificate) {
        return new DocumentWriter().object("ED25519 CERT", certificate).text();
    }

    private static void assertUnverified(Ed25519Certificate certificate, String why) {
        OnionDescriptorKeys keys = new OnionDescriptorKeys(
                OnionKeys.BLINDED.publicKey(), OnionKeys.KEYS.subcredential(), OnionKeys.SIGNING, certificate);
        byte[] document = OnionDescriptor.write(keys, OnionDescriptor.LIFETIME_DEFAULT, 7, ENCRYPTED);
        assertThatThrownBy(() -> OnionDescriptor.parse(document).verify(OnionDescriptor.signedAt(OnionKeys.NOW)))
                .isInstanceOf(Untrusted.class)
                .hasMessageContaining(why);
    }

    private static void assertRefused(String line, String instead, String why) {
        String text = new String(written(7), StandardCharsets.UTF_8);
        assertThat(text).contains(line);
        assertThatThrownBy(
                        () -> OnionDescriptor.parse(text.replace(line, instead).getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(Untrusted.class)
                .hasMessageContaining(why);
    }

    private static byte[] written(long revision) {
        return OnionDescriptor.write(OnionKeys.KEYS, OnionDescriptor.LIFETIME_DEFAULT, revision, ENCRYPTED);
    }
}
