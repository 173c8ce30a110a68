package io.allium.onionservice;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Untrusted;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.OnionAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The file {@code ob_config} of a service's folder: which addresses' clients it serves beside its own, because an OnionBalance
 * publishes our introduction points under them.
 *
 * @spec proposal 307
 */
final class OnionBalanceFile {
    static final String NAME = "ob_config";
    private static final String KEYWORD = "MasterOnionAddress";

    /** Addresses that one service serves for; each costs every introduction three more computations. */
    static final int ADDRESSES_MAX = 32;

    private OnionBalanceFile() {}

    static List<Ed25519Identity> load(Disk disk, Path serviceFolder) throws LocalFailure {
        Path file = serviceFolder.resolve(NAME);
        byte[] content =
                disk.read(file).orElseThrow(() -> new LocalFailure("OnionBalance: Unable to read config file " + file));
        try {
            return parse(new String(content, StandardCharsets.ISO_8859_1));
        } catch (Untrusted malformed) {
            throw new LocalFailure("OnionBalance: " + file + ": " + malformed.getMessage(), malformed);
        }
    }

    static List<Ed25519Identity> parse(String text) throws Untrusted {
        List<Ed25519Identity> masters = new ArrayList<>();
        for (String line : text.split("\n")) {
            String bare = line.replaceAll("#.*", "").strip();
            if (bare.isEmpty()) {
                continue;
            }
            String[] words = bare.split("\\s+");
            if (words.length != 2 || !words[0].toLowerCase(Locale.ROOT).equals(KEYWORD.toLowerCase(Locale.ROOT))) {
                throw new Untrusted("a line that is not '" + KEYWORD + " ADDRESS'");
            }
            if (masters.size() == ADDRESSES_MAX) {
                throw new Untrusted("more than " + ADDRESSES_MAX + " addresses");
            }
            masters.add(OnionAddress.parse(words[1]).identity());
        }
        if (masters.isEmpty()) {
            throw new Untrusted("it names no " + KEYWORD);
        }
        return masters;
    }
}
