package io.allium.relay;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Sensitive;
import io.allium.base.Untrusted;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.KeyFiles;
import io.allium.crypto.PassphraseBox;
import java.util.Arrays;
import java.util.Optional;

/**
 * The files of a relay's Ed25519 identity: its secret half, which may lie here in the open, here under a passphrase, or
 * elsewhere, and its public half, which is always here. Confined to whoever loads keys.
 *
 * @spec tor-spec 1.1
 */
final class MasterKey {
    private final KeyFiles files;
    private final KeyRepair repair;
    private final Entropy entropy;
    private final Log log;
    private final Optional<Passphrases> passphrases;
    private final String openName;
    private final String lockedName;
    private final String publicName;

    /**
     * @param passphrases to open the secret half with where it is locked; without, it is as if it lay elsewhere
     * @param secretFile where the secret half is, locked or not, if not where it usually is
     */
    MasterKey(
            Disk disk,
            KeyFiles files,
            Entropy entropy,
            Log log,
            Optional<Passphrases> passphrases,
            Optional<String> secretFile) {
        this.files = files;
        this.repair = new KeyRepair(disk, log);
        this.entropy = entropy;
        this.log = log;
        this.passphrases = passphrases;
        this.openName = secretFile.orElse(KeyFiles.MASTER_SECRET);
        this.lockedName = secretFile.orElse(KeyFiles.MASTER_ENCRYPTED);
        this.publicName = secretFile.map(name -> name + "_public_key").orElse(KeyFiles.MASTER_PUBLIC);
    }

    /** The secret half, if it is here and can be opened. */
    Optional<Ed25519KeyPair> secret() throws LocalFailure {
        if (isLocked(lockedName)) {
            return passphrases.isPresent() ? unlocked(passphrases.get()) : openSecret();
        }
        return openSecret();
    }

    private Optional<Ed25519KeyPair> openSecret() throws LocalFailure {
        return openName.equals(lockedName) && isLocked(lockedName)
                ? Optional.empty()
                : repair.identity(() -> files.readEd25519(openName));
    }

    /** Whether there is a locked secret half, and none in the open, which would be taken first. */
    private boolean isLocked(String name) throws LocalFailure {
        if (!openName.equals(lockedName)) {
            return files.has(name) && !files.has(openName);
        }
        try {
            return files.readBox(name).isPresent();
        } catch (LocalFailure inTheOpen) {
            return false;
        }
    }

    boolean isLocked() throws LocalFailure {
        return isLocked(lockedName);
    }

    private Optional<Ed25519KeyPair> unlocked(Passphrases asked) throws LocalFailure {
        byte[] box = files.readBox(lockedName).orElseThrow();
        while (true) { // until the passphrase is right, or whoever types it gives up
            try (Sensitive passphrase = asked.ask("Enter passphrase for master key:")) {
                Optional<byte[]> secret = PassphraseBox.open(box, passphrase.expose());
                if (secret.isPresent()) {
                    return Optional.of(pair(secret.get()));
                }
            } catch (Untrusted damaged) {
                throw new LocalFailure(files.path(lockedName) + " is corrupted: " + damaged.getMessage(), damaged);
            }
            if (!asked.isInteractive()) {
                throw new LocalFailure(files.path(lockedName) + ": wrong passphrase");
            }
        }
    }

    private static Ed25519KeyPair pair(byte[] secret) throws Untrusted {
        try {
            if (secret.length != Ed25519KeyPair.EXPANDED_LENGTH) {
                throw new Untrusted("has " + secret.length + " bytes inside, not " + Ed25519KeyPair.EXPANDED_LENGTH);
            }
            return Ed25519KeyPair.ofExpanded(secret);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    /**
     * The public half, which is written where only the secret one is here.
     *
     * @param secret the secret half, which the public one must belong to
     */
    Optional<Ed25519Identity> identity(Optional<Ed25519KeyPair> secret) throws LocalFailure {
        if (secret.isEmpty()) {
            return files.readEd25519Public(publicName);
        }
        Ed25519Identity expected = secret.get().publicKey();
        Optional<Ed25519Identity> known =
                repair.replaceable(files.path(publicName), () -> files.readEd25519Public(publicName));
        if (known.isPresent() && !known.get().equals(expected)) {
            throw new LocalFailure(files.path(publicName) + " does not match " + files.path(openName)
                    + "! Were the files of two relays mixed up in a backup? If the secret key is the right one for this"
                    + " relay, move " + publicName + " out of the way");
        }
        if (known.isEmpty()) {
            log.notice(Log.Domain.OR, "Found secret key but not " + files.path(publicName) + ". Regenerating.");
            files.writeEd25519Public(publicName, expected);
        }
        return Optional.of(expected);
    }

    /** Makes a key where there was none, and asks for its passphrase first where there is somebody to ask. */
    Ed25519KeyPair make() throws LocalFailure {
        Ed25519KeyPair made = Ed25519KeyPair.generate(entropy);
        write(made);
        files.writeEd25519Public(publicName, made.publicKey());
        return made;
    }

    /** Writes the secret half, in the open unless somebody gives a passphrase. */
    void write(Ed25519KeyPair secret) throws LocalFailure {
        if (passphrases.isPresent() && lock(secret, passphrases.get())) {
            return;
        }
        files.writeEd25519(openName, secret);
    }

    private boolean lock(Ed25519KeyPair secret, Passphrases asked) throws LocalFailure {
        try (Sensitive passphrase = asked.askForNew("Enter new passphrase:")) {
            if (passphrase.expose().length == 0) {
                asked.say("Not encrypting the secret key.");
                return false;
            }
            try (Sensitive expanded = Sensitive.taking(secret.expanded())) {
                files.writeBox(lockedName, PassphraseBox.seal(expanded.expose(), passphrase.expose(), entropy));
            }
        }
        if (!openName.equals(lockedName)) {
            files.delete(openName);
        }
        return true;
    }

    /** The public half alone, as a certificate names it. */
    void writePublic(Ed25519Identity identity) throws LocalFailure {
        files.writeEd25519Public(publicName, identity);
    }

    /** Where the secret half is looked for. */
    String place() {
        return files.path(openName).toString();
    }

    /** Where the public half is looked for. */
    String publicPlace() {
        return files.path(publicName).toString();
    }
}
