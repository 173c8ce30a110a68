package io.allium.onionservice;

import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.Refused;
import io.allium.base.TaskGroup;
import io.allium.base.Time;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.circuit.OriginCircuit;
import io.allium.client.CircuitEvents.HsState;
import io.allium.client.OnionCircuits;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.OnionAddress;
import io.allium.netdoc.IntroductionPoint;
import io.allium.netdoc.OnionDescriptorBody;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * Meets services: finds out where one can be asked for, asks, and waits for it at a rendezvous point. A rendezvous point is got
 * ready while all else goes on. Safe from any task.
 *
 * @spec rend-spec-v3 1.1, 3.2, 4.1
 */
final class Meetings {
    /** Rendezvous points that may fail before we give a service up. */
    static final int RENDEZVOUS_MAX = 3;

    /** Circuits that may fail before they are at a rendezvous point, each perhaps at the same relay on the way. */
    static final int CIRCUITS_MAX = 8;

    private final Time time;
    private final Entropy entropy;
    private final Log log;
    private final TaskGroup group;
    private final OnionCircuits circuits;
    private final ServiceDescriptors descriptors;
    private final Introducer introducer;
    private final IntroductionFailures failures;
    private final Duration circuitPatience;

    /** @param circuitPatience how long building a circuit may take */
    Meetings(
            Time time,
            Entropy entropy,
            Log log,
            TaskGroup group,
            OnionCircuits circuits,
            ServiceDescriptors descriptors,
            Introducer introducer,
            IntroductionFailures failures,
            Duration circuitPatience) {
        this.time = time;
        this.entropy = entropy;
        this.log = log;
        this.group = group;
        this.circuits = circuits;
        this.descriptors = descriptors;
        this.introducer = introducer;
        this.failures = failures;
        this.circuitPatience = circuitPatience;
    }

    /**
     * Meets one service.
     *
     * @param patience for all of it
     * @return a circuit on which streams to it can be opened
     * @throws Refused saying which step of it failed
     */
    OriginCircuit with(OnionAddress service, Patience patience) throws TorException, InterruptedException {
        Waiting waiting = new Waiting(service, patience);
        try {
            Optional<KnownDescriptor> cached = descriptors.cached(service).filter(this::isWorthTrying);
            KnownDescriptor known =
                    cached.isPresent() ? cached.get() : descriptors.fetched(service, patience.deadline());
            Set<Ed25519Identity> tried = new LinkedHashSet<>();
            Set<Ed25519Identity> reached = new LinkedHashSet<>();
            boolean isFresh = cached.isEmpty();
            while (true) {
                Optional<IntroductionPoint> point = choose(ServiceDescriptors.body(known), tried);
                if (point.isEmpty() && isFresh) {
                    // Those that no circuit led to may be all right, and a relay on the way was not; and more work may
                    // help.
                    point = choose(ServiceDescriptors.body(known), reached);
                }
                if (point.isEmpty() && isFresh) {
                    throw failure(known, waiting);
                }
                if (point.isEmpty()) {
                    known = descriptors.fetched(service, patience.deadline());
                    isFresh = true;
                    continue;
                }
                tried.add(point.get().authKey());
                Optional<OriginCircuit> met = attempt(service, known, point.get(), reached, waiting, patience);
                if (met.isPresent()) {
                    descriptors.succeeded(known);
                    waiting.met();
                    return met.get();
                }
            }
        } finally {
            waiting.close();
        }
    }

    /** A descriptor that leaves no introduction point to try is fetched anew: the service may have others by now. */
    private boolean isWorthTrying(KnownDescriptor known) {
        try {
            return !known.isReadable() || isWorthTrying(ServiceDescriptors.body(known));
        } catch (Refused locked) {
            return true;
        }
    }

    /** With a puzzle's seed that has expired no work counts. */
    private boolean isWorthTrying(OnionDescriptorBody body) {
        boolean seedExpired = body.proofOfWork()
                .filter(asked -> asked.expires().isBefore(time.now()))
                .isPresent();
        return !seedExpired && choose(body, Set.of()).isPresent();
    }

    private Optional<IntroductionPoint> choose(OnionDescriptorBody body, Set<Ed25519Identity> tried) {
        List<IntroductionPoint> usable = body.introductionPoints().stream()
                .filter(point -> !tried.contains(point.authKey()) && failures.isUsable(point.authKey()))
                .toList();
        return usable.isEmpty() ? Optional.empty() : Optional.of(entropy.pick(usable));
    }

