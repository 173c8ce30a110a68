package io.allium.directory;

import io.allium.base.Entropy;
import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.KeyCertificate;
import io.allium.netdoc.Microdescriptor;
import io.allium.netdoc.RouterStatus;
import io.allium.netdoc.Sha256Digest;
import io.allium.netdoc.Unverified;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How we come to know the network, and keep knowing it: a consensus, the certificates that prove it, the microdescriptors
 * that it names, in this order; again whenever a newer one should be there. It decides what to ask for, of whom and when,
 * and takes the answers in; it knows no network, disk or clock. Confined to its {@link DirectoryClient}.
 *
 * @spec dir-spec 5
 */
final class Bootstrap {
    /** Certificates kept, far more than there are authorities with a few generations of keys. */
    static final int CERTIFICATES_MAX = 200;

    private final DirectoryPlan plan;
    private final List<ConsensusTrack> tracks = new ArrayList<>();
    private final MicrodescriptorTrack microdescriptors;
    private final Map<Fingerprint, KeyCertificate> certificates = new LinkedHashMap<>();
    private Optional<NetworkView> view = Optional.empty();
    private boolean awaitsFurther;

    Bootstrap(DirectoryPlan plan, Entropy entropy, Instant now) {
        this.plan = plan;
        plan.flavors().forEach(flavor -> tracks.add(new ConsensusTrack(flavor, plan, entropy, now)));
        this.microdescriptors = new MicrodescriptorTrack(entropy, plan);
    }

    /** What we believe now. */
    Optional<NetworkView> view() {
        return view;
    }

    /** The consensus of this flavour that we trust. */
    Optional<Consensus> consensus(ConsensusFlavor flavor) {
        return track(flavor).current();
    }

    /** The certificates that are checked, by signing key. */
    Collection<KeyCertificate> certificates() {
        return certificates.values();
    }

    /** Takes a consensus in, fetched or from disk. */
    ConsensusTrack.Outcome consensus(Unverified<Consensus> document, Instant now) throws Untrusted {
        ConsensusTrack track = track(document.claimed().flavor());
        ConsensusTrack.Outcome outcome = track.take(document, certificates.values(), now);
        if (outcome == ConsensusTrack.Outcome.ACCEPTED) {
            follow(track, now);
        }
        return outcome;
    }

    /**
     * Takes in such certificates as are by our authorities, and tries the consensuses that waited for them.
     *
     * @return the flavours of which there is a new consensus now
     */
    List<ConsensusFlavor> certificates(Collection<KeyCertificate> arrived, Instant now) throws Untrusted {
        for (KeyCertificate each : arrived) {
            if (plan.trusted().contains(each.fingerprint()) && certificates.size() < CERTIFICATES_MAX) {
                certificates.put(each.signingKeyDigest(), each);
            }
        }
        List<ConsensusFlavor> accepted = new ArrayList<>();
        for (ConsensusTrack track : tracks) {
            if (track.retry(certificates.values(), now) == ConsensusTrack.Outcome.ACCEPTED) {
                follow(track, now);
                accepted.add(track.flavor());
            }
        }
        return accepted;
    }

    private void follow(ConsensusTrack track, Instant now) {
        Consensus consensus = track.current().orElseThrow();
        if (track.flavor() == ConsensusFlavor.MICRODESC) {
            microdescriptors.follow(consensus, now);
        }
        renew();
    }

    /** Keeps the microdescriptors of the cache for the consensus that names them, which may be yet to come. */
    void keep(Map<Sha256Digest, Microdescriptor> saved) {
        microdescriptors.keep(saved);
    }

    /** Takes in such microdescriptors as the consensus names; returns those that we lacked. */
    List<Microdescriptor> microdescriptors(Collection<Microdescriptor> arrived) {
        List<Microdescriptor> wanted = microdescriptors.take(arrived);
        if (!wanted.isEmpty()) {
            renew();
        }
        return wanted;
    }

    private void renew() {
        view = track(plan.flavors().getFirst())
                .current()
                .map(consensus -> new NetworkView(consensus.body(), this::details));
    }

    private Relay.@Nullable Details details(RouterStatus status) {
        Microdescriptor found =
                status.microdescriptor().map(microdescriptors.have()::get).orElse(null);
        return found == null ? null : Relay.Details.of(found);
    }

