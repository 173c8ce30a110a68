package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EffortControlTest {
    private static final int LOW = 16;

    @Test
    void aQuietServiceSuggestsLessAndLess() {
        EffortPeriod quiet = new EffortPeriod(0, 0, false, 0, 0, 0);

        assertThat(quiet.next(100, LOW)).isEqualTo(66);
        assertThat(quiet.next(2, LOW)).isEqualTo(1);
        assertThat(quiet.next(1, LOW)).isZero();
        assertThat(quiet.next(0, LOW)).isZero();
    }

    @Test
    void itSuggestsMoreWhenSomebodyWhoFollowedItsAdviceWasThrownAway() {
        assertThat(new EffortPeriod(5000, 10, false, 101, 0, 0).next(100, LOW)).isEqualTo(500);
        assertThat(new EffortPeriod(50, 10, false, 101, 0, 0).next(100, LOW)).isEqualTo(101);
        assertThat(new EffortPeriod(5000, 10, false, 100, LOW, 0).next(100, LOW))
                .isEqualTo(100);
    }

    @Test
    void itSuggestsMoreWhenThoseWhoFollowedItsAdviceStillWait() {
        assertThat(new EffortPeriod(3000, 10, true, 0, 1, 100).next(100, LOW)).isEqualTo(300);
        assertThat(new EffortPeriod(3000, 10, true, 0, 50, 99).next(100, LOW)).isEqualTo(100);
        assertThat(new EffortPeriod(3000, 10, true, 0, 0, 0).next(100, LOW)).isEqualTo(100);
        assertThat(new EffortPeriod(0, 10, true, 0, 50, 0).next(0, LOW)).isEqualTo(1);
    }

    @Test
    void itLeavesTheSuggestionAsItIsWhileSomeWaitWithoutHavingHadAQueue() {
        assertThat(new EffortPeriod(0, 10, false, 0, LOW, 5).next(100, LOW)).isEqualTo(100);
        assertThat(new EffortPeriod(0, 10, false, 0, LOW - 1, 5).next(100, LOW)).isEqualTo(66);
    }

    /** C tor divided by zero here: all were thrown away before one was answered. */
    @Test
    void aPeriodInWhichNoneWasAnsweredHasNoAverage() {
        assertThat(new EffortPeriod(1_000_000, 0, false, 200, 0, 0).next(100, LOW))
                .isEqualTo(101);
        assertThat(new EffortPeriod(1_000_000, 0, true, 0, 5, 100).next(100, LOW))
                .isEqualTo(101);
    }

    @Test
    void theGreatestEffortIsNotExceeded() {
        long greatest = 0xffff_ffffL;

        assertThat(new EffortPeriod(greatest, 1, true, 0, 1, greatest).next(greatest, LOW))
                .isEqualTo(greatest);
        assertThat(new EffortPeriod(Long.MAX_VALUE, 1, true, 0, 1, greatest).next(7, LOW))
                .isEqualTo(greatest);
        assertThat(new EffortPeriod(0, 0, false, 0, 0, 0).next(greatest, LOW)).isEqualTo(greatest * 2 / 3);
    }

    @Test
    void whatWasSeenIsForgottenWithThePeriod() {
        EffortControl control = new EffortControl(LOW);
        control.queued(90, LOW + 1);
        control.launched();
        control.trimmed(50);
        control.endPeriod(0, 0);
        assertThat(control.suggested()).isEqualTo(90);

        control.endPeriod(0, 0);
        assertThat(control.suggested()).isEqualTo(60);
    }

    @Test
    void onlyQuiteAnotherEffortIsWorthPublishing() {
        EffortControl control = new EffortControl(LOW);
        control.trimmed(1);
        control.queued(1000, 1);
        control.launched();
        control.endPeriod(0, 0);

        assertThat(control.suggested()).isEqualTo(1000);
        assertThat(control.isWorthPublishing(1000)).isFalse();
        assertThat(control.isWorthPublishing(870)).isFalse();
        assertThat(control.isWorthPublishing(869)).isTrue();
        assertThat(control.isWorthPublishing(1176)).isFalse();
        assertThat(control.isWorthPublishing(1177)).isTrue();
        assertThat(control.isWorthPublishing(0)).isTrue();
    }
}
