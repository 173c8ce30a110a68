package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.OnionAddress;
import io.allium.onionservice.ServiceStatus.Step;
import io.allium.testing.ManualTime;
import io.allium.testing.RecordedLog;
import io.allium.testing.SeededEntropy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a service says of whether it can be reached. */
class ReachabilityTest {
    private static final SelfTest.Outcome PENDING = new SelfTest.Outcome.Pending();
    private static final SelfTest.Outcome PASSED = new SelfTest.Outcome.Passed();
    private static final IntroductionPoints.Progress ESTABLISHED =
            new IntroductionPoints.Progress(3, 3, 3, Optional.empty());
    private static final DescriptorPublisher.Storage STORED =
            new DescriptorPublisher.Storage(6, 6, 0, Optional.empty());

    private final ManualTime time = new ManualTime();
    private final RecordedLog log = new RecordedLog();
    private final List<ServiceStatus> told = new ArrayList<>();
    private final OnionAddress service =
            new OnionAddress(Ed25519KeyPair.generate(new SeededEntropy(1)).publicKey());
    private final Reachability reachability =
            new Reachability(service, "Onion service web", time, log, told::add, new DroppedIntroductions(time));

    @Test
    void theFirstStepThatIsNotDoneIsNamedWithWhatIsInTheWay() {
        assertThat(reachability.status().step()).isEqualTo(Step.NETWORK);
        assertThat(finding(points(0, 0, "no guard answers"), STORED, PENDING))
                .isEqualTo(new Reachability.Finding(
                        Step.CIRCUITS,
                        "it has no circuit to any of the 3 introduction points that it wants (no guard answers)"));
        assertThat(finding(points(2, 0, "it took too long"), STORED, PENDING))
                .isEqualTo(new Reachability.Finding(
                        Step.INTRODUCTION_POINTS,
                        "none of the 2 relays that it has a circuit to has become its introduction point"
                                + " (it took too long)"));
        assertThat(finding(ESTABLISHED, stored(2, 3, "r1: it answered 503"), PENDING))
                .isEqualTo(new Reachability.Finding(
                        Step.UPLOAD,
                        "its descriptors lie at 8 of the 12 directories that clients ask (r1: it answered 503)"));
        assertThat(finding(ESTABLISHED, STORED, PENDING).step()).isEqualTo(Step.FIND);
        assertThat(finding(ESTABLISHED, STORED, failed(Step.JOIN, 2)))
                .isEqualTo(new Reachability.Finding(
                        Step.JOIN,
                        "its descriptors lie at 12 of the 12 directories that clients ask; as a client of itself it was"
                                + " introduced, and was not met, 2 times in a row: nobody came"));
    }

    @Test
    void itIsReadyOnceAVisitWentWellOrNoneIsWanted() {
        assertThat(finding(ESTABLISHED, STORED, PASSED).step()).isEqualTo(Step.READY);
        assertThat(finding(ESTABLISHED, STORED, new SelfTest.Outcome.Off()).step())
                .isEqualTo(Step.READY);
        assertThat(finding(ESTABLISHED, stored(3, 3, "x"), PASSED).step()).isEqualTo(Step.READY);
        assertThat(finding(ESTABLISHED, stored(0, 0, "x"), PASSED).step()).isEqualTo(Step.UPLOAD);
    }

    @Test
    void aDescriptorOnItsWayLeavesClientsTheOneBefore() {
        Reachability.Facts renewing = facts(ESTABLISHED, stored(0, 0, ""), PASSED);

        assertThat(Reachability.judge(renewing, true).step()).isEqualTo(Step.READY);
        assertThat(Reachability.judge(renewing, false).step()).isEqualTo(Step.UPLOAD);
        assertThat(Reachability.judge(facts(ESTABLISHED, stored(2, 4, ""), PASSED), true)
                        .step())
                .isEqualTo(Step.UPLOAD);
    }

    @Test
    void anEditionThatHasJustBegunHasTimeUntilClientsLookForIt() {
        Reachability.Facts begun = new Reachability.Facts(
                true, true, List.of(ESTABLISHED, points(0, 0, "")), List.of(STORED, stored(0, 0, "")), PASSED);

        assertThat(Reachability.judge(begun, true).step()).isEqualTo(Step.READY);
        assertThat(Reachability.judge(begun, false).step()).isEqualTo(Step.CIRCUITS);
    }

