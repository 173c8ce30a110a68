package io.allium.relay;

import io.allium.base.Log;
import io.allium.base.ProtocolViolation;
import io.allium.cell.DestroyReason;
import io.allium.cell.IntroPointClaim;
import io.allium.cell.IntroduceStatus;
import io.allium.cell.Introduction;
import io.allium.cell.OnionServiceMessage;
import io.allium.cell.RelayCell;
import io.allium.cell.RelayCommand;
import io.allium.cell.RelayMessage;
import io.allium.cell.RendezvousCookie;
import io.allium.cell.StreamId;
import io.allium.crypto.Ed25519Identity;
import io.allium.relay.RelayFigures.Counted;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What clients and onion services ask of the end of one transit circuit, and what it has become to them. Confined to the
 * previous channel's loop, but for the role: passing cells read it, and whoever admits a service or joins a client that waits
 * changes it.
 *
 * <p>A rendezvous joins two circuits whose loops may be two. From then on each hands what is not for us to the other's {@link
 * Inbound}, as it would to a next relay. When one ends it looks for the other; when two are joined, each is looked at once more
 * afterwards. So whichever comes first, no half is left alone.
 *
 * @spec rend-spec-v3 3, 4
 */
final class OnionEnd {
    /** An INTRODUCE1 begins with a service's name of version 2, or as many zeros. */
    private static final int SHORTEST_OF_ANY_VERSION = 20;

    private final TransitCircuit circuit;
    private final boolean isFromRelay;
    private final Inbound inbound;
    private final byte[] nonce;
    private final OnionTables tables;
    private final Log log;
    private volatile OnionRole role = OnionRole.NONE;
    private boolean introduced;

    /**
     * @param isFromRelay whether a relay is at the other end of the previous channel, and not a client itself
     * @param nonce what the circuit's handshake left to bind messages to it: KH in tor-spec
     */
    OnionEnd(TransitCircuit circuit, boolean isFromRelay, Inbound inbound, byte[] nonce, OnionTables tables, Log log) {
        this.circuit = circuit;
        this.isFromRelay = isFromRelay;
        this.inbound = inbound;
        this.nonce = nonce;
        this.tables = tables;
        this.log = log;
    }

    void handle(OnionServiceMessage message) throws ProtocolViolation {
        switch (message) {
            case OnionServiceMessage.EstablishIntro request -> apply(request.claim());
            case OnionServiceMessage.Introduce1 request -> introduce(request.introduction());
            case OnionServiceMessage.EstablishRendezvous request -> await(request.cookie());
            case OnionServiceMessage.Rendezvous1 answer -> meet(answer);
            case OnionServiceMessage.IntroEstablished _ -> ignored(message);
            case OnionServiceMessage.Introduce2 _ -> ignored(message);
            case OnionServiceMessage.IntroduceAck _ -> ignored(message);
            case OnionServiceMessage.RendezvousEstablished _ -> ignored(message);
            case OnionServiceMessage.Rendezvous2 _ -> ignored(message);
        }
    }

    /** As C tor does: what relays send and never take is dropped. */
    private void ignored(RelayMessage message) {
        log.info(Log.Domain.REND, RelayCommand.name(message.command()) + " came to a relay; dropping it.");
    }

    OnionRole role() {
        return role;
    }

    /** Whether it is anything to onion services. */
    boolean hasRole() {
        return !(role instanceof OnionRole.None);
    }

    /** The other half of its rendezvous, if it has met one. */
    @Nullable
    TransitCircuit joined() {
        return role instanceof OnionRole.Joined half ? half.other() : null;
    }

    /** A cell came from the other half, on its loop. */
    void cross(byte[] body) {
        tables.statistics().crossed();
        inbound.pass(body, 0);
    }

    private void apply(IntroPointClaim claim) throws ProtocolViolation {
        counting(Counted.EST_INTRO_UNSUITABLE, () -> requireUnused("ESTABLISH_INTRO"));
        role = new OnionRole.Applies();
        tables.introductions().apply(this, nonce, claim);
    }

    /**
     * The service has proven that it is one: from now on it is among the others, and hears so. The lock sees to it that no
     * introduction overtakes the answer, and none that follows the answer comes too early.
     *
     * @return the circuit that led to the service before
     */
    @Nullable
    OnionEnd admit(OnionRole.Introduces admitted, Map<Ed25519Identity, OnionEnd> services) {
        OnionEnd before;
        inbound.lock().lock();
        try {
            role = admitted;
            before = services.put(admitted.key(), this);
            inbound.put(StreamId.CIRCUIT, OnionServiceMessage.IntroEstablished.SILENT);
        } finally {
            inbound.lock().unlock();
        }
        inbound.flush();
        return before;
    }

    private void introduce(Introduction introduction) throws ProtocolViolation {
        counting(isFromRelay ? Counted.INTRO1_REUSED : Counted.INTRO1_SINGLE_HOP, this::requireIntroducible);
        if (introduction.encrypted().length == 0) {
            count(Counted.INTRO1_MALFORMED);
            answer(IntroduceStatus.BAD_FORMAT);
        } else {
            answer(tables.introductions().introduce(introduction));
        }
    }

