package io.allium.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.crypto.Fingerprint;
import io.allium.directory.Relay;
import io.allium.testing.ManualTime;
import io.allium.testing.SeededEntropy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class GuardSetTest {
    private static final Predicate<Relay> ANY = relay -> true;

    private final ManualTime time = new ManualTime();
    private final List<String> told = new ArrayList<>();
    private final GuardSet guards = guards(TestNetwork.options(), List.of());

    @Test
    void twentyGuardsAreSampledOfAHundred() {
        guards.update(TestNetwork.of(100, 3).view());

        assertThat(guards.snapshot()).hasSize(20);
        assertThat(guards.snapshot().stream().filter(GuardEvents.Status::primary))
                .hasSize(3);
        assertThat(told).hasSize(20).allMatch(each -> each.endsWith("NEW"));
    }

    @Test
    void noMoreThanSixtyGuardsAreEverSampled() {
        guards.update(TestNetwork.of(600, 3).view());
        for (int i = 0; i < 200; i++) {
            guards.choose(GuardSet.Use.CIRCUIT, ANY).ifPresent(guards::failed);
        }

        assertThat(guards.snapshot()).hasSize(60);
    }

    @Test
    void aSmallNetworkIsSampledWhole() {
        guards.update(TestNetwork.of(5, 3).view());

        assertThat(guards.snapshot()).hasSize(5);
    }

    @Test
    void circuitsUseTheFirstPrimaryGuardAsLongAsItWorks() {
        guards.update(TestNetwork.of(50, 3).view());

        Set<Fingerprint> used = new TreeSet<>();
        for (int i = 0; i < 50; i++) {
            GuardSet.Attempt attempt = circuit();
            assertThat(guards.succeeded(attempt)).isTrue();
            used.add(attempt.relay().fingerprint());
        }

        assertThat(used).hasSize(1);
    }

    @Test
    void directoriesAreAskedAmongThreePrimaryGuards() {
        guards.update(TestNetwork.of(50, 3).view());

        Set<Fingerprint> used = new TreeSet<>();
        for (int i = 0; i < 100; i++) {
            used.add(guards.choose(GuardSet.Use.DIRECTORY, ANY)
                    .orElseThrow()
                    .relay()
                    .fingerprint());
        }

        assertThat(used).hasSize(3);
    }

    @Test
    void aGuardThatCannotBeReachedIsLeftAndTriedAgainTenMinutesLater() {
        guards.update(TestNetwork.of(50, 3).view());
        GuardSet.Attempt first = circuit();
        guards.succeeded(first);
        guards.failed(circuit());

        assertThat(circuit().relay()).isNotEqualTo(first.relay());
        time.pass(Duration.ofMinutes(11));
        assertThat(circuit().relay()).isEqualTo(first.relay());
    }

    @Test
    void aGuardThatBecomesPrimaryByItsSuccessIsUsedAtOnce() {
        guards.update(TestNetwork.of(50, 3).view());
        for (int i = 0; i < 3; i++) {
            guards.failed(circuit());
        }

        assertThat(guards.succeeded(circuit())).isTrue();
    }

    @Test
    void aCircuitThroughAnotherGuardIsUsedOnceAllPrimaryOnesAreKnownToBeDown() {
        confirmAndLoseThreePrimaries();
        GuardSet.Attempt other = circuit();

        assertThat(guards.succeeded(other)).isTrue();
    }

    @Test
    void afterALongSilenceThePrimaryGuardsAreTriedBeforeAnotherOnesCircuitIsUsed() {
        confirmAndLoseThreePrimaries();
        GuardSet.Attempt other = circuit();
        time.pass(Duration.ofMinutes(11));

        assertThat(guards.succeeded(other)).isFalse();
        for (int i = 0; i < 3; i++) {
            assertThat(guards.mayUse(other)).isFalse();
            GuardSet.Attempt primary = circuit();
            assertThat(primary.relay()).isNotEqualTo(other.relay());
            guards.failed(primary);
        }
        assertThat(guards.mayUse(other)).isTrue();
    }

    @Test
    void aCircuitOfALessLikedGuardWaitsForTheBetterOnesForFifteenSeconds() {
        confirmAndLoseThreePrimaries();
        GuardSet.Attempt fourth = circuit();
        guards.succeeded(fourth);
        guards.over(fourth);
        GuardSet.Attempt fifth = guards.choose(GuardSet.Use.CIRCUIT, relay -> !relay.equals(fourth.relay()))
                .orElseThrow();
        guards.succeeded(fifth);
        guards.over(fifth);
        GuardSet.Attempt better = circuit();
        GuardSet.Attempt worse = circuit();
        assertThat(better.relay()).isEqualTo(fourth.relay());
        assertThat(worse.relay()).isEqualTo(fifth.relay());

        assertThat(guards.succeeded(worse)).isFalse();
        time.pass(Duration.ofSeconds(16));
        assertThat(guards.mayUse(worse)).isTrue();
    }

    /** Leaves us with three confirmed primary guards, none of which can be reached. */
    private void confirmAndLoseThreePrimaries() {
        guards.update(TestNetwork.of(50, 3).view());
        Set<Fingerprint> known = new TreeSet<>();
        for (int i = 0; i < 3; i++) {
            GuardSet.Attempt attempt = guards.choose(
                            GuardSet.Use.CIRCUIT, relay -> !known.contains(relay.fingerprint()))
                    .orElseThrow();
            known.add(attempt.relay().fingerprint());
            guards.succeeded(attempt);
            guards.over(attempt);
        }
        for (int i = 0; i < 3; i++) {
            guards.failed(circuit());
        }
    }

    @Test
    void whenNothingCanBeReachedEverythingIsTriedAgain() {
        guards.update(TestNetwork.of(4, 3).view());
        for (int i = 0; i < 40; i++) {
            Optional<GuardSet.Attempt> attempt = guards.choose(GuardSet.Use.CIRCUIT, ANY);
            assertThat(attempt).isPresent();
            guards.failed(attempt.get());
        }
    }

    @Test
    void aRestrictionIsKept() {
        guards.update(TestNetwork.of(50, 3).view());
        Relay first = circuit().relay();

        for (int i = 0; i < 20; i++) {
            GuardSet.Attempt attempt = guards.choose(
                            GuardSet.Use.CIRCUIT, relay -> !relay.fingerprint().equals(first.fingerprint()))
                    .orElseThrow();
            assertThat(attempt.relay()).isNotEqualTo(first);
        }
    }

    @Test
    void aGuardIsConfirmedByItsFirstCircuitAndStaysFirstAfterARestart() {
        guards.update(TestNetwork.of(50, 3).view());
        GuardSet.Attempt attempt = circuit();
        guards.succeeded(attempt);

        GuardSet again = guards(TestNetwork.options(), guards.lines());
        again.update(TestNetwork.of(50, 3).view());

        assertThat(again.lines()).isEqualTo(guards.lines());
        assertThat(again.choose(GuardSet.Use.CIRCUIT, ANY).orElseThrow().relay().fingerprint())
                .isEqualTo(attempt.relay().fingerprint());
        assertThat(guards.lines().getFirst()).contains("confirmed_idx=0").contains("sampled_by=0.4.9.11 listed=1");
    }

    @Test
    void aGuardThatIsNoLongerListedIsKeptForTwentyDaysAndNotUsed() {
        TestNetwork network = TestNetwork.of(30, 3);
        guards.update(network.view());
        GuardSet.Attempt attempt = circuit();
        guards.succeeded(attempt);
        int number = attempt.relay().fingerprint().bytes()[1];

        guards.update(network.without(number).view());
        assertThat(guards.lines().toString()).contains("listed=0");
        assertThat(circuit().relay()).isNotEqualTo(attempt.relay());

        time.pass(Duration.ofDays(21));
        guards.update(network.validFrom(time.now()).view());
        assertThat(guards.lines().toString())
                .doesNotContain(attempt.relay().fingerprint().hex());
    }

    @Test
    void aGuardIsGivenUpAfterItsLifetime() {
        TestNetwork network = TestNetwork.of(30, 3);
        guards.update(network.view());
        guards.succeeded(circuit());
        List<String> before = guards.lines();

        time.pass(Duration.ofDays(121));
        guards.update(network.validFrom(time.now()).view());

        assertThat(guards.lines()).hasSize(20).doesNotContainAnyElementsOf(before);
    }

    @Test
    void excludedAndNotAllowedGuardsAreNotUsed() throws Exception {
        ClientOptions options = ClientOptions.builder(List.of(), List.of())
                .entryNodes(RelaySet.parse("r1,r2"))
                .excludeNodes(RelaySet.parse("r2"))
                .build();
        GuardSet restricted = guards(options, List.of());
        restricted.update(TestNetwork.of(10, 3).view());

        for (int i = 0; i < 20; i++) {
            assertThat(restricted
                            .choose(GuardSet.Use.CIRCUIT, ANY)
                            .orElseThrow()
                            .relay()
                            .nickname())
                    .isEqualTo("r1");
        }
    }

    @Test
    void parametersOfTheConsensusCount() {
        guards.update(
                TestNetwork.of(100, 3).view(Map.of("guard-n-primary-guards", 5, "guard-min-filtered-sample-size", 30)));

        assertThat(guards.snapshot()).hasSize(30);
        assertThat(guards.snapshot().stream().filter(GuardEvents.Status::primary))
                .hasSize(5);
    }

    @Test
    void linesOfOtherSelectionsAreKeptAndGarbageIsDropped() {
        String bridge = "in=bridges rsa_id=14DA27C610FF254472CE998F36F099DF1009FA94 bridge_addr=127.0.0.1:1"
                + " sampled_on=2026-11-15T23:26:14 sampled_idx=0 listed=1";
        GuardSet set = guards(TestNetwork.options(), List.of(bridge, "nonsense", "in=default rsa_id=x"));

        assertThat(set.lines()).containsExactly(bridge);
    }

    @Test
    void attemptsAreForgottenAtTheirBound() {
        guards.update(TestNetwork.of(30, 3).view());
        for (int i = 0; i < GuardSet.ATTEMPTS_MAX + 10; i++) {
            assertThat(guards.choose(GuardSet.Use.CIRCUIT, ANY)).isPresent();
        }
    }

    @Test
    void theRetryScheduleIsThatOfTheSpecification() {
        assertThat(Guard.retryDelay(Duration.ofHours(1), true)).isEqualTo(Duration.ofMinutes(10));
        assertThat(Guard.retryDelay(Duration.ofHours(7), true)).isEqualTo(Duration.ofMinutes(90));
        assertThat(Guard.retryDelay(Duration.ofDays(5), true)).isEqualTo(Duration.ofHours(4));
        assertThat(Guard.retryDelay(Duration.ofDays(8), true)).isEqualTo(Duration.ofHours(9));
        assertThat(Guard.retryDelay(Duration.ofHours(1), false)).isEqualTo(Duration.ofHours(1));
        assertThat(Guard.retryDelay(Duration.ofHours(7), false)).isEqualTo(Duration.ofHours(4));
        assertThat(Guard.retryDelay(Duration.ofDays(5), false)).isEqualTo(Duration.ofHours(18));
        assertThat(Guard.retryDelay(Duration.ofDays(8), false)).isEqualTo(Duration.ofHours(36));
    }

    private GuardSet.Attempt circuit() {
        return guards.choose(GuardSet.Use.CIRCUIT, ANY).orElseThrow();
    }

    private GuardSet guards(ClientOptions options, List<String> saved) {
        return new GuardSet(
                time,
                new SeededEntropy(11),
                Log.NONE,
                options,
                (guard, nickname, change) -> told.add(nickname + " " + change),
                saved);
    }
}
