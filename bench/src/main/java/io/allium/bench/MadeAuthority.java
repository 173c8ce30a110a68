package io.allium.bench;

import io.allium.base.Endpoint;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.RsaKeyPair;
import io.allium.netdoc.ConsensusBody;
import io.allium.netdoc.ConsensusWriter;
import io.allium.netdoc.DirectorySignature;
import io.allium.netdoc.DirectorySource;
import io.allium.netdoc.DocumentTimes;
import io.allium.netdoc.FlagSet;
import io.allium.netdoc.KeyCertificate;
import io.allium.netdoc.Microdescriptor;
import io.allium.netdoc.ProtocolDemands;
import io.allium.netdoc.ProtocolVersions;
import io.allium.netdoc.RouterBandwidth;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.RouterDetails;
import io.allium.netdoc.RouterFlag;
import io.allium.netdoc.RouterStatus;
import io.allium.netdoc.VoteBody;
import io.allium.netdoc.VoteEntry;
import io.allium.netdoc.VoteEntry.MicrodescriptorVote;
import io.allium.netdoc.VoteHeader;
import io.allium.netdoc.VoteWriter;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;

/**
 * A directory authority that has an opinion on each relay of a {@link Population} and runs nowhere: with its keys we vote.
 * They disagree as those of the public network do: about who runs, about flags whose thresholds differ, about measurements,
 * which some don't make, about addresses of IPv6, and some know less than others. The same for the same seed. Immutable.
 */
final class MadeAuthority {
    private static final int KEY_BITS = 2048;

    private static final List<Integer> METHODS = List.of(32, 33, 34, 35);
    private static final List<Integer> OLD_METHODS = List.of(31, 32, 33, 34);

    private static final ProtocolDemands PROTOCOLS = new ProtocolDemands(
            ProtocolVersions.of("Cons=2 Desc=2 DirCache=2 FlowCtrl=1-2 HSDir=2 HSIntro=4 HSRend=2 Link=4-5 Relay=2-4"),
            ProtocolVersions.of("Cons=2 Desc=2 DirCache=2 FlowCtrl=1-2 HSDir=2 HSIntro=4-5 Link=4-5 Relay=2-4"),
            ProtocolVersions.of("Cons=2 Desc=2 FlowCtrl=1 Link=4 Microdesc=2 Relay=2"),
            ProtocolVersions.of("Cons=2 Desc=2 DirCache=2 HSDir=2 HSIntro=4 Link=4-5 LinkAuth=3 Relay=2"));

    private final int index;
    private final RsaKeyPair identity;
    private final RsaKeyPair signing;
    private final KeyCertificate certificate;
    private final int dirPort;

    private MadeAuthority(int index, RsaKeyPool keys, int dirPort, Instant now) {
        this.index = index;
        this.dirPort = dirPort;
        this.identity = keys.key(2 * index);
        this.signing = keys.key(2 * index + 1);
        Instant published = now.truncatedTo(ChronoUnit.HOURS);
        byte[] document = KeyCertificate.write(
                Optional.of(address(dirPort)), identity, signing, published, published.plus(Duration.ofDays(90)));
        try {
            this.certificate = KeyCertificate.parse(document).claimed();
        } catch (Untrusted impossible) {
            throw new IllegalStateException("a certificate of our own", impossible);
        }
    }

