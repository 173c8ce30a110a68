package io.allium.relay;

import io.allium.base.Log;
import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.cell.DestroyReason;
import io.allium.cell.Extensions;
import io.allium.cell.IntroPointClaim;
import io.allium.cell.IntroduceStatus;
import io.allium.cell.Introduction;
import io.allium.cell.IntroductionLimits;
import io.allium.crypto.Ed25519Identity;
import io.allium.directory.Parameters;
import io.allium.relay.RelayFigures.Counted;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The onion services whose introduction point we are: which circuit leads to the one with an authentication key. It has no
 * more entries than there are circuits. Safe from any thread.
 *
 * @spec rend-spec-v3 3.1, 3.2
 */
final class IntroductionTable {
    /** Services whose signatures are with the pool: an eighth of what may wait there, so that TLS and onion skins find room. */
    static final int APPLICANTS_MAX = 512;

    private final Tasks tasks;
    private final Time time;
    private final Log log;
    private final RelayFigures figures;
    private final Supplier<Parameters> parameters;
    private final Map<Ed25519Identity, OnionEnd> services = new ConcurrentHashMap<>();
    private final AtomicInteger applicants = new AtomicInteger();

    /** @param parameters the consensus's */
    IntroductionTable(Tasks tasks, Time time, Log log, RelayFigures figures, Supplier<Parameters> parameters) {
        this.tasks = tasks;
        this.time = time;
        this.log = log;
        this.figures = figures;
        this.parameters = parameters;
    }

    /**
     * Makes a circuit lead to a service, once the pool for heavy computation has found that the service asks for it.
     *
     * @param nonce the circuit's
     */
    void apply(OnionEnd circuit, byte[] nonce, IntroPointClaim claim) {
        if (applicants.incrementAndGet() > APPLICANTS_MAX) {
            applicants.decrementAndGet();
            circuit.close(DestroyReason.RESOURCELIMIT, "ESTABLISH_INTRO: too many come at a time");
            return;
        }
        tasks.compute("ESTABLISH_INTRO", () -> {
                    if (circuit.isOver()) {
                        throw new Refused(Refused.Kind.GENERAL, "its circuit has ended"); // nobody hears it any more
                    }
                    claim.verify(nonce);
                    return bucket(claim.extensions());
                })
                .whenComplete((bucket, failure) -> {
                    applicants.decrementAndGet();
                    if (failure == null) {
                        admit(circuit, claim.authKey(), bucket);
                    } else {
                        failed(circuit, failure);
                        circuit.close(
                                failure instanceof Refused ? DestroyReason.RESOURCELIMIT : DestroyReason.PROTOCOL,
                                "introduction point: " + failure.getMessage());
                    }
                });
    }

    private void failed(OnionEnd circuit, Throwable why) {
        if (circuit.isOver()) {
            figures.count(Counted.EST_INTRO_DEAD);
        } else if (!(why instanceof Refused)) { // who comes when too much goes on has done nothing wrong
            figures.count(Counted.EST_INTRO_MALFORMED);
        }
    }

    /** What the service says counts, even if it says that it wants no bound; else the consensus. */
    private IntroductionBucket bucket(Extensions extensions) {
        Optional<byte[]> said = extensions.find(IntroductionLimits.TYPE);
        if (said.isPresent()) {
            try {
                IntroductionLimits limits = IntroductionLimits.decode(said.get());
                Optional<IntroductionBucket.Rate> rate = limits.isNone()
                        ? Optional.empty()
                        : Optional.of(new IntroductionBucket.Rate(limits.ratePerSecond(), limits.burstPerSecond()));
                return new IntroductionBucket(time, () -> rate);
            } catch (ProtocolViolation wrong) {
                log.protocolWarning(Log.Domain.REND, wrong.in("ESTABLISH_INTRO").getMessage());
            }
        }
        return new IntroductionBucket(time, () -> IntroductionBucket.Rate.of(parameters.get()));
    }

    /** The circuit that a service came by last is the one that counts. */
    private void admit(OnionEnd circuit, Ed25519Identity key, IntroductionBucket bucket) {
        if (circuit.isOver()) {
            figures.count(Counted.EST_INTRO_DEAD);
            return;
        }
        figures.count(Counted.EST_INTRO_SUCCESS);
        OnionEnd before = circuit.admit(new OnionRole.Introduces(key, bucket), services);
        if (before != null) {
            before.close(DestroyReason.FINISHED, "its service has come by another circuit");
        }
        if (circuit.isOver()) {
            forget(key, circuit);
        }
    }

    /**
     * Brings a client's introduction to the service that it is for, and says what became of it. Who is not brought in because
     * too many are hears that there is no such service, as from C tor, and so tries its next introduction point.
     */
    IntroduceStatus introduce(Introduction introduction) {
        Counted outcome = attempt(introduction);
        figures.count(outcome);
        return outcome == Counted.INTRO1_SUCCESS ? IntroduceStatus.SUCCESS : IntroduceStatus.UNKNOWN_ID;
    }

    private Counted attempt(Introduction introduction) {
        OnionEnd service = services.get(introduction.authKey());
        if (service == null || !(service.role() instanceof OnionRole.Introduces role)) {
            return Counted.INTRO1_UNKNOWN;
        }
        if (!role.bucket().take()) {
            figures.count(Counted.INTRODUCTION_REFUSED);
            return Counted.INTRO1_RATE_LIMITED;
        }
        return service.deliver(introduction) ? Counted.INTRO1_SUCCESS : Counted.INTRO1_DEAD;
    }

    /** The circuit has ended. */
    void forget(Ed25519Identity key, OnionEnd circuit) {
        services.remove(key, circuit);
    }
}
