package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import io.allium.testing.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a client remembers of directories and introduction points that failed it. */
class ClientMemoryTest {
    private final ManualTime time = new ManualTime();

    @Test
    void aDirectoryIsAskedOnceInAQuarterOfAnHour() {
        HsDirRequests requests = new HsDirRequests(time, false);
        requests.asked(directory(1), key(1));

        assertThat(requests.mayAsk(directory(1), key(1))).isFalse();
        assertThat(requests.mayAsk(directory(2), key(1))).isTrue();
        assertThat(requests.mayAsk(directory(1), key(2))).isTrue();
        time.pass(HsDirRequests.REQUERY);
        assertThat(requests.mayAsk(directory(1), key(1))).isTrue();
    }

    @Test
    void whoWasToldMayHaveAllAskedAgain() {
        HsDirRequests requests = new HsDirRequests(time, false);
        requests.asked(directory(1), key(1));
        requests.asked(directory(1), key(2));
        requests.forget(key(1));

        assertThat(requests.mayAsk(directory(1), key(1))).isTrue();
        assertThat(requests.mayAsk(directory(1), key(2))).isFalse();
    }

    @Test
    void theOldestRequestsMakeRoom() {
        HsDirRequests requests = new HsDirRequests(time, false);
        for (int i = 0; i <= HsDirRequests.REQUESTS_MAX; i++) {
            requests.asked(directory(i), key(1));
        }

        assertThat(requests.mayAsk(directory(0), key(1))).isTrue();
        assertThat(requests.mayAsk(directory(1), key(1))).isFalse();
    }

    @Test
    void anIntroductionPointThatRefusesOrIsSilentIsLeftAloneForTwoMinutes() {
        IntroductionFailures failures = new IntroductionFailures(time);
        failures.note(key(1), IntroductionFailures.Kind.REFUSED);
        failures.note(key(2), IntroductionFailures.Kind.TIMED_OUT);

        assertThat(failures.isUsable(key(1))).isFalse();
        assertThat(failures.isUsable(key(2))).isFalse();
        assertThat(failures.hasTimedOut(key(1))).isFalse();
        assertThat(failures.hasTimedOut(key(2))).isTrue();
        assertThat(failures.isUsable(key(3))).isTrue();
        time.pass(Duration.ofMinutes(3));
        assertThat(failures.isUsable(key(1))).isTrue();
    }

    @Test
    void oneThatCannotBeReachedIsTriedFiveTimes() {
        IntroductionFailures failures = new IntroductionFailures(time);
        for (int i = 0; i < IntroductionFailures.UNREACHABLE_MAX; i++) {
            assertThat(failures.isUsable(key(1))).isTrue();
            failures.note(key(1), IntroductionFailures.Kind.UNREACHABLE);
        }

        assertThat(failures.isUsable(key(1))).isFalse();
    }

    @Test
    void theOldestFailuresMakeRoom() {
        IntroductionFailures failures = new IntroductionFailures(time);
        for (int i = 0; i <= IntroductionFailures.POINTS_MAX; i++) {
            failures.note(key(i), IntroductionFailures.Kind.REFUSED);
        }

        assertThat(failures.isUsable(key(0))).isTrue();
        assertThat(failures.isUsable(key(1))).isFalse();
    }

    private static Fingerprint directory(int number) {
        return Fingerprint.of(numbered(new byte[20], number));
    }

    private static Ed25519Identity key(int number) {
        return Ed25519Identity.of(numbered(new byte[32], number));
    }

    private static byte[] numbered(byte[] bytes, int number) {
        bytes[0] = (byte) number;
        bytes[1] = (byte) (number >>> 8);
        return bytes;
    }
}
