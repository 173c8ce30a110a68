package io.allium.onionservice;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.KeyFiles;
import io.allium.crypto.OnionAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * The key that a service is, and its name, in the files of its folder; C tor has the same. Whoever has the secret key is the
 * service. Immutable.
 *
 * @spec rend-spec-v3 appendix F (HIDSERVDIR-FORMAT)
 */
public record ServiceKeys(Ed25519KeyPair identity, OnionAddress address) {
    static final String SECRET = "hs_ed25519_secret_key";
    static final String PUBLIC = "hs_ed25519_public_key";
    static final String HOSTNAME = "hostname";

    /** What key is that of. */
    public static ServiceKeys of(Ed25519KeyPair identity) {
        return new ServiceKeys(identity, new OnionAddress(identity.publicKey()));
    }

    /**
     * Reads the keys of a folder, or makes them; writes the address into {@code hostname} where it does not stand there.
     *
     * @param groupReadable whether the user's group may read the folder and the address; never the key
     */
    public static ServiceKeys load(Disk disk, Path folder, boolean groupReadable, Entropy entropy, Log log)
            throws LocalFailure {
        boolean wasOpen = disk.privateFolder(folder);
        if (wasOpen && !groupReadable) {
            log.warn(
                    Domain.FS,
                    "The folder " + folder + " was open to others, who may have read the service's key. Closed it.");
        }
        KeyFiles files = new KeyFiles(disk, folder);
        ServiceKeys keys = of(secret(files, entropy, log));
        Path hostname = folder.resolve(HOSTNAME);
        byte[] line = (keys.address.host() + "\n").getBytes(StandardCharsets.US_ASCII);
        if (!Arrays.equals(line, disk.read(hostname).orElse(new byte[0]))) {
            disk.write(hostname, line);
        }
        if (groupReadable) {
            disk.openToGroup(folder);
            disk.openToGroup(hostname);
        }
        return keys;
    }

    private static Ed25519KeyPair secret(KeyFiles files, Entropy entropy, Log log) throws LocalFailure {
        Optional<Ed25519KeyPair> secret = files.readEd25519(SECRET);
        Optional<Ed25519Identity> known = files.readEd25519Public(PUBLIC);
        if (secret.isEmpty() && known.isPresent()) {
            throw new LocalFailure(files.path(PUBLIC) + " is there and " + files.path(SECRET)
                    + " is missing: bring it back, or remove the former to become a new service");
        }
        if (secret.isPresent() && known.isPresent() && !secret.get().publicKey().equals(known.get())) {
            throw new LocalFailure(files.path(SECRET) + " does not match " + files.path(PUBLIC)
                    + ": if you are sure that the secret key is the right one, remove the other");
        }
        if (secret.isEmpty()) {
            log.info(Domain.REND, "There are no keys in " + files.path(SECRET) + " yet; making them.");
            secret = Optional.of(Ed25519KeyPair.generate(entropy));
            files.writeEd25519(SECRET, secret.get());
        }
        if (known.isEmpty()) {
            files.writeEd25519Public(PUBLIC, secret.get().publicKey());
        }
        return secret.get();
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return address.toString();
    }
}
