package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.Refused;
import io.allium.base.TaskGroup;
import io.allium.base.ThreadTasks;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.OnionAddress;
import io.allium.onionservice.ServiceStatus.Step;
import io.allium.testing.ManualTime;
import io.allium.testing.SeededEntropy;
import io.allium.testing.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a service visits itself, and what it makes of that. */
class SelfTestTest {
    private final ManualTime time = new ManualTime();
    private final SeededEntropy entropy = new SeededEntropy(1);
    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
    private final TaskGroup group = new TaskGroup(tasks, "test");
    private final List<Optional<Curve25519KeyPair>> visits = new CopyOnWriteArrayList<>();
    private final Curve25519KeyPair key = Curve25519KeyPair.generate(entropy);
    private final SelfTestSchedule schedule = new SelfTestSchedule(time, entropy);
    private Optional<TorException> failure = Optional.empty();

    private final SelfTest test = new SelfTest(
            new OnionAddress(Ed25519KeyPair.generate(entropy).publicKey()),
            key,
            (service, with) -> {
                visits.add(with);
                if (failure.isPresent()) {
                    throw failure.get();
                }
            },
            schedule,
            group,
            () -> {});

    @AfterEach
    void end() {
        group.close();
        tasks.close();
    }

    @Test
    void itVisitsItselfSomeSecondsAfterItIsOutWithItsOwnKey() {
        test.tend("descriptor");
        assertThat(visits).isEmpty();
        assertThat(test.outcome()).isEqualTo(new SelfTest.Outcome.Pending());
        time.pass(SelfTestSchedule.FIRST.most());
        tendUntil("descriptor", new SelfTest.Outcome.Passed());

        assertThat(visits).containsExactly(Optional.of(key));
    }

    @Test
    void nothingNewMeansNoVisitForHours() {
        pass("descriptor");
        time.pass(SelfTestSchedule.AGAIN.least().minusSeconds(1));
        assertThat(schedule.isDue("descriptor")).isFalse();
        time.pass(SelfTestSchedule.AGAIN.most());
        assertThat(schedule.isDue("descriptor")).isTrue();
    }

    @Test
    void aChangeIsFollowedByAVisitMinutesLater() {
        pass("descriptor");
        assertThat(schedule.isDue("another")).isFalse();
        time.pass(SelfTestSchedule.CHANGED.least().minusSeconds(1));
        assertThat(schedule.isDue("another")).isFalse();
        time.pass(SelfTestSchedule.CHANGED.most());
        assertThat(schedule.isDue("another")).isTrue();
    }

    @Test
    void aServiceThatHadLostItsIntroductionPointsDoesNotRelyOnWhatWasKnown() {
        pass("descriptor");
        test.forget();
        assertThat(test.outcome()).isEqualTo(new SelfTest.Outcome.Pending());
        assertThat(schedule.isDue("descriptor")).isFalse();
        time.pass(SelfTestSchedule.GAP);
        assertThat(schedule.isDue("descriptor")).isTrue();
    }

    @Test
    void retriesAreFewAndThenRare() {
        for (int i = 1; i < SelfTestSchedule.TRIES; i++) {
            assertThat(schedule.failed()).isEqualTo(i);
            time.pass(SelfTestSchedule.RETRY.most());
            assertThat(schedule.isDue("")).isTrue();
        }
        schedule.failed();
        time.pass(SelfTestSchedule.GIVEN_UP.least().minusSeconds(1));
        assertThat(schedule.isDue("")).isFalse();
        time.pass(SelfTestSchedule.GIVEN_UP.most());
        assertThat(schedule.isDue("")).isTrue();
    }

    @Test
    void whatChangesAllTheTimeIsVisitedNowAndThen() {
        Duration watched = Duration.ofHours(1);
        int visited = 0;
        for (int second = 0; second < watched.toSeconds(); second++) {
            if (schedule.isDue(second / 6)) {
                visited++;
                schedule.failed();
            }
            time.pass(Duration.ofSeconds(1));
        }
        assertThat(visited)
                .isGreaterThan(SelfTestSchedule.TRIES)
                .isLessThanOrEqualTo(
                        SelfTestSchedule.TRIES + (int) watched.dividedBy(SelfTestSchedule.CHANGED.least()));
    }

    @ParameterizedTest
    @CsvSource({
        "ONION_NOT_FOUND, FIND",
        "ONION_DESCRIPTOR_INVALID, FIND",
        "ONION_AUTHORIZATION_WRONG, FIND",
        "NETWORK_DOWN, FIND",
        "ONION_INTRODUCTION_FAILED, INTRODUCE",
        "ONION_INTRODUCTION_TIMED_OUT, INTRODUCE",
        "ONION_RENDEZVOUS_FAILED, JOIN",
    })
    void aFailureTellsTheStep(Refused.Kind kind, Step step) {
        assertThat(SelfTest.step(new Refused(kind, "no"))).isEqualTo(step);
    }

    @Test
    void whatFailedIsRemembered() {
        failure = Optional.of(new Refused(Refused.Kind.ONION_NOT_FOUND, "nobody has it"));
        test.tend("descriptor");
        time.pass(SelfTestSchedule.FIRST.most());
        tendUntil("descriptor", new SelfTest.Outcome.Failed(Step.FIND, "nobody has it", 1));
        assertThat(test.hasNotBeenFound()).isTrue();
        assertThat(test.hasNotBeenFound()).isFalse();

        failure = Optional.of(new Unreachable("late"));
        time.pass(SelfTestSchedule.RETRY.most());
        tendUntil("descriptor", new SelfTest.Outcome.Failed(Step.FIND, "late", 2));
        assertThat(test.hasNotBeenFound()).isFalse();
    }

    private void pass(String content) {
        test.tend(content);
        time.pass(SelfTestSchedule.FIRST.most());
        tendUntil(content, new SelfTest.Outcome.Passed());
    }

    private void tendUntil(String content, SelfTest.Outcome wanted) {
        Waiting.until(() -> {
            test.tend(content);
            return test.outcome().equals(wanted);
        });
    }
}
