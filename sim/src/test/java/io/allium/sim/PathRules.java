package io.allium.sim;

import io.allium.base.Untrusted;
import io.allium.control.ControlEvent;
import io.allium.crypto.Fingerprint;
import io.allium.directory.NetworkView;
import io.allium.directory.Relay;
import io.allium.netdoc.RouterFlag;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What guard-spec and vanguards-spec say of circuits, held against every circuit that one Tor tells its controller of, through
 * all its lives. It knows those specifications, the consensus that this Tor believes, its state file, which vanguards it says
 * that it keeps, and which relays could be reached in truth; it shares no code with what it looks at. Confined to the carrier.
 *
 * @spec guard-spec; vanguards-spec
 */
final class PathRules {
    private static final Duration SLACK = Duration.ofSeconds(60); // the state file is written every 30 s

    /** From SIGNAL NEWNYM to its effect. */
    private static final Duration RENEWAL = Duration.ofSeconds(1);

    /** guard-spec, appendix: how long a primary guard that has failed for hours or days is not tried again. */
    private static final Duration RETRIED_AFTER = Duration.ofMinutes(90);

    /** guard-spec, appendix: three primary guards, the first of which is used that can be. */
    private static final int PRIMARY = 3;

    /** guard-spec: an unlisted guard is kept for 20 days, the beginning of which is blurred by a fifth of them. */
    private static final Duration UNLISTED_KEPT = Duration.ofDays(16);

    /** guard-spec 4.1: what a relay must be to be one of the sample. */
    private static final RouterFlag[] GUARD = {
        RouterFlag.GUARD, RouterFlag.STABLE, RouterFlag.FAST, RouterFlag.V2_DIR, RouterFlag.RUNNING, RouterFlag.VALID
    };

    private static final Pattern CLAIM =
            Pattern.compile("(Keeping|Letting go of) \\$([0-9A-F]{40})~\\S* as a vanguard of layer ([23])");

    /** vanguards-spec: how many relays a layer has, and how long each is kept. */
    private enum Layer {
        SECOND(2, 4, Duration.ofDays(1), Duration.ofDays(12)),
        THIRD(3, 8, Duration.ofHours(1), Duration.ofHours(48));

        private final int hop;
        private final int number;
        private final Duration least;
        private final Duration most;

        Layer(int hop, int number, Duration least, Duration most) {
            this.hop = hop;
            this.number = number;
            this.least = least;
            this.most = most;
        }
    }

    /** One circuit. */
    private static final class Circuit {
        private final long launched;
        private final List<String> primary;
        private String path = "";
        private String purpose = ""; // the one that its path was chosen for
        private boolean guardSeen;

        /** @param primary the primary guards when it was launched, the best first */
        Circuit(long launched, List<String> primary) {
            this.launched = launched;
            this.primary = primary;
        }
    }

    private final Simulation simulation;
    private final SimulatedTor tor;
    private final boolean isService;
    private final Outages outages;
    private final Map<Integer, Circuit> circuits = new TreeMap<>();
    private final Map<Layer, Map<String, Long>> kept = new LinkedHashMap<>(); // since when
    private final Map<Layer, Map<String, Long>> letGo = new LinkedHashMap<>(); // when
    private final Map<String, Long> unlisted = new LinkedHashMap<>(); // guards of the sample, since when
    private final Set<String> firstHops = new LinkedHashSet<>();
    private final List<String> violations = new ArrayList<>();
    private final Map<String, Integer> built = new TreeMap<>(); // by purpose
    private final List<Long> ages = new ArrayList<>(); // of second layer vanguards whose time was over
    private long renewedAt = -RENEWAL.toNanos();
    private List<String> sampled = List.of();
    private List<String> confirmed = List.of();
    private @Nullable NetworkView view;
    private @Nullable NetworkView viewBefore;

    private PathRules(Simulation simulation, SimulatedTor tor, boolean isService, Outages outages) {
        this.simulation = simulation;
        this.tor = tor;
        this.isService = isService;
        this.outages = outages;
        for (Layer layer : Layer.values()) {
            kept.put(layer, new LinkedHashMap<>());
            letGo.put(layer, new LinkedHashMap<>());
        }
    }

