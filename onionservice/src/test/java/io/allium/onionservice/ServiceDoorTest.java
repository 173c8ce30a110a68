package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.TaskGroup;
import io.allium.base.ThreadTasks;
import io.allium.base.Unreachable;
import io.allium.cell.Extensions;
import io.allium.cell.IntroducePlaintext;
import io.allium.cell.Introduction;
import io.allium.cell.LinkSpecifier;
import io.allium.cell.RendezvousCookie;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.crypto.HsNtor;
import io.allium.crypto.Subcredential;
import io.allium.crypto.TimePeriod;
import io.allium.directory.Parameters;
import io.allium.onionservice.DroppedIntroductions.Why;
import io.allium.testing.ManualTime;
import io.allium.testing.RecordedLog;
import io.allium.testing.SeededEntropy;
import io.allium.testing.Waiting;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whom a service lets in, whatever else is thrown at it. */
class ServiceDoorTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final TimePeriod PERIOD = TimePeriod.containing(NOW, TimePeriod.LENGTH_DEFAULT);

    private final ManualTime time = new ManualTime(NOW);
    private final SeededEntropy entropy = new SeededEntropy(1);
    private final RecordedLog log = new RecordedLog();
    private final ThreadTasks tasks = new ThreadTasks(log, 1);
    private final TaskGroup group = new TaskGroup(tasks, "test");
    private final DroppedIntroductions dropped = new DroppedIntroductions(time);
    private final List<RendezvousCookie> met = new CopyOnWriteArrayList<>();
    private final AtomicInteger coming = new AtomicInteger();
    private final CountDownLatch mayMeet = new CountDownLatch(1);
    private final ServiceKeys keys = ServiceKeys.of(Ed25519KeyPair.generate(entropy));
    private final ServiceOptions options = ServiceOptions.of(Path.of("/hs"), List.of());
    private final ServiceFigures figures = new ServiceFigures(options, time);
    private final Edition edition =
            new Edition(PERIOD, keys.identity(), null, null, options, time, entropy, new Revisions());
    private final OwnIntroductionPoint point = new OwnIntroductionPoint(
            TestNetwork.view(NOW).relays().getFirst(), Parameters.STANDARD, entropy, time.nanos());
    private final ServiceDoor door = new ServiceDoor(
            "Onion service web",
            keys,
            List.of(),
            time,
            tasks,
            log,
            (invitation, introduction, effort) -> {
                coming.incrementAndGet();
                mayMeet.await();
                met.add(invitation.cookie());
                throw new Unreachable("met as far as this test goes");
            },
            Optional.empty(),
            dropped,
            figures,
            group);

    @BeforeEach
    void open() {
        door.serves(List.of(edition));
        door.open();
    }

    @AfterEach
    void end() {
        group.close();
        door.close();
        tasks.close();
    }

    @Test
    void whatMakesNoSenseIsCountedAndOthersAreMet() throws Exception {
        mayMeet.countDown();
        byte[] good = sealed(invitation(cookie(1)).encode(0));
        knock(new byte[0]);
        knock(Arrays.copyOf(good, 63));
        knock(Arrays.copyOf(good, good.length - 1));
        knock(new byte[300]); // the client's key is all zeros
        knock(entropy.bytes(300));
        knock(sealed(entropy.bytes(10)));
        knock(sealed(new byte[200]));
        door.knock(
                edition,
                point,
                new Introduction(Ed25519KeyPair.generate(entropy).publicKey(), Extensions.NONE, good));
        knock(good);

        Waiting.until(() -> met.size() == 1);
        assertThat(met).containsExactly(cookie(1));
        assertThat(dropped.counts())
                .containsEntry(Why.UNREADABLE, 7L)
                .containsEntry(Why.MISDIRECTED, 1L)
                .containsEntry(Why.REPLAYED, 0L);
        assertThat(figures.introductions()).isEqualTo(9);
    }

    @Test
    void aCopyIsNotFollowedNorIsACookieUsedAgain() throws Exception {
        mayMeet.countDown();
        byte[] first = sealed(invitation(cookie(1)).encode(0));
        knock(first);
        knock(first);
        knock(sealed(invitation(cookie(1)).encode(0)));
        knock(sealed(invitation(cookie(2)).encode(0)));

        Waiting.until(() -> met.size() == 2);
        assertThat(met).containsExactlyInAnyOrder(cookie(1), cookie(2));
        assertThat(dropped.counts()).containsEntry(Why.REPLAYED, 2L);
    }

    @Test
    void linkSpecifiersThatWeDoNotKnowAreForTheRelayThatGetsThem() throws Exception {
        mayMeet.countDown();
        IntroducePlaintext invitation = new IntroducePlaintext(
                cookie(1),
                Extensions.NONE,
                Curve25519KeyPair.generate(entropy).publicKey(),
                List.of(new LinkSpecifier.Unknown(77, new byte[] {1, 2, 3})));
        knock(sealed(invitation.encode(0)));

        Waiting.until(() -> met.size() == 1);
    }

    @Test
    void aFloodIsBoundedAndCounted() throws Exception {
        int flood = ServiceDoor.MEETINGS_MAX + 2 * IntroductionQueue.WAITING_MAX;
        byte[] nonsense = new byte[300];
        for (int i = 0;
                i < ServiceDoor.MEETINGS_MAX + 1;
                i++) { // as many as can be met at once, and one that waits for that
            knock(sealed(invitation(cookie(i)).encode(0)));
        }
        for (int i = 0; i < flood; i++) {
            knock(nonsense);
        }
        assertThat(dropped.counts().get(Why.OVER_RATE)).isGreaterThanOrEqualTo(IntroductionQueue.WAITING_MAX / 2);
        mayMeet.countDown();
        Waiting.until(() -> {
            long counted = dropped.counts().values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            return counted == flood + ServiceDoor.MEETINGS_MAX + 1;
        });
        knock(sealed(invitation(cookie(-1)).encode(0)));
        Waiting.until(() -> met.contains(cookie(-1)));
        time.pass(DroppedIntroductions.INTERVAL);
        dropped.summarise("Onion service web", log);

        assertThat(log.lines())
                .anyMatch(line -> line.startsWith("NOTICE Onion service web dropped ")
                        && line.contains(" came faster than they could be looked at"));
    }

    @Test
    void whoHasWaitedTooLongMakesRoomForThoseWhoStillWait() throws Exception {
        for (int i = 0; i < ServiceDoor.MEETINGS_MAX; i++) {
            knock(sealed(invitation(cookie(i)).encode(0)));
        }
        Waiting.until(() -> coming.get() == ServiceDoor.MEETINGS_MAX);
        knock(sealed(invitation(cookie(500)).encode(0))); // may be opened by now, and waits until there is room for it
        knock(sealed(invitation(cookie(-1)).encode(0)));
        time.pass(ProofOfWorkQueue.AGE_MAX.plusSeconds(1));
        knock(sealed(invitation(cookie(-2)).encode(0)));
        mayMeet.countDown();

        Waiting.until(() -> met.contains(cookie(-2)));
        assertThat(met).doesNotContain(cookie(-1));
        assertThat(dropped.counts().get(Why.LATE)).isBetween(1L, 2L);
    }

    private void knock(byte[] encrypted) {
        door.knock(edition, point, new Introduction(point.authKey().publicKey(), Extensions.NONE, encrypted));
    }

    private byte[] sealed(byte[] message) throws Exception {
        Ed25519Identity authKey = point.authKey().publicKey();
        HsNtor.Client client = HsNtor.begin(
                authKey,
                point.encryptionKey().publicKey(),
                Subcredential.of(keys.identity().publicKey(), edition.blindedKey()),
                entropy);
        return client.seal(Introduction.header(authKey, Extensions.NONE), message);
    }

    private IntroducePlaintext invitation(RendezvousCookie cookie) {
        return new IntroducePlaintext(
                cookie, Extensions.NONE, Curve25519KeyPair.generate(entropy).publicKey(), List.of());
    }

    private static RendezvousCookie cookie(int number) {
        byte[] bytes = new byte[RendezvousCookie.LENGTH];
        Arrays.fill(bytes, (byte) number);
        bytes[0] = (byte) (number >> Byte.SIZE);
        return RendezvousCookie.of(bytes);
    }
}
