package io.allium.sim;

import io.allium.base.Endpoint;
import io.allium.channel.Channel;
import io.allium.client.GuardEvents;
import io.allium.netdoc.ConsensusFlavor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What must hold in a Tor network whatever happens to it, looked at each minute: every page arrives as it was sent, none
 * of its bytes is ever readable on a link between Tors, clients dial nobody but their guards, authorities agree, and
 * nothing outlives its channel. Confined to the carrier.
 */
final class NetworkChecks implements SimNetwork.Observer {
    /** Why a relay ends a circuit though neither of its ends did anything wrong. */
    private static final List<String> BLAMELESS =
            List.of("is unreachable", "channel closed", "the next relay, which is gone", "its linked set ends");

    private final TorNetwork network;
    private final Map<String, SimulatedTor> nodes = new LinkedHashMap<>();
    private final Map<SimulatedTor, Dials> dials = new LinkedHashMap<>();
    private final Map<String, Published> published = new LinkedHashMap<>();
    private final Set<Channel> open = new LinkedHashSet<>();
    private final Set<Channel> closed = new LinkedHashSet<>();
    private @Nullable String leak;
    private @Nullable String violation;

    /** Whom a client dialled since the last look, and whom it might dial then. Confined to the carrier. */
    private static final class Dials {
        private final Set<String> dialled = new LinkedHashSet<>();
        private Set<String> sampled = Set.of();
        private boolean bootstrapped;
    }

    /** A consensus without its signatures, and who published it first. */
    private record Published(String by, byte[] text) {}

    private NetworkChecks(TorNetwork network) {
        this.network = network;
        network.nodes().forEach(node -> nodes.put(node.host().name(), node));
        network.clients().forEach(client -> dials.put(client, new Dials()));
    }

    /** Has the network's simulation check it from now on. */
    static void watch(TorNetwork network) {
        Simulation simulation = network.simulation();
        NetworkChecks checks = new NetworkChecks(network);
        simulation.network().observe(checks);
        simulation.trace().listen(checks::line);
        simulation.always("pages arrive as they were sent", checks::damage);
        simulation.always("no plain text on a link", () -> Optional.ofNullable(checks.leak));
        simulation.always("clients dial their guards only", checks::strangers);
        simulation.always("both ends of a circuit keep to the protocol", () -> Optional.ofNullable(checks.violation));
        simulation.always("authorities agree", checks::disagreement);
        simulation.always("nothing outlives its channel", checks::orphans);
    }

    @Override
    public void connected(SimHost from, SimHost to, @Nullable Endpoint at) {
        Dials of = dials.get(nodes.get(from.name()));
        if (of != null && !from.name().equals(to.name())) {
            SimulatedTor node = nodes.get(to.name());
            of.dialled.add(node == null ? to.name() : node.name());
        }
    }

    @Override
    public void sent(SimHost from, SimHost to, byte[] bytes) {
        boolean between =
                !from.name().equals(to.name()) && nodes.containsKey(from.name()) && nodes.containsKey(to.name());
        if (between && leak == null && Page.isReadableIn(bytes)) {
            leak = nodes.get(from.name()) + " sent some of a page to " + nodes.get(to.name()) + " as it is";
        }
    }

    /**
     * Windows, SENDMEs and their digests, cells out of place: each end of a circuit watches the other, ends the circuit
     * where they don't agree, and says why in its log.
     */
    private void line(String line) {
        boolean blamed = line.contains("{PROTOCOL}") || line.contains("[warn] {CIRC}") || line.contains("[warn] {OR}");
        boolean ended = line.contains("Closing circuit") && BLAMELESS.stream().noneMatch(line::contains);
        if (violation == null && (blamed || ended)) {
            violation = line;
        }
    }

    private Optional<String> damage() {
        return network.browsers().stream()
                .flatMap(browser -> browser.damage().stream())
                .findFirst();
    }

    private Optional<String> strangers() {
        Set<String> authorities = new TreeSet<>();
        network.authorities().forEach(authority -> authorities.add(authority.name()));
        Optional<String> found = Optional.empty();
        for (Map.Entry<SimulatedTor, Dials> each : dials.entrySet()) {
            Dials of = each.getValue();
            Set<String> allowed = new TreeSet<>(of.sampled);
            of.sampled = sampled(each.getKey());
            allowed.addAll(of.sampled);
            if (!of.bootstrapped) {
                allowed.addAll(authorities);
            }
            of.bootstrapped = each.getKey().isBootstrapped();
            for (String dialled : of.dialled) {
                if (!allowed.contains(dialled)) {
                    found = Optional.of(each.getKey() + " dialled " + dialled + ", its guards are " + allowed);
                }
            }
            of.dialled.clear();
        }
        return found;
    }

    private static Set<String> sampled(SimulatedTor client) {
        Set<String> names = new TreeSet<>();
        if (client.isRunning()) {
            client.tor()
                    .client()
                    .ifPresent(running -> running.guards().snapshot().stream()
                            .map(GuardEvents.Status::guard)
                            .forEach(guard -> names.add(guard.nickname())));
        }
        return names;
    }

    /** Whoever publishes a consensus for the same time publishes the same; only signatures may differ. */
    private Optional<String> disagreement() {
        for (SimulatedTor authority : network.authorities()) {
            for (ConsensusFlavor flavor : ConsensusFlavor.values()) {
                byte[] text = consensus(authority, flavor);
                Published before =
                        published.putIfAbsent(flavor + " " + validAfter(text), new Published(authority.name(), text));
                if (before != null && !Arrays.equals(before.text(), text)) {
                    return Optional.of(authority + " and " + before.by() + " published different " + flavor
                            + " consensuses " + validAfter(text));
                }
            }
        }
        return Optional.empty();
    }

    /** The newest consensus that an authority published, without its signatures; empty before the first. */
    static byte[] consensus(SimulatedTor authority, ConsensusFlavor flavor) {
        Path file = SimulatedTor.DATA.resolve("consensus-transparency-" + flavor.text());
        return authority.host().disk().read(file).orElse(new byte[0]);
    }

    /** The line of the text that says when it begins to hold; empty in an empty text. */
    static String validAfter(byte[] consensus) {
        String text = new String(consensus, StandardCharsets.US_ASCII);
        return text.lines()
                .filter(line -> line.startsWith("valid-after "))
                .findFirst()
                .orElse("");
    }

    private Optional<String> orphans() {
        for (Channel gone : closed) {
            if (gone.circuits() > 0) {
                return Optional.of(gone + " is closed and still has " + gone.circuits() + " circuits");
            }
        }
        closed.clear();
        for (Channel each : List.copyOf(open)) {
            if (!each.isOpen()) {
                open.remove(each);
                closed.add(each); // its circuits are told by now, at the latest until the next look
            }
        }
        for (SimulatedTor node : network.nodes()) {
            if (node.isRunning()) {
                node.tor().channels().ifPresent(channels -> open.addAll(channels.all()));
            }
        }
        return Optional.empty();
    }
}
