package io.allium.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Refused;
import io.allium.base.Refused.Kind;
import io.allium.crypto.Fingerprint;
import io.allium.testing.ManualTime;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RetriesTest {
    private final ManualTime time = new ManualTime();

    @Test
    void theFirstExitsHaveTenSecondsAndTheOthersFifteen() {
        Retries retries = new Retries(Duration.ZERO);

        for (int i = 0; i < 3; i++) {
            assertThat(retries.next()).isEqualTo(Duration.ofSeconds(10));
        }
        assertThat(retries.next()).isEqualTo(Duration.ofSeconds(15));
        assertThat(new Retries(Duration.ofSeconds(7)).next()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void whatADestinationItselfRefusesIsNotTriedElsewhere() {
        assertThat(after(Kind.CONNECTION_REFUSED)).isFalse();
        assertThat(after(Kind.EXIT_POLICY)).isTrue();
        assertThat(after(Kind.RESOURCE_LIMIT)).isTrue();
    }

    @Test
    void threeExitsMaySayThatThereIsNoSuchName() {
        Retries retries = new Retries(Duration.ZERO);
        for (int i = 1; i < Retries.LOOKUP_FAILURES_MAX; i++) {
            retries.next();
            assertThat(retries.after(refused(Kind.RESOLVE_FAILED))).isTrue();
        }
        retries.next();

        assertThat(retries.after(refused(Kind.RESOLVE_FAILED))).isFalse();
    }

    @Test
    void attemptsEndAtTheirBound() {
        Retries retries = new Retries(Duration.ZERO);
        for (int i = 1; i < Retries.ATTEMPTS_MAX; i++) {
            retries.next();
            assertThat(retries.afterFailure()).isTrue();
            assertThat(retries.after(refused(Kind.EXIT_POLICY))).isTrue();
        }
        retries.next();

        assertThat(retries.afterFailure()).isFalse();
        assertThat(retries.after(refused(Kind.EXIT_POLICY))).isFalse();
    }

    @Test
    void aRefusalIsRememberedForAnHourAndForItsPort() {
        Refusals refusals = new Refusals(time);
        Fingerprint exit = TestNetwork.fingerprint(1);
        refusals.add(exit, Set.of(25));

        assertThat(refusals.of(Set.of(25))).containsExactly(exit);
        assertThat(refusals.of(Set.of(80))).isEmpty();
        time.pass(Duration.ofMinutes(61));
        assertThat(refusals.of(Set.of(25))).isEmpty();
    }

    @Test
    void theOldestRefusalsAreForgottenAtTheBound() {
        Refusals refusals = new Refusals(time);
        for (int i = 0; i <= Refusals.REFUSALS_MAX; i++) {
            refusals.add(TestNetwork.fingerprint(i), Set.of(25));
        }

        assertThat(refusals.of(Set.of(25))).hasSize(Refusals.REFUSALS_MAX).doesNotContain(TestNetwork.fingerprint(0));
    }

    private static boolean after(Kind kind) {
        Retries retries = new Retries(Duration.ZERO);
        retries.next();
        return retries.after(refused(kind));
    }

    private static Refused refused(Kind kind) {
        return new Refused(kind, "no");
    }
}
