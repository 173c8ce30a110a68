package io.allium.relay;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Time;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.KeyFiles;
import io.allium.crypto.RsaKeyPair;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The relay's keys, in files that C tor reads and writes too. Identities stay for life, the signing key lives for weeks,
 * onion keys are replaced every four weeks and answered for one week more.
 *
 * <p>A new key is on the disk before anything uses it, and a file changes as a whole, so an end at any moment loses no
 * key: at worst a signing key and its certificate do not match on the next start, and a new pair is made; or the onion
 * key has been retired and has no successor yet, and one is made.
 *
 * <p>Changes are made under {@code lock}; anybody reads, from volatile fields that hold immutable values.
 *
 * @spec tor-spec 1.1
 */
public final class RelayKeys {
    /** An onion key's life: the default of the consensus parameter onion-key-rotation-days. */
    static final Duration ONION_KEY_LIFETIME = Duration.ofDays(28);

    /** How long the previous onion key is answered for: the default of onion-key-grace-period-days. */
    static final Duration ONION_KEY_GRACE = Duration.ofDays(7);

    private final ReentrantLock lock = new ReentrantLock();
    private final Disk disk;
    private final Time time;
    private final Entropy entropy;
    private final Log log;
    private final RelayOptions options;
    private final KeyFiles files;
    private final KeyRepair repair;
    private final Ed25519Keys ed25519;
    private final RsaKeyPair rsaIdentity;
    private final Ed25519Identity identity;
    private volatile List<Ed25519KeyPair> families;
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
        this.repair = new KeyRepair(disk, log);
        this.ed25519 = new Ed25519Keys(disk, time, entropy, log, options.ed25519Keys());
        disk.privateFolder(options.keyDirectory());
        this.rsaIdentity = repair.identity(() -> readOrMakeRsa(KeyFiles.RSA_IDENTITY));
        Ed25519Keys.Loaded loaded = ed25519.load();
        this.identity = loaded.identity();
        this.signing = loaded.signing();
        this.families = List.copyOf(FamilyKeys.load(disk, log, options.familyKeys()));
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

    /** The keys of the families that we belong to. */
    List<Ed25519KeyPair> families() {
        return families;
    }

    public OnionKeys onionKeys() {
        return onionKeys;
    }

    /**
     * Replaces whatever has come of age, and forgets a previous onion key whose grace is over. Called about every hour.
     *
     * @return whether a key was replaced, so that a new descriptor is due
     * @throws LocalFailure also where the signing key has expired and none can be made
     */
    public boolean renew() throws LocalFailure {
        lock.lock();
        try {
            return renewDue();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes a signing key and family keys that the operator put into the folder.
     *
     * @return whether there are others than before, so that a new descriptor is due
     */
    boolean reload() throws LocalFailure {
        lock.lock();
        try {
            List<Ed25519KeyPair> before = families;
            boolean renewed = renewSigning();
            families = List.copyOf(FamilyKeys.load(disk, log, options.familyKeys()));
            return renewed || !identities(before).equals(identities(families));
        } finally {
            lock.unlock();
        }
    }

    private static List<Ed25519Identity> identities(List<Ed25519KeyPair> keys) {
        return keys.stream().map(Ed25519KeyPair::publicKey).toList();
    }

    private boolean renewDue() throws LocalFailure {
        boolean renewed = ed25519.expiresSoon(signing) && renewSigning();
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

    /** Takes a signing key that the operator brought, or makes one if the master key is at hand. */
    private boolean renewSigning() throws LocalFailure {
        Ed25519Keys.Loaded loaded = ed25519.load();
        if (!loaded.identity().equals(identity)) {
            throw new LocalFailure("Identity key on disk does not match key we loaded earlier! Restore the files in "
                    + options.keyDirectory());
        }
        boolean isNew = !loaded.signing().certificate().equals(signing.certificate());
        signing = loaded.signing();
        return isNew;
    }

    private <T> Optional<T> replaceable(String name, KeyRepair.Reading<Optional<T>> reading) throws LocalFailure {
        return repair.replaceable(files.path(name), reading);
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
