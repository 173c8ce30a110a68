package io.allium.app;

import io.allium.authority.TorVersion;
import io.allium.base.LocalFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the options of a directory authority must be like, in the words of C tor. */
final class AuthorityRules {
    private static final List<String> RELAY_LISTS =
            List.of("AuthDirBadExit", "AuthDirInvalid", "AuthDirMiddleOnly", "AuthDirReject");

    private final Options options;

    private AuthorityRules(Options options) {
        this.options = options;
    }

    /** Throws the first thing that is wrong. */
    static void check(Options options) throws LocalFailure {
        AuthorityRules rules = new AuthorityRules(options);
        if (options.flag("AuthoritativeDirectory")) {
            rules.checkKind();
            rules.checkPorts();
        }
        rules.checkVersions();
        for (String option : RELAY_LISTS) {
            AuthorityConfiguration.relays(options, option);
        }
        double fraction = options.number("AuthDirVoteGuardBwThresholdFraction");
        if (fraction < 0 || fraction > 1) {
            throw new LocalFailure("Guard bandwidth threshold fraction is invalid: AuthDirVoteGuardBwThresholdFraction "
                    + fraction + " is not from 0 to 1.");
        }
        if (options.integer("V3AuthNIntervalsValid") < 2) {
            throw new LocalFailure("V3AuthNIntervalsValid must be at least 2.");
        }
    }

    private void checkKind() throws LocalFailure {
        boolean votes = options.flag("V3AuthoritativeDirectory");
        boolean bridges = options.flag("BridgeAuthoritativeDir");
        if (!votes && !bridges) {
            throw new LocalFailure("AuthoritativeDir is set, but none of (Bridge/V3)AuthoritativeDir is set.");
        }
        if (votes && bridges) {
            throw new LocalFailure("BridgeAuthoritativeDir and V3AuthoritativeDir are both set: such an authority would"
                    + " take relays that come to it for bridges. Run two.");
        }
        if (options.text("ContactInfo").isEmpty() && !options.flag("TestingTorNetwork")) {
            throw new LocalFailure("Authoritative directory servers must set ContactInfo");
        }
    }

    private void checkPorts() throws LocalFailure {
        if (PortLine.read(options, "DirPort", PortLine.Kind.SERVER).isEmpty()) {
            throw new LocalFailure("Running as authoritative directory, but no DirPort set.");
        }
        if (PortLine.read(options, "ORPort", PortLine.Kind.SERVER).isEmpty()) {
            throw new LocalFailure("Running as authoritative directory, but no ORPort set.");
        }
        if (options.flag("ClientOnly")) {
            throw new LocalFailure("Running as authoritative directory, but ClientOnly also set.");
        }
        if (options.flag("BridgeRelay")) {
            throw new LocalFailure(
                    "Running as authoritative directory, but BridgeRelay also set: nobody could find it.");
        }
    }

    /** An authority that turned away what it recommends, or itself, would be of little use. */
    private void checkVersions() throws LocalFailure {
        TorVersion least = options.text("MinimalAcceptedServerVersion")
                .flatMap(TorVersion::parse)
                .orElseThrow(() -> new LocalFailure("Invalid MinimalAcceptedServerVersion"));
        if (isOlder(Version.TOR, least)) {
            throw new LocalFailure("MinimalAcceptedServerVersion wants to reject the version this node is running");
        }
        List<String> lines = new ArrayList<>(options.lines("RecommendedServerVersions"));
        if (lines.isEmpty()) {
            lines.addAll(options.lines("RecommendedVersions"));
        }
        for (String line : lines) {
            for (String version : line.split(",")) {
                if (isOlder(version.strip(), least)) {
                    throw new LocalFailure("MinimalAcceptedServerVersion wants to reject a recommended version");
                }
            }
        }
    }

    private static boolean isOlder(String version, TorVersion least) {
        Optional<TorVersion> parsed = TorVersion.parse(version);
        return parsed.isPresent() && parsed.get().compareTo(least) < 0;
    }
}
