package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Log;
import io.allium.base.Refused;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemTime;
import io.allium.base.Tasks;
import io.allium.base.ThreadTasks;
import io.allium.crypto.HandshakeAnswer;
import io.allium.crypto.Ntor;
import io.allium.testing.ManualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnionSkinsTest {
    private static final int WITH_POOL = 8;
    private static final Duration CUTOFF = Duration.ofSeconds(5);
    private static final BooleanSupplier NOT_OVER = () -> false;

    @TempDir
    Path home;

    private final ManualTime time = new ManualTime(Instant.parse("2026-03-01T12:30:00Z"));

    @Test
    void aSkinIsAnsweredOnThePool() throws Exception {
        RelayKeys keys = keys();
        OnionSkins skins = skins(keys, new ThreadTasks(Log.NONE, 1), limits(Duration.ofSeconds(1)));
        for (int i = 0; i < 3; i++) {
            Ntor.Client client = client(keys);
            HandshakeAnswer answer =
                    skins.answerNtor(client.onionskin(), NOT_OVER).get();
            assertThat(client.finish(answer.reply()).keys().take(72))
                    .isEqualTo(answer.keys().take(72));
        }
    }

    @Test
    void whatCannotBeAnsweredSoonIsRefusedAtOnce() throws Exception {
        OnionSkins skins = skins(keys(), new IdlePool(), limits(Duration.ofMillis(100))); // a hundred skins of 1 ms
        assertThat(fill(skins)).isEqualTo(WITH_POOL + 101);
    }

    @Test
    void aBurstIsTakenWhateverItCosts() throws Exception {
        OnionSkins skins = skins(keys(), new IdlePool(), limits(Duration.ZERO));
        assertThat(fill(skins)).isEqualTo(WITH_POOL + OnionSkins.WAITING_ALWAYS);
    }

    @Test
    void noQueueIsLongerThanTheBound() throws Exception {
        OnionSkins skins = skins(keys(), new IdlePool(), limits(Duration.ofDays(1)));
        assertThat(fill(skins)).isEqualTo(WITH_POOL + OnionSkins.WAITING_MAX);
        assertThatThrownBy(() -> skins.answerNtor(new byte[84], NOT_OVER).get()).hasCauseInstanceOf(Refused.class);
    }

    @Test
    void thePoolHasOnlySoManyAtATimeAndGetsTheNextForEachThatIsDone() throws Exception {
        RelayKeys keys = keys();
        IdlePool pool = new IdlePool();
        OnionSkins skins = skins(keys, pool, limits(Duration.ofSeconds(1)));
        List<CompletableFuture<HandshakeAnswer>> answers = new ArrayList<>();
        for (int i = 0; i < WITH_POOL + 3; i++) {
            answers.add(skins.answerNtor(client(keys).onionskin(), NOT_OVER));
        }
        assertThat(pool.waiting).hasSize(WITH_POOL);
        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i)).isNotDone();
            pool.computeNext();
            assertThat(answers.get(i)).isCompleted();
        }
        assertThat(pool.waiting).isEmpty();
        assertThat(skins.answerNtor(client(keys).onionskin(), NOT_OVER)).isNotDone();
        assertThat(pool.waiting).hasSize(1);
    }

    @Test
    void skinsOfCircuitsThatEndedAreNotComputedAndTakeNoRoom() throws Exception {
        RelayKeys keys = keys();
        IdlePool pool = new IdlePool();
        OnionSkins skins = skins(keys, pool, limits(Duration.ZERO));
        AtomicBoolean over = new AtomicBoolean();
        List<CompletableFuture<HandshakeAnswer>> ended = new ArrayList<>();
        while (skins.hasRoom(true)) {
            ended.add(skins.answerNtor(client(keys).onionskin(), over::get));
        }
        over.set(true);
        assertThat(skins.hasRoom(true)).isFalse(); // searched a moment ago
        time.pass(Duration.ofMillis(100));
        assertThat(skins.hasRoom(true)).isTrue();
        CompletableFuture<HandshakeAnswer> last = skins.answerNtor(client(keys).onionskin(), NOT_OVER);
        for (int i = 0; i < WITH_POOL; i++) {
            pool.computeNext();
            assertThat(ended.get(i)).isCompletedExceptionally();
        }
        pool.computeNext();
        assertThat(last).isCompleted();
    }

    @Test
    void aSkinThatWaitedTooLongIsRefused() throws Exception {
        RelayKeys keys = keys();
        IdlePool pool = new IdlePool();
        OnionSkins skins = skins(keys, pool, limits(Duration.ofSeconds(1)));
        List<CompletableFuture<HandshakeAnswer>> old = new ArrayList<>();
        for (int i = 0; i < WITH_POOL + 2; i++) {
            old.add(skins.answerNtor(client(keys).onionskin(), NOT_OVER));
        }
        time.pass(CUTOFF.plusMillis(1));
        CompletableFuture<HandshakeAnswer> young = skins.answerNtor(client(keys).onionskin(), NOT_OVER);
        while (!pool.waiting.isEmpty()) {
            pool.computeNext();
        }
        assertThat(old).allSatisfy(answer -> assertThatThrownBy(answer::get).hasCauseInstanceOf(Refused.class));
        assertThat(young).isCompleted();
    }

    @Test
    void aSkinThatThePoolRefusesWaitsNoLonger() throws Exception {
        OnionSkins skins = skins(keys(), new FullPool(), limits(Duration.ZERO));
        for (int i = 0; i < 2 * (WITH_POOL + OnionSkins.WAITING_ALWAYS); i++) {
            assertThat(skins.hasRoom(true)).isTrue();
            assertThat(skins.answerNtor(new byte[84], NOT_OVER)).isCompletedExceptionally();
        }
    }

    /** How many there is room for. */
    private static int fill(OnionSkins skins) {
        int taken = 0;
        while (skins.hasRoom(true)) {
            assertThat(skins.answerNtor(new byte[84], NOT_OVER)).isNotDone();
            taken++;
        }
        return taken;
    }

    private static Ntor.Client client(RelayKeys keys) {
        return Ntor.begin(keys.fingerprint(), keys.onionKeys().ntor().publicKey(), new SystemEntropy());
    }

    private static OnionSkins.Limits limits(Duration patience) {
        return new OnionSkins.Limits(patience, CUTOFF, WITH_POOL);
    }

    private RelayKeys keys() throws Exception {
        SystemDisk disk = new SystemDisk();
        disk.privateFolder(home.resolve("data"));
        return new RelayKeys(
                disk,
                new SystemTime(),
                new SystemEntropy(),
                Log.NONE,
                RelayOptionsFixture.options(home.resolve("data")));
    }

    private OnionSkins skins(RelayKeys keys, Tasks tasks, OnionSkins.Limits limits) {
        OnionSkinLoad load = new OnionSkinLoad(time, Log.NONE, hour -> {});
        return new OnionSkins(keys, tasks, time, new SystemEntropy(), () -> limits, load);
    }

    /** Has no room for anything. */
    private static final class FullPool extends IdlePool {
        @Override
        public <T> CompletableFuture<T> compute(String name, Callable<T> work) {
            return CompletableFuture.failedFuture(new RejectedExecutionException("full"));
        }
    }

    /** One processor that gets to something when the test says so. */
    private static class IdlePool implements Tasks {
        private final ArrayDeque<Callable<?>> waiting = new ArrayDeque<>();

        private void computeNext() throws Exception {
            waiting.remove().call();
        }

        @Override
        public Task fork(String name, Body body) {
            throw new UnsupportedOperationException("nothing waits here");
        }

        @Override
        public Task loop(String name, Runnable body) {
            throw new UnsupportedOperationException("no loop is needed");
        }

        @Override
        public <T> CompletableFuture<T> compute(String name, Callable<T> work) {
            waiting.add(work);
            return new CompletableFuture<>();
        }

        @Override
        public int processors() {
            return 1;
        }
    }
}
