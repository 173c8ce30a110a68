package io.allium.app;

import io.allium.crypto.Fingerprint;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What operators should know of a network, as its authorities tell it: a function of their answers. Confined to one call.
 */
final class Findings {
    /** Directories say the time in whole seconds, and an answer may take a few. */
    static final Duration CLOCK_SLACK = Duration.ofSeconds(5);

    /** As long before its end a certificate is worth a word; as C tor warns its operator. */
    static final Duration CERTIFICATE_NOTICE = Duration.ofDays(30);

    /** So long after a period has begun it is no wonder if some have its documents and others not yet. */
    static final Duration TURN = Duration.ofSeconds(15);

    private final NetworkStatus status;
    private final List<Finding> findings = new ArrayList<>();

    private Findings(NetworkStatus status) {
        this.status = status;
    }

    /** The gravest first, as far as one follows from the other; none where there is nothing to say. */
    static List<Finding> of(NetworkStatus status) {
        Findings all = new Findings(status);
        all.silence();
        all.clocks();
        all.status.answering().forEach(all::certificate);
        all.consensuses();
        all.votes();
        all.findings.addAll(VoteComparison.findings(status));
        return List.copyOf(all.findings);
    }

    private void silence() {
        int all = status.authorities().size();
        int left = status.answering().size();
        for (AuthorityAnswer each : status.authorities()) {
            each.silence().ifPresent(why -> wrong(Finding.Kind.SILENCE, each.name() + " does not answer: " + why));
            each.troubles().forEach(trouble -> wrong(Finding.Kind.DOCUMENT, each.name() + " " + trouble));
        }
        if (left < all) {
            String count = left + " of " + all + (left == 1 ? " authorities answers" : " authorities answer") + ", and "
                    + status.majority() + " must agree: ";
            wrong(
                    Finding.Kind.SILENCE,
                    count
                            + (left < status.majority()
                                    ? "no new consensus can be made" + untilWhen()
                                    : left == status.majority()
                                            ? "there are consensuses, but none any more once another one fails"
                                            : "there are consensuses, and " + (left - status.majority())
                                                    + " more may fail"));
        }
    }

    private String untilWhen() {
        return status.answering().stream()
                .flatMap(each -> each.consensus(ConsensusFlavor.MICRODESC).stream())
                .map(served -> served.consensus().validUntil())
                .max(Instant::compareTo)
                .filter(until -> until.isAfter(status.asked()))
                .map(until -> ", and clients use the last one until " + Timestamps.text(until))
                .orElse("");
    }

    private void clocks() {
        List<AuthorityAnswer> off = status.answering().stream()
                .filter(each -> each.ahead()
                        .filter(ahead -> ahead.abs().compareTo(CLOCK_SLACK) > 0)
                        .isPresent())
                .toList();
        if (off.size() > 1 && off.size() == status.answering().size() && areAlike(off)) {
            Duration ahead = off.getFirst().ahead().orElseThrow();
            note(Finding.Kind.CLOCK, "the clock of this machine is " + apart(ahead.negated()) + " the authorities'");
            return;
        }
        off.forEach(each -> wrong(
                Finding.Kind.CLOCK,
                each.name() + "'s clock is " + apart(each.ahead().orElseThrow()) + " this machine's"));
    }

    private static boolean areAlike(List<AuthorityAnswer> off) {
        Duration first = off.getFirst().ahead().orElseThrow();
        return off.stream()
                .allMatch(each -> each.ahead().orElseThrow().minus(first).abs().compareTo(CLOCK_SLACK) <= 0);
    }

    private static String apart(Duration ahead) {
        return ahead.abs().toSeconds() + " s " + (ahead.isNegative() ? "behind" : "ahead of");
    }

    private void certificate(AuthorityAnswer each) {
        each.certificate().ifPresent(certificate -> {
            Duration left = Duration.between(status.asked(), certificate.expires());
            String end = each.name() + "'s certificate " + (left.isNegative() ? "ended" : "ends") + " at "
                    + Timestamps.text(certificate.expires());
            if (left.isNegative()) {
                wrong(Finding.Kind.CERTIFICATE, end + ": it cannot vote until tor-gencert has made a new one");
            } else if (left.compareTo(CERTIFICATE_NOTICE) <= 0) {
                wrong(
                        Finding.Kind.CERTIFICATE,
                        end + ", in " + (left.toDays() > 1 ? left.toDays() + " days" : left.toHours() + " hours")
                                + ": make a new one with tor-gencert");
            }
        });
    }

    private void consensuses() {
        Map<String, List<String>> unsigned = new LinkedHashMap<>(); // flavours, by authority
        for (ConsensusFlavor flavor : ConsensusFlavor.values()) {
            List<AuthorityAnswer> serving = status.answering().stream()
                    .filter(each -> each.consensus(flavor).isPresent())
                    .toList();
            if (serving.isEmpty()) {
                wrong(Finding.Kind.CONSENSUS, "nobody serves a consensus of flavour " + flavor.text());
                continue;
            }
            Consensus latest = serving.stream()
                    .map(each -> served(each, flavor).consensus())
                    .max((one, other) -> one.validAfter().compareTo(other.validAfter()))
                    .orElseThrow();
            age(flavor, latest);
            List<AuthorityAnswer> current = current(flavor, latest, serving);
            if (agree(flavor, latest, current)) {
                signatures(flavor, current, unsigned);
            }
        }
        unsigned.forEach((authority, flavors) -> wrong(
                Finding.Kind.SIGNATURE, authority + " has not signed the consensus (" + Sides.names(flavors) + ")"));
    }