    /** What could not be read is counted if it concerns onion services. */
    void malformed(int command) {
        switch (command) {
            case RelayCommand.ESTABLISH_INTRO -> count(Counted.EST_INTRO_MALFORMED);
            case RelayCommand.INTRODUCE1 -> count(Counted.INTRO1_MALFORMED);
            case RelayCommand.ESTABLISH_RENDEZVOUS -> count(Counted.EST_REND_MALFORMED);
            case RelayCommand.RENDEZVOUS1 -> count(Counted.REND1_MALFORMED);
            default -> {}
        }
    }

    private void count(Counted what) {
        tables.figures().count(what);
    }

    /**
     * An INTRODUCE1 came that cannot be read, as those of version 2. Its client is told, unless it may not introduce itself
     * at all, or this can be of no version.
     *
     * @return whether it was told
     */
    boolean answersMalformed(byte[] body) {
        try {
            requireIntroducible();
            if (RelayCell.dataLength(body, 0) < SHORTEST_OF_ANY_VERSION) {
                return false;
            }
        } catch (ProtocolViolation mayNot) {
            return false;
        }
        answer(IntroduceStatus.BAD_FORMAT);
        return true;
    }

    private void answer(IntroduceStatus status) {
        inbound.send(StreamId.CIRCUIT, new OnionServiceMessage.IntroduceAck(status));
    }

    /** One introduction a circuit: whoever wants to bother a service with many has to build as many circuits. */
    private void requireIntroducible() throws ProtocolViolation {
        requireUnused("INTRODUCE1");
        if (introduced) {
            throw new ProtocolViolation("INTRODUCE1: a second one on the circuit");
        }
        if (!isFromRelay) {
            throw new ProtocolViolation("INTRODUCE1: from a client that does without relays between");
        }
        introduced = true;
    }

    /** Brings a client's introduction to the service at this end; false if there is no room for it, or nobody any more. */
    boolean deliver(Introduction introduction) {
        return inbound.sendIfRoom(StreamId.CIRCUIT, new OnionServiceMessage.Introduce2(introduction));
    }

    private void await(RendezvousCookie cookie) throws ProtocolViolation {
        counting(Counted.EST_REND_UNSUITABLE, () -> requireUnused("ESTABLISH_RENDEZVOUS"));
        if (!isFromRelay && !tables.rendezvous().takesSingleHop()) {
            count(Counted.EST_REND_SINGLE_HOP);
            count(Counted.SINGLE_HOP_REFUSED);
            log.info(Log.Domain.REND, "ESTABLISH_RENDEZVOUS came from a client without relays between; dropping it.");
            return; // in silence, so that the client waits before it asks somebody else: as C tor does
        }
        role = new OnionRole.Waits(cookie);
        counting(Counted.EST_REND_DUPLICATE, () -> tables.rendezvous().await(cookie, this));
        inbound.send(StreamId.CIRCUIT, new OnionServiceMessage.RendezvousEstablished());
        count(circuit.isOver() ? Counted.EST_REND_DEAD : Counted.EST_REND_SUCCESS);
        if (circuit.isOver()) {
            tables.rendezvous().forget(cookie, this);
        }
    }

    private void meet(OnionServiceMessage.Rendezvous1 answer) throws ProtocolViolation {
        counting(Counted.REND1_UNSUITABLE, () -> requireUnused("RENDEZVOUS1"));
        OnionEnd client = waiting(answer.cookie());
        role = new OnionRole.Joined(client.circuit);
        client.met(circuit, answer.handshake());
        boolean isDead = circuit.isOver() || client.circuit.isOver();
        count(isDead ? Counted.REND1_DEAD : Counted.REND1_SUCCESS);
        if (isDead) {
            circuit.close(DestroyReason.FINISHED, "the client that waited has gone");
            client.circuit.close(DestroyReason.FINISHED, "the service that came has gone");
        }
    }

    private OnionEnd waiting(RendezvousCookie cookie) throws ProtocolViolation {
        try {
            return tables.rendezvous().take(cookie);
        } catch (ProtocolViolation nobody) {
            count(Counted.REND1_UNKNOWN);
            throw nobody;
        }
    }

    private void met(TransitCircuit service, byte[] handshake) {
        role = new OnionRole.Joined(service);
        inbound.send(StreamId.CIRCUIT, new OnionServiceMessage.Rendezvous2(handshake));
    }

    private interface Step {
        void take() throws ProtocolViolation;
    }

    /** Does it; where that goes against the rules, that is counted. */
    private void counting(Counted violation, Step step) throws ProtocolViolation {
        try {
            step.take();
        } catch (ProtocolViolation wrong) {
            count(violation);
            throw wrong;
        }
    }

    private void requireUnused(String what) throws ProtocolViolation {
        if (hasRole()) {
            throw new ProtocolViolation(
                    what + ": came on a circuit that is an onion service's or its client's already");
        }
        circuit.requireEnd(what);
    }

    /** The circuit has ended. From any thread, and after {@link TransitCircuit#isOver} says so. */
    void end(DestroyReason reason) {
        switch (role) {
            case OnionRole.None _ -> {}
            case OnionRole.Applies _ -> {}
            case OnionRole.Introduces service -> tables.introductions().forget(service.key(), this);
            case OnionRole.Waits client -> tables.rendezvous().forget(client.cookie(), this);
            case OnionRole.Joined half -> half.other().close(reason, "the other half of its rendezvous ended");
        }
    }

    /** Ends the circuit. */
    void close(DestroyReason reason, String why) {
        circuit.close(reason, why);
    }

    boolean isOver() {
        return circuit.isOver();
    }
}
