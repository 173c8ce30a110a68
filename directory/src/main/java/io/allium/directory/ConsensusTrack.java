package io.allium.directory;

import io.allium.base.Entropy;
import io.allium.base.Untrusted;
import io.allium.directory.DirectoryRequest.KeyCertificatesBySigningKey;
import io.allium.directory.DocumentFetcher.Origin;
import io.allium.netdoc.AuthoritySignatures;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.KeyCertificate;
import io.allium.netdoc.Unverified;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * One flavour of consensus: the one we have, one that waits for certificates, and when to ask for the next. Confined to
 * its {@link Bootstrap}.
 *
 * @spec dir-spec 5.1
 */
final class ConsensusTrack {
    /** Caches leave the authorities alone for so long after a consensus became valid: as in C tor. */
    private static final Duration CACHING_DELAY = Duration.ofMinutes(2);

    /** A consensus whose certificates nobody has is given up after so long: as in C tor. */
    private static final Duration PENDING_MAX = Duration.ofMinutes(20);

    /** Downloads of one flavour at once: C tor's ClientBootstrapConsensusMaxInProgressTries. */
    static final int UNDER_WAY_MAX = 3;

    private final ConsensusFlavor flavor;
    private final DirectoryPlan plan;
    private final Entropy entropy;
    private final Backoff primary;
    private final Backoff authority;
    private final Backoff certificates;

    private Optional<Consensus> current = Optional.empty();
    private Optional<Unverified<Consensus>> pending = Optional.empty();
    private Instant pendingSince = Instant.MIN;
    private Instant nextFetch = Instant.MIN; // at once, even if the clock is set back before we come to it
    private int underWay;
    private boolean certificatesUnderWay;
    private boolean arriving;

    ConsensusTrack(ConsensusFlavor flavor, DirectoryPlan plan, Entropy entropy, Instant now) {
        this.flavor = flavor;
        this.plan = plan;
        this.entropy = entropy;
        this.primary = new Backoff(entropy, Duration.ZERO, now);
        this.authority = new Backoff(entropy, plan.authorityDelay(), now);
        this.certificates = new Backoff(entropy, Duration.ZERO, now);
    }

    ConsensusFlavor flavor() {
        return flavor;
    }

    Optional<Consensus> current() {
        return current;
    }

    boolean awaitsCertificates() {
        return pending.isPresent();
    }

    /** What came of a consensus. */
    enum Outcome {
        /** It is the one that we have now. */
        ACCEPTED,
        /** It waits for certificates. */
        AWAITS_CERTIFICATES,
        /** We have it, or a newer one. */
        NOT_NEWER
    }

    /**
     * Takes a consensus in.
     *
     * @throws Untrusted when it can never be trusted
     */
    Outcome take(Unverified<Consensus> document, Collection<KeyCertificate> known, Instant now) throws Untrusted {
        Consensus claimed = document.claimed();
        if (claimed.flavor() != flavor) {
            throw new Untrusted(
                    "consensus: of flavour " + claimed.flavor().text() + " where " + flavor.text() + " was asked for");
        }
        if (!NetworkView.isReasonablyLive(claimed.header().times(), now)) {
            throw new Untrusted("consensus: valid from " + claimed.validAfter() + " to " + claimed.validUntil()
                    + ", which is not now (" + now + ")");
        }
        if (current.isPresent() && !claimed.validAfter().isAfter(current.get().validAfter())) {
            return Outcome.NOT_NEWER;
        }
        AuthoritySignatures.Tally tally = new AuthoritySignatures(plan.trusted(), known, now).tally(claimed);
        if (!tally.isEnough()
                && tally.good().size() + tally.missing().size() > plan.trusted().size() / 2) {
            pendingSince = pending.isEmpty() ? now : pendingSince;
            pending = Optional.of(document);
            return Outcome.AWAITS_CERTIFICATES;
        }
        accept(document.verify(signed -> tally.demand()), now);
        return Outcome.ACCEPTED;
    }

    private void accept(Consensus consensus, Instant now) {
        current = Optional.of(consensus);
        pending = Optional.empty();
        primary.reset(now);
        authority.reset(now);
        certificates.reset(now);
        nextFetch = refreshTime(consensus, now);
    }

    /** Tries the waiting consensus with the certificates that are known now. */
    Outcome retry(Collection<KeyCertificate> known, Instant now) throws Untrusted {
        if (pending.isEmpty()) {
            return Outcome.NOT_NEWER;
        }
        try {
            return take(pending.get(), known, now);
        } catch (Untrusted bad) {
            pending = Optional.empty();
            throw bad;
        }
    }

    /** The consensus that waits, to be kept on disk. */
    Optional<Unverified<Consensus>> pending() {
        return pending;
    }

