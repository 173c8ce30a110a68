package io.allium.bench;

import io.allium.base.Log;
import io.allium.base.ThreadTasks;
import io.allium.netdoc.RouterDescriptor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Two hundred introductions a second without work come to an onion service that takes proofs of work and answers half as many, while
 * five clients want to be let in: how long does the slowest of them wait? Services ask for work only when they have found out that they
 * must, five minutes after their start: five come before that, and five others after it.
 */
final class OnionFlood implements Scenario {
    private static final int PER_SECOND = 200;
    private static final int CLIENTS = 5;

    /** By default a service answers 250 a second, and would not take this for a flood. */
    private static final List<String> SERVICE = List.of(
            "HiddenServicePoWDefensesEnabled 1", "HiddenServicePoWQueueRate 100", "HiddenServicePoWQueueBurst 200");

    /** After its start each service finds out how much work to ask for in so long: HS_UPDATE_PERIOD of C tor. */
    private static final Duration UPDATE = Duration.ofMinutes(5);

    /** Relays and services run for weeks: before anything is timed they have met so many as nobody would call a flood. */
    private static final int WARM_UP_PER_SECOND = 50;

    private static final Duration WARM_UP = Duration.ofSeconds(60);

    private static final Duration BEFORE_UPDATE = Duration.ofSeconds(35);
    private static final Duration AFTER_UPDATE = Duration.ofSeconds(55);
    private static final Duration LOOK = Duration.ofSeconds(5);

    /** Of a service that hasn't asked for work by then, what it says is not waited for. */
    private static final Duration GRACE = Duration.ofSeconds(20);

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Figure PASSED_ON = figure("flood: introductions passed on to the service", "1/s");
    private static final Figure BEFORE = figure("flood: slowest of 5 clients, before work is asked for", "s");
    private static final Figure WORKED =
            new Figure("onion-flood", "flood: slowest of 5 clients that do the work", "s", new Goal.AtMost(15));
    private static final Figure EFFORT = figure("flood: effort that the service asks for", "");
    private static final Figure RESIDENT = figure("flood: the service, resident before", "MiB");
    private static final Figure PEAK = figure("flood: the service, resident at most", "MiB");
    private static final Figure COST = figure("flood: the service, CPU for 1000 introductions", "s");

    private static Figure figure(String what, String unit) {
        return new Figure("onion-flood", what, unit, new Goal.None());
    }

    @Override
    public String name() {
        return "onion-flood";
    }

    @Override
    public String what() {
        return "200 introductions a second without work, and 5 clients that work for the service";
    }

    @Override
    public boolean isOnlyWhereNamed() {
        return true;
    }

    @Override
    public Duration limit() {
        return Duration.ofMinutes(20);
    }

    /** One service starts so much later than the other that one is flooded after the other. */
    @Override
    public void run(Networks networks, Findings findings) throws IOException, InterruptedException {
        List<Besieged> services = new ArrayList<>();
        Duration apart = WARM_UP.plus(BEFORE_UPDATE).plus(AFTER_UPDATE).plusSeconds(30);
        try {
            for (Implementation each : Implementation.values()) {
                if (!services.isEmpty() && !networks.settings().quick()) {
                    networks.time().sleep(apart);
                }
                services.add(Besieged.start(networks, each));
            }
            for (Besieged each : services) {
                each.endure(findings);
            }
        } finally {
            services.forEach(Besieged::leave);
        }
    }

    /** A service and those who want to be let in. */
    private record Besieged(
            Networks networks, PrivateNetwork network, OnionSite site, Node service, List<Node> clients, long since) {
        static Besieged start(Networks networks, Implementation kind) throws IOException, InterruptedException {
            PrivateNetwork network = networks.warm(kind);
            OnionSite site = new OnionSite(networks.folder().resolve("flood-" + kind), SERVICE);
            long since = networks.time().nanos();
            Node service = network.join("flooded", kind, site.torrc(networks.server()));
            List<Node> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(network.join("visitor" + i, kind, List.of()));
            }
            Besieged besieged = new Besieged(networks, network, site, service, clients, since);
            for (Node client : clients) {
                network.awaitBootstrap(client);
            }
            Visitor.through(network.client(), "first", networks.time()).awaitPage(site, LIMIT);
            return besieged;
        }

