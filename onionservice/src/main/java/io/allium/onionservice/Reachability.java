package io.allium.onionservice;

import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.Time;
import io.allium.crypto.OnionAddress;
import io.allium.onionservice.ServiceStatus.Step;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What a service knows of whether clients can reach it, in words, and who is told: the log once it can be reached, and when
 * something is in the way for long. Confined to the task of the service, but for {@link #status} and {@link #ready}.
 */
final class Reachability {
    /** How long the way to the directories may take before something is wrong; a new service needs some seconds. */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Between two warnings, whatever happens meanwhile. */
    static final Duration QUIET = Duration.ofHours(1);

    /**
     * What it is judged by.
     *
     * @param isNetworkKnown whether circuits can be built
     * @param publishes whether the service brings its descriptors to directories itself
     * @param points the introduction points of each edition, first of that which clients look for
     * @param storages where the descriptor of each edition lies, in the same order
     * @param visits what visits to itself have shown
     */
    record Facts(
            boolean isNetworkKnown,
            boolean publishes,
            List<IntroductionPoints.Progress> points,
            List<DescriptorPublisher.Storage> storages,
            SelfTest.Outcome visits) {
        static final Facts NONE = new Facts(false, true, List.of(), List.of(), new SelfTest.Outcome.Pending());

        private int established() {
            return points.stream()
                    .mapToInt(IntroductionPoints.Progress::established)
                    .sum();
        }

        private int pointsWanted() {
            return points.stream().mapToInt(IntroductionPoints.Progress::wanted).sum();
        }

        private int taken() {
            return storages.stream()
                    .mapToInt(DescriptorPublisher.Storage::taken)
                    .sum();
        }

        private int asked() {
            return storages.stream()
                    .mapToInt(DescriptorPublisher.Storage::asked)
                    .sum();
        }
    }

    /** What follows from the facts: the step that is not done, and why. */
    record Finding(Step step, String words) {}

    private final OnionAddress service;
    private final String name;
    private final Time time;
    private final Log log;
    private final ServiceEvents events;
    private final DroppedIntroductions dropped;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private volatile ServiceStatus status;

    private long unreachableSince;
    private boolean hasWarned; // and not said since that all is well
    private Optional<Long> warnedAt = Optional.empty();

    /** @param name of the service, for the log */
    Reachability(
            OnionAddress service, String name, Time time, Log log, ServiceEvents events, DroppedIntroductions dropped) {
        this.service = service;
        this.name = name;
        this.time = time;
        this.log = log;
        this.events = events;
        this.dropped = dropped;
        this.unreachableSince = time.nanos();
        Finding beginning = judge(Facts.NONE, false);
        this.status = status(beginning, Facts.NONE, false, Optional.empty());
    }

    /** Where it stands. From any task. */
    ServiceStatus status() {
        return status;
    }

    /** Completes once clients can come, for the first time. */
    CompletableFuture<Void> ready() {
        return ready;
    }

    /** Whether it could not be reached for so long until now, while the network was known. */
    boolean hasBeenLostFor(Duration least) {
        return time.nanos() - unreachableSince > least.toNanos();
    }

    /** These are the facts now. */
    void update(Facts facts) {
        ServiceStatus before = status;
        Finding finding = judge(facts, before.isReady());
        boolean isReady = finding.step() == Step.READY;
        if (isReady || !facts.isNetworkKnown()) {
            unreachableSince = time.nanos();
        }
        boolean isFailing = !isReady && facts.publishes() && isFailing(finding.step(), facts.visits());
        status = status(finding, facts, isFailing, Optional.of(before));
        if (isReady && !before.isReady()) {
            becomesReady();
        } else if (!isReady && before.isReady()) {
            log.info(Domain.REND, name + " cannot be reached for now: " + finding.words() + ".");
            events.told(status);
        } else if (isFailing) {
            warn();
        }
    }

    private boolean isFailing(Step step, SelfTest.Outcome visits) {
        return step.compareTo(Step.FIND) < 0
                ? hasBeenLostFor(PATIENCE)
                : visits instanceof SelfTest.Outcome.Failed failed && failed.times() >= SelfTestSchedule.TRIES;
    }

    private void becomesReady() {
        String line = name + " is ready: " + status.words() + ".";
        if (!ready.isDone() || hasWarned) {
            log.notice(Domain.REND, line);
        } else {
            log.info(Domain.REND, line);
        }
        hasWarned = false;
        ready.complete(null);
        events.told(status);
    }

    private void warn() {
        long now = time.nanos();
        if (hasWarned || warnedAt.isPresent() && now - warnedAt.get() < QUIET.toNanos()) {
            return;
        }
        hasWarned = true;
        warnedAt = Optional.of(now);
        log.warn(Domain.REND, name + " cannot be reached: " + status.words() + ".");
        events.told(status);
    }

    private ServiceStatus status(Finding finding, Facts facts, boolean isFailing, Optional<ServiceStatus> before) {
        return new ServiceStatus(
                service,
                finding.step(),
                before.filter(earlier -> earlier.step() == finding.step())
                        .map(ServiceStatus::since)
                        .orElseGet(time::now),
                isFailing,
                finding.words(),
                facts.established(),
                facts.pointsWanted(),
                facts.taken(),
                facts.asked(),
                dropped.counts());
    }

    /**
     * The first step that is not done.
     *
     * @param wasReady then a new descriptor that is on its way leaves clients the one before, and an edition that has just begun has
     *     time until clients look for it; else both have to be out, for clients whose consensus is another than ours
     */
    static Finding judge(Facts facts, boolean wasReady) {
        if (!facts.isNetworkKnown()) {
            return new Finding(Step.NETWORK, "the network is not known well enough yet");
        }
        long editions = wasReady ? 1 : Long.MAX_VALUE;
        for (IntroductionPoints.Progress each :
                facts.points().stream().limit(editions).toList()) {
            if (each.established() == 0) {
                return without(each);
            }
        }
        if (!facts.publishes()) {
            return new Finding(
                    Step.UPLOAD, "its descriptor is for others to publish, as PublishHidServDescriptors is 0");
        }
        boolean isStored = facts.storages().stream()
                .limit(editions)
                .allMatch(each -> each.isEnough() || wasReady && each.isUnderWay());
        return isStored ? visited(facts) : new Finding(Step.UPLOAD, stored(facts) + because(failure(facts)));
    }

    private static Finding without(IntroductionPoints.Progress points) {
        String because = because(points.failure());
        return points.circuits() == 0
                ? new Finding(
                        Step.CIRCUITS,
                        "it has no circuit to any of the " + points.wanted() + " introduction points that it wants"
                                + because)
                : new Finding(
                        Step.INTRODUCTION_POINTS,
                        "none of the " + points.circuits()
                                + " relays that it has a circuit to has become its introduction point" + because);
    }

    private static Finding visited(Facts facts) {
        return switch (facts.visits()) {
            case SelfTest.Outcome.Off off -> new Finding(Step.READY, stored(facts));
            case SelfTest.Outcome.Passed passed ->
                new Finding(Step.READY, stored(facts) + ", and a visit to itself as a client went well");
            case SelfTest.Outcome.Pending pending ->
                new Finding(Step.FIND, stored(facts) + "; whether a client finds it there is being tried");
            case SelfTest.Outcome.Failed failed ->
                new Finding(failed.at(), stored(facts) + "; as a client of itself " + words(failed));
        };
    }

    private static String words(SelfTest.Outcome.Failed failed) {
        String what = switch (failed.at()) {
            case INTRODUCE -> "it found that, and was not introduced";
            case JOIN -> "it was introduced, and was not met";
            default -> "it did not find that";
        };
        return what + (failed.times() > 1 ? ", " + failed.times() + " times in a row" : "") + ": " + failed.why();
    }

    private static String stored(Facts facts) {
        return "its descriptors lie at " + facts.taken() + " of the " + facts.asked() + " directories that clients ask";
    }

    private static Optional<String> failure(Facts facts) {
        return facts.storages().stream()
                .flatMap(each -> each.failure().stream())
                .findFirst();
    }

    private static String because(Optional<String> failure) {
        return failure.map(why -> " (" + why + ")").orElse("");
    }
}