    /** When to look for the consensus after this one. */
    private Instant refreshTime(Consensus consensus, Instant now) {
        if (now.isAfter(consensus.validUntil())) {
            return now;
        }
        Duration interval = Duration.between(consensus.validAfter(), consensus.freshUntil());
        Instant start;
        Duration room;
        if (plan.early()) {
            Duration delay = min(CACHING_DELAY, interval.dividedBy(16));
            start = consensus.freshUntil().plus(delay);
            room = interval.dividedBy(2);
        } else {
            start = consensus.freshUntil().plus(interval.multipliedBy(3).dividedBy(4));
            room = Duration.between(start, consensus.validUntil())
                    .multipliedBy(7)
                    .dividedBy(8);
        }
        Instant latest = consensus.validUntil().minusSeconds(1);
        long seconds = Math.max(1, room.toSeconds());
        Instant chosen = start.plusSeconds(entropy.below(seconds));
        return chosen.isAfter(latest) ? latest : chosen;
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** What to ask for now. */
    List<Ask> asks(Collection<KeyCertificate> known, Instant now) {
        List<Ask> asks = new ArrayList<>();
        if (now.isBefore(pendingSince) || now.isAfter(pendingSince.plus(PENDING_MAX))) {
            pending = Optional.empty();
        }
        if (pending.isPresent()) {
            if (!certificatesUnderWay && certificates.isDue(now)) {
                certificatesUnderWay = true;
                asks.add(new Ask(missingCertificates(pending.get(), known, now), origin(now, certificates)));
            }
            return asks;
        }
        if (now.isBefore(nextFetch) || underWay >= UNDER_WAY_MAX || arriving) {
            return asks;
        }
        if (usesCaches(now) || plan.authoritiesOnly() || !plan.fallbacks()) {
            if (underWay == 0 && primary.isDue(now)) {
                asks.add(begin(origin(now, primary), now));
            }
            return asks;
        }
        if (underWay == 0 && primary.isDue(now)) {
            asks.add(begin(Origin.FALLBACK, now));
        }
        if (authority.isDue(now)) {
            authority.delay(now);
            asks.add(begin(Origin.AUTHORITY, now));
        }
        return asks;
    }

    private Ask begin(Origin origin, Instant now) {
        underWay++;
        return new Ask(
                new DirectoryRequest.ConsensusDocument(
                        flavor,
                        plan.trusted(),
                        current.map(Consensus::validAfter),
                        current.filter(have -> isBase(have, now)).map(Consensus::sha3)),
                origin);
    }

    /** Whether a directory may still have a diff from it. */
    private static boolean isBase(Consensus consensus, Instant now) {
        int hours = new Parameters(consensus.parameters()).get(Parameter.TRY_DIFF_FOR_CONSENSUS_NEWER_THAN);
        return consensus.validAfter().plus(Duration.ofHours(hours)).isAfter(now);
    }

    private boolean usesCaches(Instant now) {
        return current.map(have -> NetworkView.isReasonablyLive(have.header().times(), now))
                .orElse(false);
    }

    /**
     * Caches once we know some, however often they fail us: these are our guards, and whoever else we asked would learn
     * of us. Before that fallbacks, unless they fail.
     *
     * @spec guard-spec 3
     */
    private Origin origin(Instant now, Backoff tries) {
        if (plan.authoritiesOnly()) {
            return Origin.AUTHORITY;
        }
        if (usesCaches(now)) {
            return Origin.CACHE;
        }
        return plan.fallbacks() && tries.failures() % 2 == 0 ? Origin.FALLBACK : Origin.AUTHORITY;
    }

    private DirectoryRequest missingCertificates(
            Unverified<Consensus> document, Collection<KeyCertificate> known, Instant now) {
        List<KeyCertificatesBySigningKey.Pair> pairs = new AuthoritySignatures(plan.trusted(), known, now)
                .tally(document.claimed()).missing().stream()
                        .map(each -> new KeyCertificatesBySigningKey.Pair(each.identity(), each.signingKey()))
                        .toList();
        return new KeyCertificatesBySigningKey(pairs);
    }

    /** A consensus begins to come in: no second one is asked for. */
    void arriving() {
        arriving = underWay > 0;
    }

    /** The request for a consensus has ended, well or not. */
    void ended(boolean failed, Instant now) {
        underWay--;
        arriving = false;
        if (failed) {
            primary.delay(now);
        }
    }

    /** There should be a newer one than we knew of: begin to ask for it now. */
    void look(Instant now) {
        primary.reset(now);
        nextFetch = now;
    }

    /** There was no newer one: ask again before long. */
    void notModified(Instant now) {
        primary.delay(now);
    }

    /** The request for certificates has ended. */
    void certificatesEnded(Instant now) {
        certificatesUnderWay = false;
        certificates.delay(now);
    }

    /** How the downloads go: of one after the other, of the first from authorities, and of what proves them. */
    DownloadStatus running() {
        Instant next = primary.next().isBefore(nextFetch) ? nextFetch : primary.next();
        return DownloadStatus.of(primary, next, DownloadStatus.Kind.RUNNING);
    }

    DownloadStatus bootstrapping() {
        return DownloadStatus.of(authority, authority.next(), DownloadStatus.Kind.bootstrapping(flavor));
    }

    DownloadStatus ofCertificates() {
        return DownloadStatus.of(certificates, certificates.next(), DownloadStatus.Kind.RUNNING);
    }

    /** When there may be something to ask for next, if nothing happens before. */
    Instant wakeAt(Instant now) {
        if (pending.isPresent()) {
            return certificatesUnderWay ? now.plus(PENDING_MAX) : certificates.next();
        }
        Instant due = underWay == 0 ? primary.next() : now.plus(PENDING_MAX);
        if (!usesCaches(now) && plan.fallbacks() && authority.next().isBefore(due)) {
            due = authority.next();
        }
        return due.isBefore(nextFetch) ? nextFetch : due;
    }
}
