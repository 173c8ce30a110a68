package io.allium.relay;

import io.allium.base.Endpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a relay is told by its operator; each component names the torrc option that it holds.
 *
 * @param nickname {@code Nickname}: 1 to 19 letters and digits
 * @param contact {@code ContactInfo}
 * @param dataDirectory {@code DataDirectory}
 * @param keyDirectory {@code KeyDirectory}; by default {@code keys} in the data directory
 * @param orPorts the advertised {@code ORPort}s, the IPv4 one first, with the address that others dial
 * @param dirPort the advertised {@code DirPort}, if any
 * @param exitRelay {@code ExitRelay}: empty for {@code auto}
 * @param exitPolicy the lines of {@code ExitPolicy}, in order, each may hold several rules with commas
 * @param exitPolicyRejectPrivate {@code ExitPolicyRejectPrivate}, by default true
 * @param reducedExitPolicy {@code ReducedExitPolicy}
 * @param ipv6Exit {@code IPv6Exit}
 * @param myFamily {@code MyFamily} as it goes into the descriptor's family line
 * @param bandwidthRate the smaller of {@code BandwidthRate} and {@code RelayBandwidthRate}, bytes a second
 * @param bandwidthBurst the smaller of {@code BandwidthBurst} and {@code RelayBandwidthBurst}, bytes
 * @param maxAdvertisedBandwidth {@code MaxAdvertisedBandwidth}, bytes a second
 * @param publish {@code PublishServerDescriptor}: whether descriptors are uploaded
 * @param assumeReachable {@code AssumeReachable}: whether to publish without a self-test
 * @param extendAllowPrivateAddresses {@code ExtendAllowPrivateAddresses}
 * @param refuseUnknownExits {@code RefuseUnknownExits}: empty for {@code auto}
 * @param confluxEnabled {@code ConfluxEnabled}: whether clients may link circuits; empty for {@code auto}
 * @param dirCache {@code DirCache}: whether we serve directory documents
 * @param resolvConf {@code ServerDNSResolvConfFile}
 * @param ed25519Keys {@code SigningKeyLifetime}, by default 30 days, {@code OfflineMasterKey} and {@code TestingSigningKeySlop}
 * @param familyKeys {@code FamilyId} and {@code FamilyKeyDirectory}
 * @param maxOnionQueueDelay {@code MaxOnionQueueDelay}; zero leaves it to the consensus
 * @param refuseSingleHopRendezvous {@code DoSRefuseSingleHopClientRendezvous}; empty for {@code auto}
 * @param bridge {@code BridgeRelay}: how the bridge may be handed out ({@code BridgeDistribution}); empty for no bridge
 * @param countClients whether a bridge counts its clients by country: {@code BridgeRecordUsageByCountry}
 */
public record RelayOptions(
        String nickname,
        Optional<String> contact,
        Path dataDirectory,
        Path keyDirectory,
        List<Endpoint> orPorts,
        Optional<Endpoint> dirPort,
        Optional<Boolean> exitRelay,
        List<String> exitPolicy,
        boolean exitPolicyRejectPrivate,
        boolean reducedExitPolicy,
        boolean ipv6Exit,
        List<String> myFamily,
        long bandwidthRate,
        long bandwidthBurst,
        long maxAdvertisedBandwidth,
        boolean publish,
        boolean assumeReachable,
        boolean extendAllowPrivateAddresses,
        Optional<Boolean> refuseUnknownExits,
        Optional<Boolean> confluxEnabled,
        boolean dirCache,
        Path resolvConf,
        Ed25519Keys.Settings ed25519Keys,
        FamilyKeys.Settings familyKeys,
        Duration maxOnionQueueDelay,
        Optional<Boolean> refuseSingleHopRendezvous,
        Optional<String> bridge,
        boolean countClients) {

    public RelayOptions {
        if (!nickname.matches("[A-Za-z0-9]{1,19}")) {
            throw new IllegalArgumentException("Nickname '" + nickname + "' is not 1 to 19 letters and digits");
        }
        if (orPorts.isEmpty()) {
            throw new IllegalArgumentException("a relay needs an ORPort");
        }
        orPorts = List.copyOf(orPorts);
        exitPolicy = List.copyOf(exitPolicy);
        myFamily = List.copyOf(myFamily);
    }
}