    /** Nothing where another introduction point may do better. */
    private Optional<OriginCircuit> attempt(
            OnionAddress service,
            KnownDescriptor known,
            IntroductionPoint at,
            Set<Ed25519Identity> reached,
            Waiting waiting,
            Patience patience)
            throws TorException, InterruptedException {
        if (patience.isOver()) {
            throw failure(known, waiting);
        }
        try (Introducer.Approach approach = introducer.approach(service, at, patience)) {
            reached.add(at.authKey());
            Optional<Introducer.Introduced> introduced = introduce(approach, known, waiting);
            if (introduced.isEmpty()) {
                return Optional.empty();
            }
            if (introduced.get().mayBeOutbid()) {
                reached.remove(at.authKey()); // should nobody come, we may ask there again, with more work
            }
            return Optional.of(meet(introduced.get(), waiting));
        } catch (Refused hopeless) {
            throw hopeless;
        } catch (TorException failed) {
            log.info(
                    Domain.REND,
                    "An attempt to reach " + log.scrub(service) + " failed, trying another way: "
                            + failed.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<Introducer.Introduced> introduce(
            Introducer.Approach approach, KnownDescriptor known, Waiting waiting)
            throws TorException, InterruptedException {
        RendezvousPoint point = waiting.point();
        try {
            return approach.introduce(known, point);
        } catch (Unreachable uncertain) {
            waiting.renew(); // should the service come after all, it is not to be taken for the answer to the next
            // request
            throw uncertain;
        }
    }

    private OriginCircuit meet(Introducer.Introduced introduced, Waiting waiting)
            throws TorException, InterruptedException {
        try {
            OriginCircuit joined = introduced.meet();
            circuits.becomes(joined, HsState.HSCR_JOINED);
            return joined;
        } catch (TorException nobody) {
            waiting.failed(nobody);
            throw nobody;
        }
    }

    private Refused failure(KnownDescriptor known, Waiting waiting) throws Refused {
        OnionDescriptorBody body = ServiceDescriptors.body(known);
        if (waiting.failures > 0) {
            return new Refused(
                    Refused.Kind.ONION_RENDEZVOUS_FAILED,
                    "the service was told, and did not come to a rendezvous point");
        }
        boolean allTimedOut = !body.introductionPoints().isEmpty()
                && body.introductionPoints().stream().allMatch(point -> failures.hasTimedOut(point.authKey()));
        return allTimedOut
                ? new Refused(
                        Refused.Kind.ONION_INTRODUCTION_TIMED_OUT,
                        "none of the service's " + body.introductionPoints().size()
                                + " introduction points answered in time")
                : new Refused(
                        Refused.Kind.ONION_INTRODUCTION_FAILED,
                        "none of the service's " + body.introductionPoints().size()
                                + " introduction points could pass our request on");
    }

    /** The rendezvous point of one meeting: the first is begun at once, another when one has failed. */
    private final class Waiting implements AutoCloseable {
        private final OnionAddress service;
        private final Patience patience;
        private CompletableFuture<RendezvousPoint> coming;
        private int failures;
        private boolean met;

        Waiting(OnionAddress service, Patience patience) {
            this.service = service;
            this.patience = patience;
            this.coming = begin();
        }

        private CompletableFuture<RendezvousPoint> begin() {
            CompletableFuture<RendezvousPoint> made = new CompletableFuture<>();
            group.fork("rendezvous point", () -> {
                try {
                    OriginCircuit circuit = circuit(made);
                    RendezvousPoint point = RendezvousPoint.establish(circuit, entropy, circuitPatience);
                    circuits.becomes(circuit, HsState.HSCR_ESTABLISHED_IDLE);
                    if (!made.complete(point)) {
                        point.close();
                    }
                } catch (TorException failed) {
                    made.completeExceptionally(failed);
                } finally {
                    made.completeExceptionally(new Unreachable("given up")); // nothing where it is complete
                }
            });
            return made;
        }

        private OriginCircuit circuit(CompletableFuture<RendezvousPoint> wanted)
                throws TorException, InterruptedException {
            for (int attempt = 1; ; attempt++) {
                try {
                    return circuits.rendezvousCircuit(service.label(), circuitPatience);
                } catch (Unreachable failed) {
                    if (attempt == CIRCUITS_MAX || wanted.isDone() || patience.isOver()) {
                        throw failed;
                    }
                }
            }
        }

        /** The one to wait at, once it is ready. */
        RendezvousPoint point() throws TorException, InterruptedException {
            while (true) {
                try {
                    RendezvousPoint point = time.await(coming, patience.left());
                    if (point.isOpen()) {
                        return point;
                    }
                    failed(new Unreachable("the circuit to the rendezvous point ended"));
                } catch (TimeoutException late) {
                    throw rendezvousFailed("no rendezvous point was ready in time");
                } catch (ExecutionException none) {
                    failed(none.getCause() instanceof TorException why ? why : new Unreachable("a bug", none));
                }
            }
        }

        /** This one is of no more use. */
        void failed(TorException why) throws Refused {
            failures++;
            if (failures >= RENDEZVOUS_MAX) {
                throw rendezvousFailed(failures + " rendezvous points failed, the last because: " + why.getMessage());
            }
            renew();
        }

        /** Another instead. */
        void renew() {
            close();
            coming = begin();
        }

        private Refused rendezvousFailed(String why) {
            return new Refused(Refused.Kind.ONION_RENDEZVOUS_FAILED, why);
        }

        /** Its circuit has become the service's. */
        void met() {
            met = true;
        }

        @Override
        public void close() {
            if (!met && !coming.completeExceptionally(new Unreachable("no longer wanted"))) {
                coming.thenAccept(RendezvousPoint::close);
            }
        }
    }
}
