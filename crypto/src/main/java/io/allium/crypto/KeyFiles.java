package io.allium.crypto;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Untrusted;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * The files of a {@code keys} folder in C tor's formats. A binary file begins with 32 bytes that say what it is, filled up
 * with zeros. Absent files read as nothing; a file that is damaged is the operator's to mend. Immutable.
 */
public final class KeyFiles {
    /** The relay's RSA identity. */
    public static final String RSA_IDENTITY = "secret_id_key";

    /** The relay's legacy RSA onion key, which nothing but the descriptor needs. */
    public static final String RSA_ONION = "secret_onion_key";

    /** The relay's ntor onion key. */
    public static final String NTOR_ONION = "secret_onion_key_ntor";

    /** What the previous onion key's file ends in. */
    public static final String OLD = ".old";

    /** The relay's Ed25519 identity. */
    public static final String MASTER_SECRET = "ed25519_master_id_secret_key";

    /** The same under a passphrase. */
    public static final String MASTER_ENCRYPTED = "ed25519_master_id_secret_key_encrypted";

    /** Its public half. */
    public static final String MASTER_PUBLIC = "ed25519_master_id_public_key";

    /** The relay's Ed25519 signing key. */
    public static final String SIGNING_SECRET = "ed25519_signing_secret_key";

    /** The identity's certificate for the signing key. */
    public static final String SIGNING_CERTIFICATE = "ed25519_signing_cert";

    /** An authority's long-lived RSA key. */
    public static final String AUTHORITY_IDENTITY = "authority_identity_key";

    /** An authority's key for votes and consensuses. */
    public static final String AUTHORITY_SIGNING = "authority_signing_key";

    /** The key certificate, a directory document. */
    public static final String AUTHORITY_CERTIFICATE = "authority_certificate";

    /** The key of an authority's former identity, which signs as well for those who do not know the new one. */
    public static final String LEGACY_SIGNING = "legacy_signing_key";

    /** The former identity's certificate for it. */
    public static final String LEGACY_CERTIFICATE = "legacy_certificate";

    /** What the file of a family's key ends in. */
    public static final String FAMILY_SUFFIX = ".secret_family_key";

    private static final int TAG_LENGTH = 32;

    /** A box that C tor reads has no more; ours and its own have 195 and 204. */
    private static final int BOX_LENGTH_MAX = 256;

    private static final String MASTER_TAG = "== ed25519v1-secret: type0 ==";
    private static final String SIGNING_TAG = "== ed25519v1-secret: type4 ==";
    private static final String FAMILY_TAG = "== ed25519v1-secret: fmly-id ==";
    private static final String BOX_TAG = "== Boxed Ed25519 key: master ==";
    private static final String ED25519_PUBLIC = "== ed25519v1-public: type0 ==";
    private static final String ED25519_CERTIFICATE = "== ed25519v1-cert: type4 ==";
    private static final String CURVE25519 = "== c25519v1: onion ==";

    private final Disk disk;
    private final Path folder;

    public KeyFiles(Disk disk, Path folder) {
        this.disk = disk;
        this.folder = folder;
    }

    /** Reads an RSA key in PEM. */
    public Optional<RsaKeyPair> readRsa(String name) throws LocalFailure {
        return read(name, content -> RsaKeyPair.parsePem(new String(content, StandardCharsets.US_ASCII)));
    }

    /** Writes an RSA key in PEM. Those that C tor itself writes end in a NUL, those of tor-gencert don't. */
    public void writeRsa(String name, RsaKeyPair key) throws LocalFailure {
        String end = name.equals(AUTHORITY_SIGNING) || name.equals(LEGACY_SIGNING) ? "" : "\0";
        disk.write(folder.resolve(name), Bytes.ascii(key.pem() + end));
    }

    /** Reads an expanded Ed25519 secret. */
    public Optional<Ed25519KeyPair> readEd25519(String name) throws LocalFailure {
        return read(
                name,
                content -> Ed25519KeyPair.ofExpanded(untag(content, secretTag(name), Ed25519KeyPair.EXPANDED_LENGTH)));
    }

    public void writeEd25519(String name, Ed25519KeyPair key) throws LocalFailure {
        disk.write(folder.resolve(name), tag(secretTag(name), key.expanded()));
    }

    /** Whether there is such a file, whatever is in it. */
    public boolean has(String name) throws LocalFailure {
        return disk.modified(folder.resolve(name)).isPresent();
    }

    /** Where the file of that name is. */
    public Path path(String name) {
        return folder.resolve(name);
    }

