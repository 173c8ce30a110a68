package io.allium.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.ThreadTasks;
import io.allium.testing.ManualTime;
import io.allium.testing.RecordedLog;
import io.allium.testing.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BacklogTest {
    private static final long MAX = 100_000;

    private final ManualTime time = new ManualTime();
    private final RecordedLog log = new RecordedLog();
    private final Backlog backlog = new Backlog(MAX, time, new ThreadTasks(Log.NONE, 1), log);

    /** Bytes that wait, and when they were given up. */
    private final class Queue implements Backlog.Holder {
        private final long since = time.nanos();
        private final long bytes;
        private volatile boolean ended;

        Queue(long bytes) {
            this.bytes = bytes;
            backlog.join(this);
            backlog.added(bytes);
        }

        @Override
        public void list(List<Backlog.Waiting> into) {
            into.add(new Backlog.Waiting(since, bytes, () -> {
                ended = true;
                backlog.removed(bytes);
                backlog.leave(this);
            }));
        }
    }

    @Test
    void atTheBoundNothingEndsAndBeyondItTheOldestUntilATenthIsFree() {
        List<Queue> queues = new ArrayList<>();
        for (long bytes : new long[] {5_000, 1_000, 40_000, 54_000}) {
            time.pass(Duration.ofMillis(1));
            queues.add(new Queue(bytes));
        }
        assertThat(backlog.size()).isEqualTo(MAX);
        assertThat(log.lines()).isEmpty();
        queues.add(new Queue(1));
        Waiting.until(() -> !log.lines().isEmpty());
        assertThat(log.lines().getFirst())
                .startsWith("NOTICE We're low on memory")
                .contains("46000 bytes by ending 3 circuits and streams");
        assertThat(queues).extracting(queue -> queue.ended).containsExactly(true, true, true, false, false);
        assertThat(backlog.size()).isEqualTo(54_001).isLessThanOrEqualTo(MAX * 9 / 10);
    }

    @Test
    void whatComesWhileRoomIsMadeEndsAsWell() {
        backlog.join(new Backlog.Holder() {
            private int left = 5;

            @Override
            public void list(List<Backlog.Waiting> into) {
                into.add(new Backlog.Waiting(time.nanos(), MAX * 2, () -> {
                    backlog.removed(MAX * 2);
                    if (--left > 0) {
                        backlog.added(MAX * 2);
                    }
                }));
            }
        });
        backlog.added(MAX * 2);
        Waiting.until(() -> backlog.size() == 0);
    }

    @Test
    void farBeyondTheBoundNothingIsTaken() {
        backlog.added(MAX + MAX / 16 - 1);
        assertThat(backlog.hasRoom()).isTrue();
        backlog.added(1);
        assertThat(backlog.hasRoom()).isFalse();
        backlog.removed(2);
        assertThat(backlog.hasRoom()).isTrue();
    }
}
