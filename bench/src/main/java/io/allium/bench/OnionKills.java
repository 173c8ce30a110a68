package io.allium.bench;

import io.allium.base.Log;
import io.allium.base.ThreadTasks;
import io.allium.base.Time;
import io.allium.cell.LinkSpecifier;
import io.allium.control.CircuitLine;
import io.allium.netdoc.IntroductionPoint;
import io.allium.netdoc.RouterDescriptor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Relays that an onion service needs are killed while it is visited: its introduction points, some of its directories, and a
 * rendezvous point. How long until somebody who comes then has a page? Authorities are spared, and are everybody's guards: how
 * soon a dead guard is given up is another question.
 */
final class OnionKills implements Scenario {
    private static final int AUTHORITIES = 3;
    private static final int RELAYS = 9;
    private static final int ROUNDS = 3;

    /** Of the eight directories that have a descriptor. */
    private static final int DIRECTORIES_KILLED = 3;

    /** With a number behind it, the isolation of the stream whose rendezvous point is killed. */
    private static final String MEETING = "meeting-";

    /** A recovery that takes longer counts as one of so long. */
    private static final Duration LONGEST = Duration.ofMinutes(3);

    private static final Duration LIMIT = Duration.ofMinutes(6);
    private static final Duration BETWEEN_VISITS = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A client forgets no more often: MAX_SIGNEWNYM_RATE of C tor. */
    private static final Duration FORGETTING = Duration.ofSeconds(10);

    /** For killed relays that have started again to be known and tested, two votes. */
    private static final Duration SETTLING = PrivateNetwork.VOTING_INTERVAL.multipliedBy(2);

    private static final Figure INTRODUCTION_POINTS =
            new Figure("onion-kills", "introduction points killed, until a page", "s", new Goal.AtMostTimes(1));
    private static final Figure DIRECTORIES =
            new Figure("onion-kills", "three of its directories killed, until a page", "s", new Goal.AtMostTimes(1));
    private static final Figure RENDEZVOUS =
            new Figure("onion-kills", "rendezvous point killed, until a page", "s", new Goal.AtMostTimes(1));

    @Override
    public String name() {
        return "onion-kills";
    }

    @Override
    public String what() {
        return "introduction points, directories and the rendezvous point of an onion service are killed in turn";
    }

    @Override
    public boolean isOnlyWhereNamed() {
        return true;
    }

    @Override
    public Duration limit() {
        return Duration.ofMinutes(45);
    }

    @Override
    public void run(Networks networks, Findings findings) throws IOException, InterruptedException {
        int rounds = networks.settings().quick() ? 1 : ROUNDS;
        for (Implementation each : Implementation.values()) {
            try (PrivateNetwork network = networks.another(each, names());
                    ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
                    Scene scene = Scene.open(networks, findings, network, tasks)) {
                for (int round = 0; round < rounds; round++) {
                    findings.add(INTRODUCTION_POINTS, each, scene.killIntroductionPoints());
                    findings.add(DIRECTORIES, each, scene.killDirectories());
                    findings.add(RENDEZVOUS, each, scene.killRendezvousPoint());
                }
            }
        }
    }

    private static List<String> names() {
        return Stream.of(
                        IntStream.range(0, AUTHORITIES).mapToObj(i -> "auth" + i),
                        IntStream.range(0, RELAYS).mapToObj(i -> "relay" + i),
                        Stream.of("client0"))
                .flatMap(each -> each)
                .toList();
    }

