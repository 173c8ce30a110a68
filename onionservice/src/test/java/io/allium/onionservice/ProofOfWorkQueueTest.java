package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.onionservice.ProofOfWorkQueue.Limits;
import io.allium.onionservice.ProofOfWorkQueue.Next;
import io.allium.onionservice.ProofOfWorkQueue.Thrown;
import io.allium.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProofOfWorkQueueTest {
    private static final Limits UNLIMITED = Limits.of(0, 0);

    private final ManualTime time = new ManualTime();
    private final EffortControl control = new EffortControl(UNLIMITED.low());

    @Test
    void thoseWhoWorkedMoreGoFirstAndOfTheSameEffortTheOlder() {
        ProofOfWorkQueue<String> queue = queue(UNLIMITED);
        queue.add("a", 0);
        queue.add("b", 7);
        queue.add("c", 100);
        queue.add("d", 7);
        queue.add("e", 0);

        assertThat(queue.effortMax()).isEqualTo(100);
        assertThat(answered(queue)).containsExactly("c", "b", "d", "a", "e");
        assertThat(queue.next(0)).isEqualTo(new Next.Nothing<>());
        assertThat(queue.effortMax()).isZero();
    }

    @Test
    void orderIsThatOfASortedList() {
        Random random = new Random(4);
        ProofOfWorkQueue<Integer> queue = new ProofOfWorkQueue<>(UNLIMITED, control, time);
        List<int[]> expected = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            int effort = random.nextInt(50);
            queue.add(i, effort);
            expected.add(new int[] {effort, i});
        }
        expected.sort((a, b) -> a[0] != b[0] ? b[0] - a[0] : a[1] - b[1]);
        for (int[] next : expected) {
            assertThat(queue.next(0)).isEqualTo(new Next.Answer<>(next[1], next[0]));
        }
    }

    @Test
    void whoHasWaitedTooLongIsThrownAwayWhenItsTurnComes() {
        ProofOfWorkQueue<String> queue = queue(UNLIMITED);
        queue.add("old", 5);
        time.pass(ProofOfWorkQueue.AGE_MAX);
        queue.add("young", 1);
        time.pass(Duration.ofMillis(1));

        assertThat(answered(queue)).containsExactly("young");
        assertThat(queue.thrown()).isEqualTo(new Thrown(0, 1));
        control.endPeriod(0, 0);
        assertThat(control.suggested()).isEqualTo(6); // the average of the one that was answered
    }

    @Test
    void whoHasWaitedAsLongAsMayBeIsAnswered() {
        ProofOfWorkQueue<String> queue = queue(UNLIMITED);
        queue.add("patient", 5);
        time.pass(ProofOfWorkQueue.AGE_MAX);

        assertThat(answered(queue)).containsExactly("patient");
    }

    @Test
    void ofAFullQueueTheFrontHalfStays() {
        ProofOfWorkQueue<String> queue = queue(new Limits(0, 0, 2, 10));
        for (int effort = 0; effort < 9; effort++) {
            queue.add("effort " + effort, effort);
        }
        assertThat(queue.size()).isEqualTo(9);

        queue.add("effort 9", 9);

        assertThat(queue.thrown()).isEqualTo(new Thrown(5, 0));
        assertThat(answered(queue)).containsExactly("effort 9", "effort 8", "effort 7", "effort 6", "effort 5");
        control.endPeriod(0, 0);
        assertThat(control.suggested()).isEqualTo(9); // 45 in all for five, since one of effort 4 was thrown away
    }

    @Test
    void trimmingThrowsAwayOldOnesFirst() {
        ProofOfWorkQueue<String> queue = queue(new Limits(0, 0, 2, 4));
        queue.add("old", 50);
        queue.add("older than that", 40);
        time.pass(ProofOfWorkQueue.AGE_MAX.plusMillis(1));
        queue.add("a", 2);
        queue.add("b", 1);

        assertThat(queue.size()).isEqualTo(2);
        assertThat(queue.thrown()).isEqualTo(new Thrown(0, 2));
        assertThat(answered(queue)).containsExactly("a", "b");
    }

    @Test
    void whileManyAnswersAreOnTheirWayOnlyWhoFollowedTheAdviceIsAnswered() {
        control.trimmed(1);
        control.endPeriod(0, 0);
        assertThat(control.suggested()).isEqualTo(1);
        ProofOfWorkQueue<String> queue = queue(UNLIMITED);
        queue.add("cheap", 0);

        assertThat(queue.next(ProofOfWorkQueue.IN_FLIGHT_MAX)).isEqualTo(new Next.Later<>(ProofOfWorkQueue.PAUSE));
        assertThat(queue.size()).isEqualTo(1);
        assertThat(queue.next(ProofOfWorkQueue.IN_FLIGHT_MAX - 1)).isEqualTo(new Next.Answer<>("cheap", 0));
        queue.add("worked", 1);
        assertThat(queue.next(1000)).isEqualTo(new Next.Answer<>("worked", 1));
    }

    @Test
    void whoDoesNotWorkWaitsForTheManyBeforeWorkIsAskedForToo() {
        assertThat(control.suggested()).isZero();
        ProofOfWorkQueue<String> queue = queue(UNLIMITED);
        queue.add("idle", 0);

        assertThat(queue.next(ProofOfWorkQueue.IDLE_IN_FLIGHT_MAX)).isEqualTo(new Next.Later<>(ProofOfWorkQueue.PAUSE));
        queue.add("worked", 1);
        assertThat(queue.next(1000)).isEqualTo(new Next.Answer<>("worked", 1));
        assertThat(queue.next(ProofOfWorkQueue.IDLE_IN_FLIGHT_MAX - 1)).isEqualTo(new Next.Answer<>("idle", 0));
    }

    @Test
    void noMoreAreAnsweredThanTheRateAllows() {
        ProofOfWorkQueue<Integer> queue = new ProofOfWorkQueue<>(Limits.of(10, 20), control, time);
        for (int i = 0; i < 100; i++) {
            queue.add(i, 1);
        }
        assertThat(answered(queue)).hasSize(20);
        assertThat(queue.next(0)).isInstanceOf(Next.Later.class);

        time.pass(Duration.ofMillis(500));
        assertThat(answered(queue)).hasSize(5);
        time.pass(Duration.ofSeconds(10));
        assertThat(answered(queue)).hasSize(20);
    }

    @Test
    void limitsFollowFromTheRateAsInCTor() {
        assertThat(Limits.of(250, 2500)).isEqualTo(new Limits(250, 2500, 62, 17_500));
        assertThat(Limits.of(4, 4)).isEqualTo(new Limits(4, 4, 8, 244));
        assertThat(Limits.of(0, 2500)).isEqualTo(new Limits(0, 0, 16, 16_384));
        assertThat(Limits.of(100, 99)).isEqualTo(new Limits(0, 0, 16, 16_384));
        assertThat(Limits.of(Integer.MAX_VALUE, Integer.MAX_VALUE).high()).isEqualTo(ProofOfWorkQueue.QUEUE_MAX);
    }

    private ProofOfWorkQueue<String> queue(Limits limits) {
        return new ProofOfWorkQueue<>(limits, control, time);
    }

    private static <R> List<R> answered(ProofOfWorkQueue<R> queue) {
        List<R> answered = new ArrayList<>();
        while (queue.next(0) instanceof Next.Answer<R> answer) {
            answered.add(answer.request());
        }
        return answered;
    }
}
