package io.allium.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThreadTasksTest {
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
    private final ThreadTasks tasks = new ThreadTasks(recording(), 2);
    private final SystemTime time = new SystemTime();

    @AfterEach
    void close() {
        tasks.close();
        time.close();
    }

    @Test
    void aBugEndsItsTaskAloneAndIsLoggedUnderItsName() throws Exception {
        tasks.fork("reader", () -> {
                    throw new IllegalStateException("broken");
                })
                .join();
        assertThat(lines)
                .singleElement()
                .asString()
                .contains("Bug: reader ended")
                .contains("broken");
    }

    @Test
    void aClosedGroupCancelsWhatItForkedAndWhatComesLate() throws Exception {
        TaskGroup group = new TaskGroup(tasks, "channel");
        CountDownLatch never = new CountDownLatch(1);
        Tasks.Task early = group.fork("early", never::await);
        group.close();
        Tasks.Task late = group.fork("late", never::await);
        early.join();
        late.join();
        assertThat(lines).isEmpty();
    }

    @Test
    void computationsBeyondTheBoundAreRefused() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        List<CompletableFuture<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < ThreadTasks.COMPUTATIONS_MAX + 2; i++) {
            all.add(tasks.compute("work", () -> {
                release.await();
                return true;
            }));
        }
        CompletableFuture<Boolean> oneMore = tasks.compute("work", () -> true);
        assertThat(oneMore).isCompletedExceptionally();
        release.countDown();
        for (CompletableFuture<Boolean> one : all) {
            assertThat(one.get()).isTrue();
        }
    }

    @Test
    void aLimitEndsTheWaitAndNotTheFuture() throws Exception {
        CompletableFuture<String> slow = new CompletableFuture<>();
        assertThatThrownBy(() -> time.await(slow, Duration.ofMillis(5))).isInstanceOf(TimeoutException.class);
        assertThat(slow).isNotDone();
        slow.complete("done");
        assertThat(time.await(slow, Duration.ZERO)).isEqualTo("done");
    }

    @Test
    void aConditionIsAwaitedUntilItsDeadline() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        lock.lock();
        try {
            long deadline = time.nanos() + Duration.ofMillis(5).toNanos();
            while (time.await(lock, lock.newCondition(), deadline)) {
                assertThat(time.nanos())
                        .isLessThan(deadline + Duration.ofMinutes(1).toNanos());
            }
            assertThat(time.nanos()).isGreaterThanOrEqualTo(deadline);
        } finally {
            lock.unlock();
        }
    }

    private Log recording() {
        return new Log() {
            @Override
            public void write(Severity severity, Domain domain, String text) {
                lines.add(text);
            }

            @Override
            public boolean wants(Severity severity, Domain domain) {
                return true;
            }

            @Override
            public String scrub(Object sensitive) {
                return "[scrubbed]";
            }

            @Override
            public void protocolWarning(Domain domain, String text) {
                lines.add(text);
            }
        };
    }
}