    /** Those for a Tor that has not started yet, and says of guards what it does. */
    static PathRules of(Simulation simulation, SimulatedTor tor, boolean isService, Outages outages) {
        PathRules rules = new PathRules(simulation, tor, isService, outages);
        simulation.trace().listen(rules::logged);
        return rules;
    }

    /** It has just been started: its circuits are followed from the first one on. */
    void started() {
        circuits.clear();
        view = null;
        viewBefore = null;
        StateLines saved = StateLines.of(tor);
        for (Layer layer : Layer.values()) {
            restore(layer, saved.vanguards().getOrDefault(layer.hop, List.of()));
        }
        ControlProgram.follow(tor, List.of(ControlEvent.CIRC, ControlEvent.CIRC_MINOR), this::heard);
    }

    /** It is told now that its user wants to be somebody else: the vanguards of a client go at once. */
    void renewed() {
        renewedAt = simulation.time().nanos();
    }

    /** What was wrong with any circuit. */
    List<String> violations() {
        return violations;
    }

    /** How many circuits were built for what. */
    Map<String, Integer> built() {
        return built;
    }

    /** How many relays it began multi-hop circuits with. */
    int firstHops() {
        return firstHops.size();
    }

    /** How long vanguards of the second layer were kept whose time was over, in hours. */
    List<Long> ages() {
        return ages;
    }

    /** The sample of guards is kept, and the order in which they are liked; no vanguard is kept for too long. */
    void look() {
        if (!tor.isRunning()) {
            return;
        }
        look(simulation.time().nanos());
        StateLines now = StateLines.of(tor);
        for (String guard : sampled) {
            boolean mayGo = unlisted.containsKey(guard)
                    && simulation.time().nanos() - unlisted.get(guard) > UNLISTED_KEPT.toNanos();
            if (!now.sampled().contains(guard) && !mayGo) {
                violation("left guard " + guard);
            }
        }
        List<String> before =
                confirmed.stream().filter(now.confirmed()::contains).toList();
        List<String> after =
                now.confirmed().stream().filter(confirmed::contains).toList();
        if (!before.equals(after)) {
            violation("likes its guards in another order: " + after + ", before " + before);
        }
        if (!isService && now.vanguards().values().stream().anyMatch(layer -> !layer.isEmpty())) {
            violation("saved vanguards that are to be forgotten");
        }
        sampled = now.sampled();
        confirmed = now.confirmed();
    }

    private void look(long now) {
        NetworkView current =
                tor.tor().client().flatMap(client -> client.view()).orElse(null);
        if (current != view) {
            viewBefore = view;
            view = current;
            for (String guard : sampled) {
                if (listed(guard, GUARD)) {
                    unlisted.remove(guard);
                } else {
                    unlisted.putIfAbsent(guard, now);
                }
            }
        }
    }

    private void restore(Layer layer, List<String> saved) {
        Map<String, Long> before = new LinkedHashMap<>(kept.get(layer));
        long now = simulation.time().nanos();
        kept.get(layer).clear();
        for (String relay : saved) {
            Long since = before.get(relay);
            Long until = letGo.get(layer).get(relay);
            if (since == null && (until == null || now - until > SLACK.toNanos())) {
                violation("saved a vanguard that it had not kept: " + relay);
            }
            kept.get(layer).put(relay, since == null ? now : since);
        }
    }

    private void logged(String line) {
        if (line.contains(" as a vanguard of layer ") && line.contains(" " + tor.name() + " ")) {
            Matcher claim = CLAIM.matcher(line);
            if (claim.find()) {
                Layer layer = claim.group(3).equals("2") ? Layer.SECOND : Layer.THIRD;
                claimed(layer, claim.group(2), claim.group(1).equals("Keeping"));
            }
        }
    }

