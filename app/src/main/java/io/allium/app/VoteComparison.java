package io.allium.app;

import io.allium.crypto.Fingerprint;
import io.allium.netdoc.ProtocolDemands;
import io.allium.netdoc.RouterFlag;
import io.allium.netdoc.RouterStatus;
import io.allium.netdoc.Vote;
import io.allium.netdoc.VoteEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/** What the votes of one period disagree about: relays, flags, parameters, versions. Pure; confined to one comparison. */
final class VoteComparison {
    /** Each authority gives these by thresholds of what it has measured itself, so that in a sound network they differ. */
    private static final Set<String> MEASURED = Set.of(
            RouterFlag.FAST.text(),
            RouterFlag.GUARD.text(),
            RouterFlag.HS_DIR.text(),
            RouterFlag.STABLE.text(),
            RouterFlag.STALE_DESC.text());

    private final Map<String, Vote> votes = new LinkedHashMap<>();
    private final Map<String, Map<Fingerprint, RouterStatus>> listed = new LinkedHashMap<>();
    private final Map<Fingerprint, String> relays;
    private final NetworkStatus status;
    private final List<Finding> findings = new ArrayList<>();

    private VoteComparison(NetworkStatus status) {
        this.status = status;
        for (AuthorityAnswer voter : status.voters()) {
            Vote vote = voter.vote().orElseThrow();
            Map<Fingerprint, RouterStatus> entries = new TreeMap<>();
            for (VoteEntry entry : vote.routers()) {
                entries.put(entry.status().fingerprint(), entry.status());
            }
            votes.put(voter.name(), vote);
            listed.put(voter.name(), entries);
        }
        relays = RelayNames.of(status);
    }

    /** All differences, first of relays in the order of their names. */
    static List<Finding> findings(NetworkStatus status) {
        VoteComparison comparison = new VoteComparison(status);
        comparison.compareRelays();
        comparison.compareHeaders();
        return comparison.findings;
    }

    private void compareRelays() {
        if (votes.isEmpty()) {
            return;
        }
        status.relays().forEach((fingerprint, name) -> {
            if (listed.values().stream().noneMatch(vote -> vote.containsKey(fingerprint))) {
                add(
                        Finding.Kind.LISTING,
                        true,
                        name + " is in no vote: it does not run, or it has not reached an authority");
            }
        });
        relays.forEach(this::compareRelay);
    }

    private void compareRelay(Fingerprint fingerprint, String name) {
        Sides lists = sides(voter -> entries(voter).containsKey(fingerprint));
        if (lists.isDivided()) {
            add(Finding.Kind.LISTING, true, lists.sentence("list", name));
        }
        if (lists.yes().isEmpty()) {
            return;
        }
        Set<String> flags = new TreeSet<>();
        lists.yes().forEach(voter -> flags.addAll(flags(voter, fingerprint)));
        if (!flags.contains(RouterFlag.RUNNING.text())) {
            add(Finding.Kind.LISTING, true, "no authority finds " + name + " running");
        }
        for (String flag : flags) {
            List<String> yes = new ArrayList<>();
            List<String> no = new ArrayList<>();
            for (String voter : lists.yes()) {
                if (vote(voter).header().knownFlags().contains(flag)) {
                    (flags(voter, fingerprint).contains(flag) ? yes : no).add(voter);
                }
            }
            Sides gives = new Sides(yes, no);
            if (gives.isDivided()) {
                add(Finding.Kind.FLAG, !MEASURED.contains(flag), gives.sentence("give", name + " " + flag));
            }
        }
    }

    private void compareHeaders() {
        Set<String> parameters = new TreeSet<>();
        votes.values()
                .forEach(vote -> parameters.addAll(vote.header().parameters().keySet()));
        for (String name : parameters) {
            compare(Finding.Kind.PARAMETER, true, "parameter " + name, vote -> {
                Integer value = vote.header().parameters().get(name);
                return value == null ? "" : value.toString();
            });
        }
        compare(
                Finding.Kind.VERSION,
                true,
                "recommended versions of clients",
                vote -> String.join(",", vote.header().clientVersions()));
        compare(
                Finding.Kind.VERSION,
                true,
                "recommended versions of relays",
                vote -> String.join(",", vote.header().serverVersions()));
        compareProtocols(
                "protocols recommended to clients",
                demands -> demands.recommendedClient().text());
        compareProtocols(
                "protocols recommended to relays",
                demands -> demands.recommendedRelay().text());
        compareProtocols(
                "protocols required of clients",
                demands -> demands.requiredClient().text());
        compareProtocols(
                "protocols required of relays",
                demands -> demands.requiredRelay().text());
    }

    /** They come with the authority's version, so that they differ for a while whenever the authorities are updated. */
    private void compareProtocols(String what, Function<ProtocolDemands, String> which) {
        compare(
                Finding.Kind.PROTOCOL,
                false,
                what,
                vote -> which.apply(vote.header().protocols()));
    }

    /** Where not all say the same of something; the empty text says nothing. */
    private void compare(Finding.Kind kind, boolean wrong, String what, Function<Vote, String> value) {
        Map<String, List<String>> said = new LinkedHashMap<>();
        votes.forEach((voter, vote) -> said.computeIfAbsent(value.apply(vote), text -> new ArrayList<>())
                .add(voter));
        if (said.size() < 2) {
            return;
        }
        List<String> parts = new ArrayList<>();
        said.forEach((text, voters) -> parts.add(
                Sides.names(voters) + Sides.verb(" say", voters) + " " + (text.isEmpty() ? "nothing" : text)));
        add(kind, wrong, what + ": " + String.join("; ", parts));
    }

    private Sides sides(Predicate<String> agrees) {
        List<String> yes = new ArrayList<>();
        List<String> no = new ArrayList<>();
        votes.keySet().forEach(voter -> (agrees.test(voter) ? yes : no).add(voter));
        return new Sides(yes, no);
    }

    private List<String> flags(String voter, Fingerprint relay) {
        RouterStatus entry = entries(voter).get(relay);
        return entry == null ? List.of() : entry.flags().names();
    }

    private Map<Fingerprint, RouterStatus> entries(String voter) {
        return listed.getOrDefault(voter, Map.of());
    }

    private Vote vote(String voter) {
        return Objects.requireNonNull(votes.get(voter));
    }

    private void add(Finding.Kind kind, boolean wrong, String text) {
        findings.add(new Finding(kind, wrong, text));
    }
}
