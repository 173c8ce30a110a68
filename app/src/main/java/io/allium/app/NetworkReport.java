package io.allium.app;

import io.allium.crypto.Fingerprint;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.ConsensusFlavor;
import io.allium.netdoc.RouterStatus;
import io.allium.netdoc.Timestamps;
import io.allium.netdoc.Vote;
import io.allium.netdoc.VoteEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** A network's status as people and as programs read it. Immutable. */
final class NetworkReport {
    /** Findings of one kind that people are shown; who compares the public network's votes has thousands. */
    static final int SHOWN_MAX = 20;

    private final NetworkStatus status;
    private final List<Finding> findings;
    private final Map<Fingerprint, String> relays;
    private final Map<String, Map<Fingerprint, RouterStatus>> entries = new TreeMap<>(); // by authority

    NetworkReport(NetworkStatus status, List<Finding> findings) {
        this.status = status;
        this.findings = List.copyOf(findings);
        this.relays = RelayNames.of(status);
        for (AuthorityAnswer voter : status.voters()) {
            Map<Fingerprint, RouterStatus> listed = new TreeMap<>();
            for (VoteEntry entry : voter.vote().orElseThrow().routers()) {
                listed.put(entry.status().fingerprint(), entry.status());
            }
            entries.put(voter.name(), listed);
        }
    }

    /** Lines for people: everybody's state, and at the end what is wrong and what differs. */
    String text() {
        StringBuilder text = new StringBuilder();
        text.append("The network in ").append(status.folder()).append(" at ").append(Timestamps.text(status.asked()));
        text.append(" UTC\n\nAuthorities\n");
        status.authorities()
                .forEach(each -> text.append("  ").append(line(each)).append('\n'));
        text.append("\nConsensus\n");
        for (ConsensusFlavor flavor : ConsensusFlavor.values()) {
            text.append("  ").append(line(flavor)).append('\n');
        }
        text.append("\nRelays, with the flags that the authorities vote\n");
        int width = relays.values().stream().mapToInt(String::length).max().orElse(0);
        relays.forEach((relay, name) -> flags(relay)
                .forEach((flags, voters) -> text.append("  ")
                        .append(name)
                        .append(" ".repeat(width - name.length() + 2))
                        .append(flags.isEmpty() ? "(none)" : flags)
                        .append(voters.size() == status.voters().size() ? "" : "  by " + Sides.names(voters))
                        .append('\n')));
        List<Finding> wrong = findings.stream().filter(Finding::wrong).toList();
        List<Finding> notes = findings.stream().filter(each -> !each.wrong()).toList();
        list(text, "\nWrong\n", wrong);
        list(text, "\nDifferences that sound networks have too\n", notes);
        return text.append(wrong.isEmpty() ? "\nAll is well.\n" : "").toString();
    }

    private static void list(StringBuilder text, String title, List<Finding> findings) {
        Map<Finding.Kind, Integer> shown = new EnumMap<>(Finding.Kind.class);
        text.append(findings.isEmpty() ? "" : title);
        for (Finding each : findings) {
            if (shown.merge(each.kind(), 1, Integer::sum) <= SHOWN_MAX) {
                text.append("  * ").append(each.text()).append('\n');
            }
        }
        int hidden = shown.values().stream()
                .mapToInt(count -> Math.max(0, count - SHOWN_MAX))
                .sum();
        text.append(hidden == 0 ? "" : "  * and " + hidden + " more, which --json tells\n");
    }

    private static String line(AuthorityAnswer authority) {
        if (!authority.answers()) {
            return authority.name() + "  does not answer at " + authority.dirPort();
        }
        return authority.name() + "  answers at " + authority.dirPort()
                + authority
                        .vote()
                        .map(vote -> "; voted for " + Timestamps.text(NetworkStatus.period(vote)) + ", lists "
                                + vote.routers().size() + " relays")
                        .orElse("; has no vote")
                + authority
                        .certificate()
                        .map(certificate -> "; certificate until " + Timestamps.text(certificate.expires()))
                        .orElse("");
    }

    private String line(ConsensusFlavor flavor) {
        Optional<Consensus> latest = latest(flavor);
        return flavor.text()
                + latest.map(consensus -> "  of " + Timestamps.text(consensus.validAfter()) + ", valid until "
                                + Timestamps.text(consensus.validUntil()) + ", "
                                + consensus.routers().size() + " relays, signed by "
                                + Sides.names(signers(flavor)))
                        .orElse("  nobody serves one");
    }

    /** The latest that anybody serves. */
    private Optional<Consensus> latest(ConsensusFlavor flavor) {
        return status.authorities().stream()
                .flatMap(each -> each.consensus(flavor).stream())
                .map(AuthorityAnswer.Served::consensus)
                .max((one, other) -> one.validAfter().compareTo(other.validAfter()));
    }

