package io.allium.authority;

import io.allium.base.Endpoint;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.AdvertisedBandwidth;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.RouterDetails;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Takes the census of the network for each vote. Immutable; what it asks is not. */
final class CensusTaker {
    /** Nobody is believed to have more; MAX_BELIEVABLE_BANDWIDTH of C tor. */
    private static final long BELIEVABLE_MAX = 10_000_000;

    /** A descriptor older than this should have been renewed. */
    private static final Duration STALE = Duration.ofHours(18);

    private final Submissions submissions;
    private final Reachability reachability;
    private final RouterStability stability;
    private final BadRelays badRelays;
    private final Set<Fingerprint> authorities;
    private final FlagOptions flags;
    private final int maxServersPerAddress;
    private final Duration timeToLearnReachability;
    private final Instant started;

    /**
     * @param authorities the relay identities of the directory authorities
     * @param maxServersPerAddress how many may be at one address; 0 for no limit
     * @param timeToLearnReachability after which all have been tested that could be
     * @param started when this authority came up
     */
    CensusTaker(
            Submissions submissions,
            Reachability reachability,
            RouterStability stability,
            BadRelays badRelays,
            Set<Fingerprint> authorities,
            FlagOptions flags,
            int maxServersPerAddress,
            Duration timeToLearnReachability,
            Instant started) {
        this.submissions = submissions;
        this.reachability = reachability;
        this.stability = stability;
        this.badRelays = badRelays;
        this.authorities = authorities;
        this.flags = flags;
        this.maxServersPerAddress = maxServersPerAddress;
        this.timeToLearnReachability = timeToLearnReachability;
        this.started = started;
    }

    Census take(Optional<BandwidthFile> bandwidths, Instant now) {
        List<RouterDescriptor> descriptors = oneOfEachIdentity(submissions.current(now));
        Set<Fingerprint> running = new TreeSet<>();
        for (RouterDescriptor descriptor : descriptors) {
            if (reachability.assess(descriptor, now)) {
                running.add(descriptor.fingerprint());
            }
        }
        Set<Fingerprint> sybils = sybils(descriptors, running, bandwidths);
        sybils.forEach(sybil -> stability.disown(sybil, now));
        List<Census.Counted> relays = new ArrayList<>();
        for (RouterDescriptor descriptor : descriptors) {
            Fingerprint relay = descriptor.fingerprint();
            Track track = stability.of(relay);
            boolean isRunning = running.contains(relay);
            RelayFacts facts = facts(descriptor, track, bandwidths, isRunning, sybils.contains(relay), now);
            relays.add(new Census.Counted(descriptor, facts, track, reachability.ipv6(descriptor, now)));
        }
        FlagThresholds thresholds = FlagThresholds.measure(
                relays.stream().map(Census.Counted::facts).toList(), flags, stability.isEnough(now));
        return new Census(now, relays, thresholds, bandwidths, !now.isBefore(started.plus(timeToLearnReachability)));
    }

    /** Where two relays have one Ed25519 identity, the one with the newer descriptor. */
    private static List<RouterDescriptor> oneOfEachIdentity(List<RouterDescriptor> descriptors) {
        Map<Ed25519Identity, RouterDescriptor> newest = new LinkedHashMap<>();
        for (RouterDescriptor descriptor : descriptors) {
            newest.merge(
                    descriptor.identity(),
                    descriptor,
                    (one, other) -> one.published().isBefore(other.published()) ? other : one);
        }
        return newest.values().stream()
                .sorted(Comparator.comparing(RouterDescriptor::fingerprint))
                .toList();
    }

    private Set<Fingerprint> sybils(
            List<RouterDescriptor> descriptors, Set<Fingerprint> running, Optional<BandwidthFile> bandwidths) {
        List<Sybils.Suspect> suspects = new ArrayList<>();
        for (RouterDescriptor descriptor : descriptors) {
            Fingerprint relay = descriptor.fingerprint();
            RouterDetails details = descriptor.details();
            suspects.add(new Sybils.Suspect(
                    relay,
                    details.address(),
                    ipv6(details).map(Endpoint::address),
                    authorities.contains(relay),
                    running.contains(relay),
                    measured(relay, bandwidths).orElse(advertised(details) / 1000)));
        }
        return Sybils.among(suspects, maxServersPerAddress);
    }

    private RelayFacts facts(
            RouterDescriptor descriptor,
            Track track,
            Optional<BandwidthFile> bandwidths,
            boolean running,
            boolean sybil,
            Instant now) {
        RouterDetails details = descriptor.details();
        long sincePublication =
                Math.max(0, Duration.between(details.published(), now).toSeconds());
        return new RelayFacts(
                running,
                submissions.isValid(descriptor),
                details.hibernating(),
                sybil,
                authorities.contains(descriptor.fingerprint()),
                isExit(details),
                badRelays.badExits().contains(descriptor),
                badRelays.middleOnly().contains(descriptor),
                details.tunnelledDirectory(),
                details.hiddenServiceDirectory(),
                Duration.ofSeconds(details.uptime() + sincePublication),
                knowsUptimes(now) ? Optional.of(track.uptime(now)) : Optional.empty(),
                Math.min(advertised(details), BELIEVABLE_MAX) / 1000,
                measured(descriptor.fingerprint(), bandwidths),
                track.meanTimeBetweenFailures(now),
                track.fractionalUptime(now),
                track.timeKnown(now),
                details.published().plus(STALE).isBefore(now),
                badRelays.stripped(descriptor));
    }

    private boolean isExit(RouterDetails details) {
        return !details.exitPolicy().rejectsAll()
                && new GeneralExit(flags.testingNetwork()).isAllowedBy(details.exitPolicy());
    }

    /** Whether we have watched for longer than HSDir asks; a tenth more, for tests take their time. */
    private boolean knowsUptimes(Instant now) {
        return Duration.between(started, now).toSeconds() > flags.hsDirUptime().toSeconds() * 1.1;
    }

    static Optional<Endpoint> ipv6(RouterDetails details) {
        return details.additionalOrPorts().stream().filter(Endpoint::isIpv6).findFirst();
    }

    private static long advertised(RouterDetails details) {
        AdvertisedBandwidth bandwidth = details.bandwidth();
        return Math.min(bandwidth.rate(), bandwidth.observed());
    }

    private static Optional<Long> measured(Fingerprint relay, Optional<BandwidthFile> bandwidths) {
        return bandwidths.map(file -> file.measured().get(relay));
    }
}
