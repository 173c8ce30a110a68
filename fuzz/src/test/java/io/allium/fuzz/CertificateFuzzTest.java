package io.allium.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.allium.base.Untrusted;
import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.OnionAddress;
import io.allium.crypto.RsaEd25519CrossCertificate;
import io.allium.crypto.RsaIdentityCertificate;
import io.allium.crypto.RsaPublicKey;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Certificates and keys as CERTS cells and documents carry them, and names that are keys. */
class CertificateFuzzTest {
    @FuzzTest
    void ed25519Certificate(byte[] input) {
        try {
            Ed25519Certificate.parse(input);
        } catch (Untrusted refused) {
            Refusals.check(refused);
        }
    }

    @FuzzTest
    void rsaCrossCertificate(byte[] input) {
        try {
            RsaEd25519CrossCertificate.parse(input);
        } catch (Untrusted refused) {
            Refusals.check(refused);
        }
    }

    @FuzzTest
    void rsaIdentityCertificate(byte[] input) {
        try {
            RsaIdentityCertificate.parse(input);
        } catch (Untrusted refused) {
            Refusals.check(refused);
        }
    }

    /** A host's name as an application gives it. */
    @FuzzTest
    void onionAddress(byte[] input) {
        String host = new String(input, StandardCharsets.ISO_8859_1);
        try {
            String canonical = OnionAddress.parse(host).host();
            if (!host.toLowerCase(Locale.ROOT).endsWith(canonical)) {
                throw new IllegalStateException("another address: " + canonical);
            }
        } catch (Untrusted refused) {
            Refusals.check(refused);
        }
    }

    @FuzzTest
    void rsaPublicKey(byte[] input) {
        try {
            RsaPublicKey.ofDer(input);
        } catch (Untrusted refused) {
            Refusals.check(refused);
        }
        try {
            RsaPublicKey.parsePem(new String(input, StandardCharsets.ISO_8859_1));
        } catch (Untrusted refused) {
            Refusals.check(refused);
        }
    }
}
