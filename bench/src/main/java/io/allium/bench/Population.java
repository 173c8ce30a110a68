package io.allium.bench;

import io.allium.base.Endpoint;
import io.allium.base.Untrusted;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.Ed25519Certificate;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.RsaKeyPair;
import io.allium.netdoc.AdvertisedBandwidth;
import io.allium.netdoc.ExitPolicy;
import io.allium.netdoc.ExitPolicyConfiguration;
import io.allium.netdoc.ExitPolicyConfiguration.Ending;
import io.allium.netdoc.ExtraInfo;
import io.allium.netdoc.ProtocolVersions;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.RouterDescriptorWriter;
import io.allium.netdoc.RouterDetails;
import io.allium.netdoc.RouterSecrets;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Relays in the numbers and the variety of the public network, with signed documents: the same for the same seed and time.
 * All have addresses of this machine, where nobody answers. Immutable.
 */
final class Population {
    private static final Duration ONION_KEY_LIFETIME = Duration.ofDays(28);

    /** Who does not renew a descriptor for longer is no relay any more. */
    private static final int OLDEST_MINUTES = 18 * 60;

    private static final List<String> PLATFORMS = List.of(
            "Tor 0.4.9.11 on Linux",
            "Tor 0.4.8.16 on Linux",
            "Tor 0.4.8.17 on FreeBSD",
            "Tor 0.4.8.19 on Linux",
            "Tor 0.4.8.21 on Linux",
            "Tor 0.4.9.3-alpha on OpenBSD",
            "Tor 0.4.8.21 on Windows Server 2022");

    private static final String OF_048 =
            "Conflux=1 Cons=1-2 Desc=1-2 DirCache=2 FlowCtrl=1-2 HSDir=2 HSIntro=4-5 HSRend=1-2 Link=1-5 LinkAuth=1,3"
                    + " Microdesc=1-2 Padding=2 Relay=1-4";
    private static final String OF_049 =
            "Conflux=1 Cons=1-2 Desc=1-4 DirCache=2 FlowCtrl=1-2 HSDir=2 HSIntro=4-5 HSRend=1-2 Link=3-5 LinkAuth=3"
                    + " Microdesc=1-3 Padding=2 Relay=2-6";

    private static final List<ExitPolicy> EXIT_POLICIES = List.of(
            policy(false, Ending.DEFAULT),
            policy(true, Ending.DEFAULT),
            policy(false, Ending.REDUCED),
            policy(true, Ending.REDUCED),
            policy(false, Ending.REJECT, "accept *:80", "accept *:443"),
            policy(true, Ending.REJECT, "reject 93.184.216.0/24:*", "reject *:25", "accept *:1-1023"));

    private final long seed;
    private final Instant now;
    private final int count;
    private final RsaKeyPool identities;
    private final List<RsaKeyPair> onionKeys;

    private Population(int count, long seed, Instant now) {
        this.seed = seed;
        this.now = now.truncatedTo(ChronoUnit.SECONDS);
        this.count = count;
        this.identities = new RsaKeyPool(RsaKeyPair.RELAY_BITS, count, seed);
        RsaKeyPool pool = new RsaKeyPool(RsaKeyPair.RELAY_BITS, ONION_KEYS, seed + 1);
        this.onionKeys = IntStream.range(0, ONION_KEYS).mapToObj(pool::key).toList();
    }

    /** So many relays, sorted by fingerprint. Heavy computation. */
    static List<MadeRelay> of(int count, long seed, Instant now) {
        Population all = new Population(count, seed, now);
        return IntStream.range(0, count)
                .parallel()
                .mapToObj(all::relay)
                .sorted(Comparator.comparing(MadeRelay::fingerprint))
                .toList();
    }

