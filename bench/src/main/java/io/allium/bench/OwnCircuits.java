package io.allium.bench;

import io.allium.base.Log;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNetwork;
import io.allium.base.Tasks;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.channel.Channel;
import io.allium.channel.ChannelEvents;
import io.allium.channel.ChannelTarget;
import io.allium.channel.Channels;
import io.allium.circuit.FlowParameters;
import io.allium.circuit.HopTarget;
import io.allium.circuit.OriginCircuit;
import io.allium.circuit.OriginCircuits;
import io.allium.netdoc.RouterDescriptor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Circuits of two hops into a private network, which cost us as little as may be: relays refuse much to those that come by one
 * hop. Safe from any task.
 */
final class OwnCircuits implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<RouterDescriptor> relays;
    private final Channels channels;
    private final OriginCircuits circuits;
    private final AtomicInteger number = new AtomicInteger();

    /** @param relays those that may be the first hop, at least two */
    OwnCircuits(Networks networks, List<RouterDescriptor> relays, Tasks tasks) {
        this.relays = List.copyOf(relays);
        SystemEntropy entropy = new SystemEntropy();
        this.channels =
                new Channels(networks.time(), entropy, new SystemNetwork(), tasks, Log.NONE, ChannelEvents.NONE);
        this.circuits = new OriginCircuits(networks.time(), entropy, Log.NONE);
    }

    /** What an authority knows of all relays of a network. */
    static List<RouterDescriptor> relays(PrivateNetwork network) throws IOException {
        List<RouterDescriptor> relays = new ArrayList<>();
        for (Node node : network.relays()) {
            relays.add(network.descriptor(node.name()));
        }
        return relays;
    }

    /** A circuit to this relay, by way of the next of the others that can be reached. */
    OriginCircuit to(HopTarget last) throws TorException, InterruptedException {
        int attempt = 1;
        while (true) {
            try {
                return attempt(last);
            } catch (Unreachable failed) {
                if (attempt == relays.size()) {
                    throw failed;
                }
                attempt++;
            }
        }
    }

    private OriginCircuit attempt(HopTarget last) throws TorException, InterruptedException {
        int id = number.incrementAndGet();
        RouterDescriptor first = relays.get(id % relays.size());
        if (hop(first).fingerprint().equals(last.fingerprint())) {
            first = relays.get((id + 1) % relays.size());
        }
        Channel channel = channels.to(target(first), PATIENCE);
        OriginCircuit circuit = circuits.openFast(id, channel, FlowParameters.DEFAULT, PATIENCE);
        try {
            circuit.extend(last, PATIENCE);
            return circuit;
        } catch (TorException | InterruptedException failed) {
            circuit.close();
            throw failed;
        }
    }

    /** A relay as its descriptor has it. */
    static HopTarget hop(RouterDescriptor relay) {
        return new HopTarget(
                relay.keys().rsaIdentity().fingerprint(),
                Optional.of(relay.keys().identity()),
                relay.keys().ntorOnionKey(),
                List.of(relay.details().orEndpoint()),
                true,
                true);
    }

    static ChannelTarget target(RouterDescriptor relay) {
        return new ChannelTarget(
                List.of(relay.details().orEndpoint()),
                relay.keys().rsaIdentity().fingerprint(),
                Optional.of(relay.keys().identity()));
    }

    @Override
    public void close() {
        channels.close();
    }
}