    private void claimed(Layer layer, String relay, boolean taken) {
        long now = simulation.time().nanos();
        look(now);
        Map<String, Long> set = kept.get(layer);
        if (taken) {
            if (!listed(relay, RouterFlag.STABLE, RouterFlag.FAST)) {
                violation("keeps a vanguard that is not stable and fast: " + relay);
            }
            if (set.put(relay, now) != null || set.size() > layer.number) {
                violation("keeps too many vanguards of layer " + layer.hop + ": " + set.keySet());
            }
            return;
        }
        Long since = set.remove(relay);
        letGo.get(layer).put(relay, now);
        if (since == null) {
            violation("lets go of a vanguard that it had not kept: " + relay);
            return;
        }
        Duration age = Duration.ofNanos(now - since);
        boolean isRenewed = !isService && now - renewedAt < RENEWAL.toNanos();
        boolean isGood = !isRenewed && listed(relay, RouterFlag.STABLE, RouterFlag.FAST) && goodBefore(relay);
        if (isGood && age.compareTo(layer.least) < 0) {
            violation("kept vanguard " + relay + " of layer " + layer.hop + " for no more than " + age);
        }
        if (isGood && layer == Layer.SECOND) {
            ages.add(age.toHours());
        }
    }

    private boolean goodBefore(String relay) {
        NetworkView now = view;
        view = viewBefore;
        try {
            return viewBefore == null || listed(relay, RouterFlag.STABLE, RouterFlag.FAST);
        } finally {
            view = now;
        }
    }

    /** Whether the consensus that it believes lists the relay with these flags. */
    private boolean listed(String relay, RouterFlag... flags) {
        try {
            Optional<Relay> found = view == null ? Optional.empty() : view.relay(Fingerprint.parse(relay));
            return found.isPresent() && Arrays.stream(flags).allMatch(found.get()::has);
        } catch (Untrusted malformed) {
            throw new IllegalArgumentException(relay, malformed);
        }
    }

    /** Circuits of one hop ask directories; whom it dials is looked at elsewhere. */
    private void heard(String line) {
        if (line.contains("ONEHOP_TUNNEL")) {
            return;
        }
        long now = simulation.time().nanos();
        look(now);
        String[] words = line.split(" ", -1);
        int id = Integer.parseInt(words[1]);
        String told = value(line, "PURPOSE");
        boolean isMeasured = told.equals("MEASURE_TIMEOUT");
        if (words[2].equals("LAUNCHED") && !isMeasured) {
            Circuit launched = new Circuit(now, primary());
            launched.purpose = told;
            circuits.put(id, launched);
            return;
        }
        Circuit circuit = circuits.computeIfAbsent(
                id, early -> new Circuit(now, primary())); // before we were there to hear of it
        boolean grew = words.length > 3 && words[3].startsWith("$") && !words[3].equals(circuit.path);
        if (grew) {
            circuit.path = words[3];
        }
        List<String> hops = hops(circuit.path);
        String purpose = isMeasured ? circuit.purpose : told;
        circuit.purpose = purpose;
        if (grew) {
            check(line, circuit, hops, purpose);
        }
        if (words[2].equals("BUILT")
                && !circuit.guardSeen) { // a circuit that was built ahead is built again where it is made longer
            circuit.guardSeen = true;
            checkGuard(line, circuit, hops, now);
        }
        boolean isWhole = words[2].equals("BUILT")
                || words[0].equals("CIRC_MINOR") && !words[2].equals("CANNIBALIZED") && !isMeasured;
        if (isWhole) {
            checkLength(line, hops.size(), purpose);
        }
        switch (words[2]) {
            case "BUILT" -> built.merge(told, 1, Integer::sum);
            case "CLOSED" -> circuits.remove(id);
            case "FAILED" -> {
                if (!value(line, "REASON").equals("TIMEOUT")) { // that one is built on
                    circuits.remove(id);
                }
            }
            default -> {}
        }
    }

    private void check(String line, Circuit circuit, List<String> hops, String purpose) {
        boolean forOnions = purpose.startsWith("HS_");
        for (int i = 1; i < hops.size(); i++) {
            if (hops.get(i).equals(hops.get(i - 1)) || i > 1 && hops.get(i).equals(hops.get(i - 2))) {
                violation("sends cells back to where they came from: " + line);
            }
        }
        if (!forOnions && Set.copyOf(hops).size() < hops.size()) {
            violation("uses a relay twice: " + line);
        }
        if (forOnions && hops.subList(1, Math.min(3, hops.size())).contains(hops.getFirst())) {
            violation("uses the guard in the middle: " + line);
        }
        if (forOnions) {
            checkLayer(line, circuit, hops, Layer.SECOND);
        }
        if (forOnions && isFull(purpose)) {
            checkLayer(line, circuit, hops, Layer.THIRD);
        }
    }

