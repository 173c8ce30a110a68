package io.allium.bench;

import io.allium.base.Entropy;
import io.allium.base.SystemEntropy;
import io.allium.base.TaskGroup;
import io.allium.base.Tasks;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.cell.Extensions;
import io.allium.cell.IntroducePlaintext;
import io.allium.cell.IntroduceStatus;
import io.allium.cell.Introduction;
import io.allium.cell.OnionServiceMessage;
import io.allium.cell.RelayCommand;
import io.allium.cell.RelayMessage;
import io.allium.cell.RendezvousCookie;
import io.allium.circuit.HopTarget;
import io.allium.circuit.OriginCircuit;
import io.allium.crypto.HsNtor;
import io.allium.netdoc.IntroductionPoint;
import io.allium.netdoc.RouterDescriptor;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Introduces nobody to an onion service again and again, at a steady rate and for a while: each introduction is good, shows no
 * work, and invites the service to where nobody waits. Each needs a circuit of its own, since an introduction point takes
 * one introduction from a circuit. It ends by itself. Safe from any task.
 */
final class IntroductionFlood implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Circuits on their way at once: more would only wait for the relays. */
    private static final int UNDER_WAY_MAX = 400;

    private final Time time;
    private final Entropy entropy = new SystemEntropy();
    private final OwnCircuits circuits;
    private final List<RouterDescriptor> relays;
    private final TaskGroup group;
    private final Semaphore room = new Semaphore(UNDER_WAY_MAX);
    private final AtomicInteger turn = new AtomicInteger();
    private final LongAdder passedOn = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private volatile PublishedService target;

    /** @param relays where the service is invited to */
    IntroductionFlood(
            Time time, OwnCircuits circuits, List<RouterDescriptor> relays, Tasks tasks, PublishedService target) {
        this.time = time;
        this.circuits = circuits;
        this.relays = List.copyOf(relays);
        this.group = new TaskGroup(tasks, "flood");
        this.target = target;
    }

    /** From now on to its introduction points of this descriptor. */
    void aim(PublishedService newest) {
        target = newest;
    }

    /** Begins; it ends after {@code length}. */
    void begin(int perSecond, Duration length) {
        group.fork("pace", () -> {
            long began = time.nanos();
            long sent = 0;
            while (time.nanos() - began < length.toNanos()) {
                long due = (time.nanos() - began) * perSecond / 1_000_000_000L;
                while (sent < due) {
                    sent++;
                    if (room.tryAcquire()) {
                        group.fork("introduction", this::introduce);
                    } else {
                        failed.increment();
                    }
                }
                time.sleep(TICK);
            }
        });
    }

    /** Introductions that an introduction point says it has passed on. */
    long passedOn() {
        return passedOn.sum();
    }

    /** Those that were not made, or not passed on. */
    long failed() {
        return failed.sum();
    }

    private void introduce() throws InterruptedException {
        PublishedService at = target;
        List<IntroductionPoint> points = at.body().introductionPoints();
        int number = turn.incrementAndGet();
        IntroductionPoint point = points.get(number % points.size());
        HopTarget nowhere = OwnCircuits.hop(relays.get(number % relays.size()));
        try (OriginCircuit circuit = circuits.to(HopTarget.described(point.specifiers(), point.onionKey()))) {
            RelayMessage answer = circuit.ask(
                    new OnionServiceMessage.Introduce1(introduction(at, point, nowhere)),
                    RelayCommand.INTRODUCE_ACK,
                    PATIENCE);
            boolean success =
                    answer instanceof OnionServiceMessage.IntroduceAck ack && ack.status() == IntroduceStatus.SUCCESS;
            (success ? passedOn : failed).increment();
        } catch (TorException lost) {
            failed.increment();
        } finally {
            room.release();
        }
    }

    private Introduction introduction(PublishedService service, IntroductionPoint point, HopTarget nowhere)
            throws TorException {
        HsNtor.Client client = HsNtor.begin(point.authKey(), point.encryptionKey(), service.subcredential(), entropy);
        byte[] header = Introduction.header(point.authKey(), Extensions.NONE);
        IntroducePlaintext invitation = new IntroducePlaintext(
                RendezvousCookie.generate(entropy),
                Extensions.NONE,
                Objects.requireNonNull(nowhere.onionKey()),
                nowhere.specifiers());
        return new Introduction(
                point.authKey(), Extensions.NONE, client.seal(header, invitation.encode(header.length)));
    }

    @Override
    public void close() {
        group.close();
    }
}
