package io.allium.authority;

import io.allium.base.Endpoint;
import io.allium.netdoc.FlagSet;
import io.allium.netdoc.PortPolicy;
import io.allium.netdoc.ProtocolVersions;
import io.allium.netdoc.RouterBandwidth;
import io.allium.netdoc.RouterFlag;
import io.allium.netdoc.RouterStatus;
import io.allium.netdoc.Sha1Digest;
import io.allium.netdoc.Sha256Digest;
import io.allium.netdoc.VoteEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What the votes together say of one relay.
 *
 * @param method by which the consensus is computed
 * @param authorities how many there are
 * @param known every flag that some vote knows, and how many votes know it
 * @param measuringVotes how many votes have measurements of any relay
 * @param maxUnmeasured kB/s that a relay gets at most which too few measured
 * @spec dir-spec 3.8
 */
record RouterVoter(ConsensusMethod method, int authorities, FlagVoters known, int measuringVotes, long maxUnmeasured) {

    /** So many measurements make a consensus of them. */
    private static final int MEASUREMENTS_NEEDED = 3;

    /** Which descriptor, in the order by which ties are broken: the smaller digest first, then the newer. */
    private static final Comparator<RouterStatus> DESCRIPTOR_ORDER = Comparator.comparing(
                    (RouterStatus status) -> status.descriptor().orElseThrow())
            .thenComparing(RouterStatus::published, Comparator.reverseOrder())
            .thenComparing(RouterStatus::nickname, Comparator.reverseOrder())
            .thenComparing(status -> status.orPort().address().getAddress(), Arrays::compareUnsigned)
            .thenComparing(status -> status.orPort().port(), Comparator.reverseOrder())
            .thenComparing(RouterStatus::dirPort, Comparator.reverseOrder());

    private static final Comparator<Endpoint> ENDPOINT_ORDER = Comparator.comparing(
                    (Endpoint endpoint) -> endpoint.address().getAddress(), Arrays::compareUnsigned)
            .thenComparing(Endpoint::port, Comparator.reverseOrder());

    /**
     * A relay as the consensus lists it, with the digests for both flavours.
     *
     * @param status with descriptor and policy, without microdescriptor
     * @param microdescriptor absent where no vote has one for this method
     */
    record Verdict(RouterStatus status, Optional<Sha256Digest> microdescriptor) {}

    /** The verdict; absent where the relay is not to be listed: not running, or not valid. */
    Optional<Verdict> vote(Listing listing) {
        FlagSet flags = flags(listing);
        if (!flags.has(RouterFlag.RUNNING) || !flags.has(RouterFlag.VALID)) {
            return Optional.empty();
        }
        List<RouterStatus> all = listing.opinions().stream()
                .map(opinion -> opinion.entry().status())
                .toList();
        RouterStatus winner = descriptor(all);
        List<VoteEntry> agreeing = listing.opinions().stream()
                .map(Listing.Opinion::entry)
                .filter(entry -> DESCRIPTOR_ORDER.compare(entry.status(), winner) == 0)
                .toList();
        RouterStatus status = new RouterStatus(
                winner.nickname(),
                winner.fingerprint(),
                winner.descriptor(),
                Optional.empty(),
                winner.published(),
                winner.orPort(),
                winner.dirPort(),
                additionalOrPort(agreeing),
                flags,
                version(all),
                protocols(all),
                bandwidth(all)
                        .map(line -> flags.has(RouterFlag.GUARD) ? line.withGuardFraction(guardFraction(all)) : line),
                policy(all, winner.descriptor()));
        return Optional.of(new Verdict(status, microdescriptor(agreeing)));
    }

    /** The descriptor that most list; of several, the most recent, and then the one with the smallest digest. */
    private static RouterStatus descriptor(List<RouterStatus> all) {
        if (isOneDescriptor(all)) {
            return all.getFirst();
        }
        List<RouterStatus> sorted = new ArrayList<>(all);
        sorted.sort(DESCRIPTOR_ORDER);
        RouterStatus winner = sorted.getFirst();
        long most = 0;
        for (RouterStatus candidate : sorted) {
            long votes = sorted.stream()
                    .filter(other -> DESCRIPTOR_ORDER.compare(other, candidate) == 0)
                    .count();
            if (votes > most || (votes == most && candidate.published().isAfter(winner.published()))) {
                winner = candidate;
                most = votes;
            }
        }
        return winner;
    }

    private static boolean isOneDescriptor(List<RouterStatus> all) {
        for (RouterStatus each : all) {
            if (DESCRIPTOR_ORDER.compare(each, all.getFirst()) != 0) {
                return false;
            }
        }
        return true;
    }