    private void checkLayer(String line, Circuit circuit, List<String> hops, Layer layer) {
        if (hops.size() < layer.hop) {
            return;
        }
        String relay = hops.get(layer.hop - 1);
        Long until = letGo.get(layer).get(relay);
        if (!kept.get(layer).containsKey(relay) && (until == null || until < circuit.launched)) {
            violation("hop " + layer.hop + " is no vanguard, which were "
                    + kept.get(layer).keySet() + ": " + line);
        }
        Long since = kept.get(layer).get(relay);
        long most = layer.most.plus(SLACK).toNanos();
        if (since != null && circuit.launched - since > most) {
            violation("hop " + layer.hop + " was kept for more than " + layer.most + ": " + line);
        }
    }

    /** Better guards are left out only where they could not be reached, or where the path ends with them. */
    private void checkGuard(String line, Circuit circuit, List<String> hops, long now) {
        String guard = hops.getFirst();
        firstHops.add(guard);
        StateLines state = StateLines.of(tor);
        if (!state.sampled().isEmpty() && !state.sampled().contains(guard)) {
            violation("begins with a relay that is no guard of its sample: " + line);
        }
        List<String> primary = circuit.primary;
        int place = primary.indexOf(guard);
        for (String better : primary.subList(0, place < 0 ? primary.size() : place)) {
            boolean excused = outages.anyOf(better, circuit.launched - RETRIED_AFTER.toNanos(), now)
                    || hops.getLast().equals(better);
            if (!excused) {
                violation("begins with a guard that is worse than " + better + " of " + primary + ": " + line);
            }
        }
    }

    /** guard-spec 4.4: of those that have worked and may be used, the first. */
    private List<String> primary() {
        return StateLines.of(tor).confirmed().stream()
                .filter(each -> listed(each, GUARD))
                .limit(PRIMARY)
                .toList();
    }

    private void checkLength(String line, int hops, String purpose) {
        int expected = length(purpose);
        boolean longer = purpose.equals("HS_SERVICE_HSDIR") && hops == 5; // one that was built ahead, as C tor takes it
        if (expected > 0 && hops != expected && !longer) {
            violation("is " + hops + " hops long instead of " + expected + ": " + line);
        }
    }

    /** vanguards-spec, path construction. */
    private int length(String purpose) {
        boolean full = isFull(purpose);
        return switch (purpose) {
            case "HS_VANGUARDS" -> full ? 4 : 3;
            case "HS_CLIENT_REND" -> 3;
            case "HS_CLIENT_HSDIR", "HS_CLIENT_INTRO", "HS_SERVICE_HSDIR", "HS_SERVICE_INTRO" -> 4;
            case "HS_SERVICE_REND" -> full ? 5 : 4;
            default -> 0;
        };
    }

    /** Where the consensus wants full vanguards, services have them; when they are clients, of themselves, they are as others. */
    private boolean isFull(String purpose) {
        return isService
                && !purpose.startsWith("HS_CLIENT_")
                && view != null
                && view.consensus().header().parameters().getOrDefault("vanguards-hs-service", 1) == 2;
    }

    private static List<String> hops(String path) {
        return path.isEmpty()
                ? List.of()
                : Stream.of(path.split(",", -1))
                        .map(hop -> hop.substring(1, 41))
                        .toList();
    }

    private static String value(String line, String key) {
        int at = line.indexOf(" " + key + "=");
        if (at < 0) {
            return "";
        }
        int from = at + key.length() + 2;
        int to = line.indexOf(' ', from);
        return to < 0 ? line.substring(from) : line.substring(from, to);
    }

    private void violation(String what) {
        violations.add(Trace.stamp(simulation.time().nanos()) + " " + tor + " " + what);
    }
}
