package io.allium.crypto;

import static io.allium.crypto.Vectors.random;
import static io.allium.crypto.Vectors.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Untrusted;
import io.allium.testing.SeededEntropy;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RsaTest {
    private static final RsaKeyPair KEY = RsaKeyPair.generate(1024, new SeededEntropy(1));

    @Test
    void verifiesADescriptorOfCTor() throws Untrusted {
        String descriptor = text("/server-descriptor");
        RsaPublicKey key = RsaPublicKey.parsePem(after(descriptor, "\nsigning-key\n"));
        assertThat(key.bits()).isEqualTo(1024);
        assertThat(key.fingerprint()).isEqualTo(Fingerprint.parse("BB4A AFC9 692E 0167 5890 4B17 8B53 716E 359C D778"));
        String end = "\nrouter-signature\n";
        String signed = descriptor.substring(0, descriptor.indexOf(end) + end.length());
        byte[] digest = Digests.sha1(signed.getBytes(StandardCharsets.ISO_8859_1));
        byte[] signature = object(after(descriptor, end), "SIGNATURE");
        assertThat(key.verifies(digest, signature)).isTrue();
        digest[0] ^= 1;
        assertThat(key.verifies(digest, signature)).isFalse();
    }

    @Test
    void verifiesAKeyCertificateOfCTor() throws Untrusted {
        String certificate = text("/key-certificate");
        RsaPublicKey identity = RsaPublicKey.parsePem(after(certificate, "\ndir-identity-key\n"));
        RsaPublicKey signing = RsaPublicKey.parsePem(after(certificate, "\ndir-signing-key\n"));
        assertThat(identity.bits()).isEqualTo(3072);
        assertThat(signing.bits()).isEqualTo(2048);
        assertThat(identity.fingerprint().hex()).isEqualTo("149A92B725F96763C821D7712C8B10E167581258");
        byte[] crosscert = object(after(certificate, "\ndir-key-crosscert\n"), "ID SIGNATURE");
        assertThat(signing.verifies(identity.fingerprint().bytes(), crosscert)).isTrue();
    }

    @Test
    void signsWhatItVerifies() {
        Random random = new Random(2);
        for (int length : new int[] {20, 32}) {
            byte[] digest = random(random, length);
            byte[] signature = KEY.sign(digest);
            assertThat(signature).hasSize(128);
            assertThat(KEY.publicKey().verifies(digest, signature)).isTrue();
            signature[random.nextInt(128)] ^= 4;
            assertThat(KEY.publicKey().verifies(digest, signature)).isFalse();
        }
    }

    @Test
    void anySignatureOfAnyLengthIsMerelyWrong() {
        Random random = new Random(3);
        for (int length = 0; length < 140; length++) {
            assertThat(KEY.publicKey().verifies(random(random, 20), random(random, length)))
                    .isFalse();
        }
        assertThat(KEY.publicKey().verifies(random(random, 118), random(random, 128)))
                .isFalse();
    }

    @Test
    void keysOutliveTheirPem() throws Untrusted {
        RsaKeyPair again = RsaKeyPair.parsePem(KEY.pem());
        assertThat(again.pem()).isEqualTo(KEY.pem());
        assertThat(again.publicKey()).isEqualTo(KEY.publicKey());
        assertThat(RsaPublicKey.parsePem(KEY.publicKey().pem())).isEqualTo(KEY.publicKey());
        assertThat(KEY.pem())
                .startsWith("-----BEGIN RSA PRIVATE KEY-----\n")
                .endsWith("-----END RSA PRIVATE KEY-----\n");
    }

    @Test
    void aPublicKeyThatWillNotDoIsRefused() throws Exception {
        BigInteger good = KEY.publicKey().modulus();
        for (RSAPublicKey bad : new RSAPublicKey[] {
            new RSAPublicKey(good, BigInteger.valueOf(3)),
            new RSAPublicKey(good.add(BigInteger.ONE), RsaPublicKey.EXPONENT),
            new RSAPublicKey(BigInteger.valueOf(77), RsaPublicKey.EXPONENT),
            new RSAPublicKey(BigInteger.ONE.shiftLeft(5000).add(BigInteger.ONE), RsaPublicKey.EXPONENT),
        }) {
            byte[] der = bad.getEncoded("DER");
            assertThatThrownBy(() -> RsaPublicKey.ofDer(der)).isInstanceOf(Untrusted.class);
        }
    }

    @Test
    void damagedKeysAreUntrustedAndNothingWorse() {
        Random random = new Random(4);
        byte[] der = KEY.publicKey().der();
        for (int i = 0; i < 3000; i++) {
            byte[] damaged = der.clone();
            damaged[random.nextInt(i % 2 == 0 ? 8 : der.length)] = (byte) random.nextInt(256);
            try {
                assertThat(RsaPublicKey.ofDer(damaged).der()).isEqualTo(damaged);
            } catch (Untrusted expected) {
                assertThat(expected).hasMessageStartingWith("an RSA key");
            }
        }
        for (String pem : new String[] {"", "-----BEGIN RSA PUBLIC KEY-----\n!\n-----END RSA PUBLIC KEY-----\n"}) {
            assertThatThrownBy(() -> RsaPublicKey.parsePem(pem)).isInstanceOf(Untrusted.class);
        }
    }

    /** The file is an authority's identity by tor-gencert, under the passphrase "secretpass". */
    @Test
    void opensWhatTorGencertLockedAndLocksTheSameWay() throws Untrusted {
        String theirs = text("/keys/authority_identity_key");
        byte[] passphrase = "secretpass".getBytes(StandardCharsets.UTF_8);
        RsaKeyPair key = RsaKeyPair.parseEncryptedPem(theirs, passphrase);
        assertThat(key.publicKey().bits()).isEqualTo(3072);
        String ours = key.encryptedPem(passphrase, new SeededEntropy(5));
        assertThat(ours).hasSameSizeAs(theirs);
        assertThat(RsaKeyPair.parseEncryptedPem(ours, passphrase).publicKey()).isEqualTo(key.publicKey());
        assertThatThrownBy(() -> RsaKeyPair.parseEncryptedPem(theirs, new byte[] {'x'}))
                .isInstanceOf(Untrusted.class)
                .hasMessage("wrong passphrase, or a private key that is damaged");
    }

    /** The files are one key that OpenSSL 3.0 wrote and locked in its several ways. */
    @ParameterizedTest
    @ValueSource(strings = {"aes256", "des3", "pbes2"})
    void opensWhatOpensslLocksInOtherWays(String way) throws Untrusted {
        String locked = text("/keys/locked/" + way);
        assertThat(RsaKeyPair.isEncryptedPem(locked)).isTrue();
        assertThat(RsaKeyPair.parseEncryptedPem(locked, "secretpass".getBytes(StandardCharsets.UTF_8))
                        .publicKey())
                .isEqualTo(RsaPublicKey.parsePem(text("/keys/locked/public")));
        assertThatThrownBy(() -> RsaKeyPair.parseEncryptedPem(locked, new byte[] {'x'}))
                .isInstanceOf(Untrusted.class)
                .hasMessage("wrong passphrase, or a private key that is damaged");
    }

    @Test
    void passphrasesAreReadAsOpensslDoesWhenTheyAreNotAscii() throws Untrusted {
        String locked = text("/keys/locked/accents");
        RsaPublicKey expected = RsaPublicKey.parsePem(text("/keys/locked/public"));
        byte[] passphrase = "sésame".getBytes(StandardCharsets.UTF_8);
        RsaKeyPair key = RsaKeyPair.parseEncryptedPem(locked, passphrase);
        assertThat(key.publicKey()).isEqualTo(expected);
        byte[] latin = "sésame".getBytes(StandardCharsets.ISO_8859_1);
        String ours = key.encryptedPem(latin, new SeededEntropy(5));
        assertThat(RsaKeyPair.parseEncryptedPem(ours, passphrase).publicKey()).isEqualTo(expected);
    }

    @Test
    void aKeyInTheOpenNeedsNoPassphrase() throws Untrusted {
        String open = text("/keys/locked/open");
        assertThat(RsaKeyPair.isEncryptedPem(open)).isFalse();
        assertThat(RsaKeyPair.parsePem(open).publicKey()).isEqualTo(RsaPublicKey.parsePem(text("/keys/locked/public")));
    }

    @Test
    void lockedKeysThatAreDamagedAreRefusedInASentence() {
        Random random = new Random(11);
        for (String way : new String[] {"aes256", "des3", "pbes2", "accents"}) {
            String locked = text("/keys/locked/" + way);
            for (int i = 0; i < 50; i++) {
                StringBuilder damaged = new StringBuilder(locked);
                damaged.setCharAt(random.nextInt(damaged.length()), (char) (33 + random.nextInt(90)));
                String cut = damaged.substring(0, random.nextInt(damaged.length()));
                for (String text : new String[] {damaged.toString(), cut}) {
                    try {
                        RsaKeyPair.parseEncryptedPem(text, new byte[] {'x'});
                    } catch (Untrusted expected) {
                        assertThat(expected.getMessage()).doesNotContain("Exception");
                    }
                }
            }
        }
    }

    private static String after(String text, String line) {
        return text.substring(text.indexOf(line) + line.length());
    }

    private static byte[] object(String text, String label) {
        String begin = "-----BEGIN " + label + "-----";
        int from = text.indexOf(begin) + begin.length();
        return Base64.getMimeDecoder().decode(text.substring(from, text.indexOf("-----END", from)));
    }
}
