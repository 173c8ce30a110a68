package io.allium.bench;

import java.io.IOException;
import java.util.List;

/** What stays in memory: of a network that has done nothing but come up, and of one that has carried much. */
final class Memory implements Scenario {
    private static final Figure RELAY = new Figure("memory", "relay, resident, idle", "MiB", new Goal.AtMostTimes(1.5));
    private static final Figure CLIENT = new Figure("memory", "client, resident, idle", "MiB", new Goal.AtMostTimes(3));
    private static final Figure RELAY_LOADED =
            new Figure("memory", "relay, resident, after load", "MiB", new Goal.None());
    private static final Figure CLIENT_LOADED =
            new Figure("memory", "client, resident, after load", "MiB", new Goal.None());

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public String what() {
        return "resident memory when the network has come up, and after gigabytes";
    }

    /** It comes first of all scenarios, since only a network that nobody has loaded is idle. */
    @Override
    public void run(Networks networks, Findings findings) throws IOException, InterruptedException {
        for (Implementation each : Implementation.values()) {
            if (!networks.isWarm()) {
                add(networks.of(each), RELAY, CLIENT, findings);
            }
        }
        for (Implementation each : Implementation.values()) {
            add(networks.warm(each), RELAY_LOADED, CLIENT_LOADED, findings);
        }
    }

    /** The mean of the relays, without the authorities. */
    private static void add(PrivateNetwork network, Figure relay, Figure client, Findings findings) throws IOException {
        Implementation implementation = network.client().implementation();
        List<Node> relays =
                network.relays().stream().filter(node -> !node.isAuthority()).toList();
        double all = 0;
        for (Node node : relays) {
            all += network.account(node).residentMiB();
        }
        findings.add(relay, implementation, all / relays.size());
        findings.add(client, implementation, network.account(network.client()).residentMiB());
    }
}
