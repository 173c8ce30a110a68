package io.allium.directory;

import io.allium.base.Entropy;
import io.allium.base.Untrusted;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import io.allium.directory.Weights.Position;
import io.allium.netdoc.ConsensusBody;
import io.allium.netdoc.DocumentTimes;
import io.allium.netdoc.Microdescriptor;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.RouterFlag;
import io.allium.netdoc.RouterStatus;
import io.allium.netdoc.Sha1Digest;
import io.allium.netdoc.Sha256Digest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What we believe about the network at one moment: a consensus that we trust, and such descriptors as we have, indexed.
 * Immutable: a new document makes a new view.
 */
public final class NetworkView {
    /** How long a consensus may be expired and still serve, where there is none better: as in C tor and dir-spec 5.1. */
    public static final Duration REASONABLY_LIVE = Duration.ofHours(24);

    private final ConsensusBody consensus;
    private final Parameters parameters;
    private final Weights weights;
    private final List<Relay> relays;
    private final Map<Fingerprint, Relay> byFingerprint; // looked up, never iterated
    private final Map<Ed25519Identity, Relay> byIdentity; // looked up, never iterated
    private final Map<Choice, Candidates> candidates = new ConcurrentHashMap<>(); // looked up, never iterated
    private volatile Optional<PathFraction> fraction = Optional.empty();
    private final boolean familyLists;
    private final boolean familyIds;

    /** A view with such of these microdescriptors as the consensus names; it must be of that flavour to name any. */
    public static NetworkView of(ConsensusBody consensus, Collection<Microdescriptor> microdescriptors) {
        Map<Sha256Digest, Relay.Details> details = new HashMap<>(); // looked up, never iterated
        microdescriptors.forEach(each -> details.put(each.digest(), Relay.Details.of(each)));
        return new NetworkView(
                consensus, status -> status.microdescriptor().map(details::get).orElse(null));
    }

    /** A view with such of these server descriptors as the consensus names; it must be of the ns flavour to name any. */
    public static NetworkView ofDescriptors(ConsensusBody consensus, Collection<RouterDescriptor> descriptors) {
        Map<Sha1Digest, Relay.Details> details = new HashMap<>(); // looked up, never iterated
        descriptors.forEach(each -> details.put(each.digest(), Relay.Details.of(each)));
        return new NetworkView(
                consensus, status -> status.descriptor().map(details::get).orElse(null));
    }

    /** What relays are wanted for; the lists for each are made once. */
    private record Choice(Position position, boolean fast, boolean stable) {}

    /** @param details gives what the descriptor of a relay says, or null where we have none */
    NetworkView(ConsensusBody consensus, Function<RouterStatus, Relay.@Nullable Details> details) {
        this.consensus = consensus;
        this.parameters = new Parameters(consensus.header().parameters());
        this.weights = new Weights(consensus.bandwidthWeights(), parameters.get(Parameter.BW_WEIGHT_SCALE));
        this.familyLists = parameters.isOn(Parameter.USE_FAMILY_LISTS);
        this.familyIds = parameters.isOn(Parameter.USE_FAMILY_IDS);
        int count = consensus.routers().size();
        this.byFingerprint = HashMap.newHashMap(count);
        this.byIdentity = HashMap.newHashMap(count);
        List<Relay> all = new ArrayList<>(count);
        for (RouterStatus status : consensus.routers()) {
            Relay relay = new Relay(status, details.apply(status));
            all.add(relay);
            byFingerprint.put(relay.fingerprint(), relay);
            relay.identity().ifPresent(identity -> byIdentity.put(identity, relay));
        }
        this.relays = List.copyOf(all);
    }

    public ConsensusBody consensus() {
        return consensus;
    }

    public Parameters parameters() {
        return parameters;
    }

    public Weights weights() {
        return weights;
    }

    /** All relays of the consensus, by fingerprint ascending. */
    public List<Relay> relays() {
        return relays;
    }

    public Optional<Relay> relay(Fingerprint fingerprint) {
        return Optional.ofNullable(byFingerprint.get(fingerprint));
    }

    /** Only relays whose descriptor is here are found. */
    public Optional<Relay> relay(Ed25519Identity identity) {
        return Optional.ofNullable(byIdentity.get(identity));
    }

    /**
     * The relay that a user means: by its fingerprint, with or without a {@code $} before and {@code ~nickname} or
     * {@code =nickname} behind, or else by its nickname, the first that has it.
     */
    public Optional<Relay> called(String text) {
        String id = text.replaceFirst("[~=].*", "");
        if (id.matches("\\$?[0-9A-Fa-f]{40}")) {
            try {
                return relay(Fingerprint.parse(id));
            } catch (Untrusted impossible) {
                throw new IllegalStateException(id, impossible);
            }
        }
        return relays.stream()
                .filter(relay -> relay.nickname().equalsIgnoreCase(text))
                .findFirst();
    }

    /** Whether the consensus holds at this time. */
    public boolean isLive(Instant now) {
        DocumentTimes times = consensus.header().times();
        return !now.isBefore(times.validAfter()) && !now.isAfter(times.validUntil());
    }

    /** Whether the consensus holds, or is off by at most {@link #REASONABLY_LIVE}. */
    public boolean isReasonablyLive(Instant now) {
        return isReasonablyLive(consensus.header().times(), now);
    }

    static boolean isReasonablyLive(DocumentTimes times, Instant now) {
        return !now.isBefore(times.validAfter().minus(REASONABLY_LIVE))
                && !now.isAfter(times.validUntil().plus(REASONABLY_LIVE));
    }

    /** Whether two relays may be one owner's by what they say themselves: they list each other or share a family ID. */
    public boolean sameFamily(Relay one, Relay other) {
        return (familyLists && one.listsMutually(other)) || (familyIds && one.sharesFamilyIdWith(other));
    }

    /** Whether the consensus lists any relay that may be an exit; without one there are only paths within the network. */
    public boolean hasExits() {
        return relays.stream().anyMatch(relay -> relay.has(RouterFlag.EXIT) && relay.has(RouterFlag.RUNNING));
    }

    /** How many of all likely paths we could build with the descriptors that we have. */
    public PathFraction pathFraction() {
        if (fraction.isEmpty()) {
            fraction = Optional.of(PathFraction.of(this));
        }
        return fraction.get();
    }

    /**
     * Draws a relay by its weight in a position, among those that run, are valid, and whose descriptor is here: a fast
     * and, if wanted, stable one if there is any, else any.
     *
     * @param wanted what else is wished of it
     */
    public Optional<Relay> draw(Position position, boolean stable, Predicate<Relay> wanted, Entropy entropy) {
        return candidates(new Choice(position, true, stable))
                .draw(wanted, entropy)
                .or(() -> candidates(new Choice(position, false, false)).draw(wanted, entropy));
    }

    private Candidates candidates(Choice choice) {
        return candidates.computeIfAbsent(
                choice,
                asked -> new Candidates(
                        relays.stream().filter(relay -> suits(relay, asked)).toList(),
                        relay -> weights.of(relay, asked.position)));
    }

    private static boolean suits(Relay relay, Choice choice) {
        return relay.isUsable()
                && relay.has(RouterFlag.RUNNING)
                && relay.has(RouterFlag.VALID)
                && (!choice.fast || relay.has(RouterFlag.FAST))
                && (!choice.stable || relay.has(RouterFlag.STABLE));
    }
}
