package io.allium.relay;

import io.allium.base.Disk;
import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The names that this machine knows without asking, and {@code localhost} in any case. Immutable. */
public record HostsFile(Map<String, List<InetAddress>> entries) {
    /** Lines beyond are ignored: a hosts file that blocks advertisers has some hundred thousand. */
    private static final int LINES_MAX = 500_000;

    public HostsFile {
        entries = Map.copyOf(entries);
    }

    /** Reads {@code /etc/hosts}; a file that is missing says nothing. */
    public static HostsFile read(Disk disk, Path file) throws LocalFailure {
        return parse(disk.read(file)
                .map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1))
                .orElse(""));
    }

    static HostsFile parse(String text) {
        Map<String, List<InetAddress>> entries = new LinkedHashMap<>();
        text.lines().limit(LINES_MAX).forEach(line -> {
            String[] words = line.replaceFirst("#.*", "").strip().split("\\s+");
            if (words.length > 1 && Endpoint.isAddress(words[0])) {
                for (int i = 1; i < words.length; i++) {
                    entries.computeIfAbsent(words[i].toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
                            .add(Endpoint.parseAddress(words[0]));
                }
            }
        });
        entries.putIfAbsent("localhost", List.of(Endpoint.parseAddress("127.0.0.1")));
        return new HostsFile(entries);
    }

    /** The addresses of a name in lower case; none where it is unknown. */
    List<InetAddress> addresses(String name) {
        return entries.getOrDefault(name, List.of());
    }
}
