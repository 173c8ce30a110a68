package io.allium.bench;

import java.io.IOException;
import java.time.Duration;

/** A new onion service starts in a network that is up: how long until a client gets a page of it? */
final class OnionStart implements Scenario {
    private static final int SERVICES = 7;
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private static final Figure REACHED =
            new Figure("onion-start", "new service, from its start to a page", "s", new Goal.AtMostTimes(1));

    @Override
    public String name() {
        return "onion-start";
    }

    @Override
    public String what() {
        return "a new onion service, from the start of its process until a client that keeps asking has a page";
    }

    @Override
    public boolean isOnlyWhereNamed() {
        return true;
    }

    @Override
    public Duration limit() {
        return Duration.ofMinutes(15);
    }

    /** Several services of each, in turn; the table has their median. Each is visited by a client of its own kind. */
    @Override
    public void run(Networks networks, Findings findings) throws IOException, InterruptedException {
        int services = networks.settings().quick() ? 2 : SERVICES;
        for (int i = 0; i < services; i++) {
            for (Implementation each : Implementation.values()) {
                PrivateNetwork network = networks.warm(each);
                Visitor visitor = Visitor.through(network.client(), "start-" + i, networks.time());
                OnionSite site = OnionSite.in(networks.folder().resolve("start-" + each + "-" + i));
                long began = networks.time().nanos();
                Node service = network.join("service" + i, each, site.torrc(networks.server()));
                visitor.awaitPage(site, LIMIT);
                findings.add(REACHED, each, (networks.time().nanos() - began) / 1e9);
                network.leave(service);
            }
        }
    }
}
