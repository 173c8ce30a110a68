package io.allium.relay;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Time;
import io.allium.base.Untrusted;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.KeyFiles;
import io.allium.crypto.RsaKeyPair;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * The relay's keys, in files that C tor reads and writes too. Identities stay for life, the signing key lives for weeks,
 * onion keys are replaced every four weeks and answered for one week more.
 *
 * <p>A new key is on the disk before anything uses it, and a file changes as a whole, so an end at any moment loses no
 * key: at worst a signing key and its certificate do not match on the next start, and a new pair is made; or the onion
 * key has been retired and has no successor yet, and one is made.
 *
 * <p>One task calls {@link #renew}; anybody reads, from volatile fields that hold immutable values.
 *
 * @spec tor-spec 1.1
 */
public final class RelayKeys {
    /** An onion key's life: the default of the consensus parameter onion-key-rotation-days. */
    static final Duration ONION_KEY_LIFETIME = Duration.ofDays(28);

    /** How long the previous onion key is answered for: the default of onion-key-grace-period-days. */
    static final Duration ONION_KEY_GRACE = Duration.ofDays(7);

    /** A signing key is replaced this long before its certificate expires: the default of TestingSigningKeySlop. */
    static final Duration SIGNING_KEY_SLOP = Duration.ofDays(1);

    private final Disk disk;
    private final Time time;
    private final Entropy entropy;
    private final Log log;
    private final RelayOptions options;
    private final KeyFiles files;
    private final RsaKeyPair rsaIdentity;
    private final Ed25519Identity identity;
    private volatile SigningKey signing;
    private volatile OnionKeys onionKeys;

    /** Reads the keys in the key directory, making those that are missing, and writes the fingerprint files. */
    public RelayKeys(Disk disk, Time time, Entropy entropy, Log log, RelayOptions options) throws LocalFailure {
        this.disk = disk;
        this.time = time;
        this.entropy = entropy;
        this.log = log;
        this.options = options;
        this.files = new KeyFiles(disk, options.keyDirectory());
        disk.privateFolder(options.keyDirectory());
        this.rsaIdentity = identity(() -> readOrMakeRsa(KeyFiles.RSA_IDENTITY));
        this.identity = identity(this::readOrMakeIdentity);
        this.signing = readOrMakeSigning();
        this.onionKeys = readOrMakeOnionKeys();
        writeFingerprints();
    }

    public Fingerprint fingerprint() {
        return rsaIdentity.fingerprint();
    }

    public RsaKeyPair rsaIdentity() {
        return rsaIdentity;
    }

    public Ed25519Identity identity() {
        return identity;
    }

    public SigningKey signing() {
        return signing;
    }

    public OnionKeys onionKeys() {
        return onionKeys;
    }

    /**
     * Replaces whatever has come of age, and forgets a previous onion key whose grace is over. Called about every hour.
     *
     * @return whether a key was replaced, so that a new descriptor is due
     */
    public boolean renew() throws LocalFailure {
        boolean renewed = false;
        if (expiresSoon(signing.certificate())) {
            Optional<Ed25519KeyPair> master = files.readEd25519(KeyFiles.MASTER_SECRET);
            if (master.isPresent()) {
                signing = makeSigning(master.get());
                renewed = true;
            } else {
                log.warn(
                        Log.Domain.OR,
                        "The signing key expires at " + signing.certificate().expires()
                                + " and the master identity key that could replace it is offline. Copy a new signing key and"
                                + " certificate into " + options.keyDirectory() + ".");
            }
        }
        OnionKeys held = onionKeys;
        if (!time.now().isBefore(held.since().plus(ONION_KEY_LIFETIME))) {
            onionKeys = rotated(held);
            return true;
        }
        if (held.previous().isPresent() && isGraceOver(held.since())) {
            onionKeys = new OnionKeys(held.tap(), held.ntor(), Optional.empty(), held.since());
        }
        return renewed;
    }

    private interface Reading<T> {
        T read() throws LocalFailure;
    }

    /** Reads who we are, which nothing can replace. */
    private static <T> T identity(Reading<T> reading) throws LocalFailure {
        try {
            return reading.read();
        } catch (LocalFailure damaged) {
            throw isDamage(damaged)
                    ? new LocalFailure(
                            damaged.getMessage() + ": restore it from a backup; without it this becomes another relay",
                            damaged)
                    : damaged;
        }
    }

    /** Reads what can be made anew: a damaged file is set aside, as if it had been missing. */
    private <T> Optional<T> replaceable(String name, Reading<Optional<T>> reading) throws LocalFailure {
        try {
            return reading.read();
        } catch (LocalFailure damaged) {
            if (!isDamage(damaged)) {
                throw damaged;
            }
            Path file = options.keyDirectory().resolve(name);
            Path aside = file.resolveSibling(name + ".broken");
            disk.move(file, aside);
            log.warn(
                    Log.Domain.OR,
                    damaged.getMessage() + ": it is set aside as " + aside.getFileName() + ", and a new one is made");
            return Optional.empty();
        }
    }

    private static boolean isDamage(LocalFailure failure) {
        return failure.getCause() instanceof Untrusted;
    }

    private RsaKeyPair readOrMakeRsa(String name) throws LocalFailure {
        Optional<RsaKeyPair> known = files.readRsa(name);
        if (known.isPresent()) {
            return known.get();
        }
        RsaKeyPair made = RsaKeyPair.generate(RsaKeyPair.RELAY_BITS, entropy);
        files.writeRsa(name, made);
        return made;
    }

    /** The secret half may be kept elsewhere: then its public half is here, and a certified signing key. */
    private Ed25519Identity readOrMakeIdentity() throws LocalFailure {
        Optional<Ed25519KeyPair> secret = files.readEd25519(KeyFiles.MASTER_SECRET);
        Optional<Ed25519Identity> known = secret.isPresent()
                ? replaceable(KeyFiles.MASTER_PUBLIC, () -> files.readEd25519Public(KeyFiles.MASTER_PUBLIC))
                : files.readEd25519Public(KeyFiles.MASTER_PUBLIC);
        if (secret.isEmpty() && known.isPresent()) {
            return known.get();
        }
        if (secret.isEmpty()) {
            secret = Optional.of(Ed25519KeyPair.generate(entropy));
            files.writeEd25519(KeyFiles.MASTER_SECRET, secret.get());
        }
        Ed25519Identity publicKey = secret.get().publicKey();
        if (known.isPresent() && !known.get().equals(publicKey)) {
            throw new LocalFailure(options.keyDirectory() + ": " + KeyFiles.MASTER_PUBLIC + " does not belong to "
                    + KeyFiles.MASTER_SECRET + "; remove the one that is not yours");
        }
        if (known.isEmpty()) {
            files.writeEd25519Public(KeyFiles.MASTER_PUBLIC, publicKey);
        }
        return publicKey;
    }

    private SigningKey readOrMakeSigning() throws LocalFailure {
        Optional<Ed25519KeyPair> pair =
                replaceable(KeyFiles.SIGNING_SECRET, () -> files.readEd25519(KeyFiles.SIGNING_SECRET));
        Optional<Ed25519Certificate> certificate =
                replaceable(KeyFiles.SIGNING_CERTIFICATE, () -> files.readCertificate(KeyFiles.SIGNING_CERTIFICATE));
        if (pair.isPresent() && certificate.isPresent() && belong(pair.get(), certificate.get())) {
            return new SigningKey(pair.get(), certificate.get());
        }
        Optional<Ed25519KeyPair> master = files.readEd25519(KeyFiles.MASTER_SECRET);
        if (master.isEmpty()) {
            throw new LocalFailure(options.keyDirectory() + ": no signing key with a valid certificate, and the master"
                    + " identity key that could make one is offline; make them with --keygen where it is");
        }
        return makeSigning(master.get());
    }

    private boolean belong(Ed25519KeyPair pair, Ed25519Certificate certificate) {
        try {
            certificate.verify(Ed25519Certificate.IDENTITY_SIGNS_SIGNING, identity, time.now());
            return certificate.certifiedKey().equals(pair.publicKey());
        } catch (Untrusted expiredOrForeign) {
            return false;
        }
    }

    private SigningKey makeSigning(Ed25519KeyPair master) throws LocalFailure {
        Ed25519KeyPair pair = Ed25519KeyPair.generate(entropy);
        Ed25519Certificate certificate = Ed25519Certificate.sign(
                Ed25519Certificate.IDENTITY_SIGNS_SIGNING,
                pair.publicKey(),
                time.now().plus(options.signingKeyLifetime()),
                master,
                true);
        files.writeEd25519(KeyFiles.SIGNING_SECRET, pair);
        files.writeCertificate(KeyFiles.SIGNING_CERTIFICATE, certificate);
        return new SigningKey(pair, certificate);
    }

    private boolean expiresSoon(Ed25519Certificate certificate) {
        return time.now().plus(SIGNING_KEY_SLOP).isAfter(certificate.expires());
    }

    private OnionKeys readOrMakeOnionKeys() throws LocalFailure {
        replaceable(KeyFiles.RSA_ONION, () -> files.readRsa(KeyFiles.RSA_ONION));
        RsaKeyPair tap = readOrMakeRsa(KeyFiles.RSA_ONION);
        Optional<Curve25519KeyPair> current =
                replaceable(KeyFiles.NTOR_ONION, () -> files.readCurve25519(KeyFiles.NTOR_ONION));
        if (current.isEmpty()) {
            current = Optional.of(makeNtor());
        }
        Instant since = disk.modified(options.keyDirectory().resolve(KeyFiles.NTOR_ONION))
                .orElse(time.now());
        Optional<Curve25519KeyPair> previous = isGraceOver(since)
                ? Optional.empty()
                : replaceable(
                        KeyFiles.NTOR_ONION + KeyFiles.OLD,
                        () -> files.readCurve25519(KeyFiles.NTOR_ONION + KeyFiles.OLD));
        return new OnionKeys(tap, current.get(), previous, since);
    }

    private boolean isGraceOver(Instant since) {
        return !time.now().isBefore(since.plus(ONION_KEY_GRACE));
    }

    private OnionKeys rotated(OnionKeys held) throws LocalFailure {
        files.retire(KeyFiles.RSA_ONION);
        RsaKeyPair tap = readOrMakeRsa(KeyFiles.RSA_ONION);
        files.retire(KeyFiles.NTOR_ONION);
        Curve25519KeyPair ntor = makeNtor();
        log.info(Log.Domain.GENERAL, "Rotated the onion keys.");
        return new OnionKeys(tap, ntor, Optional.of(held.ntor()), time.now());
    }

    private Curve25519KeyPair makeNtor() throws LocalFailure {
        Curve25519KeyPair made = Curve25519KeyPair.generate(entropy);
        files.writeCurve25519(KeyFiles.NTOR_ONION, made);
        return made;
    }

    private void writeFingerprints() throws LocalFailure {
        log.notice(
                Log.Domain.GENERAL,
                "Your Tor server's identity key fingerprint is '" + options.nickname() + " "
                        + fingerprint().hex() + "'");
        log.notice(
                Log.Domain.GENERAL,
                "Your Tor server's identity key ed25519 fingerprint is '" + options.nickname() + " " + identity.base64()
                        + "'");
        writeIfNew("fingerprint", options.nickname() + " " + fingerprint().hex() + "\n");
        writeIfNew("fingerprint-ed25519", options.nickname() + " " + identity.base64() + "\n");
    }

    private void writeIfNew(String name, String text) throws LocalFailure {
        byte[] content = text.getBytes(StandardCharsets.US_ASCII);
        if (disk.read(options.dataDirectory().resolve(name))
                .filter(old -> Arrays.equals(old, content))
                .isEmpty()) {
            disk.write(options.dataDirectory().resolve(name), content);
        }
    }
}
