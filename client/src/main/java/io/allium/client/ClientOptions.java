package io.allium.client;

import io.allium.cell.ConfluxUx;
import io.allium.directory.DirectoryAuthority;
import io.allium.directory.FallbackDirectory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a client can be told in torrc; each component bears the option's name in lower camel case. Immutable. A value of
 * 0, where the option's manual page says so, means "as the consensus says".
 *
 * @param dirAuthorities {@code DirAuthority} lines, else the public network's
 * @param fallbackDirs {@code FallbackDir} lines, else the public network's; empty where authorities are not the public ones
 * @param version {@code Tor 0.4.9.11}-like version that we say we are, in the state file
 * @param pathsNeededToBuildCircuits share of likely paths, 0.25 to 0.95; negative for the consensus's
 * @param learnCircuitBuildTimeout whether circuits are waited for as long as most of them take
 * @param configuredBuildTimeout how long building one may take where that is not known; empty for what the network says
 * @param circuitStreamTimeout how long an exit may take to answer before another circuit is tried
 * @param socksTimeout how long a stream may stay unattached before it fails
 * @param maxCircuitDirtiness how long after its first stream a circuit takes further ones
 * @param circuitsAvailableTimeout how long a circuit that nobody used is kept
 * @param maxClientCircuitsPending how many circuits may be under construction at once
 * @param longLivedPorts ports whose streams want Stable relays
 * @param enforceDistinctSubnets whether no two relays of a path may share a /16 or /32
 * @param nodeFamilies sets of relays that are never in one path together
 * @param hsLayer2Nodes the only relays for the second hop of onion services' circuits; empty to have vanguards for it
 * @param hsLayer3Nodes the only ones for the third hop, which makes these circuits longer
 * @param vanguardsLiteEnabled whether the second hop of these circuits is kept for days; empty for {@code auto}, as the
 *     consensus says
 * @param extendAllowPrivateAddresses whether relays may be asked to go to private addresses
 * @param strictNodes whether {@code excludeNodes} holds even where nothing works without them
 * @param clientRejectInternalAddresses whether streams to private addresses are refused
 * @param clientDnsRejectInternalAddresses whether an exit is disbelieved that answers with a private address, and none
 *     asked for the name of one
 * @param disablePredictedCircuits {@code __DisablePredictedCircuits}: build only what is asked for
 * @param leaveStreamsUnattached {@code __LeaveStreamsUnattached}: a controller says which circuit each stream is put onto
 * @param confluxEnabled whether traffic is split over several circuits; empty for {@code auto}, as the consensus says
 * @param confluxClientUx what an exit is asked to aim at when it sends us data over several circuits
 */
