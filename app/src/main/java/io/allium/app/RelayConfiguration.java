package io.allium.app;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Untrusted;
import io.allium.crypto.Ed25519Identity;
import io.allium.relay.Ed25519Keys;
import io.allium.relay.FamilyKeys;
import io.allium.relay.RelayOptions;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the options say to a relay, in the words of its module. */
final class RelayConfiguration {
    private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");

    private RelayConfiguration() {}

    /**
     * @param orPorts where others reach us, with real ports
     * @param dirPort where they reach our directory over HTTP, if it is to be published
     */
    static RelayOptions of(Options options, Path dataDirectory, List<Endpoint> orPorts, Optional<Endpoint> dirPort)
            throws LocalFailure {
        return new RelayOptions(
                options.text("Nickname").orElse("Unnamed"),
                options.text("ContactInfo"),
                dataDirectory,
                keyDirectory(options, dataDirectory),
                orPorts,
                dirPort,
                options.flag("BridgeRelay") ? Optional.of(false) : options.flagOrAuto("ExitRelay"),
                options.lines("ExitPolicy"),
                options.flag("ExitPolicyRejectPrivate"),
                options.flag("ReducedExitPolicy"),
                options.flag("IPv6Exit"),
                family(options),
                smaller(options.bytes("BandwidthRate"), options.bytes("RelayBandwidthRate")),
                smaller(options.bytes("BandwidthBurst"), options.bytes("RelayBandwidthBurst")),
                options.bytes("MaxAdvertisedBandwidth"),
                isPublished(options),
                options.flag("AssumeReachable"),
                options.flag("ExtendAllowPrivateAddresses"),
                options.flagOrAuto("RefuseUnknownExits"),
                options.flagOrAuto("ConfluxEnabled"),
                options.flag("DirCache"),
                resolvConf(options),
                ed25519Keys(options, dataDirectory),
                familyKeys(options, dataDirectory),
                options.interval("MaxOnionQueueDelay"),
                options.flagOrAuto("DoSRefuseSingleHopClientRendezvous"),
                bridge(options),
                options.flag("BridgeRelay") && options.flag("BridgeRecordUsageByCountry"));
    }

    /** How many bytes of onion services' descriptors are kept: a fifth of what may be in memory unless it is said. */
    static long onionDescriptorBytes(Options options) {
        long said = options.bytes("MaxHSDirCacheBytes");
        return said == 0 ? ChannelConfiguration.maxMemInQueues(options.bytes("MaxMemInQueues"), true) / 5 : said;
    }

    static Path resolvConf(Options options) {
        return options.file("ServerDNSResolvConfFile").orElse(RESOLV_CONF);
    }

    static Path keyDirectory(Options options, Path dataDirectory) {
        return options.file("KeyDirectory").orElse(dataDirectory.resolve("keys"));
    }

    static Ed25519Keys.Settings ed25519Keys(Options options, Path dataDirectory) {
        return new Ed25519Keys.Settings(
                keyDirectory(options, dataDirectory),
                options.flag("OfflineMasterKey"),
                options.interval("SigningKeyLifetime"),
                options.interval("TestingSigningKeySlop"));
    }

    private static FamilyKeys.Settings familyKeys(Options options, Path dataDirectory) throws LocalFailure {
        List<Ed25519Identity> expected = new ArrayList<>();
        List<String> lines = options.lines("FamilyId");
        for (String line : lines) {
            if (!line.equals("*")) {
                expected.add(familyId(line));
            }
        }
        Path folder = options.file("FamilyKeyDirectory").orElseGet(() -> keyDirectory(options, dataDirectory));
        return new FamilyKeys.Settings(folder, expected, lines.contains("*"));
    }

    private static Ed25519Identity familyId(String text) throws LocalFailure {
        try {
            return Ed25519Identity.parseBase64(text);
        } catch (Untrusted malformed) {
            throw new LocalFailure("Invalid FamilyId " + text, malformed);
        }
    }

    /**
     * Where others reach the ports that we opened: the address of the line, or the one that the option Address names.
     * IPv4 comes first.
     *
     * @param opened the port's line, and where it really listens
     */
    static List<Endpoint> advertised(Options options, List<OpenPort> opened) throws LocalFailure {
        List<Endpoint> advertised = new ArrayList<>();
        for (OpenPort port : opened) {
            if (!port.line().has(PortLine.Flag.NO_ADVERTISE)) {
                advertised.add(
                        new Endpoint(address(options, port.at()), port.at().port()));
            }
        }
        advertised.sort(Comparator.comparing(Endpoint::isIpv6));
        return advertised;
    }

    /** A port of ours, as it was asked for and as it is. */
    record OpenPort(PortLine line, Endpoint at) {}

    private static InetAddress address(Options options, Endpoint listening) throws LocalFailure {
        if (!listening.address().isAnyLocalAddress()) {
            return listening.address();
        }
        for (String configured : options.lines("Address")) {
            if (!Endpoint.isAddress(configured)) {
                throw new LocalFailure("Address " + configured
                        + ": names are not supported yet, give the IP address that others reach us at");
            }
            InetAddress address = Endpoint.parseAddress(configured);
            if (address instanceof Inet4Address == listening.address() instanceof Inet4Address) {
                return address;
            }
        }
        throw new LocalFailure("Unable to find our IP address: set the option Address to the one that others reach us"
                + " at, or name it in ORPort");
    }

    /** Fingerprints with a dollar sign, as the descriptor has them, whatever separates them in the options. */
    private static List<String> family(Options options) {
        if (options.flag("BridgeRelay")) {
            return List.of(); // it would tell censors of other bridges
        }
        return options.lines("MyFamily").stream()
                .flatMap(line -> List.of(line.split("[,\\s]+")).stream())
                .filter(member -> !member.isEmpty())
                .map(member -> member.matches("[0-9A-Fa-f]{40}") ? "$" + member : member)
                .toList();
    }

    /** 0 where the second is not set: it limits only what is carried for others. */
    private static long smaller(long rate, long relayRate) {
        return relayRate == 0 ? rate : Math.min(rate, relayRate);
    }

    /** How a bridge may be handed out. */
    private static Optional<String> bridge(Options options) {
        String way = options.text("BridgeDistribution").orElse("any").toLowerCase(Locale.ROOT);
        return options.flag("BridgeRelay") ? Optional.of(way) : Optional.empty();
    }

    private static boolean isPublished(Options options) {
        return isPublished(options, true) || isPublished(options, false);
    }

    /** Whether our descriptor goes to the authorities of bridges, or to those that vote. */
    static boolean isPublished(Options options, boolean toBridgeAuthorities) {
        String word = toBridgeAuthorities ? "bridge" : "v3";
        boolean usual = toBridgeAuthorities == options.flag("BridgeRelay");
        return options.list("PublishServerDescriptor").stream()
                .map(whom -> whom.strip().toLowerCase(Locale.ROOT))
                .anyMatch(whom -> whom.equals(word) || (whom.equals("1") && usual));
    }
}
