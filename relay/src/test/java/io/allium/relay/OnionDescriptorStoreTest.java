package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.ThreadTasks;
import io.allium.channel.Backlog;
import io.allium.crypto.Ed25519Identity;
import io.allium.testing.ManualTime;
import io.allium.testing.Waiting;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OnionDescriptorStoreTest {
    private static final Duration LIFETIME = Duration.ofHours(3);
    private static final int LENGTH = 1000;
    private static final int COST = LENGTH + OnionDescriptorStore.OVERHEAD;

    private final ManualTime time = new ManualTime(Instant.parse("2026-03-01T12:30:00Z"));
    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
    private final Backlog backlog = new Backlog(1000 * COST, time, tasks, Log.NONE);

    @AfterEach
    void end() {
        tasks.close();
    }

    @Test
    void whatIsKeptCountsAsMemory() {
        OnionDescriptorStore store = new OnionDescriptorStore(time, 100 * COST, backlog);
        store.store(key(1), 1, LIFETIME, new byte[LENGTH]);
        store.store(key(2), 1, LIFETIME, new byte[LENGTH]);
        assertThat(backlog.size()).isEqualTo(2 * COST);
        store.store(key(1), 2, LIFETIME, new byte[2 * LENGTH]);
        assertThat(backlog.size()).isEqualTo(2 * COST + LENGTH).isEqualTo(store.bytes());
        time.pass(LIFETIME.plus(OnionDescriptorStore.SWEEP));
        assertThat(store.fetch(key(1))).isEmpty();
        assertThat(backlog.size()).isZero();
    }

    @Test
    void whereMemoryIsShortHalfStaysOfWhatMayBeKept() {
        OnionDescriptorStore store = new OnionDescriptorStore(time, 20 * COST, backlog);
        for (int i = 0; i < 16; i++) {
            store.store(key(i), 1, LIFETIME, new byte[LENGTH]);
            time.pass(Duration.ofSeconds(1));
        }
        store.fetch(key(0));
        backlog.added(985L * COST); // others hold it, and will not give it back
        Waiting.until(() -> store.bytes() == 10 * COST);

        assertThat(store.fetch(key(0))).as("asked for before").isPresent();
        assertThat(store.fetch(key(1))).as("the oldest of the others").isEmpty();
        assertThat(store.fetch(key(15))).isPresent();
    }

    @Test
    void halfOfWhatMayBeKeptIsNotGivenUpForOthers() {
        OnionDescriptorStore store = new OnionDescriptorStore(time, 20 * COST, backlog);
        for (int i = 0; i < 10; i++) {
            store.store(key(i), 1, LIFETIME, new byte[LENGTH]);
        }
        CountDownLatch relieved = new CountDownLatch(1);
        backlog.join(into -> into.add(new Backlog.Waiting(time.nanos(), COST, relieved::countDown)));
        backlog.added(1000L * COST);
        Waiting.until(() -> relieved.getCount() == 0);

        assertThat(store.bytes()).isEqualTo(10 * COST);
    }

    @Test
    void onlyALaterRevisionTakesThePlaceOfAnEarlierOne() {
        OnionDescriptorStore store = new OnionDescriptorStore(time, 100 * COST, backlog);
        byte[] first = new byte[LENGTH];
        byte[] second = new byte[LENGTH];
        assertThat(store.store(key(1), 7, LIFETIME, first)).isTrue();
        assertThat(store.store(key(1), 7, LIFETIME, second)).isFalse();
        assertThat(store.store(key(1), 6, LIFETIME, second)).isFalse();
        assertThat(store.fetch(key(1))).containsSame(first);
        assertThat(store.store(key(1), 8, LIFETIME, second)).isTrue();
        assertThat(store.fetch(key(1))).containsSame(second);
        assertThat(store.bytes()).isEqualTo(COST);
    }

    @Test
    void revisionsHaveNoSign() {
        OnionDescriptorStore store = new OnionDescriptorStore(time, 100 * COST, backlog);
        assertThat(store.store(key(1), Long.MAX_VALUE, LIFETIME, new byte[LENGTH]))
                .isTrue();
        assertThat(store.store(key(1), -1, LIFETIME, new byte[LENGTH])).isTrue();
        assertThat(store.store(key(1), 1, LIFETIME, new byte[LENGTH])).isFalse();
    }

    @Test
    void oneThatHasExpiredIsGoneWithItsRevision() {
        OnionDescriptorStore store = new OnionDescriptorStore(time, 100 * COST, backlog);
        store.store(key(1), 7, LIFETIME, new byte[LENGTH]);
        time.pass(LIFETIME.minusSeconds(1));
        assertThat(store.fetch(key(1))).isPresent();
        time.pass(Duration.ofSeconds(1));
        assertThat(store.fetch(key(1))).isEmpty();
        assertThat(store.store(key(1), 1, LIFETIME, new byte[LENGTH])).isTrue();
        assertThat(store.bytes()).isEqualTo(COST);
    }

    @Test
    void whatHasExpiredIsForgottenThoughNobodyAsksForIt() {
        OnionDescriptorStore store = new OnionDescriptorStore(time, 100 * COST, backlog);
        for (int i = 0; i < 10; i++) {
            store.store(key(i), 1, Duration.ofMinutes(30), new byte[LENGTH]);
        }
        assertThat(store.bytes()).isEqualTo(10 * COST);
        time.pass(OnionDescriptorStore.SWEEP);
        assertThat(store.fetch(key(99))).isEmpty();
        assertThat(store.bytes()).isZero();
    }

    @Test
    void whereThereIsTooMuchThoseGoThatFewestAskedFor() {
        OnionDescriptorStore store = new OnionDescriptorStore(time, 10 * COST, backlog);
        for (int i = 0; i <= 10; i++) {
            store.store(key(i), 1, LIFETIME, new byte[LENGTH]);
            assertThat(store.bytes()).isEqualTo((i + 1L) * COST);
        }
        for (int i = 0; i < 4; i++) {
            store.fetch(key(i));
        }
        store.store(key(11), 1, LIFETIME, new byte[LENGTH]); // makes room: half of all go, and then there is one more
        assertThat(store.bytes()).isEqualTo(6 * COST);
        for (int i = 0; i < 4; i++) {
            assertThat(store.fetch(key(i))).isPresent();
        }
        assertThat(store.fetch(key(4))).isEmpty();
        assertThat(store.fetch(key(10))).isPresent();
        assertThat(store.fetch(key(11))).isPresent();
    }

    @Test
    void aNewRevisionIsAsWantedAsTheOneBefore() {
        OnionDescriptorStore store = new OnionDescriptorStore(time, 10 * COST, backlog);
        store.store(key(0), 1, LIFETIME, new byte[LENGTH]);
        store.fetch(key(0));
        store.store(key(0), 2, LIFETIME, new byte[LENGTH]);
        for (int i = 1; i <= 11; i++) {
            store.store(key(i), 1, LIFETIME, new byte[LENGTH]);
        }
        assertThat(store.fetch(key(0))).isPresent();
        assertThat(store.fetch(key(1))).isEmpty();
    }

    @Test
    void thereIsNeverMoreThanTheBoundAndOneDescriptor() {
        OnionDescriptorStore store = new OnionDescriptorStore(time, 50 * COST, backlog);
        for (int i = 0; i < 1000; i++) {
            store.store(key(i), 1, LIFETIME, new byte[LENGTH]);
            assertThat(store.bytes()).isLessThanOrEqualTo(51 * COST);
            assertThat(store.fetch(key(i))).isPresent();
        }
    }

    @Test
    void whereTheBoundIsLargeOnlyTheRoomForAThousandIsMade() {
        long max = OnionDescriptorStore.SPARE_BYTES + 100_000_000;
        Backlog plenty = new Backlog(2 * max, time, tasks, Log.NONE); // so that nothing else makes room
        OnionDescriptorStore store = new OnionDescriptorStore(time, max, plenty);
        byte[] large = new byte[1 << 20];
        int i = 0;
        while (store.bytes() <= max) {
            store.store(key(i++), 1, LIFETIME, large);
        }
        store.store(key(i), 1, LIFETIME, large);
        assertThat(store.bytes())
                .isBetween(max - OnionDescriptorStore.SPARE_BYTES, max - OnionDescriptorStore.SPARE_BYTES + (2 << 20));
    }

    private static Ed25519Identity key(int number) {
        return Ed25519Identity.of(
                ByteBuffer.allocate(Ed25519Identity.LENGTH).putInt(number).array());
    }
}
