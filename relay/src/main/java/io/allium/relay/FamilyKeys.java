package io.allium.relay;

import io.allium.base.Disk;
import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.KeyFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The secret keys that the relays of one operator share: each has the family's key certify its identity in its descriptor,
 * and clients never use two of them in one circuit.
 *
 * @spec proposal 321
 */
public final class FamilyKeys {
    private static final String PUBLIC_SUFFIX = ".public_family_id";

    /** More than any relay belongs to; each makes the descriptor longer by 300 bytes. */
    static final int FAMILIES_MAX = 16;

    private FamilyKeys() {}

    /**
     * What the operator says of families.
     *
     * @param folder {@code FamilyKeyDirectory}, or else the key directory
     * @param expected {@code FamilyId}: the families whose keys must be there
     * @param any {@code FamilyId *}: the keys of others count as well
     */
    public record Settings(Path folder, List<Ed25519Identity> expected, boolean any) {
        public Settings {
            expected = List.copyOf(expected);
        }

        boolean isConfigured() {
            return any || !expected.isEmpty();
        }
    }

    /** The keys of our families, in the order of their files' names. */
    static List<Ed25519KeyPair> load(Disk disk, Log log, Settings settings) throws LocalFailure {
        List<Ed25519KeyPair> keys = new ArrayList<>();
        if (!settings.isConfigured()) {
            return keys;
        }
        KeyFiles files = new KeyFiles(disk, settings.folder);
        for (Path file : disk.list(settings.folder)) {
            String name = file.getFileName().toString();
            if (!name.endsWith(KeyFiles.FAMILY_SUFFIX)) {
                continue;
            }
            Ed25519KeyPair key = files.readEd25519(name).orElseThrow(() -> new LocalFailure(file + " is gone"));
            if (settings.any || settings.expected.contains(key.publicKey())) {
                keys.add(key);
            } else {
                log.warn(
                        Log.Domain.OR,
                        "Found secret family key in " + file + " with unexpected FamilyID "
                                + key.publicKey().base64());
            }
        }
        for (Ed25519Identity expected : settings.expected) {
            if (keys.stream().noneMatch(key -> key.publicKey().equals(expected))) {
                throw new LocalFailure("No key was found for listed FamilyID " + expected.base64() + ": copy its file,"
                        + " whose name ends in " + KeyFiles.FAMILY_SUFFIX + ", into " + settings.folder);
            }
        }
        if (keys.size() > FAMILIES_MAX) {
            throw new LocalFailure(settings.folder + " has " + keys.size()
                    + " family keys, and a relay cannot belong to" + " more than " + FAMILIES_MAX + " families");
        }
        return keys;
    }

    /**
     * Makes a family: its key in {@code base.secret_family_key}, its name in {@code base.public_family_id}. A key that is
     * there already is not replaced, for all relays of the family have it.
     */
    public static Ed25519Identity generate(Disk disk, Entropy entropy, Path base) throws LocalFailure {
        Ed25519KeyPair key = Ed25519KeyPair.generate(entropy);
        Path file = base.toAbsolutePath();
        KeyFiles files = new KeyFiles(disk, file.resolveSibling(""));
        String name = file.getFileName() + KeyFiles.FAMILY_SUFFIX;
        if (files.has(name)) {
            throw new LocalFailure("Family key file '" + base + KeyFiles.FAMILY_SUFFIX
                    + "' already exists. Refusing to overwrite existing family key.");
        }
        files.writeEd25519(name, key);
        disk.write(
                file.resolveSibling(file.getFileName() + PUBLIC_SUFFIX),
                (key.publicKey().base64() + "\n").getBytes(StandardCharsets.US_ASCII));
        return key.publicKey();
    }
}
