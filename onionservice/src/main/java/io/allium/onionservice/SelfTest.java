package io.allium.onionservice;

import io.allium.base.Refused;
import io.allium.base.TaskGroup;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.OnionAddress;
import io.allium.onionservice.ServiceStatus.Step;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Has a service visited by itself, as its clients would, and remembers what became of that. Confined to the task of the
 * service, but for the visits, which have tasks of their own and leave their outcome in {@code ended}.
 */
final class SelfTest {
    /** What is known by visits. */
    sealed interface Outcome {
        /** They are switched off. */
        record Off() implements Outcome {}

        /** Nothing yet. */
        record Pending() implements Outcome {}

        /** The last one was met. */
        record Passed() implements Outcome {}

        /**
         * The last one was not.
         *
         * @param at the step that failed
         * @param why what was in the way, a clause
         * @param times in a row
         */
        record Failed(Step at, String why, int times) implements Outcome {}
    }

    /** Is a client. */
    interface Visitor {
        /**
         * Finds the service, is introduced to it, meets it, and leaves.
         *
         * @param key what the service lets us in with, if it does not let in everybody
         * @throws TorException when that cannot be done, which says by its kind what
         */
        void visit(OnionAddress service, Optional<Curve25519KeyPair> key) throws TorException, InterruptedException;
    }

    /** How one visit ended. */
    private record Ended(Optional<TorException> failure) {}

    private final OnionAddress service;
    private final Curve25519KeyPair key;
    private final Visitor visitor;
    private final SelfTestSchedule schedule;
    private final TaskGroup group;
    private final Runnable changed;
    private final AtomicReference<Optional<Ended>> ended = new AtomicReference<>(Optional.empty());
    private Outcome outcome = new Outcome.Pending();
    private boolean isRunning;
    private boolean notFound;

    /**
     * @param key of ours, which the service lets in if it does not let in everybody
     * @param changed wakes the service's task
     */
    SelfTest(
            OnionAddress service,
            Curve25519KeyPair key,
            Visitor visitor,
            SelfTestSchedule schedule,
            TaskGroup group,
            Runnable changed) {
        this.service = service;
        this.key = key;
        this.visitor = visitor;
        this.schedule = schedule;
        this.group = group;
        this.changed = changed;
    }

    /**
     * Begins a visit when it is time.
     *
     * @param content what clients find and come by; another asks for another visit
     */
    void tend(Object content) {
        takeOver();
        if (!isRunning && schedule.isDue(content)) {
            isRunning = true;
            group.fork("visit to itself", this::visit);
        }
    }

    /** What was found out before does not hold any longer. */
    void forget() {
        takeOver();
        schedule.forget();
        if (outcome instanceof Outcome.Passed) {
            outcome = new Outcome.Pending();
        }
    }

    Outcome outcome() {
        return outcome;
    }

    /** Whether directories have lost what they once took, as far as a visit has shown; it is said once of each visit. */
    boolean hasNotBeenFound() {
        boolean was = notFound;
        notFound = false;
        return was;
    }

    private void visit() throws InterruptedException {
        Optional<TorException> failure = Optional.of(new Unreachable("given up"));
        try {
            visitor.visit(service, Optional.of(key));
            failure = Optional.empty();
        } catch (TorException failed) {
            failure = Optional.of(failed);
        } finally {
            ended.set(Optional.of(new Ended(failure)));
            changed.run();
        }
    }

    private void takeOver() {
        Optional<Ended> last = ended.getAndSet(Optional.empty());
        if (last.isEmpty()) {
            return;
        }
        isRunning = false;
        Optional<TorException> failure = last.get().failure();
        if (failure.isEmpty()) {
            schedule.succeeded();
            outcome = new Outcome.Passed();
            return;
        }
        int times = schedule.failed();
        notFound = failure.get() instanceof Refused refused && refused.kind() == Refused.Kind.ONION_NOT_FOUND;
        outcome = new Outcome.Failed(step(failure.get()), "" + failure.get().getMessage(), times);
    }

    /** What a client that failed so had come to. */
    static Step step(TorException failure) {
        if (!(failure instanceof Refused refused)) {
            return Step.FIND;
        }
        return switch (refused.kind()) {
            case ONION_INTRODUCTION_FAILED, ONION_INTRODUCTION_TIMED_OUT -> Step.INTRODUCE;
            case ONION_RENDEZVOUS_FAILED -> Step.JOIN;
            default -> Step.FIND;
        };
    }
}