        void endure(Findings findings) throws IOException, InterruptedException {
            boolean quick = networks.settings().quick();
            Duration length = quick ? BEFORE_UPDATE : BEFORE_UPDATE.plus(AFTER_UPDATE);
            Account account = network.account(service);
            List<RouterDescriptor> relays = OwnCircuits.relays(network);
            try (ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
                    OwnCircuits circuits = new OwnCircuits(networks, relays, tasks)) {
                if (!quick) {
                    warmUp(relays, circuits, tasks);
                    sleepUntil(since + UPDATE.minus(BEFORE_UPDATE).toNanos());
                }
                findings.add(RESIDENT, kind(), account.residentMiB());
                double before = account.cpuSeconds();
                long began = networks.time().nanos();
                try (IntroductionFlood flood =
                        new IntroductionFlood(networks.time(), circuits, relays, tasks, find(relays, circuits))) {
                    flood.begin(PER_SECOND, length);
                    admit(flood, relays, circuits, findings);
                    sleepUntil(began + length.toNanos());
                    double seconds = (networks.time().nanos() - began) / 1e9;
                    findings.add(PASSED_ON, kind(), flood.passedOn() / Math.min(seconds, length.toNanos() / 1e9));
                    findings.add(COST, kind(), (account.cpuSeconds() - before) / flood.passedOn() * 1000);
                    findings.note("onion-flood, " + kind().title() + ": " + flood.passedOn()
                            + " introductions were passed on to the service, " + flood.failed() + " were not.");
                }
                findings.add(PEAK, kind(), account.peakResidentMiB());
            }
        }

        /** Five come at once, and five others when work is asked for, or would be. */
        private void admit(
                IntroductionFlood flood, List<RouterDescriptor> relays, OwnCircuits circuits, Findings findings)
                throws IOException, InterruptedException {
            networks.time().sleep(LOOK);
            FutureTask<Double> early = new FutureTask<>(() -> slowest(Collections.nCopies(CLIENTS, network.client())));
            Thread.ofPlatform().daemon().name("early visits").start(early);
            long effort = networks.settings().quick() ? 0 : awaitEffort(flood, relays, circuits);
            if (effort == 0) {
                findings.note("onion-flood, " + kind().title() + ": the service asked for no work.");
            }
            networks.time().sleep(LOOK); // by then all directories have what it asks for
            findings.add(EFFORT, kind(), (double) effort);
            findings.add(WORKED, kind(), slowest(clients));
            findings.add(BEFORE, kind(), get(early));
        }

        private Implementation kind() {
            return service.implementation();
        }

        private void warmUp(List<RouterDescriptor> relays, OwnCircuits circuits, ThreadTasks tasks)
                throws IOException, InterruptedException {
            try (IntroductionFlood some =
                    new IntroductionFlood(networks.time(), circuits, relays, tasks, find(relays, circuits))) {
                some.begin(WARM_UP_PER_SECOND, WARM_UP);
                networks.time().sleep(WARM_UP);
            }
        }

        private void sleepUntil(long moment) throws InterruptedException {
            long left = moment - networks.time().nanos();
            if (left > 0) {
                networks.time().sleep(Duration.ofNanos(left));
            }
        }

        private PublishedService find(List<RouterDescriptor> relays, OwnCircuits circuits)
                throws IOException, InterruptedException {
            return PublishedService.find(
                    site.host(), relays, circuits, networks.time().now());
        }

        /** The effort that is asked for, as soon as some is; 0 where none is a while after the moment for it. */
        private long awaitEffort(IntroductionFlood flood, List<RouterDescriptor> relays, OwnCircuits circuits)
                throws IOException, InterruptedException {
            long until = since + UPDATE.plus(GRACE).toNanos();
            while (networks.time().nanos() - until < 0) {
                PublishedService newest = find(relays, circuits);
                flood.aim(newest);
                if (newest.suggestedEffort() > 0) {
                    return newest.suggestedEffort();
                }
                networks.time().sleep(LOOK);
            }
            return 0;
        }

        private static double get(FutureTask<Double> slowest) throws IOException, InterruptedException {
            try {
                return slowest.get();
            } catch (ExecutionException failed) {
                throw new IOException("those who came early: " + failed.getMessage(), failed);
            }
        }

        /** All ask at once; the seconds that the last to have its page had to wait. */
        private double slowest(List<Node> asking) throws IOException, InterruptedException {
            Queue<Double> waited = new ConcurrentLinkedQueue<>(); // one of each
            List<Load.Work> work = new ArrayList<>();
            for (int i = 0; i < asking.size(); i++) {
                Visitor visitor = Visitor.through(asking.get(i), "flood-" + i, networks.time())
                        .withPatience(PATIENCE);
                work.add(() -> {
                    long began = networks.time().nanos();
                    visitor.awaitPage(site, LIMIT);
                    waited.add((networks.time().nanos() - began) / 1e9);
                    return 0;
                });
            }
            Load.atOnce(work);
            return waited.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        }

        void leave() {
            network.leave(service);
            clients.forEach(network::leave);
        }
    }
}
