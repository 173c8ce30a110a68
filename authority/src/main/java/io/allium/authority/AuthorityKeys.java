package io.allium.authority;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.KeyFiles;
import io.allium.crypto.RsaKeyPair;
import io.allium.netdoc.KeyCertificate;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The key that an authority signs votes and consensuses with, and the certificate in which its identity key, which stays
 * offline, vouches for it. Immutable.
 *
 * @spec dir-spec 3.1
 */
public record AuthorityKeys(RsaKeyPair signing, KeyCertificate certificate) {
    /** From then on the operator is told that a new certificate is due; as in C tor. */
    private static final Duration WARN_BEFORE = Duration.ofDays(30);

    /** Within this long it is urgent. */
    private static final Duration URGENT_BEFORE = Duration.ofDays(7);

    public AuthorityKeys {
        if (!signing.publicKey().equals(certificate.signingKey())) {
            throw new IllegalArgumentException("the certificate is for another signing key");
        }
    }

    /**
     * Reads both from a {@code keys} folder, where {@code tor-gencert} put them.
     *
     * @throws LocalFailure says which file the operator has to mend
     */
    public static AuthorityKeys load(Disk disk, Path folder) throws LocalFailure {
        Path certificateFile = folder.resolve(KeyFiles.AUTHORITY_CERTIFICATE);
        RsaKeyPair signing = new KeyFiles(disk, folder)
                .readRsa(KeyFiles.AUTHORITY_SIGNING)
                .orElseThrow(() -> missing(folder.resolve(KeyFiles.AUTHORITY_SIGNING)));
        byte[] text = disk.read(certificateFile).orElseThrow(() -> missing(certificateFile));
        try {
            KeyCertificate certificate = KeyCertificate.parse(text).verify(KeyCertificate::selfSigned);
            if (!signing.publicKey().equals(certificate.signingKey())) {
                throw new LocalFailure(certificateFile + " is not for the key in " + KeyFiles.AUTHORITY_SIGNING);
            }
            return new AuthorityKeys(signing, certificate);
        } catch (Untrusted damaged) {
            throw new LocalFailure(certificateFile + ": " + damaged.getMessage(), damaged);
        }
    }

    /** The authority's v3 identity. */
    public Fingerprint identity() {
        return certificate.fingerprint();
    }

    /** What the operator must hear about the certificate's age; absent while there is time. */
    public Optional<String> expiryWarning(Instant now) {
        Duration left = Duration.between(now, certificate.expires());
        if (left.isNegative() || left.isZero()) {
            return Optional.of("Our v3 authority certificate has EXPIRED: nobody takes our votes. Make a new one with"
                    + " tor-gencert NOW.");
        }
        if (left.compareTo(URGENT_BEFORE) < 0) {
            return Optional.of("Our v3 authority certificate expires in " + left.toHours()
                    + " hours. Make a new one with tor-gencert NOW.");
        }
        if (left.compareTo(WARN_BEFORE) < 0) {
            return Optional.of("Our v3 authority certificate expires in " + left.toDays()
                    + " days. Please make a new one with tor-gencert soon.");
        }
        return Optional.empty();
    }

    void warnOfExpiry(Log log, Instant now) {
        expiryWarning(now).ifPresent(text -> log.warn(Log.Domain.DIR, text));
    }

    private static LocalFailure missing(Path file) {
        return new LocalFailure(file + " is missing: a v3 authority needs keys made by tor-gencert");
    }
}
