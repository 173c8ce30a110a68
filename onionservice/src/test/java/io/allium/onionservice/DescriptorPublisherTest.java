package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.TaskGroup;
import io.allium.base.ThreadTasks;
import io.allium.base.Unreachable;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.OnionAddress;
import io.allium.directory.HttpMessage;
import io.allium.directory.NetworkView;
import io.allium.directory.Relay;
import io.allium.testing.ManualTime;
import io.allium.testing.RecordedLog;
import io.allium.testing.SeededEntropy;
import io.allium.testing.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where a descriptor lies. */
class DescriptorPublisherTest {
    private static final int LENGTH_MAX = 1000;

    private final ManualTime time = new ManualTime();
    private final SeededEntropy entropy = new SeededEntropy(1);
    private final RecordedLog log = new RecordedLog();
    private final ThreadTasks tasks = new ThreadTasks(log, 1);
    private final TaskGroup group = new TaskGroup(tasks, "test");
    private final NetworkView view = TestNetwork.view(Instant.parse("2026-11-21T10:00:00Z"));
    private final List<Relay> relays = view.relays().subList(0, 4);
    private final AtomicInteger uploads = new AtomicInteger();
    private final Queue<String> told = new ConcurrentLinkedQueue<>();
    private final DescriptorPublisher.Progress heard = new DescriptorPublisher.Progress() {
        @Override
        public void begun(Relay to) {
            told.add("begun");
        }

        @Override
        public void taken(Relay by) {
            told.add("taken");
        }

        @Override
        public void refused(Relay by, DescriptorEvents.Reason reason) {
            told.add("" + reason);
        }
    };

    @AfterEach
    void end() {
        group.close();
        tasks.close();
    }

    @Test
    void itLiesWhereItWasTaken() throws Exception {
        DescriptorPublisher publisher = publisher((service, directory, request, patience) -> {
            uploads.incrementAndGet();
            if (directory.equals(relays.getFirst())) {
                throw new Unreachable("no circuit");
            }
            return HttpMessage.Response.of(200, "OK");
        });
        assertThat(publisher.storage(relays).isEnough()).isFalse();
        publisher.publish(relays, "content", LENGTH_MAX, () -> new byte[LENGTH_MAX], heard);
        assertThat(publisher.isDue(relays, "content")).isFalse();
        Waiting.until(() -> publisher.storage(relays).taken() == 3);
        DescriptorPublisher.Storage trying = publisher.storage(relays);
        assertThat(trying.isEnough()).isTrue();
        assertThat(trying.isUnderWay()).isTrue();
        Waiting.until(() -> {
            time.pass(Duration.ofMinutes(1)); // it is tried again
            return publisher.storage(relays).missing() == 1;
        });

        assertThat(publisher.storage(relays).failure()).contains(relays.getFirst() + ": no circuit");
        assertThat(publisher.storage(relays.subList(0, 1)).isEnough()).isFalse();
        assertThat(publisher.storage(relays.subList(1, 4)).taken()).isEqualTo(3);
        assertThat(uploads).hasValue(6);
        assertThat(told)
                .as("once for each directory, however often it is tried")
                .containsExactlyInAnyOrder("begun", "begun", "begun", "begun", "taken", "taken", "taken", "UNEXPECTED");
    }

    @Test
    void afterTheLastTryItIsToldAtOnceThatItFailed() throws Exception {
        DescriptorPublisher publisher = publisher((service, directory, request, patience) -> {
            throw new Unreachable("no circuit");
        });
        publisher.publish(relays.subList(0, 1), "content", LENGTH_MAX, () -> new byte[LENGTH_MAX], heard);
        time.awaitSleepers(1);
        time.pass(Duration.ofSeconds(10));
        time.awaitSleepers(1);
        time.pass(Duration.ofSeconds(20));

        Waiting.until(() -> publisher.storage(relays.subList(0, 1)).missing() == 1);
    }

    @Test
    void whatNoDirectoryWouldTakeIsNotUploaded() throws Exception {
        DescriptorPublisher publisher = publisher((service, directory, request, patience) -> {
            uploads.incrementAndGet();
            return HttpMessage.Response.of(200, "OK");
        });
        publisher.publish(relays, "content", LENGTH_MAX, () -> new byte[LENGTH_MAX + 1], heard);

        assertThat(publisher.storage(relays).missing()).isEqualTo(4);
        assertThat(publisher.storage(relays).failure().orElseThrow())
                .endsWith(
                        "it has 1001 bytes, and directories take 1000: fewer introduction points or authorized clients"
                                + " make it shorter");
        assertThat(publisher.isDue(relays, "content")).isFalse();
        assertThat(publisher.isDue(relays, "another")).isTrue();
        assertThat(uploads).hasValue(0);
        assertThat(told).isEmpty();
        publisher.expire();
        assertThat(publisher.isDue(relays, "content")).isTrue();
    }

    private DescriptorPublisher publisher(HsDirs directories) {
        return new DescriptorPublisher(
                new OnionAddress(Ed25519KeyPair.generate(entropy).publicKey()),
                "the descriptor",
                time,
                entropy,
                log,
                directories,
                () -> {},
                group);
    }
}