    private MadeRelay relay(int index) {
        Random chance = new Random(seed * 1_000_003 + index);
        RouterSecrets secrets = secrets(index, chance);
        long kilobytes = Math.max(20, (long) Math.exp(8.3 + 1.7 * chance.nextGaussian())); // median 4 MB/s
        Instant published = now.minus(Duration.ofMinutes(chance.nextInt(OLDEST_MINUTES)));
        List<String> statistics = statistics(published, kilobytes, chance);
        String nickname = "made" + index;
        byte[] extraInfo = ExtraInfo.write(nickname, published, statistics, secrets);
        try {
            RouterDetails.Builder details = details(index, nickname, published, kilobytes, chance)
                    .extraInfo(ExtraInfo.parse(extraInfo).claimed().digest());
            List<RouterDescriptor> descriptors = new ArrayList<>();
            if (chance.nextInt(40) == 0) {
                Instant before = published.minus(Duration.ofHours(1));
                descriptors.add(
                        descriptor(details(index, nickname, before, kilobytes / 2, new Random(index)), secrets));
            }
            descriptors.add(descriptor(details, secrets));
            return new MadeRelay(descriptors, extraInfo, chance.nextDouble(), kilobytes, chance.nextInt(25) > 0);
        } catch (Untrusted impossible) {
            throw new IllegalStateException("an extra-info document of our own", impossible);
        }
    }

    private static RouterDescriptor descriptor(RouterDetails.Builder details, RouterSecrets secrets) throws Untrusted {
        byte[] document = RouterDescriptorWriter.write(details.build(), secrets, ONION_KEY_LIFETIME);
        return RouterDescriptor.parse(document).claimed();
    }

    private RouterSecrets secrets(int index, Random chance) {
        Ed25519KeyPair identity = Ed25519KeyPair.ofSeed(bytes(chance));
        Ed25519KeyPair signing = Ed25519KeyPair.ofSeed(bytes(chance));
        Ed25519Certificate certificate = Ed25519Certificate.sign(
                Ed25519Certificate.IDENTITY_SIGNS_SIGNING,
                signing.publicKey(),
                now.plus(Duration.ofDays(20)),
                identity,
                true);
        return new RouterSecrets(
                identities.key(index),
                certificate,
                signing,
                onionKeys.get(index % ONION_KEYS),
                Curve25519KeyPair.ofSecret(bytes(chance)),
                isOfKeyedFamily(index) ? List.of(Ed25519KeyPair.ofSeed(bytes(new Random(family(index))))) : List.of());
    }

    private RouterDetails.Builder details(
            int index, String nickname, Instant published, long kilobytes, Random chance) {
        String platform = PLATFORMS.get(chance.nextInt(PLATFORMS.size()));
        long bytes = kilobytes * 1000;
        RouterDetails.Builder details = RouterDetails.builder(nickname, address(index), 9001 + index % 7, published)
                .dirPort(index % 10 == 0 ? 9030 : 0)
                .platform(platform)
                .protocols(ProtocolVersions.of(platform.contains("0.4.9") ? OF_049 : OF_048))
                .uptime(chance.nextInt(60 * 86_400))
                .bandwidth(new AdvertisedBandwidth(bytes * 2, bytes * 4, bytes))
                .hibernating(chance.nextInt(200) == 0)
                .hiddenServiceDirectory(chance.nextInt(10) > 0)
                .tunnelledDirectory(chance.nextInt(20) > 0)
                .contact("email:operator" + family(index)
                        + "[]example.org url:https://example.org proof:uri-rsa ciissversion:2")
                .family(members(index))
                .exitPolicy(
                        chance.nextInt(4) == 0
                                ? EXIT_POLICIES.get(chance.nextInt(EXIT_POLICIES.size()))
                                : ExitPolicy.REJECT_ALL);
        if (index % 2 == 0) {
            details.additionalOrPort(new Endpoint(ipv6(index), 9001));
        }
        if (chance.nextInt(100) == 0) {
            details.overloadGeneral("1 2026-01-01 00:00:00");
        }
        return details;
    }