    /** Whose signature any copy of the latest has, by name. */
    private List<String> signers(ConsensusFlavor flavor) {
        Optional<Consensus> latest = latest(flavor);
        Set<Fingerprint> signers = new LinkedHashSet<>();
        status.authorities().stream()
                .flatMap(each -> each.consensus(flavor).stream())
                .filter(served -> latest.map(Consensus::validAfter)
                        .equals(Optional.of(served.consensus().validAfter())))
                .forEach(served -> signers.addAll(served.signers()));
        return status.authorities().stream()
                .filter(each -> signers.contains(each.identity()))
                .map(AuthorityAnswer::name)
                .toList();
    }

    /** Who votes which flags for a relay. */
    private Map<String, List<String>> flags(Fingerprint relay) {
        Map<String, List<String>> flags = new LinkedHashMap<>();
        for (AuthorityAnswer voter : status.voters()) {
            entry(voter, relay)
                    .ifPresent(entry -> flags.computeIfAbsent(entry.flags().text(), text -> new ArrayList<>())
                            .add(voter.name()));
        }
        return flags;
    }

    private Optional<RouterStatus> entry(AuthorityAnswer voter, Fingerprint relay) {
        return Optional.ofNullable(entries.getOrDefault(voter.name(), Map.of()).get(relay));
    }

    /** One JSON object. Times are in UTC, ISO 8601. */
    String json() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("folder", "" + status.folder());
        all.put("asked", "" + status.asked());
        all.put("well", findings.stream().noneMatch(Finding::wrong));
        all.put(
                "authorities",
                status.authorities().stream().map(NetworkReport::json).toList());
        Map<String, Object> consensuses = new LinkedHashMap<>();
        for (ConsensusFlavor flavor : ConsensusFlavor.values()) {
            latest(flavor).ifPresent(consensus -> consensuses.put(flavor.text(), json(flavor, consensus)));
        }
        all.put("consensus", consensuses);
        List<Object> listed = new ArrayList<>();
        relays.forEach((relay, name) -> listed.add(json(relay, name)));
        all.put("relays", listed);
        all.put(
                "findings",
                findings.stream()
                        .map(each -> ordered(
                                "kind",
                                each.kind().name().toLowerCase(Locale.ROOT),
                                "wrong",
                                each.wrong(),
                                "text",
                                each.text()))
                        .toList());
        StringBuilder text = new StringBuilder();
        write(text, all);
        return text.append('\n').toString();
    }

    private static Map<String, Object> json(AuthorityAnswer authority) {
        Map<String, Object> all = ordered(
                "name",
                authority.name(),
                "identity",
                authority.identity().hex(),
                "dirport",
                "" + authority.dirPort(),
                "answers",
                authority.answers());
        authority.ahead().ifPresent(ahead -> all.put("clock_ahead_seconds", ahead.toSeconds()));
        authority.certificate().ifPresent(each -> all.put("certificate_expires", "" + each.expires()));
        authority.vote().ifPresent(vote -> all.put("vote", json(vote)));
        return all;
    }

    private static Map<String, Object> json(Vote vote) {
        return ordered(
                "valid_after",
                "" + NetworkStatus.period(vote),
                "relays",
                vote.routers().size(),
                "parameters",
                vote.header().parameters());
    }

    private Map<String, Object> json(ConsensusFlavor flavor, Consensus consensus) {
        return ordered(
                "valid_after",
                "" + consensus.validAfter(),
                "fresh_until",
                "" + consensus.freshUntil(),
                "valid_until",
                "" + consensus.validUntil(),
                "relays",
                consensus.routers().size(),
                "signed_by",
                signers(flavor));
    }

    private Map<String, Object> json(Fingerprint relay, String name) {
        Map<String, Object> flags = new TreeMap<>();
        for (AuthorityAnswer voter : status.voters()) {
            entry(voter, relay)
                    .ifPresent(entry -> flags.put(voter.name(), entry.flags().names()));
        }
        return ordered("name", name, "fingerprint", relay.hex(), "flags", flags);
    }

    private static Map<String, Object> ordered(Object... namesAndValues) {
        Map<String, Object> all = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            all.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return all;
    }

    /** Objects are maps, arrays collections; all else is a number, a truth or a text. */
    private static void write(StringBuilder text, Object value) {
        switch (value) {
            case Map<?, ?> map -> {
                String separator = "{";
                for (Map.Entry<?, ?> each : map.entrySet()) {
                    text.append(separator);
                    write(text, each.getKey());
                    text.append(':');
                    write(text, each.getValue());
                    separator = ",";
                }
                text.append(map.isEmpty() ? "{}" : "}");
            }
            case Collection<?> list -> {
                String separator = "[";
                for (Object each : list) {
                    text.append(separator);
                    write(text, each);
                    separator = ",";
                }
                text.append(list.isEmpty() ? "[]" : "]");
            }
            case Number number -> text.append(number);
            case Boolean truth -> text.append(truth);
            default -> quote(text, value.toString());
        }
    }

    private static void quote(StringBuilder text, String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ') {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }
}