    /** The IPv6 address that most of those list who agree on the descriptor. */
    private static List<Endpoint> additionalOrPort(List<VoteEntry> agreeing) {
        List<Endpoint> listed = agreeing.stream()
                .flatMap(entry -> entry.status().additionalOrPorts().stream()
                        .filter(Endpoint::isIpv6)
                        .limit(1))
                .toList();
        return Tally.mostFrequent(listed, ENDPOINT_ORDER).stream().toList();
    }

    private Optional<Sha256Digest> microdescriptor(List<VoteEntry> agreeing) {
        List<Sha256Digest> digests = agreeing.stream()
                .flatMap(entry -> entry.microdescriptor(method.number()).stream())
                .toList();
        return Tally.mostFrequent(digests, Comparator.naturalOrder());
    }

    private FlagSet flags(Listing listing) {
        Set<String> flags = new TreeSet<>();
        known.forEach((flag, voters) -> {
            int votes = 0;
            for (Listing.Opinion opinion : listing.opinions()) {
                boolean given = opinion.entry().status().flags().names().contains(flag);
                votes += given && opinion.vote().header().knownFlags().contains(flag) ? 1 : 0;
            }
            if (votes > voters / 2) {
                flags.add(flag);
            }
        });
        if (listing.agreeing() <= authorities / 2) {
            flags.add(RouterFlag.NO_ED_CONSENSUS.text());
        }
        if (flags.contains(RouterFlag.MIDDLE_ONLY.text())) {
            confineToTheMiddle(flags);
        }
        return FlagSet.ofNames(flags);
    }

    /** What voters who don't know MiddleOnly say of other positions counts no longer. */
    private void confineToTheMiddle(Set<String> flags) {
        for (RouterFlag elsewhere : List.of(RouterFlag.EXIT, RouterFlag.GUARD, RouterFlag.HS_DIR, RouterFlag.V2_DIR)) {
            flags.remove(elsewhere.text());
        }
        if (known.knows(RouterFlag.BAD_EXIT)) {
            flags.add(RouterFlag.BAD_EXIT.text());
        }
    }

    private static Optional<String> version(List<RouterStatus> all) {
        List<String> versions =
                all.stream().flatMap(status -> status.version().stream()).toList();
        return Tally.mostFrequent(versions, TorVersion.TEXT_ORDER.thenComparing(Comparator.naturalOrder()));
    }

    private static ProtocolVersions protocols(List<RouterStatus> all) {
        List<ProtocolVersions> listed = all.stream()
                .map(RouterStatus::protocols)
                .filter(protocols -> !protocols.isEmpty())
                .toList();
        return Tally.mostFrequent(listed, Comparator.comparing(ProtocolVersions::text))
                .orElse(ProtocolVersions.none());
    }

    /** The low median of what was measured, if by enough; else of what is advertised, as far as we believe that. */
    private Optional<RouterBandwidth> bandwidth(List<RouterStatus> all) {
        List<RouterBandwidth> lines =
                all.stream().flatMap(status -> status.bandwidth().stream()).toList();
        List<Long> measured = lines.stream()
                .filter(line -> line.measured().isPresent())
                .map(line -> line.measured().getAsLong())
                .toList();
        if (measured.size() >= MEASUREMENTS_NEEDED) {
            return Optional.of(new RouterBandwidth(Tally.lowMedian(measured), OptionalLong.empty(), false));
        }
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        long advertised =
                Tally.lowMedian(lines.stream().map(RouterBandwidth::bandwidth).toList());
        boolean capped = measuringVotes >= MEASUREMENTS_NEEDED;
        return Optional.of(new RouterBandwidth(
                capped ? Math.min(advertised, maxUnmeasured) : advertised, OptionalLong.empty(), true));
    }

    /** The low median of what enough authorities say. */
    private static OptionalInt guardFraction(List<RouterStatus> all) {
        List<Integer> said = all.stream()
                .flatMap(status -> status.bandwidth().stream())
                .filter(line -> line.guardFraction().isPresent())
                .map(line -> line.guardFraction().getAsInt())
                .toList();
        return said.size() >= MEASUREMENTS_NEEDED ? OptionalInt.of(Tally.lowMedian(said)) : OptionalInt.empty();
    }

    /** The policy of that descriptor; should nobody who lists it have one, then anybody's. */
    private static Optional<PortPolicy> policy(List<RouterStatus> all, Optional<Sha1Digest> descriptor) {
        return mostFrequentPolicy(
                        all.stream().filter(status -> status.descriptor().equals(descriptor)))
                .or(() -> mostFrequentPolicy(all.stream()));
    }

    private static Optional<PortPolicy> mostFrequentPolicy(Stream<RouterStatus> of) {
        List<PortPolicy> policies =
                of.flatMap(status -> status.policy().stream()).toList();
        return Tally.mostFrequent(policies, Comparator.comparing(PortPolicy::text));
    }
}
