package io.allium.relay;

import io.allium.base.Endpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The options of a relay on loopback. */
final class RelayOptionsFixture {
    private RelayOptionsFixture() {}

    static RelayOptions options(Path data) {
        return options(data, Optional.empty());
    }

    static RelayOptions options(Path data, Optional<Boolean> refuseSingleHopRendezvous) {
        return new RelayOptions(
                "test",
                Optional.of("operator@example.org"),
                data,
                data.resolve("keys"),
                List.of(Endpoint.parse("127.0.0.1:9001")),
                Optional.empty(),
                Optional.of(true),
                List.of("accept *:*"),
                false,
                false,
                false,
                List.of(),
                1 << 30,
                1 << 30,
                1 << 30,
                true,
                true,
                true,
                Optional.empty(),
                Optional.empty(),
                true,
                Path.of("/etc/resolv.conf"),
                new Ed25519Keys.Settings(data.resolve("keys"), false, Duration.ofDays(30), Duration.ofDays(1)),
                new FamilyKeys.Settings(data.resolve("keys"), List.of(), false),
                Duration.ofMillis(1750),
                refuseSingleHopRendezvous,
                Optional.empty(),
                false);
    }
}