    /** So many authorities, of which each claims the next port from {@code firstPort} on. */
    static List<MadeAuthority> of(int count, long seed, int firstPort, Instant now) {
        RsaKeyPool keys = new RsaKeyPool(KEY_BITS, 2 * count, seed + 2);
        List<MadeAuthority> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(new MadeAuthority(i, keys, firstPort + i, now));
        }
        return all;
    }

    /** The v3 identity. */
    Fingerprint fingerprint() {
        return identity.fingerprint();
    }

    /** Its signature on a consensus. */
    DirectorySignature sign(ConsensusBody consensus) {
        return ConsensusWriter.sign(consensus, fingerprint(), signing);
    }

    /** As torrc names it. The identity as a relay is the v3 one too: nobody is there to show another. */
    String torrcLine() {
        return "DirAuthority " + nickname() + " orport=" + (dirPort + 1000) + " v3ident="
                + fingerprint().hex() + " 127.0.0.1:" + dirPort + " "
                + fingerprint().hex();
    }

    /** Its signed vote on these relays, which are sorted by fingerprint. */
    byte[] vote(List<MadeRelay> relays, DocumentTimes times, Instant published, long seed) {
        Random chance = new Random(seed * 1_000_033 + index);
        List<VoteEntry> entries = new ArrayList<>();
        for (MadeRelay relay : relays) {
            if (chance.nextInt(100 + 40 * index) > 0) { // some know all but one of a hundred, others all but one of 400
                entries.add(entry(relay, chance));
            }
        }
        return VoteWriter.write(new VoteBody(header(times, published), certificate, entries), signing);
    }

    private VoteHeader header(DocumentTimes times, Instant published) {
        Map<String, Integer> parameters = new TreeMap<>(Map.of(
                "AuthDirMaxServersPerAddr", 8, "CircuitPriorityHalflifeMsec", 30_000, "cc_alg", 2, "cfx_enabled", 1));
        if (index % 3 > 0) {
            parameters.put("guard-n-primary-guards-to-use", 2 + index % 2);
            parameters.put("sendme_emit_min_version", 1);
        }
        return new VoteHeader(
                isOld() ? OLD_METHODS : METHODS,
                published,
                times,
                List.of("0.4.8.16", "0.4.8.17", "0.4.8.21", "0.4.9.11"),
                List.of("0.4.8.16", "0.4.8.17", "0.4.8.19", "0.4.8.21", "0.4.9.3-alpha", "0.4.9.11"),
                List.of(),
                knownFlags(),
                Map.of("stable-uptime", "1209600"),
                PROTOCOLS,
                parameters,
                measures() ? Optional.of("timestamp=1795173694 version=1.8.0 software=sbws") : Optional.empty(),
                Optional.empty(),
                new DirectorySource(
                        nickname(), fingerprint(), "127.0.0.1", address(dirPort).address(), dirPort, dirPort + 1000),
                "authority " + index + " of the benchmark",
                Optional.empty(),
                false,
                List.of(),
                Optional.empty(),
                Optional.empty());
    }

    private List<String> knownFlags() {
        List<String> flags =
                new ArrayList<>(List.of("Authority", "Exit", "Fast", "Guard", "HSDir", "Running", "Stable"));
        flags.addAll(List.of("StaleDesc", "Sybil", "V2Dir", "Valid"));
        if (judges()) {
            flags.addAll(List.of("BadExit", "MiddleOnly"));
        }
        return flags.stream().sorted().toList();
    }

    private VoteEntry entry(MadeRelay relay, Random chance) {
        boolean isLate = chance.nextInt(4) == 0;
        RouterDescriptor descriptor = isLate ? relay.descriptors().getFirst() : relay.newest();
        RouterDetails details = descriptor.details();
        boolean runs = relay.isUp() != (chance.nextInt(60) == 0);
        long observed = details.bandwidth().observed() / 1000;
        OptionalLong measured = measures() && chance.nextInt(25) > 0
                ? OptionalLong.of(Math.max(1, (long) (observed * Math.exp(0.5 * chance.nextGaussian()))))
                : OptionalLong.empty();
        RouterStatus status = RouterStatus.of(
                descriptor,
                runs && seesIpv6() ? details.additionalOrPorts() : List.of(),
                flags(relay, descriptor, runs, chance),
                details.platform().map(platform -> platform.substring(0, platform.indexOf(" on "))),
                details.protocols(),
                new RouterBandwidth(observed, measured, false));
        String stats = String.format(
                Locale.ROOT,
                "wfu=%.6f tk=%d mtbf=%d",
                relay.temper(),
                chance.nextInt(9_000_000),
                chance.nextInt(9_000_000));
        return new VoteEntry(
                status, Optional.of(descriptor.identity()), Optional.of(stats), microdescriptors(descriptor));
    }

    /** The thresholds of each authority lie a little elsewhere. */
    private FlagSet flags(MadeRelay relay, RouterDescriptor descriptor, boolean runs, Random chance) {
        RouterDetails details = descriptor.details();
        double strictness = 0.02 * index;
        List<String> flags = new ArrayList<>(List.of(RouterFlag.VALID.text()));
        add(flags, RouterFlag.RUNNING, runs);
        add(flags, RouterFlag.FAST, relay.kilobytes() > 100 + 20 * index);
        add(flags, RouterFlag.STABLE, relay.temper() > 0.2 + strictness);
        add(flags, RouterFlag.GUARD, relay.temper() > 0.4 + strictness && relay.kilobytes() > 2000 + 50 * index);
        add(flags, RouterFlag.HS_DIR, details.hiddenServiceDirectory() && relay.temper() > 0.1 + strictness);
        add(flags, RouterFlag.V2_DIR, details.tunnelledDirectory() || details.dirPort() > 0);
        add(flags, RouterFlag.EXIT, !details.exitPolicy().rejectsAll());
        add(flags, RouterFlag.STALE_DESC, chance.nextInt(100) == 0);
        add(flags, RouterFlag.SYBIL, relay.temper() > 0.995);
        add(flags, RouterFlag.BAD_EXIT, judges() && relay.temper() < 0.003);
        add(flags, RouterFlag.MIDDLE_ONLY, judges() && relay.temper() < 0.006);
        return FlagSet.ofNames(flags);
    }

    private static void add(List<String> flags, RouterFlag flag, boolean has) {
        if (has) {
            flags.add(flag.text());
        }
    }

    private List<MicrodescriptorVote> microdescriptors(RouterDescriptor descriptor) {
        List<Integer> methods = isOld() ? OLD_METHODS : METHODS;
        int without = methods.indexOf(Microdescriptor.METHOD_FAMILY_IDS);
        Microdescriptor newest =
                Microdescriptor.of(descriptor, methods.getLast()).orElseThrow();
        if (without < 0 || newest.familyIds().isEmpty()) {
            return List.of(new MicrodescriptorVote(methods, newest.digest()));
        }
        Microdescriptor older =
                Microdescriptor.of(descriptor, methods.getFirst()).orElseThrow();
        return List.of(
                new MicrodescriptorVote(methods.subList(0, without), older.digest()),
                new MicrodescriptorVote(methods.subList(without, methods.size()), newest.digest()));
    }

    private String nickname() {
        return "authority" + index;
    }

    /** Two of nine have not updated for long. */
    private boolean isOld() {
        return index % 9 >= 7;
    }

    private boolean measures() {
        return index % 3 > 0;
    }

    private boolean judges() {
        return index % 2 == 0;
    }

    private boolean seesIpv6() {
        return index % 9 != 4;
    }

    private static Endpoint address(int port) {
        return new Endpoint(InetAddress.ofLiteral("127.0.0.1"), port);
    }
}
