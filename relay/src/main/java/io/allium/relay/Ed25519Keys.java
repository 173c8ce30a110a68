package io.allium.relay;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Time;
import io.allium.base.Untrusted;
import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.KeyFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A relay's Ed25519 identity and the signing key that it vouches for, as they lie in a key directory. The identity's
 * secret half is needed once a month, to vouch for the next signing key; a careful operator keeps it elsewhere, makes
 * signing keys there by {@code --keygen}, and copies them here. Immutable; the files are the state.
 *
 * @spec tor-spec 1.1
 */
public final class Ed25519Keys {
    private final Disk disk;
    private final Time time;
    private final Entropy entropy;
    private final Log log;
    private final Settings settings;
    private final KeyFiles files;
    private final KeyRepair repair;

    /**
     * What the operator says of them.
     *
     * @param folder {@code KeyDirectory}
     * @param offline {@code OfflineMasterKey}: the identity's secret half is never made and never read here
     * @param lifetime {@code SigningKeyLifetime}
     * @param slop {@code TestingSigningKeySlop}: how long before its end a signing key is replaced
     */
    public record Settings(Path folder, boolean offline, Duration lifetime, Duration slop) {}

    /**
     * What {@code --keygen} asks for.
     *
     * @param newPassphrase only lock the identity's secret half anew
     * @param secretFile where that is, if not in the key directory
     */
    public record Keygen(Passphrases passphrases, boolean newPassphrase, Optional<String> secretFile) {}

    /** Who we are, and what signs for us. */
    public record Loaded(Ed25519Identity identity, SigningKey signing) {}

    public Ed25519Keys(Disk disk, Time time, Entropy entropy, Log log, Settings settings) {
        this.disk = disk;
        this.time = time;
        this.entropy = entropy;
        this.log = log;
        this.settings = settings;
        this.files = new KeyFiles(disk, settings.folder);
        this.repair = new KeyRepair(disk, log);
    }

    /** Reads the keys, making what is missing or due if the identity's secret half is at hand or may be made. */
    public Loaded load() throws LocalFailure {
        MasterKey master = new MasterKey(disk, files, entropy, log, Optional.empty(), Optional.empty());
        Optional<SigningKey> held = readSigning();
        boolean needed = held.isEmpty() || expiresWithin(held.get(), Duration.ZERO);
        boolean wanted = needed || expiresWithin(held.get(), settings.slop);
        if (wanted) {
            tellWhy(held, needed, settings.offline);
        }
        Optional<Ed25519KeyPair> secret = settings.offline ? Optional.empty() : master.secret();
        return finish(master, held, needed, wanted, secret, settings.offline);
    }

    /** Makes a signing key, and the identity where there is none; or locks the identity's secret half anew. */
    public Loaded generate(Keygen how) throws LocalFailure {
        MasterKey master = new MasterKey(disk, files, entropy, log, Optional.of(how.passphrases), how.secretFile);
        Optional<SigningKey> held = readSigning();
        boolean needed = held.isEmpty() || expiresWithin(held.get(), Duration.ZERO) || !how.newPassphrase;
        if (needed) {
            tellWhy(held, true, false);
        }
        Optional<Ed25519KeyPair> secret = master.secret();
        if (how.newPassphrase && secret.isPresent()) {
            master.write(secret.get());
        }
        return finish(master, held, needed, needed, secret, false);
    }

    private Loaded finish(
            MasterKey master,
            Optional<SigningKey> held,
            boolean needed,
            boolean wanted,
            Optional<Ed25519KeyPair> secret,
            boolean offline)
            throws LocalFailure {
        Optional<Ed25519Identity> known = master.identity(secret);
        if (needed && secret.isEmpty() && (known.isPresent() || offline || held.isPresent() || master.isLocked())) {
            throw unreachable(master, known, offline);
        }
        Optional<Ed25519KeyPair> signer = secret;
        Ed25519Identity identity;
        if (known.isPresent()) {
            identity = known.get();
        } else if (needed) {
            signer = Optional.of(master.make());
            identity = signer.get().publicKey();
        } else {
            identity = inferred(master, held.orElseThrow());
        }
        if (held.isPresent()) {
            check(held.get(), identity);
        }
        if (wanted && signer.isPresent()) {
            return new Loaded(identity, makeSigning(signer.get()));
        }
        if (wanted) {
            log.warn(
                    Log.Domain.OR,
                    "Signing key will expire soon, but I can't load the master key to sign a new one! It expires at "
                            + held.orElseThrow().certificate().expires() + ": make one with 'tor --keygen' where the"
                            + " master key is, and copy it and its certificate into " + settings.folder + ".");
        }
        return new Loaded(identity, held.orElseThrow());
    }

