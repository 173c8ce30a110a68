package io.allium.onionservice;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.Untrusted;
import io.allium.crypto.Base32;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.OnionAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keys that services have let us in with: a file for each, in the folder that {@code ClientOnionAuthDir} names. Without
 * one, the descriptor of a service that asks for one cannot be read. Immutable.
 *
 * @spec rend-spec-v3 appendix G.1
 */
public final class ClientAuthorization {
    /** No keys. */
    public static final ClientAuthorization NONE = new ClientAuthorization(List.of());

    /** What the files are named like; others in the folder are left alone. */
    static final String SUFFIX = ".auth_private";

    /** A file has about 130 characters; what is much longer is none of these. */
    private static final int LENGTH_MAX = 1024;

    /** Keys that are read at most: each costs a scalar multiplication. */
    static final int KEYS_MAX = 10_000;

    private static final int FIELDS = 4;

    private final Map<Ed25519Identity, ClientKey> keys = new LinkedHashMap<>();

    private ClientAuthorization(List<ClientKey> keys) {
        keys.forEach(key -> this.keys.put(key.service().identity(), key));
    }

    /**
     * Reads the keys of a folder. A file that is not as it should be is told of and passed over, as in C tor.
     *
     * @throws LocalFailure when the folder cannot be used, or two files are for the same service
     */
    public static ClientAuthorization load(Disk disk, Path folder, Log log) throws LocalFailure {
        if (disk.privateFolder(folder)) {
            log.warn(Domain.FS, "The folder " + folder + " was open to others, who may have read its keys. Closed it.");
        }
        Map<OnionAddress, ClientKey> keys = new LinkedHashMap<>();
        for (Path file : disk.list(folder)) {
            String name = String.valueOf(file.getFileName());
            if (!name.endsWith(SUFFIX) || name.length() == SUFFIX.length()) {
                log.notice(
                        Domain.REND,
                        "Client authorization: " + named(file, log) + " is not read, as its name does not end in "
                                + SUFFIX + ".");
                continue;
            }
            if (keys.size() == KEYS_MAX) {
                throw new LocalFailure(folder + ": has more than " + KEYS_MAX + " keys");
            }
            Optional<ClientKey> key = read(disk, file, log);
            if (key.isPresent() && keys.putIfAbsent(key.get().service(), key.get()) != null) {
                throw new LocalFailure("Duplicate authorization for the same hidden service address "
                        + log.scrub(key.get().service()) + ", in " + named(file, log));
            }
        }
        return of(List.copyOf(keys.values()));
    }

    /** One key, for one service. */
    static ClientAuthorization of(Ed25519Identity service, Curve25519KeyPair key) {
        return of(List.of(new ClientKey(new OnionAddress(service), key, Optional.empty(), false)));
    }

    /** These keys, each for another service. */
    static ClientAuthorization of(List<ClientKey> keys) {
        return new ClientAuthorization(keys);
    }

    /** The key for a service, if we have one. */
    public Optional<Curve25519KeyPair> key(Ed25519Identity service) {
        return Optional.ofNullable(keys.get(service)).map(ClientKey::key);
    }

    /** All of them. */
    List<ClientKey> keys() {
        return List.copyOf(keys.values());
    }

    /** How many services have let us in. */
    public int size() {
        return keys.size();
    }

    /** Writes a key into a file of the folder, named after its service. */
    static void store(Disk disk, Path folder, ClientKey key) throws LocalFailure {
        disk.privateFolder(folder);
        String line = key.service().label() + ":descriptor:x25519:"
                + Base32.encode(key.key().secret());
        disk.write(folder.resolve(key.service().label() + SUFFIX), line.getBytes(StandardCharsets.US_ASCII));
    }

    /** Deletes the files that have a key for a service. */
    static void delete(Disk disk, Path folder, OnionAddress service, Log log) throws LocalFailure {
        for (Path file : disk.list(folder)) {
            if (String.valueOf(file.getFileName()).endsWith(SUFFIX)
                    && read(disk, file, log)
                            .filter(key -> key.service().equals(service))
                            .isPresent()) {
                disk.delete(file);
            }
        }
    }

    /** Files are named after the services that the user visits. */
    private static String named(Path file, Log log) {
        return log.scrub(String.valueOf(file.getFileName())) + " in " + file.getParent();
    }

    private static Optional<ClientKey> read(Disk disk, Path file, Log log) throws LocalFailure {
        try {
            byte[] content = disk.read(file).orElse(new byte[0]);
            ClientKey key = parse(new String(content, StandardCharsets.ISO_8859_1));
            log.info(Domain.REND, "Loaded a client authorization key file " + named(file, log) + ".");
            return Optional.of(key);
        } catch (Untrusted malformed) {
            log.warn(
                    Domain.REND,
                    "Client authorization: " + named(file, log) + " is not used: " + malformed.getMessage() + ".");
            return Optional.empty();
        }
    }

    /**
     * Reads {@code ADDRESS:descriptor:x25519:KEY}, the address without {@code .onion}, the key in base32. No message tells
     * the key.
     */
    static ClientKey parse(String text) throws Untrusted {
        if (text.length() > LENGTH_MAX) {
            throw new Untrusted("it has more than " + LENGTH_MAX + " characters");
        }
        List<String> fields = List.of(text.strip().split(":", -1));
        if (fields.size() != FIELDS) {
            throw new Untrusted("it is not of the form ADDRESS:descriptor:x25519:KEY");
        }
        if (!fields.get(1).equals("descriptor")) {
            throw new Untrusted("the kind of authorization is not 'descriptor'");
        }
        if (!fields.get(2).equals("x25519")) {
            throw new Untrusted("the kind of key is not 'x25519'");
        }
        return new ClientKey(
                OnionAddress.parseLabel(fields.get(0)), secret(Base32.decode(fields.get(3))), Optional.empty(), true);
    }

    /** The key of these bytes, unless they are none. */
    static Curve25519KeyPair secret(byte[] secret) throws Untrusted {
        if (secret.length != Curve25519KeyPair.SECRET_LENGTH) {
            throw new Untrusted("the key has " + secret.length + " bytes, not " + Curve25519KeyPair.SECRET_LENGTH);
        }
        int bits = 0;
        for (byte each : secret) {
            bits |= each;
        }
        if (bits == 0) {
            throw new Untrusted("the key is all zeros");
        }
        return Curve25519KeyPair.ofSecret(secret);
    }
}