public record ClientOptions(
        List<DirectoryAuthority> dirAuthorities,
        List<FallbackDirectory> fallbackDirs,
        String version,
        double pathsNeededToBuildCircuits,
        boolean learnCircuitBuildTimeout,
        Optional<Duration> configuredBuildTimeout,
        Duration circuitStreamTimeout,
        Duration socksTimeout,
        Duration maxCircuitDirtiness,
        Duration circuitsAvailableTimeout,
        int maxClientCircuitsPending,
        Set<Integer> longLivedPorts,
        boolean enforceDistinctSubnets,
        RelaySet excludeNodes,
        RelaySet excludeExitNodes,
        RelaySet entryNodes,
        RelaySet middleNodes,
        RelaySet exitNodes,
        List<RelaySet> nodeFamilies,
        RelaySet hsLayer2Nodes,
        RelaySet hsLayer3Nodes,
        Optional<Boolean> vanguardsLiteEnabled,
        boolean extendAllowPrivateAddresses,
        boolean strictNodes,
        int numEntryGuards,
        int numDirectoryGuards,
        int numPrimaryGuards,
        Duration guardLifetime,
        boolean useEntryGuards,
        boolean clientUseIpv4,
        boolean clientUseIpv6,
        boolean clientRejectInternalAddresses,
        boolean clientDnsRejectInternalAddresses,
        boolean testingTorNetwork,
        boolean disablePredictedCircuits,
        boolean leaveStreamsUnattached,
        Optional<Boolean> confluxEnabled,
        ConfluxUx confluxClientUx) {
    private static final Duration BUILD_TIMEOUT = Duration.ofSeconds(60);

    public ClientOptions {
        dirAuthorities = List.copyOf(dirAuthorities);
        fallbackDirs = List.copyOf(fallbackDirs);
        longLivedPorts = new TreeSet<>(longLivedPorts);
        nodeFamilies = List.copyOf(nodeFamilies);
    }

    /** C tor's defaults, with these authorities and fallback directories. */
    public static Builder builder(List<DirectoryAuthority> authorities, List<FallbackDirectory> fallbacks) {
        return new Builder(authorities, fallbacks);
    }

    /** How long building a circuit may take where nothing else is known: C tor's default. */
    public Duration circuitBuildTimeout() {
        return configuredBuildTimeout.orElse(BUILD_TIMEOUT);
    }

    /** Collects options; what is not told has C tor's default. Confined to whoever made it. */
    public static final class Builder {
        private final List<DirectoryAuthority> dirAuthorities;
        private final List<FallbackDirectory> fallbackDirs;
        private String version = "0.4.9.11";
        private double pathsNeededToBuildCircuits = -1;
        private boolean learnCircuitBuildTimeout = true;
        private Optional<Duration> circuitBuildTimeout = Optional.empty();
        private Duration circuitStreamTimeout = Duration.ZERO;
        private Duration socksTimeout = Duration.ofMinutes(2);
        private Duration maxCircuitDirtiness = Duration.ofMinutes(10);
        private Duration circuitsAvailableTimeout = Duration.ofMinutes(30);
        private int maxClientCircuitsPending = 32;
        private Set<Integer> longLivedPorts =
                new TreeSet<>(List.of(21, 22, 706, 1863, 5050, 5190, 5222, 5223, 6523, 6667, 6697, 8300));
        private boolean enforceDistinctSubnets = true;
        private RelaySet excludeNodes = RelaySet.NONE;
        private RelaySet excludeExitNodes = RelaySet.NONE;
        private RelaySet entryNodes = RelaySet.NONE;
        private RelaySet middleNodes = RelaySet.NONE;
        private RelaySet exitNodes = RelaySet.NONE;
        private List<RelaySet> nodeFamilies = List.of();
        private RelaySet hsLayer2Nodes = RelaySet.NONE;
        private RelaySet hsLayer3Nodes = RelaySet.NONE;
        private Optional<Boolean> vanguardsLiteEnabled = Optional.empty();
        private boolean extendAllowPrivateAddresses;
        private boolean strictNodes;
        private int numEntryGuards;
        private int numDirectoryGuards;
        private int numPrimaryGuards;
        private Duration guardLifetime = Duration.ZERO;
        private boolean useEntryGuards = true;
        private boolean clientUseIpv4 = true;
        private boolean clientUseIpv6 = true;
        private boolean clientRejectInternalAddresses = true;
        private boolean clientDnsRejectInternalAddresses = true;
        private boolean testingTorNetwork;
        private boolean disablePredictedCircuits;
        private boolean leaveStreamsUnattached;
        private Optional<Boolean> confluxEnabled = Optional.empty();
        private ConfluxUx confluxClientUx = ConfluxUx.HIGH_THROUGHPUT;

        private Builder(List<DirectoryAuthority> dirAuthorities, List<FallbackDirectory> fallbackDirs) {
            this.dirAuthorities = dirAuthorities;
            this.fallbackDirs = fallbackDirs;
        }

        public Builder version(String value) {
            version = value;
            return this;
        }

        public Builder pathsNeededToBuildCircuits(double value) {
            pathsNeededToBuildCircuits = value;
            return this;
        }

        public Builder learnCircuitBuildTimeout(boolean value) {
            learnCircuitBuildTimeout = value;
            return this;
        }

        public Builder circuitBuildTimeout(Duration value) {
            circuitBuildTimeout = Optional.of(value);
            return this;
        }

        public Builder circuitStreamTimeout(Duration value) {
            circuitStreamTimeout = value;
            return this;
        }

        public Builder socksTimeout(Duration value) {
            socksTimeout = value;
            return this;
        }

        public Builder maxCircuitDirtiness(Duration value) {
            maxCircuitDirtiness = value;
            return this;
        }

        public Builder circuitsAvailableTimeout(Duration value) {
            circuitsAvailableTimeout = value;
            return this;
        }

        public Builder maxClientCircuitsPending(int value) {
            maxClientCircuitsPending = value;
            return this;
        }

        public Builder longLivedPorts(Set<Integer> value) {
            longLivedPorts = value;
            return this;
        }

        public Builder enforceDistinctSubnets(boolean value) {
            enforceDistinctSubnets = value;
            return this;
        }

        public Builder excludeNodes(RelaySet value) {
            excludeNodes = value;
            return this;
        }

        public Builder excludeExitNodes(RelaySet value) {
            excludeExitNodes = value;
            return this;
        }

        public Builder entryNodes(RelaySet value) {
            entryNodes = value;
            return this;
        }

        public Builder middleNodes(RelaySet value) {
            middleNodes = value;
            return this;
        }

        public Builder exitNodes(RelaySet value) {
            exitNodes = value;
            return this;
        }

        public Builder nodeFamilies(List<RelaySet> value) {
            nodeFamilies = value;
            return this;
        }

        public Builder hsLayer2Nodes(RelaySet value) {
            hsLayer2Nodes = value;
            return this;
        }

        public Builder hsLayer3Nodes(RelaySet value) {
            hsLayer3Nodes = value;
            return this;
        }

        public Builder vanguardsLiteEnabled(Optional<Boolean> value) {
            vanguardsLiteEnabled = value;
            return this;
        }

        public Builder extendAllowPrivateAddresses(boolean value) {
            extendAllowPrivateAddresses = value;
            return this;
        }

        public Builder strictNodes(boolean value) {
            strictNodes = value;
            return this;
        }

        public Builder numEntryGuards(int value) {
            numEntryGuards = value;
            return this;
        }

        public Builder numDirectoryGuards(int value) {
            numDirectoryGuards = value;
            return this;
        }

        public Builder numPrimaryGuards(int value) {
            numPrimaryGuards = value;
            return this;
        }

        public Builder guardLifetime(Duration value) {
            guardLifetime = value;
            return this;
        }

        public Builder useEntryGuards(boolean value) {
            useEntryGuards = value;
            return this;
        }

        public Builder clientUseIpv4(boolean value) {
            clientUseIpv4 = value;
            return this;
        }

        public Builder clientUseIpv6(boolean value) {
            clientUseIpv6 = value;
            return this;
        }

        public Builder clientRejectInternalAddresses(boolean value) {
            clientRejectInternalAddresses = value;
            return this;
        }

        public Builder clientDnsRejectInternalAddresses(boolean value) {
            clientDnsRejectInternalAddresses = value;
            return this;
        }

        public Builder testingTorNetwork(boolean value) {
            testingTorNetwork = value;
            return this;
        }

        public Builder disablePredictedCircuits(boolean value) {
            disablePredictedCircuits = value;
            return this;
        }

        public Builder leaveStreamsUnattached(boolean value) {
            leaveStreamsUnattached = value;
            return this;
        }

        public Builder confluxEnabled(Optional<Boolean> value) {
            confluxEnabled = value;
            return this;
        }

        public Builder confluxClientUx(ConfluxUx value) {
            confluxClientUx = value;
            return this;
        }

        public ClientOptions build() {
            return new ClientOptions(
                    dirAuthorities,
                    fallbackDirs,
                    version,
                    pathsNeededToBuildCircuits,
                    learnCircuitBuildTimeout,
                    circuitBuildTimeout,
                    circuitStreamTimeout,
                    socksTimeout,
                    maxCircuitDirtiness,
                    circuitsAvailableTimeout,
                    maxClientCircuitsPending,
                    longLivedPorts,
                    enforceDistinctSubnets,
                    excludeNodes,
                    excludeExitNodes,
                    entryNodes,
                    middleNodes,
                    exitNodes,
                    nodeFamilies,
                    hsLayer2Nodes,
                    hsLayer3Nodes,
                    vanguardsLiteEnabled,
                    extendAllowPrivateAddresses,
                    strictNodes,
                    numEntryGuards,
                    numDirectoryGuards,
                    numPrimaryGuards,
                    guardLifetime,
                    useEntryGuards,
                    clientUseIpv4,
                    clientUseIpv6,
                    clientRejectInternalAddresses,
                    clientDnsRejectInternalAddresses,
                    testingTorNetwork,
                    disablePredictedCircuits,
                    leaveStreamsUnattached,
                    confluxEnabled,
                    confluxClientUx);
        }
    }
}
