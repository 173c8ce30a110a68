package io.allium.onionservice;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.Untrusted;
import io.allium.crypto.Base32;
import io.allium.crypto.Curve25519Key;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The clients that a service lets in: a file for each in the folder {@code authorized_clients}. With none, everybody who
 * knows the address may come.
 *
 * @spec rend-spec-v3 appendix G.1
 */
final class AuthorizedClients {
    static final String FOLDER = "authorized_clients";
    static final String SUFFIX = ".auth";

    /** As many as a descriptor of 50,000 bytes has room for beside three introduction points: they come in sixteens. */
    static final int CLIENTS_MAX = 352;

    /** A file has about 70 characters; what is much longer is none of these. */
    private static final int LENGTH_MAX = 1024;

    private static final int FIELDS = 3;

    private AuthorizedClients() {}

    /** Reads the files of a service's folder. One that is not as it should be is told of and passed over, as in C tor. */
    static List<Curve25519Key> load(Disk disk, Path serviceFolder, Log log) throws LocalFailure {
        Path folder = serviceFolder.resolve(FOLDER);
        disk.privateFolder(folder);
        List<Curve25519Key> clients = new ArrayList<>();
        for (Path file : disk.list(folder)) {
            String name = String.valueOf(file.getFileName());
            if (!name.endsWith(SUFFIX) || name.length() == SUFFIX.length()) {
                log.warn(
                        Domain.REND,
                        "Client authorization unrecognized filename " + name + ". File must end in .auth. Ignoring.");
                continue;
            }
            if (clients.size() == CLIENTS_MAX) {
                throw new LocalFailure(folder + ": has more than " + CLIENTS_MAX
                        + " clients, for whom there is no room in the descriptor");
            }
            read(disk, file, log).ifPresent(clients::add);
        }
        return List.copyOf(clients);
    }

    private static Optional<Curve25519Key> read(Disk disk, Path file, Log log) throws LocalFailure {
        try {
            byte[] content = disk.read(file).orElse(new byte[0]);
            Curve25519Key key = parse(new String(content, StandardCharsets.ISO_8859_1));
            log.info(Domain.REND, "Loaded a client authorization key file " + file + ".");
            return Optional.of(key);
        } catch (Untrusted malformed) {
            log.warn(Domain.REND, "Client authorization: " + file + " is not used: " + malformed.getMessage() + ".");
            return Optional.empty();
        }
    }

    /** Reads {@code descriptor:x25519:KEY}, the key in base32. */
    static Curve25519Key parse(String text) throws Untrusted {
        if (text.length() > LENGTH_MAX) {
            throw new Untrusted("it has more than " + LENGTH_MAX + " characters");
        }
        List<String> fields = List.of(text.strip().split(":", -1));
        if (fields.size() != FIELDS) {
            throw new Untrusted("it is not of the form descriptor:x25519:KEY");
        }
        if (!fields.get(0).equals("descriptor")) {
            throw new Untrusted("the kind of authorization is not 'descriptor'");
        }
        if (!fields.get(1).equals("x25519")) {
            throw new Untrusted("the kind of key is not 'x25519'");
        }
        byte[] key = Base32.decode(fields.get(2));
        if (key.length != Curve25519Key.LENGTH) {
            throw new Untrusted("the key has " + key.length + " bytes, not " + Curve25519Key.LENGTH);
        }
        return Curve25519Key.of(key);
    }
}
