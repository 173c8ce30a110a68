package io.allium.relay;

import io.allium.base.Endpoint;
import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.channel.Channel;
import io.allium.channel.ChannelTarget;
import io.allium.circuit.FlowParameters;
import io.allium.circuit.HopTarget;
import io.allium.circuit.OriginCircuit;
import io.allium.circuit.OriginCircuits;
import io.allium.directory.NetworkView;
import io.allium.directory.Relay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Finds out whether others reach our ORPort, by a circuit of two relays whose second one is asked to go on to us. A relay
 * that cannot be reached is of use to nobody, and says nothing of itself. Immutable.
 */
final class SelfTest {
    /** How long each step of the circuit may take. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** How long to wait between two tries, or for the network to be known. */
    static final Duration PAUSE = Duration.ofSeconds(10);

    /** After so long the operator should know: TIMEOUT_UNTIL_UNREACHABILITY_COMPLAINT of C tor. */
    static final Duration COMPLAINT = Duration.ofMinutes(20);

    private static final int RELAYS = 2;

    private final Extender.Dialler dialler;
    private final OriginCircuits circuits;
    private final Supplier<Optional<NetworkView>> view;
    private final Supplier<HopTarget> us;
    private final Time time;
    private final Entropy entropy;
    private final RelayEvents events;
    private final Log log;

    SelfTest(
            Extender.Dialler dialler,
            OriginCircuits circuits,
            Supplier<Optional<NetworkView>> view,
            Supplier<HopTarget> us,
            Time time,
            Entropy entropy,
            RelayEvents events,
            Log log) {
        this.dialler = dialler;
        this.circuits = circuits;
        this.view = view;
        this.us = us;
        this.time = time;
        this.entropy = entropy;
        this.events = events;
        this.log = log;
    }

    /** Tries until somebody got through. */
    void awaitReachable() throws InterruptedException {
        Endpoint orPort = us.get().addresses().getFirst();
        log.notice(
                Log.Domain.OR,
                "Now checking whether " + (orPort.isIpv6() ? "IPv6" : "IPv4") + " ORPort " + orPort
                        + " is reachable... (this may take up to " + COMPLAINT.toMinutes()
                        + " minutes -- look for log messages indicating success)");
        events.checkingReachability(orPort);
        long complaint = time.nanos() + COMPLAINT.toNanos();
        while (!isReachable()) {
            if (time.nanos() - complaint >= 0) {
                complaint = time.nanos() + COMPLAINT.toNanos();
                log.warn(
                        Log.Domain.CONFIG,
                        "Your server has not managed to confirm reachability for its ORPort(s) at " + orPort
                                + ". Relays do not publish descriptors until their ORPort and DirPort are reachable."
                                + " Please check your firewalls, ports, address, /etc/hosts file, etc.");
                events.unreachable(orPort);
            }
            time.sleep(PAUSE);
        }
    }

    private boolean isReachable() throws InterruptedException {
        List<HopTarget> path = path();
        if (path.size() < RELAYS) {
            return false;
        }
        HopTarget first = path.getFirst();
        try {
            Channel channel =
                    dialler.to(new ChannelTarget(first.addresses(), first.fingerprint(), first.identity()), PATIENCE);
            try (OriginCircuit circuit = circuits.open(0, channel, first, FlowParameters.DEFAULT, PATIENCE)) {
                circuit.extend(path.getLast(), PATIENCE);
                circuit.extend(us.get(), PATIENCE);
                return true;
            }
        } catch (TorException failed) {
            log.info(Log.Domain.OR, "A test of our own reachability failed: " + failed.getMessage());
            return false;
        }
    }

    /** Two relays that are not us, by chance. */
    private List<HopTarget> path() {
        List<HopTarget> usable = new ArrayList<>();
        for (Relay relay : view.get().map(NetworkView::relays).orElse(List.of())) {
            boolean isOther = !relay.fingerprint().equals(us.get().fingerprint());
            if (isOther && relay.isUsable() && relay.onionKey().isPresent()) {
                usable.add(new HopTarget(
                        relay.fingerprint(),
                        relay.identity(),
                        relay.onionKey().get(),
                        relay.addresses(),
                        relay.protocols().supports("Relay", 4),
                        false));
            }
        }
        entropy.shuffle(usable);
        return usable.subList(0, Math.min(RELAYS, usable.size()));
    }
}