    /** The identity is told by the certificate too. */
    private Ed25519Identity inferred(MasterKey master, SigningKey held) throws LocalFailure {
        Ed25519Identity identity = held.certificate()
                .signedWith()
                .orElseThrow(() -> new LocalFailure("Loaded a signing cert with no key included!"));
        log.warn(
                Log.Domain.OR,
                "Master public key was absent; inferring from public key in signing certificate and saving to disk.");
        master.writePublic(identity);
        return identity;
    }

    private void check(SigningKey held, Ed25519Identity identity) throws LocalFailure {
        Ed25519Certificate certificate = held.certificate();
        if (certificate.signedWith().isEmpty()) {
            throw new LocalFailure("Loaded a signing cert with no key included!");
        }
        if (!certificate.signedWith().get().equals(identity)) {
            throw new LocalFailure("The signing cert we have was not signed with the master key we loaded! ("
                    + files.path(KeyFiles.SIGNING_CERTIFICATE) + " is of another relay; move it out of the way)");
        }
        try {
            certificate.verify(
                    Ed25519Certificate.IDENTITY_SIGNS_SIGNING,
                    identity,
                    certificate.expires().minusSeconds(1));
        } catch (Untrusted wrong) {
            throw new LocalFailure(
                    "The signing cert we loaded was not signed correctly: " + wrong.getMessage() + "!", wrong);
        }
    }

    private LocalFailure unreachable(MasterKey master, Optional<Ed25519Identity> known, boolean offline)
            throws LocalFailure {
        if (offline) {
            return new LocalFailure("Can't load master identity key; OfflineMasterKey is set. Make a signing key with"
                    + " 'tor --keygen' where the master key is, and copy it and its certificate into "
                    + settings.folder);
        }
        if (known.isEmpty() && master.isLocked()) {
            return new LocalFailure(
                    "Found an encrypted secret key, but not public key file " + master.publicPlace() + "!");
        }
        if (master.isLocked()) {
            return new LocalFailure("We needed to load a secret key from " + master.place()
                    + ", but it was encrypted. Try 'tor --keygen' instead, so you can enter the passphrase.");
        }
        return new LocalFailure("We needed to load a secret key from " + master.place() + ", but couldn't find it."
                + " If you keep it offline, make new signing keys there with 'tor --keygen'.");
    }

    private void tellWhy(Optional<SigningKey> held, boolean needed, boolean offline) {
        String because = held.isEmpty()
                ? "I don't have one"
                : expiresWithin(held.get(), Duration.ZERO)
                        ? "the one I have is expired"
                        : needed ? "you asked me to make one with --keygen" : "the one I have is going to expire soon";
        String how = offline
                ? "But OfflineMasterKey is set: use 'tor --keygen' where the master key is, and copy the files here."
                : "For that the permanent master identity key is loaded" + (held.isEmpty() ? " (or created)" : "")
                        + ". Where it was moved away or is encrypted, use 'tor --keygen' to do it by hand.";
        log.notice(
                Log.Domain.OR,
                "It looks like I " + (needed ? "need" : "should try")
                        + " to generate and sign a new medium-term signing key, because " + because + ". " + how);
    }

    /** The signing key with its certificate, which may have expired; nothing where they do not belong together. */
    private Optional<SigningKey> readSigning() throws LocalFailure {
        Optional<Ed25519KeyPair> pair = repair.replaceable(
                files.path(KeyFiles.SIGNING_SECRET), () -> files.readEd25519(KeyFiles.SIGNING_SECRET));
        Optional<Ed25519Certificate> certificate = repair.replaceable(
                files.path(KeyFiles.SIGNING_CERTIFICATE), () -> files.readCertificate(KeyFiles.SIGNING_CERTIFICATE));
        return pair.isPresent()
                        && certificate.isPresent()
                        && certificate.get().certifiedKey().equals(pair.get().publicKey())
                ? Optional.of(new SigningKey(pair.get(), certificate.get()))
                : Optional.empty();
    }

    private SigningKey makeSigning(Ed25519KeyPair master) throws LocalFailure {
        Ed25519KeyPair pair = Ed25519KeyPair.generate(entropy);
        Ed25519Certificate certificate = Ed25519Certificate.sign(
                Ed25519Certificate.IDENTITY_SIGNS_SIGNING,
                pair.publicKey(),
                time.now().plus(settings.lifetime),
                master,
                true);
        files.writeEd25519(KeyFiles.SIGNING_SECRET, pair);
        files.writeCertificate(KeyFiles.SIGNING_CERTIFICATE, certificate);
        return new SigningKey(pair, certificate);
    }

    boolean expiresSoon(SigningKey held) {
        return expiresWithin(held, settings.slop);
    }

    private boolean expiresWithin(SigningKey held, Duration left) {
        Instant then = time.now().plus(left);
        return held.certificate().expires().isBefore(then);
    }
}