    private void age(ConsensusFlavor flavor, Consensus latest) {
        String which = name(flavor, latest);
        if (!status.asked().isBefore(latest.validUntil())) {
            wrong(
                    Finding.Kind.CONSENSUS,
                    which + " expired at " + Timestamps.text(latest.validUntil()) + ": nobody can use the network");
        } else if (status.asked().isAfter(latest.freshUntil().plus(TURN))) {
            wrong(
                    Finding.Kind.CONSENSUS,
                    which + " should have been replaced at " + Timestamps.text(latest.freshUntil())
                            + ": the authorities have agreed on none since, and clients use it until "
                            + Timestamps.text(latest.validUntil()));
        }
    }

    /** Those who serve the latest; the others are told of, unless it has only just come. */
    private List<AuthorityAnswer> current(ConsensusFlavor flavor, Consensus latest, List<AuthorityAnswer> serving) {
        List<AuthorityAnswer> current = new ArrayList<>();
        for (AuthorityAnswer each : serving) {
            Consensus own = served(each, flavor).consensus();
            if (own.validAfter().equals(latest.validAfter())) {
                current.add(each);
            } else if (isSettled(latest.validAfter())) {
                wrong(
                        Finding.Kind.CONSENSUS,
                        each.name() + " still serves " + name(flavor, own) + "; there is one of "
                                + Timestamps.text(latest.validAfter()));
            }
        }
        return current;
    }

    /** Whether all copies are of one consensus. */
    private boolean agree(ConsensusFlavor flavor, Consensus latest, List<AuthorityAnswer> current) {
        Map<String, List<String>> byDigest = new LinkedHashMap<>();
        for (AuthorityAnswer each : current) {
            byDigest.computeIfAbsent(served(each, flavor).digest(), digest -> new ArrayList<>())
                    .add(each.name());
        }
        if (byDigest.size() > 1) {
            List<String> parts = byDigest.values().stream()
                    .map(names -> Sides.names(names) + Sides.verb(" serve", names) + " one")
                    .toList();
            wrong(
                    Finding.Kind.CONSENSUS,
                    name(flavor, latest) + " is not the same everywhere: " + String.join(", ", parts));
        }
        return byDigest.size() == 1;
    }

    private void signatures(ConsensusFlavor flavor, List<AuthorityAnswer> current, Map<String, List<String>> unsigned) {
        Set<Fingerprint> signers = new LinkedHashSet<>();
        current.forEach(each -> signers.addAll(served(each, flavor).signers()));
        if (signers.size() < status.majority()) {
            wrong(
                    Finding.Kind.SIGNATURE,
                    signers.size() + " of " + status.authorities().size()
                            + " authorities have signed the consensus of flavour " + flavor.text()
                            + ", and clients take it only from " + status.majority());
        }
        for (AuthorityAnswer each : status.answering()) {
            if (!signers.contains(each.identity())) {
                unsigned.computeIfAbsent(each.name(), name -> new ArrayList<>()).add(flavor.text());
            }
        }
        for (AuthorityAnswer each : current) {
            List<String> lacking = status.authorities().stream()
                    .filter(other -> signers.contains(other.identity())
                            && !served(each, flavor).signers().contains(other.identity()))
                    .map(AuthorityAnswer::name)
                    .toList();
            if (!lacking.isEmpty()) {
                note(
                        Finding.Kind.SIGNATURE,
                        each.name() + "'s copy of the consensus (" + flavor.text() + ") lacks the signature of "
                                + Sides.names(lacking) + ", which others have");
            }
        }
    }

    private void votes() {
        Instant latest = status.latestVote();
        for (AuthorityAnswer each : status.answering()) {
            each.vote().map(NetworkStatus::period).ifPresent(period -> {
                if (!period.equals(latest) && isSettled(latest)) {
                    wrong(
                            Finding.Kind.VOTE,
                            each.name() + "'s last vote is for " + Timestamps.text(period) + "; others voted for "
                                    + Timestamps.text(latest));
                }
            });
        }
        status.answering().stream()
                .flatMap(each -> each.consensus(ConsensusFlavor.NS).stream())
                .map(AuthorityAnswer.Served::consensus)
                .filter(consensus -> consensus.validAfter().equals(latest))
                .findFirst()
                .ifPresent(this::counted);
    }

    private void counted(Consensus consensus) {
        for (AuthorityAnswer voter : status.voters()) {
            if (consensus.body().sources().stream()
                    .noneMatch(each -> each.source().identity().equals(voter.identity()))) {
                wrong(
                        Finding.Kind.VOTE,
                        voter.name() + "'s vote did not get into the consensus of "
                                + Timestamps.text(consensus.validAfter()) + ": it came too late, or not at all");
            }
        }
    }

    private boolean isSettled(Instant periodStart) {
        return !status.asked().isBefore(periodStart.plus(TURN));
    }

    private static AuthorityAnswer.Served served(AuthorityAnswer authority, ConsensusFlavor flavor) {
        return authority.consensus(flavor).orElseThrow();
    }

    private static String name(ConsensusFlavor flavor, Consensus consensus) {
        return "the consensus (" + flavor.text() + ") of " + Timestamps.text(consensus.validAfter());
    }

    private void wrong(Finding.Kind kind, String text) {
        findings.add(new Finding(kind, true, text));
    }

    private void note(Finding.Kind kind, String text) {
        findings.add(new Finding(kind, false, text));
    }
}
