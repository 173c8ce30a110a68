package io.allium.onionservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.crypto.Ed25519Identity;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Each descriptor of a key counts more than the one before. */
class RevisionsTest {
    private final Revisions revisions = new Revisions();

    @Test
    void theCounterIsTakenWhereItHasGoneOn() {
        Ed25519Identity blinded = key(1);
        assertThat(revisions.next(blinded, 700)).isEqualTo(700);
        assertThat(revisions.next(blinded, 900)).isEqualTo(900);
    }

    /** Whoever asks: the same service, or one that takes its place within the second, or after the clock was set back. */
    @Test
    void noneIsGivenTwice() {
        Ed25519Identity blinded = key(1);
        assertThat(revisions.next(blinded, 700)).isEqualTo(700);
        assertThat(revisions.next(blinded, 700)).isEqualTo(701);
        assertThat(revisions.next(blinded, 100)).isEqualTo(702);
        assertThat(revisions.next(key(2), 100)).isEqualTo(100);
    }

    @Test
    void whatWasUsedLongestAgoIsForgottenFirst() {
        revisions.next(key(0), 700);
        revisions.next(key(1), 700);
        revisions.next(key(0), 700);
        for (int i = 2; i <= Revisions.KEYS_MAX; i++) {
            revisions.next(key(i), 700);
        }
        assertThat(revisions.next(key(0), 700)).isEqualTo(702);
        assertThat(revisions.next(key(1), 700)).isEqualTo(700);
    }

    private static Ed25519Identity key(int number) {
        return Ed25519Identity.of(
                ByteBuffer.allocate(Ed25519Identity.LENGTH).putInt(number).array());
    }
}