    /** Reads a secret that {@link PassphraseBox} locked. */
    public Optional<byte[]> readBox(String name) throws LocalFailure {
        return read(name, content -> {
            if (content.length > TAG_LENGTH + BOX_LENGTH_MAX) {
                throw new Untrusted("has " + content.length + " bytes, which are too many");
            }
            return untag(content, BOX_TAG, Math.max(0, content.length - TAG_LENGTH));
        });
    }

    public void writeBox(String name, byte[] box) throws LocalFailure {
        disk.write(folder.resolve(name), tag(BOX_TAG, box));
    }

    public Optional<Ed25519Identity> readEd25519Public(String name) throws LocalFailure {
        return read(name, content -> Ed25519Identity.of(untag(content, ED25519_PUBLIC, Ed25519Identity.LENGTH)));
    }

    public void writeEd25519Public(String name, Ed25519Identity key) throws LocalFailure {
        disk.write(folder.resolve(name), tag(ED25519_PUBLIC, key.raw()));
    }

    /** Reads a certificate and does not check its signature. */
    public Optional<Ed25519Certificate> readCertificate(String name) throws LocalFailure {
        return read(
                name,
                content -> Ed25519Certificate.parse(
                        untag(content, ED25519_CERTIFICATE, Math.max(0, content.length - TAG_LENGTH))));
    }

    public void writeCertificate(String name, Ed25519Certificate certificate) throws LocalFailure {
        disk.write(folder.resolve(name), tag(ED25519_CERTIFICATE, certificate.encoded()));
    }

    /** Reads a Curve25519 secret, beside which the file has its public key. */
    public Optional<Curve25519KeyPair> readCurve25519(String name) throws LocalFailure {
        return read(name, content -> {
            byte[] both = untag(content, CURVE25519, Curve25519KeyPair.SECRET_LENGTH + Curve25519Key.LENGTH);
            Curve25519KeyPair key = Curve25519KeyPair.ofSecret(Arrays.copyOf(both, Curve25519KeyPair.SECRET_LENGTH));
            byte[] publicKey = Arrays.copyOfRange(both, Curve25519KeyPair.SECRET_LENGTH, both.length);
            if (!Arrays.equals(publicKey, key.publicKey().raw())) {
                throw new Untrusted("the public key does not belong to the secret one");
            }
            return key;
        });
    }

    public void writeCurve25519(String name, Curve25519KeyPair key) throws LocalFailure {
        byte[] both = Bytes.concat(key.secret(), key.publicKey().raw());
        disk.write(folder.resolve(name), tag(CURVE25519, both));
    }

    /** Removes the file if it is there. */
    public void delete(String name) throws LocalFailure {
        disk.delete(folder.resolve(name));
    }

    /** Makes room for a new onion key: the file becomes the one that ends in {@value #OLD}, replacing that. */
    public void retire(String name) throws LocalFailure {
        disk.move(folder.resolve(name), folder.resolve(name + OLD));
    }

    private interface Parser<T> {
        T parse(byte[] content) throws Untrusted;
    }

    private <T> Optional<T> read(String name, Parser<T> parser) throws LocalFailure {
        Path file = folder.resolve(name);
        Optional<byte[]> content = disk.read(file);
        if (content.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(parser.parse(content.get()));
        } catch (Untrusted damaged) {
            throw new LocalFailure(file + ": " + damaged.getMessage(), damaged);
        }
    }

    /** The file says the type of the certificate that the key has, or signs. */
    private static String secretTag(String name) {
        if (name.endsWith(FAMILY_SUFFIX)) {
            return FAMILY_TAG;
        }
        return name.equals(SIGNING_SECRET) ? SIGNING_TAG : MASTER_TAG;
    }

    private static byte[] tag(String tag, byte[] content) {
        return Bytes.concat(Arrays.copyOf(Bytes.ascii(tag), TAG_LENGTH), content);
    }

    private static byte[] untag(byte[] file, String tag, int length) throws Untrusted {
        byte[] expected = Arrays.copyOf(Bytes.ascii(tag), TAG_LENGTH);
        if (file.length < TAG_LENGTH || !Arrays.equals(Arrays.copyOf(file, TAG_LENGTH), expected)) {
            throw new Untrusted("does not begin with '" + tag + "'");
        }
        if (file.length != TAG_LENGTH + length) {
            throw new Untrusted("has " + file.length + " bytes, not " + (TAG_LENGTH + length));
        }
        return Arrays.copyOfRange(file, TAG_LENGTH, file.length);
    }
}
