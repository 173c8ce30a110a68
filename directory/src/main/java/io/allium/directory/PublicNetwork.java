package io.allium.directory;

import io.allium.base.LocalFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The authorities and fallback directories of the public Tor network, which come with the program. */
public final class PublicNetwork {
    private PublicNetwork() {}

    /** The authorities that are used where no {@code DirAuthority} line says otherwise, bridge authority included. */
    public static List<DirectoryAuthority> authorities() throws LocalFailure {
        List<DirectoryAuthority> all = new ArrayList<>();
        for (String line : authorityLines()) {
            all.add(DirectoryAuthority.parse(line));
        }
        return all;
    }

    /** The fallback directories that are used where no {@code FallbackDir} line says otherwise. */
    public static List<FallbackDirectory> fallbacks() throws LocalFailure {
        List<FallbackDirectory> all = new ArrayList<>();
        for (String line : fallbackLines()) {
            all.add(FallbackDirectory.parse(line));
        }
        return all;
    }

    /** The authorities, as {@code DirAuthority} lines name them. */
    public static List<String> authorityLines() throws LocalFailure {
        return lines("authorities.txt");
    }

    /** The fallback directories, as {@code FallbackDir} lines name them. */
    public static List<String> fallbackLines() throws LocalFailure {
        return lines("fallbacks.txt");
    }

    private static List<String> lines(String resource) throws LocalFailure {
        try (InputStream in = PublicNetwork.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new LocalFailure(resource + ": missing from the program's archive");
            }
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException unreadable) {
            throw new LocalFailure(resource + ": unreadable in the program's archive", unreadable);
        }
    }
}