    /** Families are neighbours by index: a few large ones, more small ones, and three relays of five have none. */
    private static int family(int index) {
        return index % 400 < 40 ? index / 400 * 1000 : index % 400 < 160 ? index / 4 * 1000 + 1 : index * 1000 + 2;
    }

    private static boolean isOfKeyedFamily(int index) {
        return index % 400 < 80;
    }

    private List<String> members(int index) {
        int size = index % 400 < 40 ? 40 : index % 400 < 160 ? 4 : 1;
        int first = index - index % size;
        List<String> members = new ArrayList<>();
        for (int other = first; size > 1 && other < Math.min(count, first + size); other++) {
            members.add("$" + identities.key(other).fingerprint().hex());
        }
        return members;
    }

    /** What a relay counts in a day, in its usual length. */
    private static List<String> statistics(Instant published, long kilobytes, Random chance) {
        List<String> lines = new ArrayList<>();
        String end = published
                .minusSeconds(chance.nextInt(3600))
                .toString()
                .replace('T', ' ')
                .replace("Z", "");
        for (String history : List.of("write", "read", "ipv6-write", "ipv6-read", "dirreq-write", "dirreq-read")) {
            StringBuilder line = new StringBuilder(history + "-history " + end + " (86400 s) ");
            for (int day = 0; day < 5; day++) {
                line.append(day == 0 ? "" : ",").append(kilobytes * 1000 * (50_000 + chance.nextInt(20_000)));
            }
            lines.add(line.toString());
        }
        lines.add("geoip-db-digest B08BFE286DC8F11F29AACEAFB6F7EF0F5C771042");
        lines.add("geoip6-db-digest 9D85004FBA941079CFE018F0599E6A337C4E45A1");
        lines.add("dirreq-stats-end " + end + " (86400 s)");
        lines.add("dirreq-v3-ips us=64,de=48,fr=24,nl=16,ru=16,gb=8");
        lines.add("dirreq-v3-reqs us=128,de=96,fr=64,nl=24,ru=24,gb=16");
        lines.add("dirreq-v3-resp ok=2048,not-enough-sigs=0,unavailable=0,not-found=0,not-modified=64,busy=0");
        lines.add("hidserv-stats-end " + end + " (86400 s)");
        lines.add("hidserv-rend-relayed-cells " + chance.nextInt(1_000_000_000)
                + " delta_f=2048 epsilon=0.30 bin_size=1024");
        lines.add(
                "padding-counts " + end + " (86400 s) bin-size=10000 write-drop=10000 write-pad=40000 write-total=90000"
                        + " read-drop=10000 read-pad=40000 read-total=90000 enabled-read-pad=40000 enabled-read-total=90000");
        return lines;
    }

    /** An address of this machine for two relays each. */
    private static InetAddress address(int index) {
        int host = 257 + index / 2;
        return of(new byte[] {127, (byte) (1 + (host >>> 16)), (byte) (host >>> 8), (byte) host});
    }

    /** Nobody has these: they are for one site's own use, and no route leads there. */
    private static InetAddress ipv6(int index) {
        byte[] address = new byte[16];
        address[0] = (byte) 0xfd;
        address[14] = (byte) (index >>> 8);
        address[15] = (byte) index;
        return of(address);
    }

    private static InetAddress of(byte[] address) {
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("4 or 16 bytes are an address", impossible);
        }
    }

    private static ExitPolicy policy(boolean ipv6, Ending ending, String... lines) {
        try {
            return new ExitPolicyConfiguration(List.of(lines), ipv6, true, List.of(), ending).policy();
        } catch (Untrusted impossible) {
            throw new IllegalStateException("policies of our own", impossible);
        }
    }

    private static byte[] bytes(Random chance) {
        byte[] bytes = new byte[32];
        chance.nextBytes(bytes);
        return bytes;
    }

    /** Nobody looks at these keys, but that each signs. */
    private static final int ONION_KEYS = 10;
}
