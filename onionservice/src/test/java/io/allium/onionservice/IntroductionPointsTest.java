package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.TaskGroup;
import io.allium.base.ThreadTasks;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.directory.NetworkView;
import io.allium.testing.ManualTime;
import io.allium.testing.SeededEntropy;
import io.allium.testing.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IntroductionPointsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ManualTime time = new ManualTime();
    private final NetworkView view = TestNetwork.view(Instant.parse("2026-11-21T10:00:00Z"));
    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
    private final TaskGroup group = new TaskGroup(tasks, "test");
    private final AtomicInteger changes = new AtomicInteger();
    private final Circuits circuits = new Circuits();
    private final IntroductionPoints points = new IntroductionPoints(
            ServiceOptions.of(Path.of("hs"), List.of()),
            relay -> true,
            time,
            new SeededEntropy(1),
            Log.NONE,
            circuits,
            changes::incrementAndGet,
            group);

    @AfterEach
    void end() {
        group.close();
        tasks.close();
    }

    @Test
    void oneWhoseCircuitIsBeingReplacedIsStillNamed() {
        List<OwnIntroductionPoint> all = established();
        circuits.end(all.getFirst());

        assertThat(points.established()).hasSize(2);
        assertThat(points.named()).isEqualTo(all);
        assertThat(points.isComplete()).isTrue();
        circuits.establish(all.getFirst());
        assertThat(points.named()).isEqualTo(all);
    }

    @Test
    void oneWhoseCircuitsEndAgainAndAgainMakesRoomForAnotherRelay() {
        OwnIntroductionPoint flapping = established().getFirst();
        for (int i = 0; i < IntroductionPoints.RETRIES_MAX; i++) {
            circuits.end(flapping);
            circuits.establish(flapping);
        }
        circuits.end(flapping);

        assertThat(flapping.isOver()).isTrue();
        points.tend(view);
        circuits.establishAll();
        assertThat(points.named()).hasSize(3).doesNotContain(flapping);
        assertThat(points.named())
                .extracting(each -> each.relay().fingerprint())
                .doesNotContain(flapping.relay().fingerprint());
    }

    @Test
    void endsThatAreLongAgoDoNotCount() {
        OwnIntroductionPoint point = established().getFirst();
        for (int i = 0; i <= 2 * IntroductionPoints.RETRIES_MAX; i++) {
            circuits.end(point);
            circuits.establish(point);
            time.pass(IntroductionPoints.RETRY_PERIOD.dividedBy(IntroductionPoints.RETRIES_MAX));
        }

        assertThat(points.named()).contains(point);
    }

    @Test
    void aRelayToWhichNoCircuitLeadsMakesRoomToo() {
        points.tend(view);
        circuits.await(5);
        OwnIntroductionPoint unreachable = circuits.coming().getFirst();
        for (int i = 0; i <= IntroductionPoints.RETRIES_MAX; i++) {
            circuits.fail(unreachable);
        }

        assertThat(unreachable.isOver()).isTrue();
        assertThat(unreachable.isNamed()).isFalse();
    }

    @Test
    void theSuccessorOfOneThatIsGoneIsAwaitedBeforeADescriptorWithoutItIsDue() {
        OwnIntroductionPoint gone = established().getFirst();
        time.pass(Duration.ofHours(1));
        points.tend(view);
        gone.becomes(OwnIntroductionPoint.State.OVER);
        points.tend(view);

        assertThat(points.isComplete()).isFalse();
        assertThat(points.hasWaited(PATIENCE)).isFalse();
        time.pass(PATIENCE.plusSeconds(1));
        points.tend(view);
        assertThat(points.hasWaited(PATIENCE)).isTrue();
        circuits.establishAll();
        assertThat(points.isComplete()).isTrue();
    }

    /** As many as are wanted, of those that were begun with. */
    private List<OwnIntroductionPoint> established() {
        points.tend(view);
        circuits.await(5);
        circuits.establishAll();
        points.tend(view);
        assertThat(points.named()).hasSize(3);
        return points.named();
    }

    /** Circuits that a test has become established, fail and end. Safe from any thread. */
    private final class Circuits implements IntroductionPoints.Holder {
        private record Held(CompletableFuture<Boolean> established, CompletableFuture<Void> ended) {}

        private final Map<OwnIntroductionPoint, Held> held = new ConcurrentHashMap<>();

        @Override
        public void hold(OwnIntroductionPoint point, boolean again) throws TorException, InterruptedException {
            Held one = new Held(new CompletableFuture<>(), new CompletableFuture<>());
            held.put(point, one);
            try {
                if (!one.established.get()) {
                    throw new Unreachable("no circuit");
                }
                point.becomes(OwnIntroductionPoint.State.ESTABLISHED);
                CompletableFuture.anyOf(one.ended, point.over()).get();
            } catch (ExecutionException never) {
                throw new IllegalStateException(never);
            }
        }

        void await(int wanted) {
            Waiting.until(() -> held.size() >= wanted);
        }

        List<OwnIntroductionPoint> coming() {
            return List.copyOf(held.keySet());
        }

        void establishAll() {
            Waiting.until(() -> coming().stream().filter(each -> !each.isOver()).count() >= 3);
            coming().stream().filter(each -> !each.isOver()).forEach(this::establish);
        }

        void establish(OwnIntroductionPoint point) {
            Waiting.until(() -> held.containsKey(point));
            held.get(point).established.complete(true);
            Waiting.until(point::isEstablished);
        }

        void end(OwnIntroductionPoint point) {
            int before = changes.get();
            held.remove(point).ended.complete(null);
            awaitNext(point, before);
        }

        void fail(OwnIntroductionPoint point) {
            int before = changes.get();
            held.remove(point).established.complete(false);
            awaitNext(point, before);
        }

        /** The point is over, or its next circuit is on its way. */
        private void awaitNext(OwnIntroductionPoint point, int changesBefore) {
            Waiting.until(() -> changes.get() > changesBefore);
            if (!point.isOver()) {
                time.awaitSleepers(1);
                time.pass(IntroductionPoints.RETRY);
                Waiting.until(() -> held.containsKey(point));
            }
        }
    }
}
