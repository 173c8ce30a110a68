package io.allium.relay;

import io.allium.base.ProtocolViolation;
import io.allium.base.Time;
import io.allium.cell.ConfluxNonce;
import io.allium.cell.ConfluxTerms;
import io.allium.channel.Channel;
import io.allium.directory.Parameter;
import io.allium.directory.Parameters;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The linked sets that end here, by the nonces that their clients chose. Each has at least one leg, so there are no more
 * than circuits. Guarded by {@code lock}, under which no other is taken.
 *
 * @spec prop329 2.2
 */
final class ConfluxSets {
    private final ReentrantLock lock = new ReentrantLock();
    private final Exit exit;
    private final Optional<Boolean> enabled;
    private final Supplier<Parameters> parameters;
    private final Time time;
    private final Map<ConfluxNonce, ConfluxSet> sets = new TreeMap<>();

    /** @param enabled {@code ConfluxEnabled}; empty: as the consensus says */
    ConfluxSets(Exit exit, Optional<Boolean> enabled, Supplier<Parameters> parameters, Time time) {
        this.exit = exit;
        this.enabled = enabled;
        this.parameters = parameters;
        this.time = time;
    }

    /** LINK came on a circuit without streams: makes it a leg. */
    ConfluxSet.Linked link(TransitCircuit circuit, Inbound way, Channel previous, ConfluxTerms terms)
            throws ProtocolViolation {
        Parameters now = parameters.get();
        if (!enabled.orElse(now.isOn(Parameter.CFX_ENABLED))) {
            throw new ProtocolViolation("CONFLUX_LINK: we do not link circuits");
        }
        if (!way.flow().isControlled()) {
            throw new ProtocolViolation("CONFLUX_LINK: came where congestion control was not agreed on");
        }
        if (exit.whyNot(previous.peer()).isPresent()) {
            throw new ProtocolViolation("CONFLUX_LINK: came from where no stream may leave");
        }
        ConfluxSet set = at(terms.nonce(), way, previous, now);
        try {
            return set.add(circuit, way, terms);
        } catch (ProtocolViolation refused) {
            set.endIfEmpty();
            throw refused;
        }
    }

    private ConfluxSet at(ConfluxNonce nonce, Inbound way, Channel previous, Parameters now) {
        lock.lock();
        try {
            ConfluxSet known = sets.get(nonce);
            if (known != null) {
                return known;
            }
            ConfluxSet made = make(nonce, way, previous, now);
            sets.put(nonce, made);
            return made;
        } finally {
            lock.unlock();
        }
    }

    private ConfluxSet make(ConfluxNonce nonce, Inbound way, Channel previous, Parameters now) {
        return new ConfluxSet(
                nonce,
                now.get(Parameter.CFX_MAX_LEGS_SET),
                now.get(Parameter.CFX_MAX_OOOQ_BYTES),
                time,
                new ExitStreams(exit, time, previous),
                exit.backlog(),
                way.flow(),
                this::forget);
    }

    /** How many there are. */
    int size() {
        lock.lock();
        try {
            return sets.size();
        } finally {
            lock.unlock();
        }
    }

    private void forget(ConfluxSet ended) {
        lock.lock();
        try {
            sets.remove(ended.nonce(), ended);
        } finally {
            lock.unlock();
        }
    }
}
