package io.allium.authority;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.KeyFiles;
import io.allium.crypto.RsaKeyPair;
import io.allium.netdoc.KeyCertificate;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The key that an authority signs votes and consensuses with, and the certificate in which its identity key, which stays
 * offline, vouches for it. Immutable.
 *
 * @param legacy those of a former identity, with which it signs consensuses too for those who do not know the new one
 * @spec dir-spec 3.1
 */
public record AuthorityKeys(RsaKeyPair signing, KeyCertificate certificate, Optional<AuthorityKeys> legacy) {
    public AuthorityKeys {
        if (!signing.publicKey().equals(certificate.signingKey())) {
            throw new IllegalArgumentException("the certificate is for another signing key");
        }
    }

    public AuthorityKeys(RsaKeyPair signing, KeyCertificate certificate) {
        this(signing, certificate, Optional.empty());
    }

    /**
     * Reads both from a {@code keys} folder, where {@code tor-gencert} put them.
     *
     * @param useLegacy {@code V3AuthUseLegacyKey}: whether there are those of a former identity
     * @throws LocalFailure says which file the operator has to mend
     */
    public static AuthorityKeys load(Disk disk, Path folder, boolean useLegacy) throws LocalFailure {
        AuthorityKeys keys = load(disk, folder, KeyFiles.AUTHORITY_SIGNING, KeyFiles.AUTHORITY_CERTIFICATE);
        if (!useLegacy) {
            return keys;
        }
        AuthorityKeys legacy = load(disk, folder, KeyFiles.LEGACY_SIGNING, KeyFiles.LEGACY_CERTIFICATE);
        if (legacy.identity().equals(keys.identity())) {
            throw new LocalFailure(folder.resolve(KeyFiles.LEGACY_CERTIFICATE)
                    + " is of the identity that we have now: it should be of the former one");
        }
        return new AuthorityKeys(keys.signing, keys.certificate, Optional.of(legacy));
    }

    private static AuthorityKeys load(Disk disk, Path folder, String signingName, String certificateName)
            throws LocalFailure {
        Path certificateFile = folder.resolve(certificateName);
        RsaKeyPair signing =
                new KeyFiles(disk, folder).readRsa(signingName).orElseThrow(() -> missing(folder.resolve(signingName)));
        byte[] text = disk.read(certificateFile).orElseThrow(() -> missing(certificateFile));
        try {
            KeyCertificate certificate = KeyCertificate.parse(text).verify(KeyCertificate::selfSigned);
            if (!signing.publicKey().equals(certificate.signingKey())) {
                throw new LocalFailure(certificateFile + " is not for the key in " + signingName);
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

    /** Whether nobody takes what these keys sign any more. */
    boolean expired(Instant now) {
        return now.isAfter(certificate.expires());
    }

    private static LocalFailure missing(Path file) {
        return new LocalFailure(file + " is missing: a v3 authority needs keys made by tor-gencert");
    }
}
