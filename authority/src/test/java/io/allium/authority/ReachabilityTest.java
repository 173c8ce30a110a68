package io.allium.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.base.Time;
import io.allium.base.Unreachable;
import io.allium.channel.ChannelTarget;
import io.allium.netdoc.RouterDescriptor;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReachabilityTest {
    private final RouterDescriptor relay = Samples.descriptor("r1");
    private final RouterDescriptor ourselves = Samples.descriptor("a1");
    private final SystemTime time = new SystemTime();
    private final BlockingQueue<ChannelTarget> dialled = new LinkedBlockingQueue<>();
    private RouterStability stability;

    @TempDir
    private Path folder;

    @BeforeEach
    void load() throws LocalFailure {
        stability = RouterStability.load(new SystemDisk(), folder.resolve("router-stability"), Instant.EPOCH);
    }

    @AfterEach
    void stop() {
        time.close();
    }

    @Test
    void aRelayThatNobodyReachedIsNotRunning() {
        assertThat(reachability(false).assess(relay, time.now())).isFalse();
        assertThat(stability.of(relay.fingerprint()).downSince()).isPresent();
    }

    @Test
    void aRelayIsDialledAtItsAddressWithBothItsIdentities() throws InterruptedException {
        reachability(false).test(relay);
        ChannelTarget target = dialled.take();
        assertThat(target.addresses()).containsExactly(relay.orEndpoint());
        assertThat(target.fingerprint()).isEqualTo(relay.fingerprint());
        assertThat(target.identity()).contains(relay.identity());
    }

    @Test
    void aRelayThatAnsweredIsRunningForThreeQuartersOfAnHour() throws InterruptedException {
        Reachability reachability = reachability(false);
        reachability.test(relay);
        dialled.take();
        Instant now = time.now();
        while (!reachability.assess(relay, now)) {
            Thread.onSpinWait(); // until the test's task has written down its result
        }
        assertThat(reachability.assess(relay, now.plus(Duration.ofMinutes(44)))).isTrue();
        assertThat(reachability.assess(relay, now.plus(Duration.ofMinutes(46)))).isFalse();
    }

    @Test
    void weAreAlwaysRunningAndNeverTested() {
        Reachability reachability = reachability(false);
        reachability.test(ourselves);
        assertThat(reachability.assess(ourselves, time.now())).isTrue();
        assertThat(dialled).isEmpty();
    }

    @Test
    void whereReachabilityIsAssumedEverybodyIsRunning() {
        Reachability reachability = reachability(true);
        reachability.test(relay);
        assertThat(reachability.assess(relay, time.now())).isTrue();
        assertThat(dialled).isEmpty();
    }

    @Test
    void aRelayWithOtherKeysThanItsDescriptorIsNotRunning() throws InterruptedException {
        BlockingQueue<ChannelTarget> refused = new LinkedBlockingQueue<>();
        Reachability reachability = new Reachability(
                time,
                new ThreadTasks(Log.NONE, 1),
                Log.NONE,
                (target, patience) -> {
                    refused.add(target);
                    throw new Unreachable("it has another identity");
                },
                stability,
                ourselves.fingerprint(),
                settings(false, false));
        reachability.test(relay);
        refused.take();
        assertThat(reachability.assess(relay, time.now())).isFalse();
    }

    @Test
    void relaysThatNeverAnsweredDoNotKeepOthersFromBeingTested() throws InterruptedException {
        AtomicBoolean silent = new AtomicBoolean();
        CountDownLatch end = new CountDownLatch(1);
        Reachability reachability = new Reachability(
                time,
                new ThreadTasks(Log.NONE, 1),
                Log.NONE,
                (target, patience) -> {
                    dialled.add(target);
                    if (silent.get()) {
                        end.await();
                    }
                },
                stability,
                ourselves.fingerprint(),
                settings(false, false));
        reachability.test(relay);
        dialled.take();
        while (!reachability.assess(relay, time.now())) {
            Thread.onSpinWait(); // until the test's task has written down its result
        }
        silent.set(true);
        RouterDescriptor stranger = Samples.descriptor("r3");
        for (int i = 0; i < Reachability.TESTS_MAX; i++) {
            reachability.test(stranger);
        }
        for (int i = 0; i < Reachability.STRANGERS_MAX; i++) {
            assertThat(dialled.take().fingerprint()).isEqualTo(stranger.fingerprint());
        }

        reachability.test(relay);

        assertThat(dialled.take().fingerprint()).isEqualTo(relay.fingerprint());
        end.countDown();
    }

    @Test
    void whoHasAnIpv6PortMustAnswerThereTooWhereWeHaveIpv6() throws Exception {
        RouterDescriptor dual = dualStack();
        Endpoint there = dual.details().additionalOrPorts().getFirst();
        AtomicBoolean overIpv6 = new AtomicBoolean();
        Reachability reachability = new Reachability(
                time,
                new ThreadTasks(Log.NONE, 1),
                Log.NONE,
                (target, patience) -> {
                    dialled.add(target);
                    if (target.addresses().getFirst().isIpv6() && !overIpv6.get()) {
                        throw new Unreachable("no route to host");
                    }
                },
                stability,
                ourselves.fingerprint(),
                settings(false, true));
        reachability.test(dual);
        assertThat(List.of(dialled.take().addresses(), dialled.take().addresses()))
                .containsExactlyInAnyOrder(List.of(dual.orEndpoint()), List.of(there));
        Instant now = time.now();
        while (stability.of(dual.fingerprint()).upSince().isEmpty()) {
            Thread.onSpinWait(); // until the IPv4 test has written down its result
        }
        assertThat(reachability.assess(dual, now)).isFalse();
        assertThat(reachability.ipv6(dual, now)).isEmpty();

        overIpv6.set(true);
        reachability.test(dual);
        while (!reachability.assess(dual, now)) {
            Thread.onSpinWait(); // until the IPv6 test has written down its result
        }
        assertThat(reachability.ipv6(dual, now)).contains(there);
        assertThat(reachability.ipv6(dual, now.plus(Duration.ofMinutes(46)))).isEmpty();
    }

    @Test
    void anIpv6PortIsNobodysConcernWhereWeHaveNone() throws Exception {
        RouterDescriptor dual = dualStack();
        Reachability reachability = reachability(false);
        reachability.test(dual);
        assertThat(dialled.take().addresses()).containsExactly(dual.orEndpoint());
        Instant now = time.now();
        while (!reachability.assess(dual, now)) {
            Thread.onSpinWait(); // until the test's task has written down its result
        }
        assertThat(reachability.ipv6(dual, now)).isEmpty();
        assertThat(dialled).isEmpty();
    }

    @Test
    void beforeAllHaveBeenTestedNobodyIsDown() {
        Instant now = time.now();
        Reachability young = new Reachability(
                time,
                new ThreadTasks(Log.NONE, 1),
                Log.NONE,
                (target, patience) -> dialled.add(target),
                stability,
                ourselves.fingerprint(),
                new Reachability.Settings(false, false, true, now.plusSeconds(10), Duration.ofHours(2)));
        stability.reachable(relay.fingerprint(), now.minusSeconds(1000)); // as an earlier life has seen it
        assertThat(young.assess(relay, now)).isFalse();
        young.forget(List.of(), now);
        assertThat(stability.of(relay.fingerprint()).upSince()).isPresent();
        assertThat(young.assess(relay, now.plusSeconds(10))).isFalse();
        assertThat(stability.of(relay.fingerprint()).upSince()).isEmpty();
    }

    @Test
    void everyRelayHasItsTurnOnceInACycle() throws Exception {
        List<Duration> turns = new ArrayList<>();
        PacedTime paced = new PacedTime();
        Submissions submissions = new Submissions(
                SubmissionOptions.TESTING, KeyPins.load(new SystemDisk(), folder.resolve("pins")), Log.NONE, any -> {});
        paced.now = Samples.TIME;
        submissions.post(Samples.read("server-descriptors"), Samples.TIME);
        Reachability reachability = new Reachability(
                paced,
                new ThreadTasks(Log.NONE, 1),
                Log.NONE,
                (target, patience) -> dialled.add(target),
                stability,
                ourselves.fingerprint(),
                settings(false, false));
        int relays = submissions.current(Samples.TIME).size() - 1; // we do not test ourselves
        paced.end = Samples.TIME.plus(Reachability.CYCLE);
        try {
            reachability.run(submissions);
        } catch (InterruptedException over) {
            turns.add(Duration.between(Samples.TIME, paced.now));
        }
        for (int test = 0; test < 2 * relays; test++) {
            dialled.take(); // once at the start, and once in turn
        }
        assertThat(turns).containsExactly(Reachability.CYCLE);
        assertThat(dialled).isEmpty();
    }

    /** Passes as fast as it is waited for, until it ends. Confined to its test. */
    private final class PacedTime implements Time {
        private Instant now = Instant.EPOCH;
        private Instant end = Instant.MAX;

        @Override
        public Instant now() {
            return now;
        }

        @Override
        public long nanos() {
            return time.nanos();
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
            return time.after(delay, action);
        }
    }

    @Test
    void withoutTheTestOfLinkKeysTheFingerprintIsEnough() throws InterruptedException {
        new Reachability(
                        time,
                        new ThreadTasks(Log.NONE, 1),
                        Log.NONE,
                        (target, patience) -> dialled.add(target),
                        stability,
                        ourselves.fingerprint(),
                        new Reachability.Settings(false, false, false, Instant.EPOCH, Duration.ofHours(2)))
                .test(relay);
        assertThat(dialled.take().identity()).isEmpty();
    }

    /** A relay that has an IPv6 ORPort too. */
    private RouterDescriptor dualStack() throws Exception {
        return Samples.made(
                "dual", time.now(), details -> details.additionalOrPort(Endpoint.parse("[2001:db8::7]:9001")));
    }

    private static Reachability.Settings settings(boolean assumed, boolean ipv6) {
        return new Reachability.Settings(assumed, ipv6, true, Instant.EPOCH, Duration.ofHours(2));
    }

    private Reachability reachability(boolean assumed) {
        return new Reachability(
                time,
                new ThreadTasks(Log.NONE, 1),
                Log.NONE,
                (target, patience) -> dialled.add(target),
                stability,
                ourselves.fingerprint(),
                settings(assumed, false));
    }
}
