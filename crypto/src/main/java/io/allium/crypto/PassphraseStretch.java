package io.allium.crypto;

import io.allium.base.Entropy;
import io.allium.base.Untrusted;
import java.util.Arrays;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.crypto.params.KeyParameter;

/** How a passphrase becomes keys, as C tor writes it in front of what they lock: a type, a salt and the amount of work. */
final class PassphraseStretch {
    /** A salt of 8 bytes and a byte that counts. */
    private static final int RFC2440 = 0;

    /** A salt of 16 bytes and the logarithm of the iterations. */
    private static final int PBKDF2 = 1;

    /** A salt of 16 bytes, the logarithm of N, and those of r and p in half a byte each. */
    private static final int SCRYPT = 2;

    private static final int RFC2440_LENGTH = Passwords.SALT_LENGTH + 1;
    private static final int SALT_LENGTH = 16;

    /** 131,072 iterations, as C tor writes. */
    private static final int PBKDF2_WORK = 17;

    /** A file asks for its own amount of work; more than these bounds takes minutes, or more memory than there is. */
    private static final int PBKDF2_WORK_MAX = 24;

    private static final int SCRYPT_MEMORY_MAX = 28; // 256 MB: N times r times 128

    private PassphraseStretch() {}

    /** New parameters. */
    static byte[] fresh(Entropy entropy) {
        return Bytes.concat(new byte[] {PBKDF2}, entropy.bytes(SALT_LENGTH), new byte[] {PBKDF2_WORK});
    }

    /** As many bytes of keys as are asked for. */
    static byte[] keys(byte[] parameters, byte[] passphrase, int length) throws Untrusted {
        if (parameters.length == RFC2440_LENGTH) { // before there were types
            return rfc2440(parameters, passphrase, length);
        }
        int type = parameters.length == 0 ? -1 : parameters[0];
        byte[] rest = parameters.length == 0 ? parameters : Arrays.copyOfRange(parameters, 1, parameters.length);
        return switch (type) {
            case RFC2440 -> rfc2440(expect(rest, RFC2440_LENGTH), passphrase, length);
            case PBKDF2 -> pbkdf2(expect(rest, SALT_LENGTH + 1), passphrase, length);
            case SCRYPT -> scrypt(expect(rest, SALT_LENGTH + 2), passphrase, length);
            default -> throw new Untrusted("an encrypted key whose passphrase is used in an unknown way");
        };
    }

    private static byte[] expect(byte[] parameters, int length) throws Untrusted {
        if (parameters.length != length) {
            throw new Untrusted("an encrypted key whose parameters have the wrong length");
        }
        return parameters;
    }

    private static byte[] rfc2440(byte[] parameters, byte[] passphrase, int length) {
        byte[] salt = Arrays.copyOf(parameters, Passwords.SALT_LENGTH);
        byte[] digest = Passwords.derive(salt, parameters[Passwords.SALT_LENGTH] & 0xff, passphrase);
        byte[] seed = Macs.hmacSha256(salt, digest); // a digest is too short, and is expanded by HKDF
        Arrays.fill(digest, (byte) 0);
        return KeyMaterial.hkdf(seed, Bytes.ascii("EXPAND")).take(length);
    }

    private static byte[] pbkdf2(byte[] parameters, byte[] passphrase, int length) throws Untrusted {
        int work = parameters[SALT_LENGTH] & 0xff;
        if (work > PBKDF2_WORK_MAX) {
            throw tooMuch();
        }
        PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(new SHA1Digest());
        generator.init(passphrase, Arrays.copyOf(parameters, SALT_LENGTH), 1 << work);
        return ((KeyParameter) generator.generateDerivedMacParameters(length * Byte.SIZE)).getKey();
    }

    private static byte[] scrypt(byte[] parameters, byte[] passphrase, int length) throws Untrusted {
        int n = parameters[SALT_LENGTH] & 0xff;
        int r = (parameters[SALT_LENGTH + 1] & 0xff) >> 4;
        int p = parameters[SALT_LENGTH + 1] & 15;
        if (n == 0 || n + r + 7 > SCRYPT_MEMORY_MAX || p > 4) {
            throw tooMuch();
        }
        return SCrypt.generate(passphrase, Arrays.copyOf(parameters, SALT_LENGTH), 1 << n, 1 << r, 1 << p, length);
    }

    private static Untrusted tooMuch() {
        return new Untrusted("an encrypted key whose passphrase would take too much work");
    }
}
