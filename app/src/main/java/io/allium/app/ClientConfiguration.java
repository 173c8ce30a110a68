package io.allium.app;

import io.allium.base.LocalFailure;
import io.allium.cell.ConfluxUx;
import io.allium.client.ClientOptions;
import io.allium.client.RelaySet;
import io.allium.crypto.Fingerprint;
import io.allium.directory.DirectoryAuthority;
import io.allium.directory.FallbackDirectory;
import io.allium.directory.PublicNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What the options say to a client, in the words of its module. */
final class ClientConfiguration {
    private ClientConfiguration() {}

    /** The authorities that we trust: those of the configuration, or the public network's. */
    static List<DirectoryAuthority> authorities(Options options) throws LocalFailure {
        List<DirectoryAuthority> authorities = new ArrayList<>();
        for (Options.Setting line :
                options.settings(OptionTable.find("DirAuthority").orElseThrow())) {
            try {
                authorities.add(DirectoryAuthority.parse(line.value()));
            } catch (LocalFailure malformed) {
                throw malformed.in(line.origin() + line.option().name());
            }
        }
        return authorities.isEmpty() ? PublicNetwork.authorities() : authorities;
    }

    static ClientOptions of(Options options) throws LocalFailure {
        return of(options, false, Optional.empty());
    }

    /**
     * What they say to a client.
     *
     * @param asleep whether nobody uses us, so that no circuit is built ahead
     * @param ourselves the relay that we are: it is not to be in our circuits
     */
    static ClientOptions of(Options options, boolean asleep, Optional<Fingerprint> ourselves) throws LocalFailure {
        RelaySet excluded = RelaySet.parse(options.text("ExcludeNodes").orElse(""));
        ClientOptions.Builder builder = ClientOptions.builder(authorities(options), fallbacks(options))
                .version(Version.TOR)
                .pathsNeededToBuildCircuits(options.number("PathsNeededToBuildCircuits"))
                .circuitStreamTimeout(options.interval("CircuitStreamTimeout"))
                .socksTimeout(options.interval("SocksTimeout"))
                .maxCircuitDirtiness(options.interval("MaxCircuitDirtiness"))
                .maxClientCircuitsPending(options.integer("MaxClientCircuitsPending"))
                .longLivedPorts(ports(options, "LongLivedPorts"))
                .enforceDistinctSubnets(options.flag("EnforceDistinctSubnets"))
                .excludeNodes(ourselves.map(excluded::with).orElse(excluded))
                .excludeExitNodes(
                        RelaySet.parse(options.text("ExcludeExitNodes").orElse("")))
                .entryNodes(RelaySet.parse(options.text("EntryNodes").orElse("")))
                .middleNodes(RelaySet.parse(options.text("MiddleNodes").orElse("")))
                .exitNodes(RelaySet.parse(options.text("ExitNodes").orElse("")))
                .nodeFamilies(families(options))
                .hsLayer2Nodes(RelaySet.parse(options.text("HSLayer2Nodes").orElse("")))
                .hsLayer3Nodes(RelaySet.parse(options.text("HSLayer3Nodes").orElse("")))
                .vanguardsLiteEnabled(options.flagOrAuto("VanguardsLiteEnabled"))
                .extendAllowPrivateAddresses(options.flag("ExtendAllowPrivateAddresses"))
                .strictNodes(options.flag("StrictNodes"))
                .numEntryGuards(options.integer("NumEntryGuards"))
                .numDirectoryGuards(options.integer("NumDirectoryGuards"))
                .numPrimaryGuards(options.integer("NumPrimaryGuards"))
                .guardLifetime(options.interval("GuardLifetime"))
                .useEntryGuards(options.flag("UseEntryGuards"))
                .clientUseIpv4(options.flag("ClientUseIPv4"))
                .clientUseIpv6(options.flag("ClientUseIPv6"))
                .clientRejectInternalAddresses(options.flag("ClientRejectInternalAddresses"))
                .clientDnsRejectInternalAddresses(options.flag("ClientDNSRejectInternalAddresses"))
                .testingTorNetwork(options.flag("TestingTorNetwork"))
                .disablePredictedCircuits(asleep || options.flag("__DisablePredictedCircuits"))
                .leaveStreamsUnattached(options.flag("__LeaveStreamsUnattached"))
                .confluxEnabled(options.flagOrAuto("ConfluxEnabled"))
                .confluxClientUx(confluxUx(options.text("ConfluxClientUX").orElse("throughput")));
        builder.learnCircuitBuildTimeout(
                options.flag("LearnCircuitBuildTimeout") && !options.flag("AuthoritativeDirectory"));
        Duration buildTimeout = options.interval("CircuitBuildTimeout");
        if (!buildTimeout.isZero()) {
            builder.circuitBuildTimeout(buildTimeout);
        }
        Duration available = options.interval("CircuitsAvailableTimeout");
        if (!available.isZero()) {
            builder.circuitsAvailableTimeout(available);
        }
        return builder.build();
    }

    /** Those of the configuration; the public network's only for its own authorities. */
    private static List<FallbackDirectory> fallbacks(Options options) throws LocalFailure {
        List<FallbackDirectory> fallbacks = new ArrayList<>();
        for (String line : options.lines("FallbackDir")) {
            fallbacks.add(FallbackDirectory.parse(line));
        }
        boolean publicNetwork = options.lines("DirAuthority").isEmpty();
        return fallbacks.isEmpty() && publicNetwork && options.flag("UseDefaultFallbackDirs")
                ? PublicNetwork.fallbacks()
                : fallbacks;
    }

    private static List<RelaySet> families(Options options) throws LocalFailure {
        List<RelaySet> families = new ArrayList<>();
        for (String line : options.lines("NodeFamily")) {
            families.add(RelaySet.parse(line));
        }
        return families;
    }

    private static ConfluxUx confluxUx(String wish) throws LocalFailure {
        return switch (wish) {
            case "throughput" -> ConfluxUx.HIGH_THROUGHPUT;
            case "latency" -> ConfluxUx.MIN_LATENCY;
            case "throughput_lowmem" -> ConfluxUx.LOW_MEM_THROUGHPUT;
            case "latency_lowmem" -> ConfluxUx.LOW_MEM_LATENCY;
            default ->
                throw new LocalFailure("ConfluxClientUX '" + wish
                        + "' is none of throughput, latency, throughput_lowmem, latency_lowmem");
        };
    }

    private static Set<Integer> ports(Options options, String name) {
        return options.list(name).stream().map(Integer::parseInt).collect(Collectors.toSet());
    }
}
