package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.ThreadTasks;
import io.allium.base.Time;
import io.allium.base.Unreachable;
import io.allium.channel.ChannelTarget;
import io.allium.netdoc.RouterDescriptor;
import io.allium.testing.ManualTime;
import io.allium.testing.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReachabilityTest {
    private static final Reachability.Settings USUAL = settings(false, false);

    private final RouterDescriptor relay = Samples.descriptor("r1");
    private final RouterDescriptor ourselves = Samples.descriptor("a1");
    private final ManualTime time = new ManualTime(Samples.TIME);
    private final BlockingQueue<ChannelTarget> dialled = new LinkedBlockingQueue<>();
    private RouterStability stability;

    @TempDir
    private Path folder;

    @BeforeEach
    void load() throws LocalFailure {
        stability = RouterStability.load(new SystemDisk(), folder.resolve("router-stability"), Instant.EPOCH);
    }

    @Test
    void aRelayThatNobodyReachedIsNotRunning() {
        assertThat(reachability(USUAL).assess(relay, time.now())).isFalse();
        assertThat(stability.of(relay.fingerprint()).downSince()).isPresent();
    }

    @Test
    void aRelayIsDialledAtItsAddressWithBothItsIdentities() throws InterruptedException {
        reachability(USUAL).test(relay);
        ChannelTarget target = dialled.take();
        assertThat(target.addresses()).containsExactly(relay.orEndpoint());
        assertThat(target.fingerprint()).isEqualTo(relay.fingerprint());
        assertThat(target.identity()).contains(relay.identity());
    }

    @Test
    void withoutTheTestOfLinkKeysTheFingerprintIsEnough() throws InterruptedException {
        reachability(new Reachability.Settings(false, false, false, Instant.EPOCH, Duration.ofHours(2)))
                .test(relay);
        assertThat(dialled.take().identity()).isEmpty();
    }

    @Test
    void aRelayThatAnsweredIsRunningForThreeQuartersOfAnHour() {
        Reachability reachability = reachability(USUAL);
        reachability.test(relay);
        awaitAnswer(reachability, relay);
        assertThat(reachability.assess(relay, time.now().plus(Duration.ofMinutes(44))))
                .isTrue();
        assertThat(reachability.assess(relay, time.now().plus(Duration.ofMinutes(46))))
                .isFalse();
    }

    @Test
    void weAreAlwaysRunningAndNeverTested() {
        Reachability reachability = reachability(USUAL);
        reachability.test(ourselves);
        assertThat(reachability.assess(ourselves, time.now())).isTrue();
        assertThat(dialled).isEmpty();
    }

    @Test
    void whereReachabilityIsAssumedEverybodyIsRunning() {
        Reachability reachability = reachability(settings(true, false));
        reachability.test(relay);
        assertThat(reachability.assess(relay, time.now())).isTrue();
        assertThat(dialled).isEmpty();
    }

    @Test
    void aRelayWithOtherKeysThanItsDescriptorIsNotRunning() throws InterruptedException {
        Reachability reachability = reachability(USUAL, target -> {
            throw new Unreachable("it has another identity");
        });
        reachability.test(relay);
        dialled.take();
        assertThat(reachability.assess(relay, time.now())).isFalse();
    }

    @Test
    void relaysThatNeverAnsweredDoNotKeepOthersFromBeingTested() throws InterruptedException {
        AtomicBoolean silent = new AtomicBoolean();
        CountDownLatch end = new CountDownLatch(1);
        Reachability reachability = reachability(USUAL, target -> {
            if (silent.get()) {
                end.await();
            }
        });
        reachability.test(relay);
        dialled.take();
        awaitAnswer(reachability, relay);
        silent.set(true);
        RouterDescriptor stranger = Samples.descriptor("r3");
        Waiting.until(
                () -> { // the first test may be taking its leave
                    reachability.test(stranger);
                    return dialled.size() == Reachability.STRANGERS_MAX;
                });
        for (int i = 0; i < Reachability.TESTS_MAX; i++) {
            reachability.test(stranger);
        }

        reachability.test(relay);

        for (int i = 0; i < Reachability.STRANGERS_MAX; i++) {
            assertThat(dialled.take().fingerprint()).isEqualTo(stranger.fingerprint());
        }
        assertThat(dialled.take().fingerprint()).isEqualTo(relay.fingerprint());
        end.countDown();
    }

    @Test
    void whoHasAnIpv6PortMustAnswerThereTooWhereWeHaveIpv6() throws Exception {
        RouterDescriptor dual = dualStack();
        Endpoint there = dual.details().additionalOrPorts().getFirst();
        AtomicBoolean overIpv6 = new AtomicBoolean();
        Reachability reachability = reachability(settings(false, true), target -> {
            if (target.addresses().getFirst().isIpv6() && !overIpv6.get()) {
                throw new Unreachable("no route to host");
            }
        });
        reachability.test(dual);
        assertThat(List.of(dialled.take().addresses(), dialled.take().addresses()))
                .containsExactlyInAnyOrder(List.of(dual.orEndpoint()), List.of(there));
        Waiting.until(() -> stability.of(dual.fingerprint()).upSince().isPresent()); // by the test over IPv4
        assertThat(reachability.assess(dual, time.now())).isFalse();
        assertThat(reachability.ipv6(dual, time.now())).isEmpty();

        overIpv6.set(true);
        reachability.test(dual);
        awaitAnswer(reachability, dual);
        assertThat(reachability.ipv6(dual, time.now())).contains(there);
        assertThat(reachability.ipv6(dual, time.now().plus(Duration.ofMinutes(46))))
                .isEmpty();
    }

    @Test
    void anIpv6PortIsNobodysConcernWhereWeHaveNone() throws Exception {
        RouterDescriptor dual = dualStack();
        Reachability reachability = reachability(USUAL);
        reachability.test(dual);
        assertThat(dialled.take().addresses()).containsExactly(dual.orEndpoint());
        awaitAnswer(reachability, dual);
        assertThat(reachability.ipv6(dual, time.now())).isEmpty();
        assertThat(dialled).isEmpty();
    }

    @Test
    void beforeAllHaveBeenTestedNobodyIsDown() {
        Instant now = time.now();
        Reachability young =
                reachability(new Reachability.Settings(false, false, true, now.plusSeconds(10), Duration.ofHours(2)));
        stability.reachable(relay.fingerprint(), now.minusSeconds(1000)); // as an earlier life has seen it
        assertThat(young.assess(relay, now)).isFalse();
        young.forget(List.of(), now);
        assertThat(stability.of(relay.fingerprint()).upSince()).isPresent();
        assertThat(young.assess(relay, now.plusSeconds(10))).isFalse();
        assertThat(stability.of(relay.fingerprint()).upSince()).isEmpty();
    }

    @Test
    void everyRelayHasItsTurnOnceInACycle() throws Exception {
        Submissions submissions = new Submissions(
                SubmissionOptions.TESTING, KeyPins.load(new SystemDisk(), folder.resolve("pins")), Log.NONE, any -> {});
        submissions.post(Samples.read("server-descriptors"), Samples.TIME);
        PacedTime paced = new PacedTime(Samples.TIME.plus(Reachability.CYCLE));
        Reachability reachability = reachability(paced, USUAL, target -> {});
        int relays = submissions.current(Samples.TIME).size() - 1; // we do not test ourselves
        assertThatThrownBy(() -> reachability.run(submissions)).isInstanceOf(InterruptedException.class);
        for (int test = 0; test < 2 * relays; test++) {
            dialled.take(); // once at the start, and once in turn
        }
        assertThat(paced.now()).isEqualTo(Samples.TIME.plus(Reachability.CYCLE));
        assertThat(dialled).isEmpty();
    }

    /** Passes as fast as it is waited for, until it ends. Moved by one thread. */
    private static final class PacedTime implements Time {
        private final Instant end;
        private volatile Instant now = Samples.TIME;

        PacedTime(Instant end) {
            this.end = end;
        }

        @Override
        public Instant now() {
            return now;
        }

        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public void sleep(Duration how) throws InterruptedException {
            now = now.plus(how);
            if (!now.isBefore(end)) {
                throw new InterruptedException("the cycle is over");
            }
        }

        @Override
        public Timer after(Duration delay, Runnable action) {
            return () -> {};
        }
    }

    /** What becomes of who is dialled. */
    private interface Answer {
        void of(ChannelTarget target) throws Unreachable, InterruptedException;
    }

    /** A relay that has an IPv6 ORPort too. */
    private RouterDescriptor dualStack() throws Exception {
        return Samples.made(
                "dual", time.now(), details -> details.additionalOrPort(Endpoint.parse("[2001:db8::7]:9001")));
    }

    /** Waits until the test's task has written down its result. */
    private void awaitAnswer(Reachability reachability, RouterDescriptor of) {
        Waiting.until(() -> reachability.assess(of, time.now()));
    }

    private static Reachability.Settings settings(boolean assumed, boolean ipv6) {
        return new Reachability.Settings(assumed, ipv6, true, Instant.EPOCH, Duration.ofHours(2));
    }

    private Reachability reachability(Reachability.Settings settings) {
        return reachability(settings, target -> {});
    }

    private Reachability reachability(Reachability.Settings settings, Answer answer) {
        return reachability(time, settings, answer);
    }

    private Reachability reachability(Time clock, Reachability.Settings settings, Answer answer) {
        Reachability.Dialer dialer = (target, patience) -> {
            dialled.add(target);
            answer.of(target);
        };
        return new Reachability(
                clock, new ThreadTasks(Log.NONE, 1), Log.NONE, dialer, stability, ourselves.fingerprint(), settings);
    }
}
