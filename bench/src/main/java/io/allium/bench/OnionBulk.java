package io.allium.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Downloads from an onion service: each client with each service, all over our relays. In the table's columns is whose the
 * service was; whose the client was, the line says.
 */
final class OnionBulk implements Scenario {
    private static final int STREAMS = 4;
    private static final int WARM_UP_ROUNDS = 3;
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Figure ALIKE =
            new Figure("onion-bulk", "one stream to a service, client alike", "MB/s", new Goal.AtLeastTimes(1));
    private static final Figure MANY_ALIKE =
            new Figure("onion-bulk", "four streams to a service, client alike", "MB/s", new Goal.AtLeastTimes(1));

    @Override
    public String name() {
        return "onion-bulk";
    }

    @Override
    public String what() {
        return "one stream, and four on circuits of their own, from an onion service: both kinds of client and service";
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
        int megabytes =
                networks.settings().megabytes().orElse(networks.settings().quick() ? 10 : 100);
        PrivateNetwork network = networks.warm(Implementation.ALLIUM);
        List<End> services = new ArrayList<>();
        for (Implementation each : Implementation.values()) {
            OnionSite site = OnionSite.in(networks.folder().resolve("bulk-" + each));
            services.add(new End(network.join("service" + each.ordinal(), each, site.torrc(networks.server())), site));
        }
        Node theirs = network.join("client1", Implementation.C_TOR, List.of());
        network.awaitBootstrap(theirs);
        try {
            List<Node> clients = List.of(theirs, network.client());
            for (Node client : clients) {
                for (End service : services) {
                    Visitor.through(client, "first", networks.time()).awaitPage(service.site, LIMIT);
                }
            }
            Pair ours = new Pair(networks, network, network.client(), services.getLast());
            for (int round = 0; round < WARM_UP_ROUNDS; round++) {
                ours.measure(STREAMS, megabytes * 1_000_000L);
            }
            for (Node client : clients) {
                for (End service : services) {
                    new Pair(networks, network, client, service).add(megabytes * 1_000_000L, findings);
                }
            }
        } finally {
            services.forEach(service -> network.leave(service.node));
            network.leave(theirs);
        }
    }

    /** A node with its service. */
    private record End(Node node, OnionSite site) {}

    /** What was carried in so many seconds, and the processor seconds of both ends. */
    private record Cost(long bytes, double seconds, double client, double service) {
        double megabytesPerSecond() {
            return bytes / 1e6 / seconds;
        }
    }

    /** A client and a service. */
    private record Pair(Networks networks, PrivateNetwork network, Node client, End service) {
        void add(long bytes, Findings findings) throws IOException, InterruptedException {
            Implementation kind = service.node.implementation();
            String from = client.implementation() == Implementation.C_TOR ? "C tor's client" : "our client";
            Cost one = measure(1, bytes);
            Cost many = measure(STREAMS, bytes);
            findings.add(figure("one stream to a service, " + from, "MB/s"), kind, one.megabytesPerSecond());
            findings.add(figure("four streams to a service, " + from, "MB/s"), kind, many.megabytesPerSecond());
            double gigabytes = many.bytes / 1e9;
            findings.add(figure("service, CPU a GB, four streams, " + from, "s/GB"), kind, many.service / gigabytes);
            findings.add(figure("client, CPU a GB, four streams, " + from, "s/GB"), kind, many.client / gigabytes);
            if (client.implementation() == kind) {
                findings.add(ALIKE, kind, one.megabytesPerSecond());
                findings.add(MANY_ALIKE, kind, many.megabytesPerSecond());
            }
        }

        private static Figure figure(String what, String unit) {
            return new Figure("onion-bulk", what, unit, new Goal.None());
        }

        /** Fetches so many bytes in all, on streams that are open before. */
        Cost measure(int streams, long bytes) throws IOException, InterruptedException {
            List<LoadStream> opened = new ArrayList<>();
            try {
                List<Load.Work> work = new ArrayList<>();
                for (int i = 0; i < streams; i++) {
                    String isolation = service.node.name() + "-" + streams + "-" + i;
                    LoadStream stream = LoadStream.toOnion(client, service.site.host(), isolation, PATIENCE);
                    opened.add(stream);
                    work.add(() -> stream.fetch(bytes / streams));
                }
                Account clientAccount = network.account(client);
                Account serviceAccount = network.account(service.node);
                double clientBefore = clientAccount.cpuSeconds();
                double serviceBefore = serviceAccount.cpuSeconds();
                long began = networks.time().nanos();
                long carried = Load.atOnce(work);
                return new Cost(
                        carried,
                        (networks.time().nanos() - began) / 1e9,
                        clientAccount.cpuSeconds() - clientBefore,
                        serviceAccount.cpuSeconds() - serviceBefore);
            } finally {
                for (LoadStream stream : opened) {
                    stream.close();
                }
            }
        }
    }
}
