package io.allium.app;

import io.allium.authority.TorVersion;
import io.allium.base.LocalFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The versions of Tor that an authority recommends in its votes.
 *
 * @param clients what {@code RecommendedClientVersions} says, or else {@code RecommendedVersions}; none unless
 *     {@code VersioningAuthoritativeDirectory}
 * @param servers likewise for relays
 */
record RecommendedVersions(List<String> clients, List<String> servers) {
    RecommendedVersions {
        clients = List.copyOf(clients);
        servers = List.copyOf(servers);
    }

    static RecommendedVersions of(Options options) {
        return options.flag("VersioningAuthoritativeDirectory")
                ? new RecommendedVersions(
                        versions(options, "RecommendedClientVersions", warning -> {}),
                        versions(options, "RecommendedServerVersions", warning -> {}))
                : new RecommendedVersions(List.of(), List.of());
    }

    /** What C tor checks of these options; {@code warnings} hears of versions that are none, which still count. */
    static void check(Options options, Consumer<String> warnings) throws LocalFailure {
        List<String> clients = versions(options, "RecommendedClientVersions", warnings);
        List<String> servers = versions(options, "RecommendedServerVersions", warnings);
        if (options.flag("VersioningAuthoritativeDirectory") && (clients.isEmpty() || servers.isEmpty())) {
            throw new LocalFailure("Versioning authoritative dir servers must set Recommended*Versions.");
        }
    }

    /** The versions of all lines, between commas; between spaces too, as operators sometimes write them. */
    private static List<String> versions(Options options, String option, Consumer<String> warnings) {
        List<String> lines =
                options.lines(option).isEmpty() ? options.lines("RecommendedVersions") : options.lines(option);
        List<String> versions = new ArrayList<>();
        for (String member : String.join(",", lines).split(",")) {
            String stripped = member.strip();
            if (stripped.contains(" ")) {
                warnings.accept("Unexpected space in versions list member \"" + stripped
                        + "\". (These are supposed to be comma-separated; I'll pretend you used commas instead.)");
            }
            for (String version : stripped.split("\\s+")) {
                if (!version.isEmpty()) {
                    versions.add(version);
                }
            }
        }
        versions.stream()
                .filter(version -> TorVersion.parse(version).isEmpty())
                .forEach(version -> warnings.accept("Recommended version \"" + version
                        + "\" does not look valid.  (I'll include it anyway, since you told me to.)"));
        return versions;
    }
}