    /** A network with a service in it that is visited without end. */
    private record Scene(
            Networks networks,
            Findings findings,
            PrivateNetwork network,
            Node client,
            OnionSite site,
            List<RouterDescriptor> relays,
            OwnCircuits circuits,
            Visitor visitor,
            Thread load)
            implements AutoCloseable {
        static Scene open(Networks networks, Findings findings, PrivateNetwork network, ThreadTasks tasks)
                throws IOException, InterruptedException {
            Implementation kind = network.client().implementation();
            OnionSite site = OnionSite.in(networks.folder().resolve("kills-" + kind));
            List<String> guards = guards(network);
            List<String> torrc = new ArrayList<>(guards);
            torrc.addAll(site.torrc(networks.server()));
            network.join("service0", kind, torrc);
            Node client = network.join("visitor0", kind, guards);
            network.awaitBootstrap(client);
            Visitor visitor = Visitor.through(client, "visitor", networks.time());
            visitor.awaitPage(site, LIMIT);
            List<RouterDescriptor> relays = OwnCircuits.relays(network);
            Visitor others = Visitor.through(client, "others", networks.time());
            Thread load = Thread.ofPlatform()
                    .daemon()
                    .name("visits")
                    .start(() -> visitWithoutEnd(others, site, networks.time()));
            OwnCircuits circuits = new OwnCircuits(networks, relays, tasks);
            return new Scene(networks, findings, network, client, site, relays, circuits, visitor, load);
        }

        private static List<String> guards(PrivateNetwork network) throws IOException {
            List<String> fingerprints = new ArrayList<>();
            for (Node node : network.relays()) {
                if (node.isAuthority()) {
                    fingerprints.add("$" + PrivateNetwork.fingerprint(node).replace(" ", ""));
                }
            }
            return List.of("EntryNodes " + String.join(",", fingerprints));
        }

        private static void visitWithoutEnd(Visitor others, OnionSite site, Time time) {
            try {
                while (true) {
                    others.awaitPage(site, LIMIT);
                    time.sleep(BETWEEN_VISITS);
                }
            } catch (IOException | InterruptedException over) {
                return;
            }
        }

        double killIntroductionPoints() throws IOException, InterruptedException {
            List<Node> points = new ArrayList<>();
            for (IntroductionPoint each : published().body().introductionPoints()) {
                points.add(node(fingerprint(each)));
            }
            return untilAPageAfterKilling(points, visitor);
        }

        double killDirectories() throws IOException, InterruptedException {
            List<Node> killed = published().directories().stream()
                    .map(network::node)
                    .filter(Scene::maySuffer)
                    .limit(DIRECTORIES_KILLED)
                    .toList();
            networks.time().sleep(FORGETTING);
            NodeControl.signal(client, "NEWNYM");
            return untilAPageAfterKilling(killed, visitor);
        }

        double killRendezvousPoint() throws IOException, InterruptedException {
            while (true) {
                String meeting = MEETING + networks.time().nanos();
                try (LoadStream stream = LoadStream.toOnion(client, site.host(), meeting, PATIENCE)) {
                    stream.fetch(1);
                    Node point = node(rendezvousPoint(meeting));
                    if (maySuffer(point)) {
                        return untilAPageAfterKilling(List.of(point), Visitor.who(client, meeting, networks.time()));
                    }
                }
            }
        }

        /** The relay where the circuit ends that has the streams of this isolation. */
        private String rendezvousPoint(String meeting) throws IOException, InterruptedException {
            return NodeControl.circuits(client).stream()
                    .filter(circuit -> circuit.field("HS_STATE").equals(Optional.of("HSCR_JOINED")))
                    .filter(circuit -> circuit.field("SOCKS_USERNAME").equals(Optional.of(meeting)))
                    .reduce((first, last) -> last)
                    .flatMap(CircuitLine::end)
                    .map(CircuitLine.Hop::fingerprint)
                    .orElseThrow(() -> new IOException("the client has no circuit to the service"));
        }

        private static boolean maySuffer(Node node) {
            return !node.isAuthority();
        }

        /** Kills them at once and waits for a page; then they start again, and the network finds its rest. */
        private double untilAPageAfterKilling(List<Node> some, Visitor afterwards)
                throws IOException, InterruptedException {
            List<Node> nodes = some.stream().filter(Scene::maySuffer).toList();
            for (Node node : nodes) {
                network.kill(node);
            }
            long killed = networks.time().nanos();
            boolean quick = networks.settings().quick();
            boolean reached = isReached(afterwards, quick ? LONGEST.dividedBy(2) : LONGEST);
            double seconds = (networks.time().nanos() - killed) / 1e9;
            String told = String.format(
                    Locale.ROOT,
                    "onion-kills, %s: %s killed, %s %.1f s.",
                    client.implementation().title(),
                    nodes.stream().map(Node::name).toList(),
                    reached ? "a page after" : "no page within",
                    seconds);
            findings.note(told);
            System.out.println("  " + told);
            for (Node node : nodes) {
                network.start(node);
            }
            networks.time().sleep(quick ? SETTLING.dividedBy(2) : SETTLING);
            visitor.awaitPage(site, LIMIT);
            return seconds;
        }

        private boolean isReached(Visitor visits, Duration most) throws InterruptedException {
            try {
                visits.awaitPage(site, most);
                return true;
            } catch (IOException late) {
                return false;
            }
        }

        private PublishedService published() throws IOException, InterruptedException {
            return PublishedService.find(
                    site.host(), relays, circuits, networks.time().now());
        }

        private Node node(String fingerprint) throws IOException {
            Optional<Node> found = Optional.empty();
            for (Node each : network.relays()) {
                if (PrivateNetwork.fingerprint(each).replace(" ", "").equals(fingerprint)) {
                    found = Optional.of(each);
                }
            }
            return found.orElseThrow(() -> new IOException("no node is " + fingerprint));
        }

        private static String fingerprint(IntroductionPoint point) throws IOException {
            return point.specifiers().stream()
                    .filter(LinkSpecifier.LegacyIdentity.class::isInstance)
                    .map(each ->
                            ((LinkSpecifier.LegacyIdentity) each).fingerprint().hex())
                    .findFirst()
                    .orElseThrow(() -> new IOException("an introduction point without an identity"));
        }

        @Override
        public void close() {
            load.interrupt();
            circuits.close();
        }
    }
}
