package io.allium.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A hundred onion services in one process, each of which is visited: how long until all were, and how large is it then? */
final class OnionHundred implements Scenario {
    private static final int SERVICES = 100;
    private static final Duration LIMIT = Duration.ofMinutes(6);

    /** Visits at once. */
    private static final int VISITORS = 4;

    private static final Figure RESIDENT =
            new Figure("onion-hundred", "100 services in one process, resident", "MiB", new Goal.AtMost(400));
    private static final Figure PEAK =
            new Figure("onion-hundred", "100 services in one process, resident at most", "MiB", new Goal.None());
    private static final Figure ALL =
            new Figure("onion-hundred", "100 services, from the start to a page of each", "s", new Goal.None());
    private static final Figure COST =
            new Figure("onion-hundred", "100 services, CPU of their process until then", "s", new Goal.None());

    @Override
    public String name() {
        return "onion-hundred";
    }

    @Override
    public String what() {
        return "100 onion services in one process: a page of each, and its memory";
    }

    @Override
    public boolean isOnlyWhereNamed() {
        return true;
    }

    @Override
    public Duration limit() {
        return Duration.ofMinutes(15);
    }

    @Override
    public void run(Networks networks, Findings findings) throws IOException, InterruptedException {
        int services = networks.settings().quick() ? SERVICES / 10 : SERVICES;
        for (Implementation each : Implementation.values()) {
            PrivateNetwork network = networks.warm(each);
            List<OnionSite> sites = new ArrayList<>();
            List<String> torrc = new ArrayList<>();
            for (int i = 0; i < services; i++) {
                OnionSite site = OnionSite.in(networks.folder().resolve("hundred-" + each + "-" + i));
                sites.add(site);
                torrc.addAll(site.torrc(networks.server()));
            }
            long began = networks.time().nanos();
            Node node = network.join("hundred", each, torrc);
            try {
                visitAll(sites, Visitor.through(network.client(), "hundred", networks.time()));
                findings.add(ALL, each, (networks.time().nanos() - began) / 1e9);
                findings.add(COST, each, network.account(node).cpuSeconds());
            } catch (IOException late) {
                findings.note("onion-hundred, " + each.title() + ": not all could be visited: " + late.getMessage());
            }
            findings.add(RESIDENT, each, network.account(node).residentMiB());
            findings.add(PEAK, each, network.account(node).peakResidentMiB());
            network.leave(node);
        }
    }

    private static void visitAll(List<OnionSite> sites, Visitor visitor) throws IOException, InterruptedException {
        Queue<OnionSite> left = new ConcurrentLinkedQueue<>(sites); // a hundred
        List<Load.Work> work = new ArrayList<>();
        for (int i = 0; i < VISITORS; i++) {
            work.add(() -> {
                OnionSite next = left.poll();
                while (next != null) {
                    visitor.awaitPage(next, LIMIT);
                    next = left.poll();
                }
                return 0;
            });
        }
        Load.atOnce(work);
    }
}
