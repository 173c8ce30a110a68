package io.allium.app;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.crypto.Base32;
import io.allium.crypto.Curve25519KeyPair;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The keys of those who are let in, made in the folder of an address. What they need is shown once and kept nowhere: the
 * address knows the public halves alone.
 *
 * @spec rend-spec-v3 appendix G.1
 */
final class ClientKeys {
    private static final String FOLDER = "authorized_clients";
    private static final String ENDING = ".auth";
    private static final String KIND = "descriptor:x25519:";

    private ClientKeys() {}

    /**
     * Makes keys until there are so many.
     *
     * @return the secret key of each that is new, in base32, by the client's name
     */
    static Map<String, String> make(Path service, int wanted, Entropy entropy, Disk disk) throws LocalFailure {
        disk.privateFolder(service.resolve(FOLDER));
        Map<String, String> made = new LinkedHashMap<>();
        for (int number = 1; number <= wanted; number++) {
            String name = "client" + number;
            Path file = file(service, name);
            if (disk.modified(file).isEmpty()) {
                Curve25519KeyPair key = Curve25519KeyPair.generate(entropy);
                String line = KIND + Base32.encode(key.publicKey().bytes()) + "\n";
                disk.write(file, line.getBytes(StandardCharsets.US_ASCII));
                made.put(name, Base32.encode(key.secret()));
            }
        }
        return made;
    }

    /** Takes back those of these clients. */
    static void forget(Path service, Set<String> clients, Disk disk) throws LocalFailure {
        for (String name : clients) {
            disk.delete(file(service, name));
        }
    }

    private static Path file(Path service, String client) {
        return service.resolve(FOLDER).resolve(client + ENDING);
    }

    /** How many are let in; 0 where everybody is. */
    static int count(Path service, Disk disk) throws LocalFailure {
        return (int) disk.list(service.resolve(FOLDER)).stream()
                .filter(file -> file.toString().endsWith(ENDING))
                .count();
    }

    /** The line of a file in a client's ClientOnionAuthDir. */
    static String privateLine(String host, String key) {
        return host.replace(".onion", "") + ":" + KIND + key;
    }
}