    /** Whether we could build enough of all likely paths. @spec path-spec 2.1.0 */
    boolean isEnough(Instant now) {
        return view.isPresent() && view.get().isReasonablyLive(now) && paths() >= pathsNeeded();
    }

    /** Says whether circuits wait for further descriptors though there are enough for most paths: a guard's, say. */
    void awaitsFurther(boolean now) {
        awaitsFurther = now;
    }

    private boolean isUrgent(Instant now) {
        return awaitsFurther || !isEnough(now);
    }

    /** Which share of the descriptors that are needed is here, 0 to 1. */
    double progress() {
        return Math.min(1, paths() / pathsNeeded());
    }

    private double paths() {
        return view.map(each -> each.pathFraction().ofPaths()).orElse(0.0);
    }

    private double pathsNeeded() {
        return plan.pathsNeeded() >= 0
                ? plan.pathsNeeded()
                : view.map(NetworkView::parameters).orElse(Parameters.STANDARD).get(Parameter.MIN_PATHS_FOR_CIRCS_PCT)
                        / 100.0;
    }

    /** Why we cannot build circuits yet, in C tor's words. */
    String whatIsMissing(Instant now) {
        if (view.isEmpty()) {
            return "We have no usable consensus.";
        }
        if (!view.get().isReasonablyLive(now)) {
            return "We have no recent usable consensus.";
        }
        PathFraction fraction = view.get().pathFraction();
        return "We need more microdescriptors: we have " + fraction.present() + "/" + fraction.usable()
                + ", and can only build " + (int) (fraction.ofPaths() * 100) + "% of likely paths. (We have "
                + fraction.sentence() + ".)";
    }

    /** What to ask for now. Each ask is to be followed by {@link #ended}. */
    List<Ask> asks(Instant now) {
        List<Ask> asks = new ArrayList<>();
        tracks.forEach(track -> asks.addAll(track.asks(certificates.values(), now)));
        asks.addAll(microdescriptors.asks(isUrgent(now), now));
        return asks;
    }

    /** There should be a consensus by now of which we could not know. */
    void lookForConsensus(Instant now) {
        tracks.forEach(track -> track.look(now));
    }

    /** A consensus begins to come in. */
    void arriving() {
        tracks.forEach(ConsensusTrack::arriving);
    }

    /**
     * A request has ended, after what it brought was taken in.
     *
     * @param failed whether it brought nothing of use
     */
    void ended(Ask ask, boolean failed, Instant now) {
        switch (ask.request()) {
            case DirectoryRequest.ConsensusDocument consensus ->
                track(consensus.flavor()).ended(failed, now);
            case DirectoryRequest.KeyCertificatesBySigningKey keys ->
                tracks.forEach(track -> track.certificatesEnded(now));
            case DirectoryRequest.Microdescriptors asked -> microdescriptors.ended(asked.digests(), now);
            case DirectoryRequest.KeyCertificates other -> {}
            case DirectoryRequest.ServerDescriptors other -> {}
            case DirectoryRequest.ServerDescriptorsOf other -> {}
            case DirectoryRequest.ExtraInfos other -> {}
            case DirectoryRequest.ByPath other -> {}
        }
    }

    /** When there may be something to ask for next, if nothing happens before. */
    Instant wakeAt(Instant now) {
        Instant next = microdescriptors.wakeAt(isUrgent(now), now);
        for (ConsensusTrack track : tracks) {
            Instant at = track.wakeAt(now);
            next = at.isBefore(next) ? at : next;
        }
        return next;
    }

    boolean awaitsCertificates() {
        return tracks.stream().anyMatch(ConsensusTrack::awaitsCertificates);
    }

    boolean hasAllMicrodescriptors() {
        return microdescriptors.isComplete();
    }

    /** Whether the consensus names this microdescriptor. */
    boolean names(Sha256Digest digest) {
        return microdescriptors.have().containsKey(digest);
    }

    /** How the downloads of a flavour of the plan go. */
    ConsensusTrack downloads(ConsensusFlavor flavor) {
        return track(flavor);
    }

    private ConsensusTrack track(ConsensusFlavor flavor) {
        return tracks.stream()
                .filter(each -> each.flavor() == flavor)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(flavor.text() + " is not in the plan"));
    }
}
