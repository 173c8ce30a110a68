package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemTime;
import io.allium.base.Tasks;
import io.allium.base.ThreadTasks;
import io.allium.crypto.HandshakeAnswer;
import io.allium.crypto.Ntor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnionSkinsTest {
    @TempDir
    Path home;

    @Test
    void aSkinIsAnsweredOnThePool() throws Exception {
        RelayKeys keys = keys();
        OnionSkins skins = skins(keys, new ThreadTasks(Log.NONE, 1), Duration.ofSeconds(1));
        Ntor.Client client =
                Ntor.begin(keys.fingerprint(), keys.onionKeys().ntor().publicKey(), new SystemEntropy());
        HandshakeAnswer answer =
                skins.answerNtor(client.onionskin()).orElseThrow().get();
        assertThat(client.finish(answer.reply()).keys().take(72))
                .isEqualTo(answer.keys().take(72));
    }

    @Test
    void whatCannotBeAnsweredSoonIsRefusedAtOnce() throws Exception {
        OnionSkins skins = skins(keys(), new IdlePool(), Duration.ofMillis(40)); // a hundred skins of 0.4 ms
        int taken = 0;
        while (skins.answerNtor(new byte[84]).isPresent()) {
            taken++;
        }
        assertThat(taken).isBetween(OnionSkins.WAITING_ALWAYS, 101);
    }

    @Test
    void aBurstIsTakenWhateverItCosts() throws Exception {
        OnionSkins skins = skins(keys(), new IdlePool(), Duration.ZERO);
        for (int i = 0; i < OnionSkins.WAITING_ALWAYS; i++) {
            assertThat(skins.answerNtor(new byte[84])).isPresent();
        }
        assertThat(skins.answerNtor(new byte[84])).isEmpty();
    }

    @Test
    void noQueueIsLongerThanTheBound() throws Exception {
        OnionSkins skins = skins(keys(), new IdlePool(), Duration.ofDays(1));
        for (int i = 0; i < OnionSkins.WAITING_MAX; i++) {
            assertThat(skins.answerNtor(new byte[0])).isPresent();
        }
        assertThat(skins.answerNtor(new byte[0])).isEmpty();
    }

    @Test
    void aSkinThatThePoolRefusesWaitsNoLonger() throws Exception {
        OnionSkins skins = skins(keys(), new FullPool(), Duration.ZERO);
        for (int i = 0; i < 2 * OnionSkins.WAITING_ALWAYS; i++) {
            assertThat(skins.answerNtor(new byte[84]).orElseThrow()).isCompletedExceptionally();
        }
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

    private static OnionSkins skins(RelayKeys keys, Tasks tasks, Duration patience) {
        return new OnionSkins(keys, tasks, new SystemTime(), new SystemEntropy(), patience);
    }

    /** Has no room for anything. */
    private static final class FullPool extends IdlePool {
        @Override
        public <T> CompletableFuture<T> compute(String name, Callable<T> work) {
            return CompletableFuture.failedFuture(new RejectedExecutionException("full"));
        }
    }

    /** One processor that never gets to anything. */
    private static class IdlePool implements Tasks {
        private final List<Object> waiting = new ArrayList<>();

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
