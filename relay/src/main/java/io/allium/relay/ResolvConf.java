package io.allium.relay;

import io.allium.base.Disk;
import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The name servers to ask, in order; never none. Immutable. */
public record ResolvConf(List<InetSocketAddress> servers) {
    private static final int PORT = 53;

    /** More than libc looks at; further ones are ignored. */
    private static final int SERVERS_MAX = 8;

    public ResolvConf {
        servers = List.copyOf(servers);
        if (servers.isEmpty()) {
            throw new IllegalArgumentException("no name server");
        }
    }

    /** Reads {@code ServerDNSResolvConfFile}; a file that is missing or names no server means this machine, as for libc. */
    public static ResolvConf read(Disk disk, Path file) throws LocalFailure {
        return parse(disk.read(file)
                .map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1))
                .orElse(""));
    }

    static ResolvConf parse(String text) {
        List<InetSocketAddress> named = text.lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(words -> words.length > 1 && words[0].equals("nameserver"))
                .flatMap(words -> server(words[1]).stream())
                .distinct()
                .limit(SERVERS_MAX)
                .toList();
        return new ResolvConf(
                named.isEmpty() ? List.of(new InetSocketAddress(Endpoint.parseAddress("127.0.0.1"), PORT)) : named);
    }

    /** An address, or {@code 127.0.0.1:5353} or {@code [::1]:5353}, which libevent reads too; nothing for other text. */
    private static Optional<InetSocketAddress> server(String text) {
        if (Endpoint.isAddress(text)) {
            return Optional.of(new InetSocketAddress(Endpoint.parseAddress(text), PORT));
        }
        try {
            Endpoint endpoint = Endpoint.parse(text);
            boolean bare = endpoint.isIpv6() && !text.startsWith("[");
            return bare || endpoint.port() == 0
                    ? Optional.empty()
                    : Optional.of(new InetSocketAddress(endpoint.address(), endpoint.port()));
        } catch (IllegalArgumentException noServer) {
            return Optional.empty();
        }
    }
}