    @Test
    void theLogHearsOnceThatItIsReady() {
        reachability.update(facts(ESTABLISHED, STORED, PENDING));
        assertThat(reachability.ready()).isNotDone();
        reachability.update(facts(ESTABLISHED, STORED, PASSED));
        reachability.update(facts(ESTABLISHED, STORED, PASSED));

        assertThat(reachability.ready()).isDone();
        assertThat(log.lines())
                .containsExactly(
                        "NOTICE Onion service web is ready: its descriptors lie at 12 of the 12 directories that"
                                + " clients ask, and a visit to itself as a client went well.");
        assertThat(told).singleElement().matches(ServiceStatus::isReady);
    }

    @Test
    void whatStaysInTheWayIsWarnedOfOnceAndThatItIsGoneIsToldToo() {
        Reachability.Facts none = facts(points(0, 0, "no guard answers"), STORED, PENDING);
        reachability.update(none);
        assertThat(log.lines()).isEmpty();
        for (int i = 0; i < 10; i++) {
            time.pass(Reachability.PATIENCE);
            reachability.update(none);
        }
        assertThat(log.lines()).hasSize(1);
        assertThat(log.lines().getFirst())
                .startsWith("WARN Onion service web cannot be reached: it has no circuit")
                .contains("no guard answers");
        assertThat(reachability.status().isFailing()).isTrue();

        reachability.update(facts(ESTABLISHED, STORED, PASSED));
        assertThat(log.lines()).hasSize(2);
        assertThat(log.lines().getLast()).startsWith("NOTICE Onion service web is ready");
        assertThat(told).extracting(ServiceStatus::isReady).containsExactly(false, true);
    }

    @Test
    void aServiceThatComesAndGoesDoesNotFillTheLog() {
        for (int i = 0; i < 20; i++) {
            reachability.update(facts(ESTABLISHED, STORED, PASSED));
            reachability.update(facts(points(0, 0, "no guard answers"), STORED, PENDING));
            time.pass(Reachability.PATIENCE.plusSeconds(1));
            reachability.update(facts(points(0, 0, "no guard answers"), STORED, PENDING));
        }

        Duration all = Reachability.PATIENCE.plusSeconds(1).multipliedBy(20);
        assertThat(all).isLessThan(Reachability.QUIET);
        assertThat(log.lines().stream().filter(line -> line.startsWith("WARN"))).hasSize(1);
        assertThat(log.lines().stream().filter(line -> line.startsWith("NOTICE")))
                .hasSize(2);
    }

    @Test
    void visitsThatFailAreWarnedOfWhenItIsNoAccidentAnyMore() {
        reachability.update(facts(ESTABLISHED, STORED, failed(Step.INTRODUCE, SelfTestSchedule.TRIES - 1)));
        assertThat(log.lines()).isEmpty();
        reachability.update(facts(ESTABLISHED, STORED, failed(Step.INTRODUCE, SelfTestSchedule.TRIES)));

        assertThat(log.lines()).singleElement().asString().contains("it found that, and was not introduced, 3 times");
    }

    @Test
    void whatOthersPublishIsNeitherReadyNorAProblem() {
        Reachability.Facts facts = new Reachability.Facts(
                true, false, List.of(ESTABLISHED, ESTABLISHED), List.of(STORED, STORED), PENDING);
        reachability.update(facts);
        time.pass(Duration.ofDays(1));
        reachability.update(facts);

        assertThat(reachability.status().words()).contains("PublishHidServDescriptors");
        assertThat(reachability.status().isReady()).isFalse();
        assertThat(log.lines()).isEmpty();
    }

    private static Reachability.Finding finding(
            IntroductionPoints.Progress points, DescriptorPublisher.Storage storage, SelfTest.Outcome visits) {
        return Reachability.judge(facts(points, storage, visits), false);
    }

    private static Reachability.Facts facts(
            IntroductionPoints.Progress points, DescriptorPublisher.Storage storage, SelfTest.Outcome visits) {
        return new Reachability.Facts(true, true, List.of(points, ESTABLISHED), List.of(storage, STORED), visits);
    }

    private static IntroductionPoints.Progress points(int circuits, int established, String failure) {
        return new IntroductionPoints.Progress(3, circuits, established, Optional.of(failure));
    }

    private static DescriptorPublisher.Storage stored(int taken, int missing, String failure) {
        return new DescriptorPublisher.Storage(6, taken, missing, Optional.of(failure));
    }

    private static SelfTest.Outcome failed(Step at, int times) {
        return new SelfTest.Outcome.Failed(at, "nobody came", times);
    }
}
